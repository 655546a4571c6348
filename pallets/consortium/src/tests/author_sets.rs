// SPDX-License-Identifier: Apache-2.0
//! Property tests of the author sets of this session and the next one.
//!
//! Validators come and go, lose standing or keys, and sessions change. In both sets somebody in
//! good standing authors, and the next set contains nobody without standing.

use crate::{mock::*, *};
use bspp_primitives::traits::AuthorStandings;
use bspp_types::HospitalId;
use frame_support::{assert_ok, traits::UnfilteredDispatchable};
use proptest::prelude::*;

const OPERATOR_C: AccountId = 30;

/// Hospitals and their operators.
const HOSPITALS: [(HospitalId, AccountId); 3] = [
    (HOSPITAL_A, OPERATOR_A),
    (HOSPITAL_B, OPERATOR_B),
    (HOSPITAL_C, OPERATOR_C),
];

/// The accounts that are validators at times. The first three are validators at genesis.
const ACCOUNTS: [AccountId; 6] = [VALIDATOR_A, VALIDATOR_A2, VALIDATOR_B, 50, 51, 52];

#[derive(Clone, Debug)]
enum Step {
    AddValidator((HospitalId, AccountId), AccountId),
    RemoveValidator(AccountId, AccountId),
    SuspendHospital(HospitalId),
    ReadmitHospital(HospitalId),
    RemoveHospital(HospitalId),
    SetKeys(AccountId),
    LoseKeys(AccountId),
    SuspendAuthor(AccountId),
    ReadmitAuthor(AccountId),
    NextSession,
}

fn step() -> impl Strategy<Value = Step> {
    let hospital = || prop::sample::select(&HOSPITALS[..]);
    let who = || prop::sample::select(&ACCOUNTS[..]);
    prop_oneof![
        4 => (hospital(), who()).prop_map(|(h, w)| Step::AddValidator(h, w)),
        3 => (hospital(), who()).prop_map(|(h, w)| Step::RemoveValidator(h.1, w)),
        2 => hospital().prop_map(|h| Step::SuspendHospital(h.0)),
        3 => hospital().prop_map(|h| Step::ReadmitHospital(h.0)),
        1 => hospital().prop_map(|h| Step::RemoveHospital(h.0)),
        3 => who().prop_map(Step::SetKeys),
        2 => who().prop_map(Step::LoseKeys),
        3 => who().prop_map(Step::SuspendAuthor),
        2 => who().prop_map(Step::ReadmitAuthor),
        5 => Just(Step::NextSession),
    ]
}

/// The events that may happen besides the pallet's calls.
#[derive(Clone, Copy, PartialEq)]
enum World {
    /// Validators may lose their session keys. No author is suspended.
    ///
    /// They never lose the keys of the whole planned set at once.
    KeysAreLost,
    /// Single authors are suspended and readmitted, as long as others may author.
    ///
    /// Validators keep their keys; other accounts may lose theirs.
    AuthorsAreSuspended,
}

fn set(list: &mut Vec<AccountId>, who: AccountId, stands: bool) {
    list.retain(|other| *other != who);
    if stands {
        list.push(who);
    }
}

fn change_keys(who: AccountId, lost: bool) {
    let mut list = keyless();
    set(&mut list, who, lost);
    set_keyless(&list);
}

/// The chain, and the state outside the pallet.
struct Model {
    world: World,
    suspended: Vec<AccountId>,
}

impl Model {
    fn may_lose_keys(&self, who: AccountId) -> bool {
        match self.world {
            World::KeysAreLost => Consortium::planned_validators()
                .iter()
                .any(|planned| *planned != who),
            World::AuthorsAreSuspended => !Validators::<Test>::contains_key(who),
        }
    }

    fn apply(&mut self, step: Step) {
        let (origin, call) = match step {
            Step::AddValidator((hospital, operator), validator) => {
                let _ = admit(hospital, operator, validator);
                return;
            }
            Step::RemoveValidator(operator, validator) => {
                (signed(operator), Call::remove_validator { validator })
            }
            Step::SuspendHospital(hospital) => {
                (council(), Call::<Test>::suspend_hospital { hospital })
            }
            Step::ReadmitHospital(hospital) => (council(), Call::readmit_hospital { hospital }),
            Step::RemoveHospital(hospital) => (council(), Call::remove_hospital { hospital }),
            Step::SetKeys(who) => {
                return change_keys(who, false);
            }
            Step::LoseKeys(who) if self.may_lose_keys(who) => {
                return change_keys(who, true);
            }
            Step::SuspendAuthor(who)
                if self.world == World::AuthorsAreSuspended && Gate::may_leave(&[who]) =>
            {
                set(&mut self.suspended, who, true);
                set_suspended(&self.suspended);
                return Gate::leave_next_session(&[who]);
            }
            Step::ReadmitAuthor(who) => {
                set(&mut self.suspended, who, false);
                return set_suspended(&self.suspended);
            }
            Step::NextSession => return next_session(),
            Step::LoseKeys(_) | Step::SuspendAuthor(_) => return,
        };
        // Many calls fail; none may do harm.
        let _ = call.dispatch_bypass_filter(origin);
    }
}

fn run(world: World, steps: Vec<Step>) -> Result<(), TestCaseError> {
    ExtBuilder::default().build().execute_with(|| {
        assert_ok!(Consortium::add_hospital(
            council(),
            HOSPITAL_C,
            OPERATOR_C,
            key(3)
        ));
        let mut model = Model {
            world,
            suspended: vec![],
        };
        set_keyless(&[50, 51, 52]);
        for step in steps {
            model.apply(step.clone());
            let after = format!("after {step:?}: {:?} then {:?}", in_force(), queued());
            prop_assert!(in_force().iter().any(may_author), "{}", after);
            prop_assert!(!queued().is_empty(), "{}", after);
            prop_assert!(queued().iter().all(may_author), "{}", after);
            prop_assert!(!Consortium::planned_validators().is_empty(), "{}", after);
        }
        prop_assert_eq!(Consortium::do_try_state(), Ok(()));
        Ok(())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn somebody_should_author_when_validators_come_go_and_lose_keys(
        steps in prop::collection::vec(step(), 1..120),
    ) {
        run(World::KeysAreLost, steps)?;
    }

    #[test]
    fn somebody_should_author_when_authors_are_suspended(
        steps in prop::collection::vec(step(), 1..120),
    ) {
        run(World::AuthorsAreSuspended, steps)?;
    }
}
