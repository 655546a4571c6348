# SPDX-License-Identifier: Apache-2.0
"""The defences against relayers, callers, peers, purged validators and forked chains."""

from defences.revert import Revert

ANCHOR = "pallets/hospital-anchor/src"
INDEX = "pallets/phi-index/src"
VOTES = "node/src/votes"
SIGNED_ONCE = "keystore_should_sign_one_vote_of_a_kind_across_a_purge"

ATTACKERS = {
    "Relayer": [
        Revert(
            "registered blocks are skipped (a relayer that repeats a part makes the operator's call fail)",
            f"{INDEX}/entries.rs",
            "        let known = blocks.partition_point(|block| block.sequence < next);",
            "        let known = blocks.partition_point(|block| block.sequence < next).min(0);",
            "relayer_that_repeats_and_reorders_calls_should_gain_nothing",
        ),
        Revert(
            "incarnations share no voter (proofs of the lost chain hold for the rebuilt one)",
            f"{ANCHOR}/anchor.rs",
            "        ensure!(!reused, Error::<T>::VoterReused);\n",
            "",
            "hospital_with_a_voter_of_the_former_incarnation_should_be_refused",
        ),
        Revert(
            "the voters of the new incarnation (a relayer anchors a block of the lost chain)",
            f"{ANCHOR}/anchor.rs",
            "        AuthoritySets::<T>::insert(\n            hospital,\n            TrackedSet {\n                set_id,\n"
            "                authorities,\n            },\n        );\n        let best",
            "        if !AuthoritySets::<T>::contains_key(hospital) {\n            AuthoritySets::<T>::insert(\n"
            "                hospital,\n                TrackedSet {\n                    set_id,\n"
            "                    authorities,\n                },\n            );\n        }\n        let best",
            "relayer_with_a_proof_of_the_former_incarnation_should_be_refused",
        ),
        Revert(
            "the heads of a lost chain are forgotten (entries are registered by its state)",
            f"{ANCHOR}/anchor.rs",
            "            Heads::<T>::remove(hospital, hash);\n        }\n        AuthoritySets",
            "            let _ = hash;\n        }\n        AuthoritySets",
            "heads_of_the_former_incarnation_should_be_forgotten",
        ),
        Revert(
            "the base of an incarnation (a rebuilt hospital chain can never register again)",
            f"{INDEX}/incarnations.rs",
            "        Self::incarnation(hospital).base\n",
            "        Self::incarnation(hospital).base.min(0)\n",
            "rebuilt_chain_should_register_after_the_former_one",
        ),
        Revert(
            "months that ended before an incarnation (a rebuilt chain files into a closed month)",
            f"{INDEX}/cutoffs.rs",
            "                cutoff.number = 0;",
            "                let _ = cutoff;",
            "rebuilt_chain_should_not_add_to_a_closed_month",
        ),
    ],
    "RPC caller, peer": [
        Revert(
            "no bare calls in a block (calls without a signer fill it)",
            "runtime/common/src/check_member.rs",
            "        if info.class != DispatchClass::Mandatory && !A::may_be_bare(call) {",
            "        if false && info.class != DispatchClass::Mandatory && !A::may_be_bare(call) {",
            "calls_without_a_valid_signature_should_take_no_room_of_a_block", package="bspp-consortium-runtime",
        ),
        Revert(
            "bounds before a block (calls beyond all bounds enter the pool)",
            "pallets/consortium/src/admission.rs",
            "        T::Calls::check_bounds(who, call, len).map_err(refused)?;\n",
            "",
            "calls_out_of_bounds_should_be_refused_by_the_pool",
        ),
        Revert(
            "a limit of waiting transactions (one account fills the pool)",
            "runtime/common/src/check_nonce.rs",
            "    let near = max.checked_sub(distance)?;",
            "    let near = max.saturating_sub(distance);",
            "waiting_should_be_refused_beyond_the_maximum",
        ),
    ],
    "Purged validator": [
        Revert(
            "one vote of a kind in a round (a restarted validator signs a second vote)",
            f"{VOTES}/record.rs",
            "            Some(_) => Admission::Refuse,",
            "            Some(_) => Admission::Known,",
            "votes_should_be_admitted_once_and_in_order", SIGNED_ONCE,
        ),
        Revert(
            "silence while the database lacks the recorded votes (a purged validator votes again)",
            f"{VOTES}/mod.rs",
            "            position.next_round > record.round || position.has_votes_of(record)",
            "            position.next_round >= record.round || position.has_votes_of(record)",
            "voter_should_be_silent_when_its_database_lacks_its_votes", SIGNED_ONCE,
        ),
        Revert(
            "the record of votes beside the keys (a purge makes a validator forget its votes)",
            f"{VOTES}/guard.rs",
            "        let record = read(&file, genesis)?;",
            "        let record = read(&file, genesis)?.filter(|_| false);",
            SIGNED_ONCE,
        ),
    ],
    "Hospital with a forked chain": [
        Revert(
            "the running hash over all entry blocks (a hospital registers another history)",
            f"{INDEX}/entries.rs",
            "        ensure!(newest == proved, Error::<T>::ChainHashMismatch);\n",
            "",
            "hospital_with_a_forked_chain_should_be_refused",
            "hospital_with_a_forked_history_should_be_refused_after_a_registration",
        ),
        Revert(
            "two finalized blocks at one height halt the anchor (a hospital goes on with both)",
            f"{ANCHOR}/conflict.rs",
            "                halted: true,",
            "                halted: false,",
            "report_conflict_should_halt_and_suspend_when_two_blocks_are_final_at_a_height",
        ),
        Revert(
            "two finalized blocks at one height suspend the hospital (it remains a member)",
            f"{ANCHOR}/conflict.rs",
            "        let suspended = with_storage_layer(|| T::OnConflict::suspend(&hospital)).is_ok();",
            "        let suspended = false;",
            "report_conflict_should_halt_and_suspend_when_two_blocks_are_final_at_a_height",
            "report_conflict_should_count_when_one_of_the_blocks_is_anchored",
        ),
    ],
}
