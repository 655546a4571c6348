// SPDX-License-Identifier: Apache-2.0
//! Admission by role and call on the whole runtime, and attacks by calls that can only fail.

use super::{blocks::Chain, custom, in_first_block, remark, signed, validate};
use crate::{
    configs::{exempt, is_councils, OperationalCalls},
    *,
};
use bspp_primitives::{conformance::Verdict, refusal, Header};
use bspp_runtime_common::dev::{self, HOSPITAL_A, HOSPITAL_B};
use codec::{Decode, Encode};
use pallet_consortium::Part;
use polkadot_sdk::{
    frame_support::{
        assert_ok,
        dispatch::{DispatchClass, GetDispatchInfo},
        traits::{Contains, Get},
        weights::Weight,
    },
    frame_system,
    pallet_collective::{self, Call as Motions, Instance1},
    pallet_grandpa, pallet_session,
    sp_core::{ed25519, sr25519, Pair, H256},
    sp_io,
    sp_runtime::{
        traits::Header as _,
        transaction_validity::{InvalidTransaction, TransactionValidityError},
        ApplyExtrinsicResult,
    },
};

/// A validator's account.
pub(super) const VALIDATOR: &str = "Alice//stash";

pub(super) fn apply(extrinsic: UncheckedExtrinsic) -> ApplyExtrinsicResult {
    Executive::apply_extrinsic(extrinsic)
}

pub(super) fn refused(code: u8) -> ApplyExtrinsicResult {
    Err(TransactionValidityError::Invalid(
        InvalidTransaction::Custom(code),
    ))
}

/// The pool and the block refuse a transaction for the same reason.
pub(super) fn assert_refused(extrinsic: UncheckedExtrinsic, code: u8) {
    assert_eq!(validate(extrinsic.clone()), custom(code));
    assert_eq!(apply(extrinsic), refused(code));
}

fn propose(proposal: impl Into<RuntimeCall>, threshold: u32) -> RuntimeCall {
    let proposal = Box::new(proposal.into());
    let length_bound = u32::try_from(proposal.encoded_size()).unwrap();
    Motions::<Runtime, Instance1>::propose {
        threshold,
        proposal,
        length_bound,
    }
    .into()
}

pub(super) fn vote(n: u8) -> RuntimeCall {
    Motions::<Runtime, Instance1>::vote {
        proposal: H256::repeat_byte(n),
        index: 0,
        approve: true,
    }
    .into()
}

pub(super) fn anchor(hospital: H256) -> RuntimeCall {
    let header = Header::new(
        9,
        H256::zero(),
        H256::zero(),
        H256::zero(),
        Default::default(),
    );
    // No votes and no ancestors: round, target, and two empty lists.
    let justification = Decode::decode(&mut &[0u8; 46][..]).unwrap();
    pallet_hospital_anchor::Call::<Runtime>::submit_finality_proof {
        hospital,
        header: Box::new(header),
        justification,
    }
    .into()
}

/// A requester's call that a block includes, but that fails.
pub(super) fn question() -> RuntimeCall {
    pallet_peks_search::Call::<Runtime>::contest_claim {
        request: H256::zero(),
        record: H256::zero(),
    }
    .into()
}

/// The session keys `//name` and their proof for an account.
fn keys(name: &str, account: &str) -> RuntimeCall {
    let path = format!("//{name}");
    let owner = [b"POP_".to_vec(), dev::account(account).encode()].concat();
    let sr = sr25519::Pair::from_string(&path, None).unwrap();
    let ed = ed25519::Pair::from_string(&path, None).unwrap();
    let proof = (sr.sign(&owner), ed.sign(&owner), sr.sign(&owner)).encode();
    pallet_session::Call::<Runtime>::set_keys {
        keys: dev::session_keys(name),
        proof,
    }
    .into()
}

/// Attack: a validator's account fills blocks with motions of remarks.
#[test]
fn motions_should_be_the_councils_and_of_calls_that_it_can_use() {
    in_first_block(|| {
        let filler = || frame_system::Call::<Runtime>::remark {
            remark: vec![0; 300],
        };
        for name in [VALIDATOR, "HospitalA", "DoctorA"] {
            let motion = propose(filler(), 2);
            assert_refused(signed(name, motion, 0), refusal::CALL_NOT_AUTHORIZED);
        }
        let as_root = pallet_consortium::Call::<Runtime>::dispatch_as_root {
            call: Box::new(filler().into()),
        };
        let nested = propose(filler(), 2);
        let suspend = pallet_consortium::Call::<Runtime>::suspend_hospital {
            hospital: HOSPITAL_B.id(),
        };
        for motion in [
            propose(filler(), 2),
            propose(as_root, 2),
            propose(nested, 2),
            // One member of three carries nothing alone.
            propose(suspend.clone(), 1),
            Motions::<Runtime, Instance1>::execute {
                proposal: Box::new(filler().into()),
                length_bound: 400,
            }
            .into(),
        ] {
            let motion = signed("CouncilOne", motion, 0);
            assert_refused(motion, refusal::CALL_NOT_AUTHORIZED);
        }
        assert_ok!(apply(signed("CouncilOne", propose(suspend, 2), 0)).unwrap());
    });
}

