// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use bspp_primitives::{refusal, traits::Admission};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{transaction_validity::InvalidTransaction, DispatchError::BadOrigin};

fn groups(list: &[CallGroup]) -> CallGroupList {
    list.to_vec().try_into().unwrap()
}

fn remark() -> RuntimeCall {
    frame_system::Call::<Test>::remark { remark: vec![] }.into()
}

fn propose() -> RuntimeCall {
    Call::<Test>::add_validator { validator: 23 }.into()
}

fn paused<O>() -> Result<O, sp_runtime::transaction_validity::TransactionValidityError> {
    Err(InvalidTransaction::Custom(refusal::PAUSED).into())
}

#[test]
fn pause_should_refuse_the_calls_of_its_groups_until_it_ends() {
    ExtBuilder::default().run(|| {
        let list = groups(&[CallGroup::Remarks, CallGroup::Batches]);
        assert_ok!(Consortium::pause(council(), list.clone()));
        assert_eq!(
            last_event(),
            Event::CallsPaused {
                groups: list.clone()
            }
        );
        assert_eq!(Consortium::check_call(&remark()), paused());
        assert_eq!(Consortium::check_call(&propose()), Ok(()));
        // A second pause adds to the first.
        let more = groups(&[CallGroup::Remarks, CallGroup::Proposals]);
        assert_ok!(Consortium::pause(council(), more.clone()));
        assert_eq!(Consortium::check_call(&propose()), paused());
        assert_ok!(Consortium::unpause(council(), more.clone()));
        assert_eq!(last_event(), Event::CallsUnpaused { groups: more });
        assert_eq!(Consortium::check_call(&remark()), Ok(()));
        assert_eq!(Consortium::check_call(&propose()), Ok(()));
        assert!(PausedCalls::<Test>::get().contains(&CallGroup::Batches));
    });
}

#[test]
fn calls_without_a_group_should_go_on_when_every_group_is_paused() {
    ExtBuilder::default().run(|| {
        let all = groups(&[
            CallGroup::Batches,
            CallGroup::Registrations,
            CallGroup::Requests,
            CallGroup::Matches,
            CallGroup::Disclosures,
            CallGroup::Requesters,
            CallGroup::EncryptionKeys,
            CallGroup::Proposals,
            CallGroup::Remarks,
        ]);
        assert_eq!(u32::try_from(all.len()), Ok(MAX_CALL_GROUPS));
        assert_ok!(Consortium::pause(council(), all.clone()));
        let unpause: RuntimeCall = Call::<Test>::unpause { groups: all }.into();
        assert_eq!(Consortium::check_call(&unpause), Ok(()));
        let remove: RuntimeCall = Call::<Test>::remove_requester { requester: 1 }.into();
        assert_eq!(Consortium::check_call(&remove), Ok(()));
    });
}

#[test]
fn pause_and_unpause_should_fail_when_the_origin_is_not_the_council() {
    ExtBuilder::default().run(|| {
        for who in [COUNCILLOR, OPERATOR_A, STRANGER] {
            let list = groups(&[CallGroup::Remarks]);
            assert_noop!(Consortium::pause(signed(who), list.clone()), BadOrigin);
            assert_noop!(Consortium::unpause(signed(who), list), BadOrigin);
        }
    });
}
