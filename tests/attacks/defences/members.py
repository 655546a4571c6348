# SPDX-License-Identifier: Apache-2.0
"""The defences of the consortium against the keys of one member hospital."""

from defences.revert import Revert

CONSORTIUM = "pallets/consortium/src"
GATE = "pallets/conformance/src"
RUNTIME = "runtime/consortium/src/configs"
COMMON = "runtime/common/src"
DIGEST = "primitives/src/conformance"

ATTACKERS = {
    "Member hospital, operator's key": [
        Revert(
            "the council admits validators (an operator adds validators by itself)",
            f"{CONSORTIUM}/proposals.rs",
            "        Self::deposit_event(Event::ValidatorProposed {",
            "        Self::do_add_validator(hospital, &validator)?;\n        Self::deposit_event(Event::ValidatorProposed {",
            "seven_validators_of_one_key_should_not_take_the_chain", "add_validator_should_propose_and_give_no_right",
        ),
        Revert(
            "the council's word for a third of the votes (an admission gives a third unnoticed)",
            f"{CONSORTIUM}/proposals.rs",
            "            accept_share || Self::share_stays_below_a_third(&hospital),",
            "            accept_share || !accept_share,",
            "admit_validator_should_need_the_councils_word_when_the_share_is_a_third",
            "admission_should_count_validators_without_keys",
        ),
        Revert(
            "the cap of votes in the plan (a removal elsewhere gives a hospital a third)",
            f"{CONSORTIUM}/plan.rs",
            "    if offering < MIN_BOUNDED_HOSPITALS {",
            "    if offering < MIN_BOUNDED_HOSPITALS.max(usize::MAX) {",
            "removal_elsewhere_should_not_raise_a_share_above_the_bound", "cap_should_leave_out_what_exceeds_a_third",
        ),
        Revert(
            "the lag clock stands only for hospitals that register (a burnt reserve stops it)",
            f"{CONSORTIUM}/quotas.rs",
            "            used.saturating_add(call) > reserve\n"
            "                && registered.saturating_mul(2) >= reserve.saturating_sub(call)\n",
            "            used.saturating_add(call) > reserve\n",
            "burnt_reserve_should_not_stop_the_lag_clock",
        ),
        Revert(
            "registrations in blocks that are restricted for lag (lag feeds on itself)",
            f"{DIGEST}/attestation.rs",
            "                matches!(shortfall, Shortfall::RegistrationLag)\n",
            "                matches!(shortfall, Shortfall::RegistrationLag) && false\n",
            "registrations_should_enter_a_block_that_is_restricted_for_lag", package="pallet-conformance",
        ),
        Revert(
            "the class of registrations (lag feeds on itself in the runtime)",
            f"{RUNTIME}/conformance.rs",
            "                CallClass::Registration\n",
            "                CallClass::Ordinary\n",
            "lag_restricted_block_should_admit_registrations_and_no_remark",
            "hospitals_should_recover_when_all_of_them_lag",
        ),
        Revert(
            "the lag clock stands while the chain takes no registration (a pause makes a hospital lag)",
            "pallets/hospital-anchor/src/waiting.rs",
            "        if T::ClockStands::contains(&hospital) {",
            "        if false && T::ClockStands::contains(&hospital) {",
            "clock_should_stand_while_the_quota_has_no_room",
        ),
    ],
    "Member hospital, validators' keys": [
        Revert(
            "records of the last sessions' keys (equivocations of an ended session cannot be reported)",
            f"{GATE}/records.rs",
            "        let kept = T::ReportableSessions::get().max(1);",
            "        let kept = T::ReportableSessions::get().min(1);",
            "key_should_be_found_in_its_own_sessions_only", "old_sessions_should_be_forgotten_with_their_sets",
        ),
        Revert(
            "a record at the begin of each session (a validator votes twice, then rotates or leaves)",
            f"{COMMON}/key_history.rs",
            "        Handlers::on_new_session::<Keys>(changed, authors, queued);\n        Self::record(authors);\n",
            "        Handlers::on_new_session::<Keys>(changed, authors, queued);\n",
            "equivocation_of_an_ended_session_should_suspend_its_author",
            "equivocation_with_a_rotated_key_should_suspend_its_author",
            "equivocation_of_a_removed_validator_should_suspend_it", package="bspp-consortium-runtime",
        ),
        Revert(
            "the suspension of an author that has left (an equivocator leaves its hospital and returns)",
            f"{GATE}/offences.rs",
            "        let spared = Self::is_minor() || !Self::is_voter(offender);",
            "        let spared = Self::is_minor() && Self::is_voter(offender);",
            "removed_offender_should_be_suspended_and_its_hospital_named",
        ),
        Revert(
            "the judgement of two blocks in a slot (an author makes two)",
            f"{GATE}/double_blocks.rs",
            "        Self::punish(author, offender.hospital, session, OffenceKind::Blocks);",
            "        let _ = (author, session, OffenceKind::Blocks);",
            "author_should_be_suspended_when_it_made_two_blocks",
        ),
        Revert(
            "the author's seal on both blocks (a member makes the second block itself)",
            f"{GATE}/double_blocks.rs",
            "            first.is_sealed_by(&offender.aura) && second.is_sealed_by(&offender.aura),",
            "            first.is_sealed_by(&offender.aura) || second.is_sealed_by(&offender.aura),",
            "block_without_the_authors_seal_should_be_refused",
        ),
        Revert(
            "one judgement of the gate (an author claims another shortfall)",
            f"{DIGEST}/digest.rs",
            "            if shortfall != claimed {",
            "            if false && shortfall != claimed {",
            "author_with_another_shortfall_should_be_refused", package="pallet-conformance",
        ),
        Revert(
            "proofs of possession of session keys (set_keys with junk fills a block)",
            f"{RUNTIME}/admission.rs",
            "                if who.using_encoded(|owner| keys.ownership_proof_is_valid(owner, proof)) {",
            "                if true || who.using_encoded(|owner| keys.ownership_proof_is_valid(owner, proof)) {",
            "session_keys_should_be_a_validators_with_a_valid_proof",
        ),
        Revert(
            "votes and motions of the council only (300 bytes a block from any validator's account stop all)",
            f"{RUNTIME}/admission.rs",
            "        ) => part == Part::Council,",
            "        ) => part != Part::Requester,",
            "bounds_of_motions_should_be_those_of_the_councils_calls",
            "restricted_block_should_carry_operational_calls_of_their_senders_only",
        ),
    ],
    "Member hospital, doctor's key": [
        Revert(
            "a share for each requester (one doctor's key uses up a hospital's quota)",
            f"{CONSORTIUM}/quotas.rs",
            "            used = used.max(fit(&own, &Self::share())?);",
            "            used = used.max(own.per_mille(&Self::share()));",
            "one_requester_should_use_its_share_only",
        ),
        Revert(
            "an eighth as the share (one doctor's key uses up a hospital's quota in the runtime)",
            f"{RUNTIME}/quota.rs",
            "const DELEGATE_SHARES: u64 = 8;",
            "const DELEGATE_SHARES: u64 = 1;",
            "requesters_flood_should_leave_the_operator_its_quota",
        ),
        Revert(
            "a reserve for registrations (all doctors' keys together make a hospital lag)",
            f"{CONSORTIUM}/quotas.rs",
            "        if kind == CallKind::Registration && is_operator {",
            "        if false && kind == CallKind::Registration && is_operator {",
            "reserve_should_serve_registrations_when_the_common_quota_is_used_up",
        ),
    ],
    "All keys of one member": [
        Revert(
            "a reserve that other calls do not touch (an operator's other calls make it lag)",
            f"{CONSORTIUM}/quotas.rs",
            "        if kind == CallKind::Registration && is_operator {",
            "        if is_operator {",
            "other_calls_should_not_use_the_reserve",
        ),
        Revert(
            "quotas of operational calls (300 bytes a block from any validator's account, without end)",
            f"{CONSORTIUM}/quotas.rs",
            "            let used = fit(&usage, &quota)?;",
            "            let used = usage.per_mille(&quota);",
            "operational_calls_should_count_against_a_quota_of_the_account",
            "anchorers_of_a_hospital_should_share_one_quota",
        ),
        Revert(
            "priorities that fall with use (a flood stays before all other transactions)",
            f"{COMMON}/check_member.rs",
            "    let free = TransactionPriority::from(1000u16.saturating_sub(used));",
            "    let free = TransactionPriority::from(1000u16.saturating_sub(used.min(0)));",
            "priority_should_put_operational_calls_first_and_fall_with_use",
        ),
    ],
}