/// Attack: a motion, or its close, reserves whole blocks by its bounds.
#[test]
fn bounds_of_motions_should_be_those_of_the_councils_calls() {
    in_first_block(|| {
        let close = |weight, length_bound| -> RuntimeCall {
            Motions::<Runtime, Instance1>::close {
                proposal_hash: H256::zero(),
                index: 0,
                proposal_weight_bound: weight,
                length_bound,
            }
            .into()
        };
        let small = Weight::from_parts(1, 1);
        let huge = Weight::from_parts(u64::MAX / 2, 1);
        for call in [close(huge, 100), close(small, u32::MAX)] {
            assert_eq!(
                validate(signed("CouncilOne", call, 0)),
                custom(refusal::OUT_OF_BOUNDS)
            );
        }
        let members = (0..3_000u32)
            .map(|n| {
                let mut account = [0; 32];
                account[..4].copy_from_slice(&n.to_le_bytes());
                bspp_primitives::AccountId::new(account)
            })
            .collect();
        let long = pallet_consortium::Call::<Runtime>::set_council {
            members,
            prime: None,
        };
        assert_refused(
            signed("CouncilOne", propose(long, 2), 0),
            refusal::OUT_OF_BOUNDS,
        );
        let call = close(small, 100);
        assert_refused(signed(VALIDATOR, call, 0), refusal::CALL_NOT_AUTHORIZED);
    });
}

/// Attack: a member closes a motion that is not decided, with bounds of half a block.
#[test]
fn close_should_enter_a_block_only_if_it_removes_the_motion() {
    in_first_block(|| {
        let suspend: RuntimeCall = pallet_consortium::Call::<Runtime>::suspend_hospital {
            hospital: HOSPITAL_B.id(),
        }
        .into();
        let length = u32::try_from(suspend.encoded_size()).unwrap();
        let hash = H256(sp_io::hashing::blake2_256(&suspend.encode()));
        assert_ok!(apply(signed("CouncilOne", propose(suspend, 2), 0)).unwrap());
        let bound = heaviest();
        let close = |length_bound, index, weight| -> RuntimeCall {
            Motions::<Runtime, Instance1>::close {
                proposal_hash: hash,
                index,
                proposal_weight_bound: weight,
                length_bound,
            }
            .into()
        };
        let early = signed("CouncilOne", close(length, 0, bound), 1);
        // A pool may lag behind the block with the votes.
        assert_ok!(validate(early.clone()));
        assert_eq!(apply(early.clone()), refused(refusal::MOTION_NOT_DECIDED));
        for (name, nonce) in [("CouncilTwo", 0), ("CouncilThree", 0)] {
            let vote = Motions::<Runtime, Instance1>::vote {
                proposal: hash,
                index: 0,
                approve: true,
            };
            assert_ok!(apply(signed(name, vote, nonce)).unwrap());
        }
        for call in [
            close(length - 1, 0, bound),
            close(length, 1, bound),
            close(length, 0, Weight::from_parts(1, 1)),
        ] {
            assert_eq!(
                apply(signed("CouncilOne", call, 1)),
                refused(refusal::MOTION_NOT_DECIDED)
            );
        }
        assert_ok!(apply(early).unwrap());
    });
}

/// The heaviest bound with which clients close a motion.
fn heaviest() -> Weight {
    type Max = <Runtime as pallet_collective::Config<Instance1>>::MaxProposalWeight;
    let max = <Max as Get<Weight>>::get();
    Weight::from_parts(max.ref_time(), 64 * 1024 * 1024)
}

/// Attack: accounts fill blocks with session keys that nobody has.
#[test]
fn session_keys_should_be_a_validators_with_a_valid_proof() {
    in_first_block(|| {
        let junk = |length| -> RuntimeCall {
            pallet_session::Call::<Runtime>::set_keys {
                keys: dev::session_keys("Alice"),
                proof: vec![7; length],
            }
            .into()
        };
        for length in [0, 192, 1_000] {
            assert_refused(
                signed(VALIDATOR, junk(length), 0),
                refusal::INVALID_KEY_PROOF,
            );
        }
        assert_refused(signed(VALIDATOR, junk(100_000), 0), refusal::OUT_OF_BOUNDS);
        // A proof for another account.
        assert_refused(
            signed(VALIDATOR, keys("Alice", "HospitalA"), 0),
            refusal::INVALID_KEY_PROOF,
        );
        for name in ["HospitalA", "DoctorA", "CouncilOne"] {
            let call = keys("Alice", name);
            assert_refused(signed(name, call, 0), refusal::CALL_NOT_AUTHORIZED);
        }
        assert_ok!(validate(signed(VALIDATOR, keys("Alice", VALIDATOR), 0)));
    });
}

