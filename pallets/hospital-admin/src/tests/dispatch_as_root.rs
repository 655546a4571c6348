// SPDX-License-Identifier: Apache-2.0

use super::unsigned;
use crate::{mock::*, Call, Error, Event};
use frame_support::{
    assert_noop, assert_ok,
    dispatch::{DispatchClass, GetDispatchInfo},
};
use sp_runtime::{DispatchError, DispatchResult};

fn set_pages() -> Box<RuntimeCall> {
    Box::new(frame_system::Call::set_heap_pages { pages: 77 }.into())
}

fn dispatch(who: u64, call: Box<RuntimeCall>) -> DispatchResult {
    HospitalAdmin::dispatch_as_root(RuntimeOrigin::signed(who), call)
}

fn pages_are_set() -> bool {
    frame_support::storage::unhashed::exists(sp_core::storage::well_known_keys::HEAP_PAGES)
}

#[test]
fn dispatch_as_root_should_dispatch_when_any_one_admin_asks() {
    ExtBuilder::default()
        .with_admins(&[ADMIN, OTHER_ADMIN])
        .build_and_execute(|| {
            assert_ok!(dispatch(OTHER_ADMIN, set_pages()));
            assert!(pages_are_set());
            assert_eq!(events(), vec![Event::RootDispatched { result: Ok(()) }]);
        });
}

#[test]
fn dispatch_as_root_should_report_when_the_call_fails() {
    ExtBuilder::default().build_and_execute(|| {
        // No upgrade was authorized.
        let call = frame_system::Call::apply_authorized_upgrade { code: vec![1] };
        assert_ok!(dispatch(ADMIN, Box::new(call.into())));
        let error = frame_system::Error::<Test>::NothingAuthorized.into();
        assert_eq!(events(), vec![Event::RootDispatched { result: Err(error) }]);
    });
}

#[test]
fn dispatch_as_root_should_fail_when_the_call_is_not_among_the_few() {
    ExtBuilder::default().build_and_execute(|| {
        let remark = frame_system::Call::remark { remark: vec![] };
        let kill = frame_system::Call::kill_storage { keys: vec![] };
        let own = Call::add_admin {
            account: OTHER_ADMIN,
        };
        // A root call that is nested in another `dispatch_as_root` is refused too.
        let nested = Call::dispatch_as_root { call: set_pages() };
        for call in [remark.into(), kill.into(), own.into(), nested.into()] {
            assert_noop!(
                dispatch(ADMIN, Box::new(call)),
                Error::<Test>::NotAuthorized
            );
        }
        assert!(!pages_are_set());
    });
}

#[test]
fn dispatch_as_root_should_fail_when_the_origin_is_no_admin() {
    ExtBuilder::default().build_and_execute(|| {
        for origin in unsigned() {
            assert_noop!(
                HospitalAdmin::dispatch_as_root(origin, set_pages()),
                DispatchError::BadOrigin
            );
        }
        for who in [STAFF, NODE, STRANGER] {
            assert_noop!(dispatch(who, set_pages()), Error::<Test>::NotAuthorized);
        }
    });
}

#[test]
fn dispatch_as_root_should_weigh_more_than_the_call_in_it_and_be_operational() {
    let inner = set_pages().get_dispatch_info();
    let outer = Call::<Test>::dispatch_as_root { call: set_pages() }.get_dispatch_info();
    assert_eq!(outer.class, DispatchClass::Operational);
    assert!(outer.call_weight.all_gte(inner.call_weight));
    assert!(outer.call_weight.ref_time() > inner.call_weight.ref_time());
    let normal = frame_system::Call::<Test>::remark { remark: vec![] };
    let call = Box::new(normal.into());
    let outer = Call::<Test>::dispatch_as_root { call }.get_dispatch_info();
    assert_eq!(outer.class, DispatchClass::Operational);
}
