// SPDX-License-Identifier: Apache-2.0
//! Property tests: calls and blocks in any order keep the invariants.
//!
//! Standing, validator set and session keys agree, and somebody may author.

use super::blocks::{Chain, VALIDATORS};
use crate::*;
use bspp_primitives::AccountId;
use bspp_runtime_common::dev::{self, HOSPITAL_A, HOSPITAL_B};
use polkadot_sdk::{
    frame_support::traits::OriginTrait, pallet_collective, pallet_session,
    sp_runtime::traits::Dispatchable, sp_staking::offence::OnOffenceHandler,
};
use proptest::prelude::*;

/// The events that may happen between two blocks.
#[derive(Clone, Copy, Debug)]
enum Step {
    SuspendHospital(bool),
    ReadmitHospital(bool),
    RemoveHospital(bool),
    AddValidator(usize),
    RemoveValidator(usize),
    SetKeys(usize),
    PurgeKeys(usize),
    SuspendAuthor(usize),
    ReadmitAuthor(usize),
    Equivocate(usize),
    Blocks(u8),
}

fn step() -> impl Strategy<Value = Step> {
    use Step::*;
    let who = 0..VALIDATORS.len();
    prop_oneof![
        any::<bool>().prop_map(SuspendHospital),
        any::<bool>().prop_map(ReadmitHospital),
        Just(RemoveHospital(true)),
        who.clone().prop_map(AddValidator),
        who.clone().prop_map(RemoveValidator),
        who.clone().prop_map(SetKeys),
        who.clone().prop_map(PurgeKeys),
        who.clone().prop_map(SuspendAuthor),
        who.clone().prop_map(ReadmitAuthor),
        who.prop_map(Equivocate),
        (1u8..5).prop_map(Blocks),
    ]
}

fn council() -> RuntimeOrigin {
    RuntimeOrigin::from(pallet_collective::RawOrigin::<
        _,
        pallet_collective::Instance1,
    >::Members(3, 3))
}

fn hospital(second: bool) -> bspp_types::HospitalId {
    if second {
        HOSPITAL_B.id()
    } else {
        HOSPITAL_A.id()
    }
}

/// Whether a validator belongs to hospital A.
fn is_of_first(index: usize) -> bool {
    index < 2 || index == 4
}

fn operator(index: usize) -> RuntimeOrigin {
    let name = if is_of_first(index) {
        "HospitalA"
    } else {
        "HospitalB"
    };
    RuntimeOrigin::signed(dev::account(name))
}

/// Applies a step as a transaction would: refused calls change nothing.
fn apply(step: Step) {
    let account = |index: usize| dev::validator(VALIDATORS[index]);
    let (origin, call): (RuntimeOrigin, RuntimeCall) = match step {
        Step::SuspendHospital(second) => (
            council(),
            pallet_consortium::Call::suspend_hospital {
                hospital: hospital(second),
            }
            .into(),
        ),
        Step::ReadmitHospital(second) => (
            council(),
            pallet_consortium::Call::readmit_hospital {
                hospital: hospital(second),
            }
            .into(),
        ),
        Step::RemoveHospital(second) => (
            council(),
            pallet_consortium::Call::remove_hospital {
                hospital: hospital(second),
            }
            .into(),
        ),
        Step::AddValidator(i) => {
            let validator = account(i);
            let _ = Consortium::add_validator(operator(i), validator.clone());
            (
                council(),
                pallet_consortium::Call::admit_validator {
                    hospital: hospital(!is_of_first(i)),
                    validator,
                    accept_share: true,
                }
                .into(),
            )
        }
        Step::RemoveValidator(i) => (
            operator(i),
            pallet_consortium::Call::remove_validator {
                validator: account(i),
            }
            .into(),
        ),
        Step::SuspendAuthor(i) => (
            council(),
            pallet_conformance::Call::suspend_author { author: account(i) }.into(),
        ),
        Step::ReadmitAuthor(i) => (
            council(),
            pallet_conformance::Call::readmit_author { author: account(i) }.into(),
        ),
        Step::PurgeKeys(i) => (
            RuntimeOrigin::signed(account(i)),
            pallet_session::Call::purge_keys {}.into(),
        ),
        Step::SetKeys(i) => {
            // Other tests cover the proof of ownership.
            if pallet_consortium::Validators::<Runtime>::contains_key(account(i)) {
                let keys = dev::session_keys(VALIDATORS[i]);
                pallet_session::NextKeys::<Runtime>::insert(account(i), keys);
            }
            return;
        }
        Step::Equivocate(i) => {
            let offender = polkadot_sdk::sp_staking::offence::OffenceDetails {
                offender: (account(i), None),
                reporters: Vec::<AccountId>::new(),
            };
            let session = Session::current_index();
            pallet_conformance::SuspendOffenders::<Runtime>::on_offence(
                &[offender],
                &[Default::default()],
                session,
            );
            return;
        }
        Step::Blocks(_) => return,
    };
    let mut origin = origin;
    origin.reset_filter();
    let _ = call.dispatch(origin);
}

fn check() {
    Conformance::do_try_state().unwrap();
    Consortium::do_try_state().unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..Default::default() })]

    #[test]
    fn somebody_may_author_whatever_happens(steps in prop::collection::vec(step(), 1..40)) {
        let mut chain = Chain::new(|| {
            pallet_conformance::SessionLength::<Runtime>::put(3);
        });
        for step in steps {
            chain.tamper(|| apply(step));
            let blocks = if let Step::Blocks(n) = step { n } else { 1 };
            for _ in 0..blocks {
                // The call panics if nobody may author.
                chain.advance_one();
            }
            chain.read(check);
        }
    }
}
