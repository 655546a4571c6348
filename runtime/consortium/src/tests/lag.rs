// SPDX-License-Identifier: Apache-2.0
//! Tests of lag on whole blocks: what restricted blocks admit, and how hospitals recover.

use super::{blocks::Chain, hospital::HospitalChain, remark, signed};
use crate::*;
use bspp_primitives::{
    conformance::{AttestationKind, Shortfall, Verdict},
    traits::RegisteredCount,
};
use bspp_runtime_common::dev::{self, DevHospital, HOSPITAL_A, HOSPITAL_B};
use polkadot_sdk::{
    frame_support::assert_ok,
    pallet_session::Pallet as SessionPallet,
    sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError},
};

const EXHAUSTS: TransactionValidityError =
    TransactionValidityError::Invalid(InvalidTransaction::ExhaustsResources);

/// Slots for which an anchor is fresh, and for which an entry block may wait.
///
/// It is the least limit of lag.
const LIMIT: u64 = 64;
/// Anchors, ten slots from each other, until an entry block has waited too long.
const ANCHORS: u64 = LIMIT / 10 + 2;

fn of(hospital: &DevHospital) -> HospitalChain {
    HospitalChain::new(hospital.id(), hospital.operator, 2, 8)
}

/// Both hospitals, anchored at genesis.
///
/// Authors are Alice and Bob for hospital A, and Charlie for hospital B.
fn anchored() -> (Chain, HospitalChain, HospitalChain) {
    let (a, b) = (of(&HOSPITAL_A), of(&HOSPITAL_B));
    let mut chain = Chain::new(|| {
        a.start();
        b.start();
        pallet_conformance::GateParameters::<Runtime>::mutate(|parameters| {
            parameters.max_anchor_age = LIMIT;
            parameters.max_lag = LIMIT;
        });
    });
    // A signature names the genesis, which the state knows from the first block on.
    chain.advance(1, Vec::new());
    (chain, a, b)
}

fn nonce(operator: &str) -> u32 {
    System::account_nonce(dev::account(operator))
}

fn transaction(chain: &mut Chain, operator: &str, call: RuntimeCall) -> UncheckedExtrinsic {
    chain.read(|| signed(operator, call, nonce(operator)))
}

/// Anchors a hospital's chain in the next block.
fn anchor(chain: &mut Chain, hospital: &mut HospitalChain) {
    let slot = chain.slot + 1;
    let from = chain.read(|| PhiIndex::registered(&hospital.id));
    let call = hospital.anchor(slot, from);
    let anchor = transaction(chain, hospital.operator, call);
    assert_ok!(chain.advance(slot, vec![anchor])[0].unwrap());
}

/// A transaction that registers all anchored entry blocks of a hospital.
fn registration(chain: &mut Chain, hospital: &mut HospitalChain) -> UncheckedExtrinsic {
    let from = chain.read(|| PhiIndex::registered(&hospital.id));
    let call = hospital.register(from, 100).expect("a block waits");
    transaction(chain, hospital.operator, call)
}

fn restricted(shortfall: Shortfall) -> AttestationKind {
    AttestationKind::Restricted { shortfall }
}

/// A chain in which hospital A lags and hospital B is conformant, with A's next slot.
fn lagging() -> (Chain, HospitalChain, u64) {
    let (mut chain, mut a, mut b) = anchored();
    a.store(chain.slot);
    for _ in 0..ANCHORS {
        anchor(&mut chain, &mut a);
        anchor(&mut chain, &mut b);
        let slot = chain.slot + 9;
        chain.advance(slot, Vec::new());
    }
    let slot = chain.slot_of("Alice");
    let verdict = chain.gate(slot).verdict;
    let shortfall = Shortfall::RegistrationLag;
    assert_eq!(verdict, Verdict::Restricted { shortfall });
    (chain, a, slot)
}

#[test]
fn lag_restricted_block_should_admit_registrations_and_no_remark() {
    let (mut chain, mut a, slot) = lagging();
    let remark = transaction(&mut chain, "HospitalB", remark().into());
    let register = registration(&mut chain, &mut a);
    let results = chain.advance(slot, vec![remark, register]);
    assert_eq!(results[0], Err(EXHAUSTS));
    assert_ok!(results[1].unwrap());
    let kind = chain.read(Conformance::attestation).unwrap().kind;
    assert_eq!(kind, restricted(Shortfall::RegistrationLag));
    // The registration has cured the lag.
    let next = chain.slot_of("Bob");
    assert!(matches!(chain.gate(next).verdict, Verdict::Full { .. }));
}

