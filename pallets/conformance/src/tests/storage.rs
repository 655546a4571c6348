// SPDX-License-Identifier: Apache-2.0
//! Tests of proof of storage: the challenge, the attestation and the inherent.

use super::blocks::*;
use crate::{mock::*, Call, Captured, DueProof, Error, SessionPayloads, StorageSeed};
use bspp_primitives::conformance::{AttestationKind, Refusal, STORAGE_INHERENT_IDENTIFIER};
use bspp_primitives::traits::StoredPayloads;
use bspp_types::PayloadProof;
use frame_support::{
    assert_noop, assert_ok,
    inherent::{InherentData, ProvideInherent},
};
use sp_core::H256;
use sp_runtime::{traits::Dispatchable, DigestItem, DispatchResult};
use std::panic::{catch_unwind, AssertUnwindSafe};

/// Payloads of several lengths.
fn payloads(count: u8) -> Vec<Vec<u8>> {
    (1..=count).map(|n| vec![n; usize::from(n) * 150]).collect()
}

/// A chain whose present session draws from three payloads.
fn in_session_with_payloads(test: impl FnOnce()) {
    ExtBuilder::default().execute(|| {
        Payloads::set(payloads(3));
        next_session();
        test();
        // The invariants need blocks that the mock can make.
        Payloads::set(Vec::new());
    });
}

fn prove(origin: RuntimeOrigin, proof: PayloadProof) -> DispatchResult {
    RuntimeCall::Conformance(Call::prove_storage { proof })
        .dispatch(origin)
        .map(|_| ())
        .map_err(|failed| failed.error)
}

/// The message with which a block panics that ends without its proof.
fn end_without_proof(slot: u64) -> String {
    let panic = catch_unwind(AssertUnwindSafe(|| finish(slot))).unwrap_err();
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap()
}

#[test]
fn first_session_and_chain_without_records_should_have_no_challenge() {
    ExtBuilder::default().execute(|| {
        Payloads::set(payloads(3));
        for slot in 1..10 {
            assert_eq!(Conformance::challenge(slot), None);
        }
        Payloads::set(Vec::new());
        next_session();
        assert_ne!(StorageSeed::<Test>::get(), H256::zero());
        for slot in 1..50 {
            assert_eq!(Conformance::challenge(slot), None);
        }
        block_in(next_slot(), || ());
    });
}

#[test]
fn challenge_should_draw_only_payloads_of_the_sessions_begin() {
    in_session_with_payloads(|| {
        assert_eq!(SessionPayloads::<Test>::get(), 3);
        let old: Vec<H256> = (0..3)
            .map(|n| MockPayloads::payload_at(n).unwrap())
            .collect();
        Payloads::set(payloads(9));
        let mut seen = std::collections::BTreeSet::new();
        for slot in 0..200 {
            let challenge = Conformance::challenge(slot).unwrap();
            assert!(old.contains(&challenge.payload_hash));
            seen.insert(challenge.payload_hash);
        }
        assert_eq!(seen.len(), 3);
        // An erasure leaves fewer.
        Payloads::set(payloads(1));
        let challenge = Conformance::challenge(7).unwrap();
        assert_eq!(challenge.payload_hash, old[0]);
    });
}

#[test]
fn seed_should_change_with_each_session() {
    ExtBuilder::default().execute(|| {
        let mut seeds = std::collections::BTreeSet::new();
        for _ in 0..4 {
            next_session();
            seeds.insert(StorageSeed::<Test>::get());
        }
        assert_eq!(seeds.len(), 4);
    });
}

#[test]
fn full_block_should_carry_the_attested_proof() {
    in_session_with_payloads(|| {
        let slot = next_slot();
        let proof = proof_in(slot);
        begin(&proved(slot, &proof).digest());
        assert_ok!(prove(RuntimeOrigin::none(), proof));
        assert!(!DueProof::<Test>::exists());
        finish(slot);
    });
}

#[test]
fn author_that_keeps_nothing_should_get_no_full_block_in() {
    in_session_with_payloads(|| {
        let slot = next_slot();
        // It says nothing about the challenge.
        assert_refused(&Draft::honest(slot).digest(), Refusal::ProofMissing);
        // It attests a proof that it does not show.
        let proof = proof_in(slot);
        begin(&proved(slot, &proof).digest());
        assert!(end_without_proof(slot).contains("proof of storage is not in the block"));
    });
}

#[test]
fn author_without_the_payload_should_make_an_unproved_block_of_operational_calls() {
    use bspp_primitives::conformance::CallClass;
    in_session_with_payloads(|| {
        let slot = next_slot();
        let unproved = Draft {
            kind: AttestationKind::Unproved,
            ..Draft::honest(slot)
        };
        begin(&unproved.digest());
        assert!(!DueProof::<Test>::exists());
        let kind = Conformance::attestation().unwrap().kind;
        assert!(kind.admits(CallClass::Operational));
        assert!(!kind.admits(CallClass::Registration) && !kind.admits(CallClass::Ordinary));
        finish(slot);
    });
}