#[test]
fn members_should_not_send_calls_of_others() {
    in_first_block(|| {
        let refusal_of_records: RuntimeCall =
            pallet_peks_search::Call::<Runtime>::refuse_disclosure {
                request: H256::zero(),
                record: H256::zero(),
            }
            .into();
        let revoke: RuntimeCall = pallet_peks_search::Call::<Runtime>::revoke_request {
            request: H256::zero(),
            signature: [0; 64],
        }
        .into();
        let pages: RuntimeCall = frame_system::Call::<Runtime>::set_heap_pages { pages: 9 }.into();
        for (name, call) in [
            ("DoctorA", remark().into()),
            ("DoctorA", refusal_of_records),
            ("DoctorA", vote(1)),
            (VALIDATOR, remark().into()),
            (VALIDATOR, question()),
            ("CouncilOne", remark().into()),
            // A patient's call has no signer.
            ("HospitalA", revoke),
            // It is of the class of operational calls, but only root may send it.
            ("HospitalA", pages),
        ] {
            assert_refused(signed(name, call, 0), refusal::CALL_NOT_AUTHORIZED);
        }
    });
}

/// Attack: a vote of an account that is not in the council enters a restricted block.
#[test]
fn restricted_block_should_carry_operational_calls_of_their_senders_only() {
    // Without anchors every author lacks evidence.
    let mut chain = Chain::new(|| {});
    chain.advance(1, Vec::new());
    assert!(matches!(chain.gate(2).verdict, Verdict::Restricted { .. }));
    let extrinsics = chain.read(|| {
        vec![
            signed("HospitalA", vote(1), 0),
            signed("DoctorA", anchor(HOSPITAL_A.id()), 0),
            signed(VALIDATOR, vote(1), 0),
            signed("CouncilOne", vote(1), 0),
        ]
    });
    let results = chain.advance(2, extrinsics);
    for result in &results[..3] {
        assert_eq!(*result, refused(refusal::CALL_NOT_AUTHORIZED));
    }
    assert!(results[3].is_ok());
}

/// Attack: a stranger floods the chain with calls without a signer.
#[test]
fn calls_without_a_valid_signature_should_take_no_room_of_a_block() {
    in_first_block(|| {
        let revoke: RuntimeCall = pallet_peks_search::Call::<Runtime>::revoke_request {
            request: H256::zero(),
            signature: [7; 64],
        }
        .into();
        let before = System::block_weight();
        let unknown = UncheckedExtrinsic::new_transaction(revoke, super::extension(0));
        assert_eq!(apply(unknown), refused(refusal::REQUEST_NOT_FOUND));
        for call in [vote(1), question(), remark().into()] {
            let general = UncheckedExtrinsic::new_transaction(call.clone(), super::extension(0));
            assert!(apply(general).is_err());
            let bare = apply(UncheckedExtrinsic::new_bare(call.clone()));
            assert!(bare.is_err(), "{call:?}: {bare:?}");
        }
        assert_eq!(System::block_weight(), before);
    });
}

#[test]
fn exempt_calls_should_be_operational_and_never_a_requesters() {
    let hospital = HOSPITAL_A.id();
    let calls = [
        vote(1),
        anchor(hospital),
        keys("Alice", VALIDATOR),
        pallet_consortium::Call::<Runtime>::set_anchorer { anchorer: None }.into(),
        pallet_consortium::Call::<Runtime>::suspend_hospital { hospital }.into(),
        question(),
        remark().into(),
    ];
    let parts = [
        Part::Council,
        Part::Operator,
        Part::Anchorer,
        Part::Requester,
        Part::Validator,
    ];
    for call in &calls {
        for part in parts {
            if exempt(part, Some(&hospital), call) {
                assert!(OperationalCalls::contains(call), "{call:?}");
                assert!(part != Part::Requester && !is_councils(call), "{call:?}");
            }
        }
    }
    assert!(exempt(Part::Anchorer, Some(&hospital), &anchor(hospital)));
    assert!(!exempt(Part::Anchorer, Some(&hospital), &vote(1)));
    assert!(is_councils(&calls[4]) && !is_councils(&calls[3]));
}

#[test]
fn dispatch_as_root_should_charge_the_call_in_it_and_be_operational() {
    let stalled: RuntimeCall = pallet_grandpa::Call::<Runtime>::note_stalled {
        delay: 1,
        best_finalized_block_number: 0,
    }
    .into();
    let inner = stalled.get_dispatch_info();
    let outer: RuntimeCall = pallet_consortium::Call::<Runtime>::dispatch_as_root {
        call: Box::new(stalled),
    }
    .into();
    let info = outer.get_dispatch_info();
    assert_eq!(info.class, DispatchClass::Operational);
    assert!(info.call_weight.all_gte(inner.call_weight));
    in_first_block(|| {
        for name in ["HospitalA", VALIDATOR, "CouncilOne"] {
            let extrinsic = signed(name, outer.clone(), 0);
            assert_refused(extrinsic, refusal::CALL_NOT_AUTHORIZED);
        }
    });
}
