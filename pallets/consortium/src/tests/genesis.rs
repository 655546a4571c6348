// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use bspp_primitives::traits::Membership;
use sp_core::H256;

fn hospital(id: H256, operator: AccountId) -> GenesisHospital<AccountId> {
    GenesisHospital {
        id,
        operator,
        encryption_key: H256(key(id.as_bytes()[0])),
        validators: vec![],
        requesters: vec![],
        anchorer: None,
    }
}

#[test]
fn genesis_should_make_members_that_can_transact() {
    ExtBuilder::default().run(|| {
        assert_eq!(Consortium::hospital_of(&DOCTOR_A), Some(HOSPITAL_A));
        assert!(Consortium::is_operator(&OPERATOR_B, &HOSPITAL_B));
        assert_eq!(collective(), (vec![COUNCILLOR], None));
        assert_eq!(
            Consortium::planned_validators(),
            vec![VALIDATOR_A, VALIDATOR_A2, VALIDATOR_B]
        );
        assert_eq!(Consortium::encryption_key(&HOSPITAL_A, 0), Some(key(1)));
        for who in [OPERATOR_A, DOCTOR_A, VALIDATOR_A, COUNCILLOR] {
            assert_eq!(System::providers(&who), 1);
        }
    });
}

#[test]
fn genesis_should_admit_validators_whatever_their_share() {
    ExtBuilder::default().run(|| {
        // Hospital A has two of three votes.
        assert_eq!(
            HospitalValidators::<Test>::get(HOSPITAL_A).into_inner(),
            vec![VALIDATOR_A, VALIDATOR_A2]
        );
        assert!(ProposedValidators::<Test>::iter().next().is_none());
        assert_eq!(Consortium::upgrade_delay(), UPGRADE_DELAY);
    });
    ExtBuilder::default()
        .upgrade_delay(3)
        .run(|| assert_eq!(Consortium::upgrade_delay(), 3));
}

#[test]
#[should_panic(expected = "hospitals[1].operator: the account is also hospitals[0].operator")]
fn genesis_should_fail_when_an_account_has_two_roles() {
    let hospitals = vec![hospital(HOSPITAL_A, 10), hospital(HOSPITAL_B, 10)];
    ExtBuilder::default().hospitals(hospitals).build();
}

#[test]
#[should_panic(expected = "council: MaxCouncilExceeded")]
fn genesis_should_fail_when_a_list_is_too_long() {
    ExtBuilder::default().council(vec![1, 2, 3, 4]).build();
}

#[test]
fn check_should_name_the_field_when_it_is_wrong() {
    let good = || {
        let mut a = hospital(HOSPITAL_A, 10);
        a.validators = vec![12, 13];
        let mut b = hospital(HOSPITAL_B, 20);
        b.requesters = vec![21];
        vec![a, b]
    };
    let check = |change: &dyn Fn(&mut Vec<GenesisHospital<AccountId>>), council: &[AccountId]| {
        let mut hospitals = good();
        change(&mut hospitals);
        genesis::check(&hospitals, council)
    };
    assert_eq!(check(&|_| (), &[1, 2]), Ok(()));
    type Change = dyn Fn(&mut Vec<GenesisHospital<AccountId>>);
    let cases: [(&Change, &[AccountId], &str); 8] = [
        (
            &|all| all[1].operator = 10,
            &[1],
            "hospitals[1].operator: the account is also hospitals[0].operator",
        ),
        (
            &|all| all[1].validators = vec![13],
            &[1],
            "hospitals[1].validators[0]: the account is also hospitals[0].validators[1]",
        ),
        (
            &|all| all[1].requesters = vec![21, 21],
            &[1],
            "hospitals[1].requesters[1]: the account is also hospitals[1].requesters[0]",
        ),
        (
            &|all| all[1].id = HOSPITAL_A,
            &[1],
            "hospitals[1].id: the identifier is also hospitals[0].id",
        ),
        (
            &|all| all[1].encryption_key = all[0].encryption_key,
            &[1],
            "hospitals[1].encryptionKey: the key is also hospitals[0].encryptionKey",
        ),
        (
            &|all| all[0].encryption_key = H256::zero(),
            &[1],
            "hospitals[0].encryptionKey: the key is zero or of small order",
        ),
        (
            &|_| (),
            &[1, 20],
            "council[1]: the account is also hospitals[1].operator",
        ),
        (&|_| (), &[], "council: the list is empty"),
    ];
    for (change, council, expected) in cases {
        assert_eq!(check(change, council), Err(expected.into()));
    }
}