#[test]
fn proof_of_another_leaf_or_payload_should_be_refused() {
    in_session_with_payloads(|| {
        let slot = next_slot();
        let right = proof_in(slot);
        let challenge = Conformance::challenge(slot).unwrap();
        let all = Payloads::get();
        let mut wrong: Vec<PayloadProof> = all
            .iter()
            .flat_map(|data| (0..9).filter_map(|leaf| PayloadProof::of_payload(data, leaf)))
            .filter(|proof| *proof != right)
            .collect();
        // The challenge of the next slot.
        wrong.push(proof_in(slot + 1));
        for proof in wrong.into_iter().filter(|proof| *proof != right) {
            if challenge.is_answered_by(&proof) {
                // An equal leaf of the same payload is the same answer.
                continue;
            }
            frame_support::storage::with_transaction_unchecked(|| {
                begin(&proved(slot, &proof).digest());
                assert_noop!(
                    prove(RuntimeOrigin::none(), proof),
                    Error::<Test>::InvalidProof
                );
                sp_runtime::TransactionOutcome::Rollback(())
            });
        }
    });
}

#[test]
fn proof_other_than_the_attested_one_should_be_refused() {
    in_session_with_payloads(|| {
        let slot = next_slot();
        let right = proof_in(slot);
        let mut attested = right.clone();
        attested.length += 1;
        begin(&proved(slot, &attested).digest());
        assert_noop!(
            prove(RuntimeOrigin::none(), right),
            Error::<Test>::ResponseMismatch
        );
    });
}

#[test]
fn prove_storage_should_fail_when_no_proof_is_due() {
    ExtBuilder::default().execute(|| {
        let proof = PayloadProof::of_payload(&[1; 10], 0).unwrap();
        block_with(|| {
            assert_noop!(
                prove(RuntimeOrigin::none(), proof.clone()),
                Error::<Test>::ProofNotDue
            );
        });
        // The attestation claims an answer where there is no challenge.
        let slot = next_slot();
        assert_refused(&proved(slot, &proof).digest(), Refusal::ProofNotDue);
        let unproved = Draft {
            kind: AttestationKind::Unproved,
            ..Draft::honest(slot)
        };
        assert_refused(&unproved.digest(), Refusal::Understated);
    });
}

#[test]
fn prove_storage_should_fail_when_it_is_repeated_or_signed() {
    in_session_with_payloads(|| {
        let slot = next_slot();
        let proof = proof_in(slot);
        begin(&proved(slot, &proof).digest());
        for origin in [RuntimeOrigin::signed(1), RuntimeOrigin::root()] {
            assert_noop!(
                prove(origin, proof.clone()),
                sp_runtime::DispatchError::BadOrigin
            );
        }
        assert_ok!(prove(RuntimeOrigin::none(), proof.clone()));
        assert_noop!(
            prove(RuntimeOrigin::none(), proof),
            Error::<Test>::ProofNotDue
        );
        finish(slot);
    });
}

#[test]
fn author_without_evidence_should_name_its_shortfall_and_not_the_store() {
    in_session_with_payloads(|| {
        set_anchor(1, None);
        let slot = slot_of(1);
        let unproved = Draft {
            kind: AttestationKind::Unproved,
            ..Draft::honest(slot)
        };
        assert_refused(&unproved.digest(), Refusal::ShortfallMismatch);
        assert_accepted(&Draft::honest(slot).digest());
        set_anchor(1, Some(0));
    });
}

#[test]
fn first_block_of_new_code_should_have_no_challenge() {
    in_session_with_payloads(|| {
        let slot = next_slot();
        let proof = proof_in(slot);
        begin(&proved(slot, &proof).digest());
        assert_ok!(prove(RuntimeOrigin::none(), proof));
        System::deposit_log(DigestItem::RuntimeEnvironmentUpdated);
        finish(slot);
        assert!(Captured::<Test>::exists());
        let slot = next_slot();
        assert_eq!(Conformance::challenge(slot), None);
        block_in(slot, || ());
        assert!(Conformance::challenge(next_slot()).is_some());
    });
}

#[test]
fn inherent_should_be_made_only_when_a_proof_is_due() {
    in_session_with_payloads(|| {
        let slot = next_slot();
        let proof = proof_in(slot);
        let mut data = InherentData::new();
        data.put_data(STORAGE_INHERENT_IDENTIFIER, &proof).unwrap();
        assert_eq!(Conformance::create_inherent(&data), None);
        begin(&proved(slot, &proof).digest());
        let call = Conformance::create_inherent(&data).unwrap();
        assert!(Conformance::is_inherent(&call));
        assert_eq!(call, Call::prove_storage { proof });
        assert_eq!(Conformance::create_inherent(&InherentData::new()), None);
    });
}
