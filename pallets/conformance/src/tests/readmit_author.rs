// SPDX-License-Identifier: Apache-2.0

use super::blocks::*;
use crate::{mock::*, Error, Event, NotedEquivocations};
use bspp_primitives::traits::AuthorSets;
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

#[test]
fn readmit_author_should_bring_it_back_when_it_was_suspended() {
    ExtBuilder::default().execute(|| {
        assert_ok!(Conformance::suspend_author(RuntimeOrigin::root(), 2));
        next_session();
        assert_eq!(SessionSets::current(), [1, 3, 4]);
        block_with(|| {
            assert_ok!(Conformance::readmit_author(RuntimeOrigin::root(), 2));
            assert_eq!(events(), [Event::AuthorReadmitted { author: 2 }]);
        });
        assert_eq!(Conformance::suspension(&2), None);
        // The author is planned with the next session and in force with the one after it.
        next_session();
        assert_eq!(SessionSets::current(), [1, 3, 4]);
        next_session();
        assert_eq!(SessionSets::current(), [1, 2, 3, 4]);
        block_in(slot_of(2), || ());
    });
}

#[test]
fn readmit_author_should_let_it_author_at_once_when_it_is_still_in_the_set() {
    ExtBuilder::default().execute(|| {
        assert_ok!(Conformance::suspend_author(RuntimeOrigin::root(), 2));
        assert_ok!(Conformance::readmit_author(RuntimeOrigin::root(), 2));
        block_in(slot_of(2), || ());
    });
}

#[test]
fn readmit_author_should_clear_a_noted_equivocation() {
    ExtBuilder::default().execute(|| {
        NotedEquivocations::<Test>::insert(2, 7);
        assert_ok!(Conformance::readmit_author(RuntimeOrigin::root(), 2));
        assert!(!NotedEquivocations::<Test>::contains_key(2));

        NotedEquivocations::<Test>::insert(2, 8);
        assert_ok!(Conformance::suspend_author(RuntimeOrigin::root(), 2));
        assert_ok!(Conformance::readmit_author(RuntimeOrigin::root(), 2));
        assert!(!NotedEquivocations::<Test>::contains_key(2));
    });
}

#[test]
fn readmit_author_should_fail_when_the_origin_is_not_allowed() {
    ExtBuilder::default().execute(|| {
        assert_ok!(Conformance::suspend_author(RuntimeOrigin::root(), 2));
        for origin in [RuntimeOrigin::signed(2), RuntimeOrigin::none()] {
            assert_noop!(
                Conformance::readmit_author(origin, 2),
                DispatchError::BadOrigin
            );
        }
    });
}

#[test]
fn readmit_author_should_fail_when_nothing_is_held_against_it() {
    ExtBuilder::default().execute(|| {
        assert_noop!(
            Conformance::readmit_author(RuntimeOrigin::root(), 2),
            Error::<Test>::NotFound
        );
    });
}
