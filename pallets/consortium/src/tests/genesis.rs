// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use bspp_primitives::traits::Membership;
use sp_core::H256;

fn hospital(id: H256, operator: AccountId) -> GenesisHospital<AccountId> {
    GenesisHospital {
        id,
        operator,
        encryption_key: H256(key(1)),
        validators: vec![],
        requesters: vec![],
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
#[should_panic(expected = "AlreadyExists")]
fn genesis_should_fail_when_an_account_has_two_roles() {
    let hospitals = vec![hospital(HOSPITAL_A, 10), hospital(HOSPITAL_B, 10)];
    ExtBuilder::default().hospitals(hospitals).build();
}

#[test]
#[should_panic(expected = "InvalidEncryptionKey")]
fn genesis_should_fail_when_a_key_is_zero() {
    let mut bad = hospital(HOSPITAL_A, 10);
    bad.encryption_key = H256::zero();
    ExtBuilder::default().hospitals(vec![bad]).build();
}