#[test]
fn lag_restricted_block_should_admit_registrations_of_other_hospitals() {
    let (mut chain, _, _) = lagging();
    // B registered nothing yet. Its heights go on above the heads that were anchored.
    let mut b = of(&HOSPITAL_B);
    for _ in 0..4 * ANCHORS {
        b.store(chain.slot);
    }
    anchor(&mut chain, &mut b);
    let slot = chain.slot_of("Alice");
    let register = registration(&mut chain, &mut b);
    assert_ok!(chain.advance(slot, vec![register])[0].unwrap());
    let kind = chain.read(Conformance::attestation).unwrap().kind;
    assert_eq!(kind, restricted(Shortfall::RegistrationLag));
}

#[test]
fn low_limits_should_be_raised_to_what_authors_and_transactions_need() {
    use crate::configs::GateParameters;
    let least = GateParameters {
        max_anchor_age: 1,
        max_lag: 1,
    };
    let limits = |authors| {
        let GateParameters {
            max_anchor_age,
            max_lag,
        } = least.raised(authors);
        (max_anchor_age, max_lag)
    };
    // Two rotations and a mortality of 16 blocks; four mortalities.
    assert_eq!(limits(1), (19, 64));
    assert_eq!(limits(4), (25, 64));
    // Many authors need more: two rotations.
    assert_eq!(limits(40), (97, 81));
    let high = GateParameters {
        max_anchor_age: 1_200,
        max_lag: 1_200,
    };
    assert_eq!(high.raised(40), high);
}

#[test]
fn entry_block_should_wait_for_the_least_limit_when_the_council_sets_a_lower_one() {
    let (mut chain, mut a, _) = anchored();
    chain.tamper(|| {
        pallet_conformance::GateParameters::<Runtime>::mutate(|parameters| {
            parameters.max_anchor_age = 10 * LIMIT;
            parameters.max_lag = 1;
        });
    });
    a.store(chain.slot);
    anchor(&mut chain, &mut a);
    let since = chain.slot;
    let others = dev::validator("Charlie");
    let lags = Verdict::Restricted {
        shortfall: Shortfall::RegistrationLag,
    };
    for slot in since + 1..since + LIMIT + 4 {
        let gate = chain.gate(slot);
        if gate.author != others && slot > since + LIMIT {
            assert_eq!(gate.verdict, lags, "slot {slot}");
        } else {
            assert!(matches!(gate.verdict, Verdict::Full { .. }), "slot {slot}");
        }
    }
}

#[test]
fn anchor_restricted_block_should_not_admit_registrations() {
    let (mut chain, mut a, _) = anchored();
    a.store(chain.slot);
    anchor(&mut chain, &mut a);
    let slot = chain.slot + LIMIT + 1;
    let register = registration(&mut chain, &mut a);
    let digest = chain.honest_digest(slot);
    let (block, results) = chain.propose(slot, digest, vec![register.clone()]);
    assert_eq!(results, [Err(EXHAUSTS)]);
    // A proposer that includes it nevertheless makes an invalid block.
    let refused = chain.import(super::blocks::smuggle(block, register));
    assert!(refused.unwrap_err().contains("would exhaust"));
    let shortfall = Shortfall::AnchorStaleAndLag;
    let slot = chain.slot_of("Alice") + 3 * LIMIT;
    let verdict = chain.gate(slot).verdict;
    assert_eq!(verdict, Verdict::Restricted { shortfall });
}

/// Attack: an author claims a lag in place of its stale anchor, to bring registrations.
#[test]
fn author_that_claims_another_shortfall_should_be_refused() {
    let (mut chain, _, _) = anchored();
    let slot = chain.slot + LIMIT + 2;
    let name = Chain::name(&chain.gate(slot).author);
    let digest = chain.digest(slot, name, restricted(Shortfall::RegistrationLag));
    let header = bspp_primitives::Header {
        parent_hash: chain.parent.hash(),
        number: chain.parent.number + 1,
        state_root: Default::default(),
        extrinsics_root: Default::default(),
        digest,
    };
    let refused = chain.import(Block {
        header,
        extrinsics: Vec::new(),
    });
    assert!(refused.unwrap_err().contains("shortfall_mismatch"));
}

