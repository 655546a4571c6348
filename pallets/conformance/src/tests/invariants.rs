// SPDX-License-Identifier: Apache-2.0
//! Property tests: events in any order keep the invariants.
//!
//! `try_state` holds, and an author that may author does author.

use super::{blocks::*, offences::report, session::set_keys};
use crate::{mock::*, Authorities};
use proptest::prelude::*;
use sp_runtime::DigestItem;

#[derive(Clone, Debug)]
enum Step {
    Suspend(AccountId),
    Readmit(AccountId),
    LoseStanding(AccountId),
    GainStanding(AccountId),
    Anchor(AccountId),
    LoseAnchor(AccountId),
    SetKeys(AccountId),
    Equivocate(Vec<AccountId>),
    SetParameters(u64),
    Upgrade,
    Blocks(u32),
}

fn step() -> impl Strategy<Value = Step> {
    let who = 1u64..=6;
    prop_oneof![
        3 => who.clone().prop_map(Step::Suspend),
        2 => who.clone().prop_map(Step::Readmit),
        3 => who.clone().prop_map(Step::LoseStanding),
        2 => who.clone().prop_map(Step::GainStanding),
        1 => who.clone().prop_map(Step::Anchor),
        1 => who.clone().prop_map(Step::LoseAnchor),
        1 => who.clone().prop_map(Step::SetKeys),
        2 => prop::collection::vec(who, 1..4).prop_map(Step::Equivocate),
        1 => (0u64..30).prop_map(Step::SetParameters),
        1 => Just(Step::Upgrade),
        4 => (1u32..=SESSION_LENGTH + 1).prop_map(Step::Blocks),
    ]
}

/// The event that happens in the body of a block.
fn apply(step: Step, generation: &mut u8) {
    let root = RuntimeOrigin::root;
    match step {
        // Calls may fail; none may do harm.
        Step::Suspend(who) => {
            let _ = Conformance::suspend_author(root(), who);
        }
        Step::Readmit(who) => {
            let _ = Conformance::readmit_author(root(), who);
        }
        Step::SetParameters(max_age) => {
            let _ = Conformance::set_parameters(root(), MockParameters { max_age });
        }
        Step::LoseStanding(who) => {
            lose_standing(who);
        }
        Step::GainStanding(who) => set_anchor(who, None),
        Step::Anchor(who) if Members::get().contains_key(&who) => {
            set_anchor(who, Some(next_slot()))
        }
        Step::LoseAnchor(who) if Members::get().contains_key(&who) => set_anchor(who, None),
        Step::Anchor(_) | Step::LoseAnchor(_) => {}
        Step::SetKeys(who) => {
            *generation = generation.saturating_add(1);
            set_keys(who, *generation);
        }
        Step::Equivocate(offenders) => {
            report(&offenders, Session::current_index());
        }
        Step::Upgrade => System::deposit_log(DigestItem::RuntimeEnvironmentUpdated),
        Step::Blocks(_) => {}
    }
}

/// The number of turns in a round that bring a valid block.
fn able() -> usize {
    let round = Authorities::<Test>::get().len() as u64;
    (0..round)
        .filter_map(Conformance::gate)
        .filter(|gate| gate.verdict.required().is_some())
        .count()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn somebody_should_author_after_any_steps(steps in prop::collection::vec(step(), 1..24)) {
        ExtBuilder::default().build().execute_with(|| {
            let mut generation = 0;
            for step in steps {
                match step {
                    Step::Blocks(count) => blocks(count),
                    _ => {
                        block_with(|| apply(step.clone(), &mut generation));
                    }
                }
                prop_assert_eq!(Conformance::do_try_state(), Ok(()), "after {:?}", step);
                prop_assert!(able() > 0, "nobody may author after {:?}", step);
            }
            // After two more sessions the queued set is in force.
            blocks(2 * SESSION_LENGTH + 1);
            prop_assert_eq!(Conformance::do_try_state(), Ok(()));
            Ok(())
        })?;
    }
}
