// SPDX-License-Identifier: Apache-2.0
//! The delay between the authorization of a runtime and its application.

use super::{custom, in_first_block, signed, validate};
use crate::*;
use bspp_primitives::refusal;
use bspp_runtime_common::dev;
use bspp_types::limits::{DAY_MS, DEFAULT_SLOT_DURATION};
use polkadot_sdk::{
    frame_support::assert_ok,
    frame_system,
    pallet_collective::{self, Instance1},
    sp_core::H256,
    sp_runtime::{
        traits::{BlakeTwo256, Dispatchable, Hash},
        transaction_validity::{InvalidTransaction, TransactionValidityError},
    },
};

const CODE: [u8; 3] = [1, 2, 3];

fn council() -> RuntimeOrigin {
    RuntimeOrigin::from(pallet_collective::RawOrigin::<_, Instance1>::Members(2, 3))
}

fn authorize() {
    let hash: H256 = BlakeTwo256::hash(&CODE);
    assert_ok!(Consortium::authorize_upgrade(council(), hash));
}

fn apply() -> RuntimeCall {
    RuntimeCall::System(frame_system::Call::apply_authorized_upgrade {
        code: CODE.to_vec(),
    })
}

#[test]
fn upgrade_delay_should_be_a_day_of_slots() {
    in_first_block(|| {
        let slots = DAY_MS / DEFAULT_SLOT_DURATION;
        assert_eq!(u64::from(Consortium::upgrade_delay()), slots);
    });
}

/// Attack: the council's key holders upgrade before a member can look at the new runtime.
#[test]
fn upgrade_should_be_refused_on_every_path_before_its_time() {
    in_first_block(|| {
        authorize();
        let bare = || UncheckedExtrinsic::new_bare(apply());
        assert_eq!(validate(bare()), custom(refusal::UPGRADE_NOT_DUE));
        for name in ["HospitalA", "CouncilOne"] {
            assert_eq!(
                validate(signed(name, apply(), 0)),
                custom(refusal::UPGRADE_NOT_DUE)
            );
        }
        // A block that an author fills by hand is invalid.
        let refused =
            TransactionValidityError::Invalid(InvalidTransaction::Custom(refusal::UPGRADE_NOT_DUE));
        assert_eq!(Executive::apply_extrinsic(bare()), Err(refused));
        // A council member wraps the call, and so no extension sees it.
        let execute: RuntimeCall = pallet_collective::Call::<Runtime, Instance1>::execute {
            proposal: Box::new(apply()),
            length_bound: 100,
        }
        .into();
        assert_ok!(execute.dispatch(RuntimeOrigin::signed(dev::account("CouncilOne"))));
        assert!(
            System::authorized_upgrade().is_some(),
            "a call that applies the runtime ends the authorization"
        );
    });
}

#[test]
fn upgrade_should_enter_the_pool_after_its_time() {
    in_first_block(|| {
        authorize();
        System::set_block_number(1 + Consortium::upgrade_delay());
        let bare = UncheckedExtrinsic::new_bare(apply());
        assert!(validate(bare).is_ok());
    });
}

/// Attack: the council replaces code or storage as root.
#[test]
fn root_calls_should_not_change_code_or_storage() {
    in_first_block(|| {
        let code_hash = H256::zero();
        let calls: [RuntimeCall; 7] = [
            frame_system::Call::<Runtime>::set_code { code: vec![1] }.into(),
            frame_system::Call::<Runtime>::set_code_without_checks { code: vec![1] }.into(),
            frame_system::Call::<Runtime>::authorize_upgrade { code_hash }.into(),
            frame_system::Call::<Runtime>::authorize_upgrade_without_checks { code_hash }.into(),
            frame_system::Call::<Runtime>::set_storage { items: vec![] }.into(),
            frame_system::Call::<Runtime>::kill_storage { keys: vec![] }.into(),
            apply(),
        ];
        for call in calls {
            let refused = Consortium::dispatch_as_root(council(), Box::new(call));
            let expected = pallet_consortium::Error::<Runtime>::NotRootCall;
            assert_eq!(refused, Err(expected.into()));
        }
    });
}