#[test]
fn hospitals_should_recover_when_all_of_them_lag() {
    let (mut chain, mut a, mut b) = anchored();
    a.store(chain.slot);
    b.store(chain.slot);
    for _ in 0..ANCHORS {
        anchor(&mut chain, &mut a);
        anchor(&mut chain, &mut b);
        let slot = chain.slot + 9;
        chain.advance(slot, Vec::new());
    }
    for name in ["Alice", "Bob", "Charlie"] {
        let slot = chain.slot_of(name);
        let shortfall = Shortfall::RegistrationLag;
        assert_eq!(
            chain.gate(slot).verdict,
            Verdict::Restricted { shortfall },
            "{name}"
        );
    }
    let slot = chain.slot + 1;
    let both = vec![
        registration(&mut chain, &mut a),
        registration(&mut chain, &mut b),
    ];
    for result in chain.advance(slot, both) {
        assert_ok!(result.unwrap());
    }
    for name in ["Alice", "Bob", "Charlie"] {
        let slot = chain.slot_of(name);
        assert!(matches!(chain.gate(slot).verdict, Verdict::Full { .. }));
    }
}

#[test]
fn hospital_without_quota_should_not_be_restricted_for_lag() {
    let (mut chain, _, slot) = lagging();
    let id = HOSPITAL_A.id();
    let spend = move || {
        let session = SessionPallet::<Runtime>::current_index();
        pallet_consortium::UsedReserve::<Runtime>::mutate(id, |usage| {
            *usage = usage.with(session, u64::MAX / 2, u64::MAX / 2);
        });
    };
    chain.tamper(spend);
    // An operator that burns its reserve and registers nothing still lags.
    let lags = Verdict::Restricted {
        shortfall: Shortfall::RegistrationLag,
    };
    assert_eq!(chain.gate(slot).verdict, lags);
    chain.tamper(move || {
        let session = SessionPallet::<Runtime>::current_index();
        pallet_consortium::UsedByRegistrations::<Runtime>::mutate(id, |usage| {
            *usage = usage.with(session, u64::MAX / 4 + 1, u64::MAX / 4 + 1);
        });
    });
    assert!(matches!(chain.gate(slot).verdict, Verdict::Full { .. }));
    // The reserve is there again, but the clock does not count the time before the last anchor.
    let mut a = of(&HOSPITAL_A);
    for _ in 0..4 * ANCHORS {
        a.store(chain.slot);
    }
    anchor(&mut chain, &mut a);
    chain.tamper(move || pallet_consortium::UsedReserve::<Runtime>::remove(id));
    let slot = chain.slot_of("Alice");
    assert!(matches!(chain.gate(slot).verdict, Verdict::Full { .. }));
}

#[test]
fn registrations_should_be_paused_without_restricted_blocks() {
    use pallet_consortium::CallGroup;
    let (mut chain, _, slot) = lagging();
    chain.tamper(|| {
        pallet_consortium::PausedCalls::<Runtime>::mutate(|paused| {
            assert!(paused.try_insert(CallGroup::Registrations).is_ok());
        });
    });
    assert!(matches!(chain.gate(slot).verdict, Verdict::Full { .. }));
}

#[test]
fn anchor_should_not_wait_behind_registrations_when_it_has_an_account_of_its_own() {
    let (mut chain, mut a, _) = anchored();
    let anchorer = dev::account("AnchorerA");
    let set = pallet_consortium::Call::<Runtime>::set_anchorer {
        anchorer: Some(anchorer),
    };
    let set = transaction(&mut chain, "HospitalA", set.into());
    let slot = chain.slot + 1;
    assert_ok!(chain.advance(slot, vec![set])[0].unwrap());
    a.store(slot);
    anchor(&mut chain, &mut a);
    // A registration that no block admits is queued at the operator's nonce.
    let slot = chain.slot + LIMIT + 1;
    let queued = registration(&mut chain, &mut a);
    let call = a.anchor(slot, 0);
    let anchor = chain.read(|| signed("AnchorerA", call, nonce("AnchorerA")));
    let results = chain.advance(slot, vec![queued, anchor]);
    assert_eq!(results[0], Err(EXHAUSTS));
    assert_ok!(results[1].unwrap());
}
