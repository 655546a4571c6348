// SPDX-License-Identifier: Apache-2.0

use super::blocks::*;
use crate::{mock::*, Error, Event, Suspension, Suspensions};
use bspp_primitives::{
    conformance::SuspensionReason,
    traits::{AuthorSets, AuthorStandings},
};
use frame_support::{assert_noop, assert_ok, dispatch::GetDispatchInfo, traits::Get};
use sp_runtime::DispatchError;

#[test]
fn suspend_author_should_suspend_when_root_calls() {
    ExtBuilder::default().execute(|| {
        block_with(|| {
            assert_ok!(Conformance::suspend_author(RuntimeOrigin::root(), 2));
            assert_eq!(
                Suspensions::<Test>::get(2),
                Some(Suspension {
                    reason: SuspensionReason::Decision,
                    since: 1
                })
            );
            assert!(Conformance::is_suspended(&2));
            assert_eq!(
                events(),
                [Event::AuthorSuspended {
                    author: 2,
                    reason: SuspensionReason::Decision
                }]
            );
        });
        // The author leaves the next set at once, and the set in force with the next session.
        assert_eq!(SessionSets::queued(), [1, 3, 4]);
        assert_eq!(SessionSets::current(), [1, 2, 3, 4]);
        next_session();
        assert_eq!(SessionSets::current(), [1, 3, 4]);
        next_session();
        assert_eq!(SessionSets::queued(), [1, 3, 4]);
    });
}

#[test]
fn suspend_author_should_work_when_the_author_is_in_no_set() {
    ExtBuilder::default().execute(|| {
        assert_ok!(Conformance::suspend_author(RuntimeOrigin::root(), 99));
        assert!(Conformance::is_suspended(&99));
    });
}

#[test]
fn suspend_author_should_fail_when_the_origin_is_not_allowed() {
    ExtBuilder::default().execute(|| {
        for origin in [RuntimeOrigin::signed(1), RuntimeOrigin::none()] {
            assert_noop!(
                Conformance::suspend_author(origin, 2),
                DispatchError::BadOrigin
            );
        }
    });
}

#[test]
fn suspend_author_should_fail_when_it_is_suspended() {
    ExtBuilder::default().execute(|| {
        assert_ok!(Conformance::suspend_author(RuntimeOrigin::root(), 2));
        assert_noop!(
            Conformance::suspend_author(RuntimeOrigin::root(), 2),
            Error::<Test>::AlreadyExists
        );
    });
}

#[test]
fn suspend_author_should_fail_when_nobody_would_remain() {
    ExtBuilder::default().execute(|| {
        for author in [1, 2] {
            assert_ok!(Conformance::suspend_author(RuntimeOrigin::root(), author));
        }
        assert!(lose_standing(3));
        assert_noop!(
            Conformance::suspend_author(RuntimeOrigin::root(), 4),
            Error::<Test>::TooFewAuthors
        );
        blocks(1);
    });
}

#[test]
fn suspend_author_should_fail_when_nobody_would_remain_in_the_next_session() {
    ExtBuilder::default().execute(|| {
        // The next set contains only the fourth author, although all four still author.
        SessionSets::drop_queued(&[1, 2, 3]);
        assert_noop!(
            Conformance::suspend_author(RuntimeOrigin::root(), 4),
            Error::<Test>::TooFewAuthors
        );
        assert_ok!(Conformance::suspend_author(RuntimeOrigin::root(), 1));
        next_session();
        assert_eq!(SessionSets::current(), [4]);
    });
}

#[test]
fn calls_should_be_operational() {
    use frame_support::dispatch::DispatchClass;
    let calls = [
        crate::Call::<Test>::suspend_author { author: 1 },
        crate::Call::readmit_author { author: 1 },
        crate::Call::set_parameters {
            parameters: MockParameters::default(),
        },
    ];
    let max = <<Test as frame_system::Config>::BlockWeights as Get<
        frame_system::limits::BlockWeights,
    >>::get()
    .max_block;
    for call in calls {
        let info = call.get_dispatch_info();
        assert_eq!(info.class, DispatchClass::Operational);
        assert!(info.call_weight.all_lt(max));
    }
}
