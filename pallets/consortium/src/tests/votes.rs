// SPDX-License-Identifier: Apache-2.0
//! Property tests of the votes: a hospital alone never gains a third of them.

use crate::{mock::*, plan::is_below_a_third};
use bspp_types::HospitalId;
use frame_support::assert_ok;
use proptest::prelude::*;
use sp_core::H256;

/// The hospital of the attacker, which is the first.
const ATTACKER: u8 = 0;

fn id(n: u8) -> HospitalId {
    H256::repeat_byte(0x40 + n)
}

fn operator(n: u8) -> AccountId {
    1_000 + u64::from(n) * 100
}

/// The accounts of a hospital that are or may become validators.
fn account(n: u8, i: u8) -> AccountId {
    operator(n) + 1 + u64::from(i)
}

#[derive(Clone, Debug)]
enum Step {
    Propose(u8),
    Withdraw(u8),
    Remove(u8),
    SetKeys(u8),
    /// The council admits what the attacker proposed, but accepts no share.
    Admit(u8),
    NextSession,
}

fn step() -> impl Strategy<Value = Step> {
    let i = || 0u8..8;
    prop_oneof![
        4 => i().prop_map(Step::Propose),
        1 => i().prop_map(Step::Withdraw),
        1 => i().prop_map(Step::Remove),
        3 => i().prop_map(Step::SetKeys),
        4 => i().prop_map(Step::Admit),
        2 => Just(Step::NextSession),
    ]
}

fn apply(step: &Step) {
    let by = || signed(operator(ATTACKER));
    // Many calls fail.
    let _ = match step {
        Step::Propose(i) => Consortium::add_validator(by(), account(ATTACKER, *i)),
        Step::Withdraw(i) => Consortium::withdraw_validator(by(), account(ATTACKER, *i)),
        Step::Remove(i) => Consortium::remove_validator(by(), account(ATTACKER, *i)),
        Step::Admit(i) => {
            let validator = account(ATTACKER, *i);
            Consortium::admit_validator(council(), id(ATTACKER), validator, false)
        }
        Step::SetKeys(i) => {
            let mut list = keyless();
            list.retain(|who| *who != account(ATTACKER, *i));
            set_keyless(&list);
            Ok(())
        }
        Step::NextSession => {
            next_session();
            Ok(())
        }
    };
}

/// The attacker's votes in a set, and all votes.
fn votes(set: &[AccountId]) -> (usize, usize) {
    let own = set
        .iter()
        .filter(|who| Consortium::hospital_of_validator(who) == Some(id(ATTACKER)))
        .count();
    (own, set.len())
}

/// Runs the attack on a consortium in which hospital `n` has `counts[n]` validators.
///
/// Hospitals A and B of the default genesis leave before.
fn run(counts: &[u8], steps: &[Step]) -> Result<(), TestCaseError> {
    ExtBuilder::default().build().execute_with(|| {
        MaxHospitals::set(20);
        MaxValidators::set(100);
        let mut set = Vec::new();
        for (n, count) in (0u8..).zip(counts) {
            assert_ok!(Consortium::add_hospital(
                council(),
                id(n),
                operator(n),
                key(n + 10)
            ));
            for i in 0..*count {
                assert_ok!(admit(id(n), operator(n), account(n, i)));
                set.push(account(n, i));
            }
        }
        set_in_force(&set);
        set_queued(&set);
        assert_ok!(Consortium::remove_hospital(council(), HOSPITAL_A));
        assert_ok!(Consortium::remove_hospital(council(), HOSPITAL_B));
        // The accounts that the attacker may yet propose have no keys.
        let spare: Vec<AccountId> = (counts[0]..8).map(|i| account(ATTACKER, i)).collect();
        set_keyless(&spare);
        let below = |set: &[AccountId]| {
            let (own, all) = votes(set);
            is_below_a_third(own, all)
        };
        if !below(&Consortium::planned_validators()) {
            // The council gave the hospital its share before.
            return Ok(());
        }
        for step in steps {
            apply(step);
            let planned = Consortium::planned_validators();
            prop_assert!(below(&planned), "after {:?}: {:?}", step, planned);
            prop_assert!(in_force().iter().any(may_author));
            prop_assert!(queued().iter().any(may_author));
            prop_assert!(!planned.is_empty());
        }
        prop_assert_eq!(Consortium::do_try_state(), Ok(()));
        Ok(())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Attack: whoever has an operator's key adds validators until the hospital holds the chain.
    #[test]
    fn hospital_should_not_gain_a_third_alone(
        counts in prop::collection::vec(1u8..=3, 3..8),
        steps in prop::collection::vec(step(), 1..60),
    ) {
        run(&counts, &steps)?;
    }
}

/// Attack: an operator's key adds seven validators, and so takes two thirds of the votes.
#[test]
fn seven_validators_of_one_key_should_not_take_the_chain() {
    ExtBuilder::default().run(|| {
        MaxValidators::set(100);
        for i in 0..7 {
            let _ = Consortium::add_validator(signed(OPERATOR_B), 50 + i);
        }
        for _ in 0..3 {
            next_session();
        }
        assert_eq!(in_force(), vec![VALIDATOR_A, VALIDATOR_A2, VALIDATOR_B]);
    });
}

/// Attack: a hospital keeps validators in reserve until a removal elsewhere.
#[test]
fn removal_elsewhere_should_not_raise_a_share_above_the_bound() {
    ExtBuilder::default().run(|| {
        MaxHospitals::set(6);
        MaxValidators::set(100);
        for n in 0..3u8 {
            assert_ok!(Consortium::add_hospital(
                council(),
                id(n),
                operator(n),
                key(n + 10)
            ));
            assert_ok!(admit(id(n), operator(n), account(n, 0)));
            assert_ok!(admit(id(n), operator(n), account(n, 1)));
        }
        // A, and two of the new hospitals, have two votes; B has one.
        for _ in 0..6 {
            next_session();
        }
        assert_eq!(in_force().len(), 9);
        for n in 0..2u8 {
            assert_ok!(Consortium::remove_validator(
                signed(operator(n)),
                account(n, 1)
            ));
        }
        // Two of seven votes: less than a third.
        assert_eq!(Consortium::planned_validators().len(), 7);
        assert_ok!(Consortium::remove_validator(
            signed(operator(0)),
            account(0, 0)
        ));
        // Two of six votes would be a third, so the second validators wait.
        let planned = Consortium::planned_validators();
        assert_eq!(
            planned,
            vec![VALIDATOR_A, VALIDATOR_B, account(1, 0), account(2, 0)]
        );
    });
}
