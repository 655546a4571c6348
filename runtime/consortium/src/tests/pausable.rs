// SPDX-License-Identifier: Apache-2.0
//! The calls that the council can pause, and those that it never can.

use super::{custom, in_first_block, remark, signed, validate};
use crate::{configs::PausableCalls, *};
use bspp_primitives::refusal;
use bspp_types::Authority;
use pallet_consortium::{CallGroup, CallGroupList, CallGroups};
use polkadot_sdk::{
    frame_support::assert_ok,
    pallet_collective::{self, Instance1},
    pallet_session,
    sp_core::H256,
};

fn list(groups: &[CallGroup]) -> CallGroupList {
    groups.to_vec().try_into().unwrap()
}

#[test]
fn paused_call_should_be_refused_by_the_pool_until_the_pause_ends() {
    in_first_block(|| {
        let council =
            || RuntimeOrigin::from(pallet_collective::RawOrigin::<_, Instance1>::Members(2, 3));
        let groups = list(&[CallGroup::Remarks]);
        assert_ok!(Consortium::pause(council(), groups.clone()));
        let remark = || signed("DoctorB", remark(), 0);
        assert_eq!(validate(remark()), custom(refusal::PAUSED));
        assert_ok!(Consortium::unpause(council(), groups));
        assert_ne!(validate(remark()), custom(refusal::PAUSED));
    });
}

#[test]
fn calls_should_have_no_group_when_they_must_go_on() {
    let calls: [RuntimeCall; 8] = [
        pallet_consortium::Call::<Runtime>::unpause {
            groups: list(&[CallGroup::Remarks]),
        }
        .into(),
        pallet_consortium::Call::<Runtime>::suspend_hospital {
            hospital: H256::zero(),
        }
        .into(),
        pallet_consortium::Call::<Runtime>::remove_requester {
            requester: bspp_runtime_common::dev::account("DoctorB"),
        }
        .into(),
        pallet_collective::Call::<Runtime, Instance1>::vote {
            proposal: H256::zero(),
            index: 0,
            approve: true,
        }
        .into(),
        pallet_session::Call::<Runtime>::purge_keys {}.into(),
        pallet_hospital_anchor::Call::<Runtime>::halt_anchor {
            hospital: H256::zero(),
        }
        .into(),
        pallet_peks_search::Call::<Runtime>::revoke_request {
            request: H256::zero(),
            signature: [0; 64],
        }
        .into(),
        pallet_peks_search::Call::<Runtime>::file_tombstone {
            authority: Authority::GrantKey([1; 32]),
            expiry: 1,
            signature: [0; 64],
        }
        .into(),
    ];
    for call in calls {
        assert_eq!(PausableCalls::group_of(&call), None, "{call:?}");
    }
}

#[test]
fn calls_of_members_should_have_a_group() {
    let account = bspp_runtime_common::dev::account("Alice");
    let claim = pallet_peks_search::Call::<Runtime>::claim_disclosure {
        request: H256::zero(),
        record: H256::zero(),
    };
    let calls: [(RuntimeCall, CallGroup); 4] = [
        (remark().into(), CallGroup::Remarks),
        (claim.into(), CallGroup::Disclosures),
        (
            pallet_consortium::Call::<Runtime>::add_validator { validator: account }.into(),
            CallGroup::Proposals,
        ),
        (
            pallet_consortium::Call::<Runtime>::rotate_requester_key { key: [1; 32] }.into(),
            CallGroup::Requesters,
        ),
    ];
    for (call, group) in calls {
        assert_eq!(PausableCalls::group_of(&call), Some(group));
    }
}
