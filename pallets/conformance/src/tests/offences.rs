// SPDX-License-Identifier: Apache-2.0
//! Proved equivocations.

use super::blocks::*;
use crate::{mock::*, Event, NotedEquivocations, OffenceKind, SuspendOffenders};
use bspp_primitives::{
    conformance::SuspensionReason,
    traits::{AuthorSets, AuthorStandings},
};
use frame_support::{assert_ok, weights::Weight};
use sp_core::H256;
use sp_runtime::Perbill;
use sp_staking::offence::{OffenceDetails, OnOffenceHandler};

/// Reports equivocations of these authors, as `pallet-offences` does.
pub fn report(offenders: &[AccountId], session: u32) -> Weight {
    let details: Vec<OffenceDetails<AccountId, (AccountId, Option<H256>)>> = offenders
        .iter()
        .map(|who| OffenceDetails {
            offender: (*who, None),
            reporters: Vec::new(),
        })
        .collect();
    let slashed = vec![Perbill::from_percent(100); offenders.len()];
    SuspendOffenders::<Test>::on_offence(&details, &slashed, session)
}

fn suspended(author: AccountId, session: u32) -> Event<Test> {
    Event::AuthorSuspended {
        author,
        reason: SuspensionReason::Equivocation { session },
    }
}

fn noted(author: AccountId, session: u32) -> Event<Test> {
    Event::EquivocationNoted { author, session }
}

fn proved(author: AccountId, session: u32) -> Event<Test> {
    Event::EquivocationProved {
        author,
        hospital: None,
        session,
        kind: OffenceKind::Votes,
    }
}

#[test]
fn offender_should_be_suspended_when_it_is_one_of_four() {
    ExtBuilder::default().execute(|| {
        block_with(|| {
            assert!(report(&[2], 7).any_gt(Weight::zero()));
            assert_eq!(events(), [suspended(2, 7), proved(2, 7)]);
        });
        assert_eq!(
            Conformance::suspension(&2),
            Some(SuspensionReason::Equivocation { session: 7 })
        );
        next_session();
        assert_eq!(SessionSets::current(), [1, 3, 4]);
        blocks(2);
    });
}

#[test]
fn offender_should_be_noted_when_it_is_a_third() {
    ExtBuilder::default().with_authors(&[1, 2, 3]).execute(|| {
        block_with(|| {
            report(&[2], 7);
            assert_eq!(events(), [noted(2, 7), proved(2, 7)]);
        });
        assert_eq!(NotedEquivocations::<Test>::get(2), Some(7));
        assert!(!Conformance::is_suspended(&2));
        // The council may still suspend it.
        assert_ok!(Conformance::suspend_author(RuntimeOrigin::root(), 2));
    });
}

#[test]
fn second_offender_should_be_noted_when_both_are_a_third() {
    ExtBuilder::default().execute(|| {
        block_with(|| {
            report(&[2, 4], 7);
            let expected = [suspended(2, 7), proved(2, 7), noted(4, 7), proved(4, 7)];
            assert_eq!(events(), expected);
        });
        blocks(1);
    });
}

#[test]
fn authors_suspended_by_decision_should_count_to_the_third() {
    ExtBuilder::default().execute(|| {
        assert_ok!(Conformance::suspend_author(RuntimeOrigin::root(), 1));
        report(&[2], 7);
        assert!(!Conformance::is_suspended(&2));
        assert!(NotedEquivocations::<Test>::contains_key(2));
    });
}

#[test]
fn all_voters_reported_at_once_should_not_halt_the_chain() {
    ExtBuilder::default().execute(|| {
        block_with(|| {
            report(&[1, 2, 3, 4], 7);
        });
        let suspended = (1..=4).filter(Conformance::is_suspended).count();
        assert_eq!(suspended, 1);
        blocks(6);
    });
}

#[test]
fn offender_should_be_noted_when_nobody_else_has_standing() {
    ExtBuilder::default().execute(|| {
        for author in [1, 2, 3] {
            assert!(lose_standing(author));
        }
        report(&[4], 7);
        assert!(!Conformance::is_suspended(&4));
        assert!(NotedEquivocations::<Test>::contains_key(4));
        blocks(1);
    });
}

#[test]
fn noted_offender_should_be_noted_once() {
    ExtBuilder::default().with_authors(&[1, 2, 3]).execute(|| {
        block_with(|| {
            report(&[2], 7);
            report(&[2], 8);
            assert_eq!(events(), [noted(2, 7), proved(2, 7)]);
            assert_eq!(NotedEquivocations::<Test>::get(2), Some(7));
        });
    });
}

#[test]
fn suspended_offender_should_be_left_alone() {
    ExtBuilder::default().execute(|| {
        block_with(|| {
            report(&[2], 7);
            report(&[2], 8);
            assert_eq!(events(), [suspended(2, 7), proved(2, 7)]);
        });
        assert!(!NotedEquivocations::<Test>::contains_key(2));
        assert_eq!(
            Conformance::suspension(&2),
            Some(SuspensionReason::Equivocation { session: 7 })
        );
    });
}

/// Attack: an equivocator leaves its hospital, so that the report finds nobody to suspend.
#[test]
fn removed_offender_should_be_suspended_and_its_hospital_named() {
    ExtBuilder::default().with_authors(&[1, 2, 3]).execute(|| {
        let hospital = H256::repeat_byte(9);
        assert!(lose_standing(2));
        next_session();
        next_session();
        assert_eq!(SessionSets::current(), [1, 3]);
        block_with(|| {
            Conformance::punish(&2, Some(hospital), 0, OffenceKind::Votes);
            let named = Event::EquivocationProved {
                author: 2,
                hospital: Some(hospital),
                session: 0,
                kind: OffenceKind::Votes,
            };
            assert_eq!(events(), [suspended(2, 0), named]);
        });
        // It is not among the voters, so its suspension costs none.
        set_anchor(2, Some(0));
        next_session();
        next_session();
        assert_eq!(SessionSets::current(), [1, 3]);
    });
}
