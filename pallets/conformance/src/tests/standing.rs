// SPDX-License-Identifier: Apache-2.0
//! Tests of the rule by which the pallets of members let authors leave.

use super::blocks::*;
use crate::mock::*;
use bspp_primitives::{
    conformance::{StandingFault, SuspensionReason},
    traits::{AuthorSets, AuthorStandings},
};
use frame_support::assert_ok;

#[test]
fn standing_should_name_the_authors_own_suspension_first() {
    ExtBuilder::default().execute(|| {
        assert_eq!(Conformance::standing(&2), Ok(()));
        assert_eq!(Conformance::standing(&5), Err(StandingFault::NotMember));
        assert_ok!(Conformance::suspend_author(RuntimeOrigin::root(), 5));
        assert_eq!(
            Conformance::standing(&5),
            Err(StandingFault::Suspended {
                reason: SuspensionReason::Decision
            })
        );
    });
}

#[test]
fn may_leave_should_refuse_when_nobody_in_standing_remains() {
    ExtBuilder::default().execute(|| {
        assert!(Conformance::may_leave(&[]));
        assert!(Conformance::may_leave(&[1, 2, 3]));
        assert!(!Conformance::may_leave(&[1, 2, 3, 4]));
        assert_ok!(Conformance::suspend_author(RuntimeOrigin::root(), 4));
        assert!(!Conformance::may_leave(&[1, 2, 3]));
        SuspendedHospitals::set(vec![3]);
        assert!(!Conformance::may_leave(&[1, 2]));
        assert!(Conformance::may_leave(&[1]));
        assert!(Conformance::may_leave(&[3, 4, 99]));
    });
}

#[test]
fn may_leave_should_refuse_when_only_newcomers_would_remain() {
    ExtBuilder::default().execute(|| {
        // Authors 5 and 6 are planned for the next session. In this session they cannot author.
        set_anchor(5, Some(0));
        set_anchor(6, Some(0));
        next_session();
        assert_eq!(SessionSets::current(), [1, 2, 3, 4]);
        assert_eq!(SessionSets::queued(), [1, 2, 3, 4, 5, 6]);
        assert!(!Conformance::may_leave(&[1, 2, 3, 4]));
        next_session();
        assert!(Conformance::may_leave(&[1, 2, 3, 4]));
    });
}

#[test]
fn leave_next_session_should_take_effect_at_the_next_session() {
    ExtBuilder::default().execute(|| {
        assert!(lose_standing(1));
        assert_eq!(SessionSets::queued(), [2, 3, 4]);
        next_session();
        assert_eq!(SessionSets::current(), [2, 3, 4]);
    });
}
