// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use bspp_types::Role;
use frame_support::{assert_noop, assert_ok, traits::Get};
use sp_runtime::DispatchError::BadOrigin;

#[test]
fn set_council_should_replace_members_and_roles() {
    ExtBuilder::default().run(|| {
        assert_ok!(Consortium::set_council(council(), vec![3, 2], Some(3)));
        assert_eq!(last_event(), Event::CouncilChanged { members: 2 });
        assert_eq!(collective(), (vec![2, 3], Some(3)));
        assert_eq!(CouncilMembers::<Test>::get().into_inner(), vec![2, 3]);
        assert_eq!(
            Members::<Test>::get(COUNCILLOR).unwrap().role,
            Role::Removed
        );
        for who in [2, 3] {
            assert_eq!(Members::<Test>::get(who).unwrap().role, Role::Council);
            assert_eq!(System::providers(&who), 1);
        }
        // A member that stays keeps the role.
        assert_ok!(Consortium::set_council(
            council(),
            vec![2, COUNCILLOR],
            None
        ));
        assert_eq!(collective(), (vec![COUNCILLOR, 2], None));
    });
}

#[test]
fn set_council_should_fail_when_the_list_is_invalid() {
    ExtBuilder::default().run(|| {
        let set = |members, prime| Consortium::set_council(council(), members, prime);
        assert_noop!(set(vec![], None), Error::<Test>::InvalidCouncil);
        assert_noop!(set(vec![2, 2], None), Error::<Test>::InvalidCouncil);
        assert_noop!(set(vec![2, 3], Some(4)), Error::<Test>::InvalidCouncil);
        assert_noop!(
            set(vec![2, 3, 4, 5], None),
            Error::<Test>::MaxCouncilExceeded
        );
        assert_noop!(set(vec![2, OPERATOR_A], None), Error::<Test>::AlreadyExists);
        assert_noop!(
            set(vec![2, VALIDATOR_A], None),
            Error::<Test>::AlreadyExists
        );
        assert_noop!(
            Consortium::set_council(signed(COUNCILLOR), vec![2], None),
            BadOrigin
        );
    });
}

fn set_pages() -> Box<RuntimeCall> {
    Box::new(frame_system::Call::set_heap_pages { pages: 77 }.into())
}

#[test]
fn dispatch_as_root_should_dispatch_when_the_council_asks() {
    ExtBuilder::default().run(|| {
        assert_ok!(Consortium::dispatch_as_root(council(), set_pages()));
        assert_eq!(last_event(), Event::RootDispatched { result: Ok(()) });
        let pages = sp_core::storage::well_known_keys::HEAP_PAGES;
        assert!(frame_support::storage::unhashed::exists(pages));
    });
}

#[test]
fn dispatch_as_root_should_report_when_the_call_fails() {
    ExtBuilder::default().run(|| {
        // Root is not a signed origin.
        let call = Box::new(
            Call::remove_requester {
                requester: DOCTOR_A,
            }
            .into(),
        );
        assert_ok!(Consortium::dispatch_as_root(council(), call));
        assert_eq!(
            last_event(),
            Event::RootDispatched {
                result: Err(BadOrigin)
            }
        );
    });
}

/// Attack: the council replaces the runtime or the storage at once, past every delay.
#[test]
fn dispatch_as_root_should_fail_when_the_call_is_not_a_root_call() {
    ExtBuilder::default().run(|| {
        let code = vec![1];
        let code_hash = sp_core::H256::zero();
        let calls: [RuntimeCall; 5] = [
            frame_system::Call::<Test>::set_code { code: code.clone() }.into(),
            frame_system::Call::<Test>::set_code_without_checks { code }.into(),
            frame_system::Call::<Test>::authorize_upgrade { code_hash }.into(),
            frame_system::Call::<Test>::authorize_upgrade_without_checks { code_hash }.into(),
            Call::<Test>::dispatch_as_root { call: set_pages() }.into(),
        ];
        for call in calls {
            assert_noop!(
                Consortium::dispatch_as_root(council(), Box::new(call)),
                Error::<Test>::NotRootCall
            );
        }
    });
}

#[test]
fn dispatch_as_root_should_fail_when_the_origin_is_not_the_council() {
    ExtBuilder::default().run(|| {
        for who in [COUNCILLOR, OPERATOR_A, STRANGER] {
            assert_noop!(
                Consortium::dispatch_as_root(signed(who), set_pages()),
                BadOrigin
            );
        }
    });
}

#[test]
fn weights_should_count_database_accesses() {
    use frame_support::weights::{RuntimeDbWeight, Weight};
    type W = crate::weights::SubstrateWeight<Test>;
    let db: RuntimeDbWeight = <Test as frame_system::Config>::DbWeight::get();
    let read = db.reads(1);
    for weight in [
        W::add_hospital(),
        W::add_requester(),
        W::remove_hospital(4, 5),
    ] {
        assert!(weight.all_gt(Weight::zero()) && weight.ref_time() >= read.ref_time());
    }
    assert!(W::remove_validator(100, 200).all_gt(W::remove_validator(4, 5)));
}
