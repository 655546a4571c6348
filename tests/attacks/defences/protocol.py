# SPDX-License-Identifier: Apache-2.0
"""The defences of the protocol: keys, grants, records and disclosure."""

from defences.revert import Revert

TWEAKED = "tweaked_label_openings_should_not_be_covered"

ATTACKERS = {
    "Stranger at the gateway": [
        Revert(
            "the requester's signature before all else (a stranger causes queries)",
            "crates/gateway/src/disclose.rs",
            "        request.verify_requester(&self.chain, &self.hospital, signed_by)?;\n        let account",
            "        let account",
            "stranger_should_cause_no_query_and_use_no_nonce", "disclose_should_fail_when_another_requester_signs",
        ),
    ],
    "Curious member hospital": [
        Revert(
            "the bundle's keys in κ (somebody enrols with a foreign X)",
            "crates/peks/src/label.rs",
            "                &scope.bundle_hash,\n",
            "",
            "attacker_with_a_foreign_x25519_key_should_get_other_labels", target="member_hospital",
        ),
    ],
    "Member hospital as operator": [
        Revert(
            "the requester's signature over its key (an operator registers a key of its own for a doctor)",
            "pallets/consortium/src/requesters.rs",
            "            signature.verify(message.as_slice(), requester),",
            "            true || signature.verify(message.as_slice(), requester),",
            "operator_should_not_register_a_key_of_its_own_for_a_requester",
        ),
    ],
    "Two hospitals together": [
        Revert(
            "the hospital in a patient's keys (two hospitals join their patients)",
            "crates/peks/src/keys.rs",
            "        let info: [&[u8]; 3] = [chain, hospital, &number];",
            "        let info: [&[u8]; 3] = [chain, &[0; 32], &number];",
            "two_hospitals_should_share_no_key_of_a_patient", target="two_hospitals",
        ),
    ],
    "Doctor with one grant": [
        Revert(
            "one refusal for records of others (a find-only doctor asks for random records)",
            "crates/record/src/disclosure.rs",
            "            .verify(&self.patient_signature, patient)\n            .map_err(not_covered)?;",
            "            .verify(&self.patient_signature, patient)?;",
            TWEAKED, target="disclosure",
        ),
        Revert(
            "match first, then the hospital's own records (a curious doctor learns whose a record is)",
            "crates/gateway/src/disclose.rs",
            "        matched.ok_or(Refusal::MatchNotFound)?;\n        let Covered",
            "        let Covered",
            "curious_doctor_should_not_learn_whose_a_record_is", "disclose_should_fail_when_the_record_is_not_matched",
        ),
        Revert(
            "match keys that commit to their label (a later grant revives an old trapdoor)",
            "crates/peks/src/tag.rs",
            "            &label.filing_month.to_le_bytes(),\n            label.kw.as_bytes(),\n        ]));",
            "        ]));\n        let _ = label;",
            "any_later_grant_should_not_revive_an_old_trapdoor",
            "doctor_should_not_open_another_slot_under_the_granted_leaf", target="doctor_with_one_grant",
        ),
        Revert(
            "the path to the signed scope (a doctor makes a leaf of the own choice)",
            "crates/record/src/grant/scope.rs",
            "            || !verify_path(root, leaf.hash(), self.position, &self.path)\n",
            "            || (false && !verify_path(root, leaf.hash(), self.position, &self.path))\n",
            TWEAKED, target="disclosure",
        ),
        Revert(
            "the right to open in the leaf (a find-only grant is widened)",
            "crates/record/src/grant/scope.rs",
            "        bytes.push(self.may_open.into());\n",
            "",
            TWEAKED, target="disclosure",
        ),
    ],
    "Doctor with a revoked or expired grant": [
        Revert(
            "the label version in κ (revoked trapdoors find later filings)",
            "crates/peks/src/label.rs",
            "                &scope.version.to_le_bytes(),\n",
            "",
            "old_trapdoor_should_not_find_what_is_filed_after_a_rise", target="doctor_with_old_trapdoors",
        ),
        Revert(
            "revoke_before (grants that the wallet has lost)",
            "crates/record/src/disclosure.rs",
            "        if issued_at < state.revoke_before {",
            "        if issued_at < 0 * state.revoke_before {",
            "doctor_with_a_grant_of_a_revoked_time_should_be_refused", target="doctor_with_old_trapdoors",
        ),
        Revert(
            "stale grants (a grant is silently short)",
            "crates/record/src/disclosure.rs",
            "        if state.version_in(filing_month) > version {",
            "        if state.version_in(filing_month) > version.max(u32::MAX) {",
            "doctor_with_a_stale_grant_should_need_a_supplement", target="doctor_with_old_trapdoors",
        ),
        Revert(
            "the header in a supplement (the supplement of another grant)",
            "crates/record/src/grant/supplement.rs",
            "        let renews = self.supplement.header_hash == header.hash()\n            && ",
            "        let renews = ",
            "doctor_should_not_use_the_supplement_of_another_grant", target="doctor_with_old_trapdoors",
        ),
        Revert(
            "the tombstone of a request that was not opened (an unopened grant cannot be revoked)",
            "pallets/peks-search/src/requests.rs",
            "            !Tombstones::<T>::contains_key(id),",
            "            true,",
            "revoked_unopened_grant_should_not_open",
        ),
        Revert(
            "label versions after the log entry (a revocation of all grants during the release)",
            "crates/gateway/src/disclose.rs",
            "        request.check_currency(&state, filing_month)?;\n        self.share(&request.record)?;",
            "        let _ = (state, filing_month);\n        self.share(&request.record)?;",
            "disclose_should_fail_when_all_grants_are_revoked_here_while_it_is_logged",
            "disclose_should_fail_when_all_grants_are_revoked_on_chain_while_it_is_logged",
        ),
        Revert(
            "the share after the log entry (an erasure during the release)",
            "crates/gateway/src/disclose.rs",
            "        self.share(&request.record)?;\n        if self.outbox",
            "        if self.outbox",
            "disclose_should_fail_when_the_record_is_erased_while_it_is_logged",
        ),
    ],
    "Doctor who accuses a hospital": [
        Revert(
            "the refusal of a question that did not arrive (a doctor flags a hospital that it never asked)",
            "crates/gateway/src/disclose/asked.rs",
            "asked.asked_on.saturating_add(REFUSED_AFTER_MS) => {",
            "asked.asked_on.saturating_add(REFUSED_AFTER_MS.max(u64::MAX)) => {",
            "question_that_never_arrived_should_be_refused_in_time",
        ),
        Revert(
            "one ask for each match (the count of a hospital grows without end)",
            "pallets/peks-search/src/disclosures.rs",
            "                matched.disclosure == DisclosureStatus::Pending,",
            "                matched.disclosure != DisclosureStatus::Asked,",
            "match_should_count_as_unanswered_once",
        ),
    ],
    "Removed doctor": [
        Revert(
            "final standing at each disclosure (a removed doctor is still served)",
            "crates/gateway/src/disclose.rs",
            "        let standing = self.view.finalized_standing(requester).await?;\n        match standing {",
            "        let mut standing = self.view.finalized_standing(requester).await?;\n"
            "        standing.requester = true;\n        match standing {",
            "removed_requester_should_be_refused",
            "disclose_should_fail_when_the_requester_is_removed_while_it_is_logged",
        ),
    ],
    "Thief of the account key": [
        Revert(
            "eight rises of the label version in a month (a stolen account key exhausts the versions)",
            "pallets/patients/src/labels.rs",
            "        earlier < MAX_LABEL_RISES_PER_MONTH,",
            "        earlier < MAX_LABEL_RISES_PER_MONTH || earlier >= MAX_LABEL_RISES_PER_MONTH,",
            "stolen_key_should_not_exhaust_versions",
        ),
        Revert(
            "revoke_before that never goes back (a stolen account key restores what was revoked)",
            "pallets/patients/src/labels.rs",
            "        (label.revoke_before..=now).contains(&revoke_before),",
            "        (..=now).contains(&revoke_before),",
            "later_rise_should_not_restore_revoked_grants",
        ),
    ],
    "Thief of the seed with a copy of the chain": [
        Revert(
            "the hospital's share (the seed reads a copy of the chain for ever)",
            "crates/peks/src/tag.rs",
            "        let prk = extract(share.as_bytes(), self.0.as_slice());",
            "        let _ = share;\n        let prk = extract(&[0; 32], self.0.as_slice());",
            "thief_of_the_seed_should_not_open_a_copy_of_the_chains", target="seed_thief",
        ),
    ],
    "Lying node that serves a wallet": [
        Revert(
            "the number of matches in the proved request (a node hides a match from the patient's log)",
            "crates/client/src/proved/matches.rs",
            "    if u32::try_from(told).ok() != Some(count) {",
            "    if false && u32::try_from(told).ok() != Some(count) {",
            "lying_node_should_not_list_other_matches_than_the_request_counts",
        ),
    ],
    "Encryptor": [
        Revert(
            "the seal over share and wraps (a hospital gives out garbage)",
            "crates/record/src/open.rs",
            "    if !entry.check_seal(wraps, share) {",
            "    if false && !entry.check_seal(wraps, share) {",
            "encryptor_should_not_exchange_wraps_or_share", target="encryptor",
        ),
        Revert(
            "the key commitment (an encryptor wraps another key)",
            "crates/record/src/open.rs",
            "    if key_commitment(key.as_bytes(), &entry.payload_hash.0) != entry.key_commitment.0 {",
            "    if false {",
            "encryptor_should_not_make_a_wrap_open_to_another_key", target="encryptor",
        ),
    ],
    "Web page on the gateway's machine": [
        Revert(
            "the host name at the local address (DNS rebinding)",
            "crates/gateway/src/http/local.rs",
            "    if !text(HOST).is_some_and(is_loopback) {",
            "    if false && !text(HOST).is_some_and(is_loopback) {",
            "rebound_host_name_should_be_refused",
        ),
    ],
    "End of a month, moved clock": [
        Revert(
            "the skew of the gateway's clock (a moved clock)",
            "crates/gateway/src/disclose.rs",
            "        if skew_ms > self.times.max_skew {",
            "        if skew_ms > self.times.max_skew.max(u64::MAX) {",
            "clock_far_from_the_chain_should_refuse_and_the_later_clock_should_judge",
        ),
        Revert(
            "the margin of a month's cutoff (a month's end loses records)",
            "pallets/phi-index/src/cutoffs.rs",
            "    let delay = FILING_GRACE_MS.saturating_add(CUTOFF_MARGIN_MS);",
            "    let delay = FILING_GRACE_MS.saturating_add(CUTOFF_MARGIN_MS).min(0);",
            "months_end_and_a_moved_clock_should_lose_no_record_that_was_anchored_in_time",
            "month_should_take_no_block_after_the_one_that_the_first_later_anchor_fixed",
        ),
    ],
}
