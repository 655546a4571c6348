// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use bspp_primitives::traits::Membership;
use bspp_types::Role;
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError::BadOrigin;

#[test]
fn add_hospital_should_succeed_when_the_council_asks() {
    ExtBuilder::default().run(|| {
        System::set_block_number(7);
        assert_ok!(Consortium::add_hospital(council(), HOSPITAL_C, 30, key(3)));
        let hospital = Consortium::hospital(&HOSPITAL_C).unwrap();
        assert_eq!(
            (hospital.operator, hospital.active, hospital.added_at),
            (30, true, 7)
        );
        assert_eq!(hospital.encryption_key, key(3));
        assert_eq!(Consortium::hospital_of(&30), Some(HOSPITAL_C));
        assert_eq!(
            Consortium::hospitals(),
            vec![HOSPITAL_A, HOSPITAL_B, HOSPITAL_C]
        );
        assert_eq!(System::providers(&30), 1);
        assert_eq!(
            last_event(),
            Event::HospitalAdded {
                hospital: HOSPITAL_C,
                operator: 30
            }
        );
    });
}

#[test]
fn add_hospital_should_fail_when_the_origin_is_not_the_council() {
    ExtBuilder::default().run(|| {
        for origin in [signed(OPERATOR_A), signed(COUNCILLOR), signed(STRANGER)] {
            assert_noop!(
                Consortium::add_hospital(origin, HOSPITAL_C, 30, key(3)),
                BadOrigin
            );
        }
    });
}

#[test]
fn add_hospital_should_fail_when_identifier_or_account_is_taken() {
    ExtBuilder::default().run(|| {
        let exists = Error::<Test>::AlreadyExists;
        assert_noop!(
            Consortium::add_hospital(council(), HOSPITAL_A, 30, key(3)),
            exists
        );
        for taken in [OPERATOR_A, DOCTOR_A, VALIDATOR_A, COUNCILLOR] {
            let exists = Error::<Test>::AlreadyExists;
            assert_noop!(
                Consortium::add_hospital(council(), HOSPITAL_C, taken, key(3)),
                exists
            );
        }
        // The identifier of a removed hospital stays in use too.
        assert_ok!(Consortium::remove_hospital(council(), HOSPITAL_B));
        let exists = Error::<Test>::AlreadyExists;
        assert_noop!(
            Consortium::add_hospital(council(), HOSPITAL_B, 30, key(3)),
            exists
        );
    });
}

#[test]
fn add_hospital_should_fail_when_there_are_as_many_as_may_be() {
    ExtBuilder::default().run(|| {
        for n in 0..2u8 {
            let id = sp_core::H256::repeat_byte(0xD0 + n);
            assert_ok!(Consortium::add_hospital(
                council(),
                id,
                40 + u64::from(n),
                key(4)
            ));
        }
        assert_noop!(
            Consortium::add_hospital(council(), HOSPITAL_C, 30, key(3)),
            Error::<Test>::MaxHospitalsExceeded
        );
    });
}

#[test]
fn add_hospital_should_fail_when_the_key_has_small_order() {
    ExtBuilder::default().run(|| {
        // Zero, one, and a point of order eight (RFC 7748, section 7 and its references).
        let mut one = [0u8; 32];
        one[0] = 1;
        let order_eight = [
            0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f,
            0xc4, 0x6a, 0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16,
            0x5f, 0x49, 0xb8, 0x00,
        ];
        for bad in [[0u8; 32], one, order_eight] {
            assert_noop!(
                Consortium::add_hospital(council(), HOSPITAL_C, 30, bad),
                Error::<Test>::InvalidEncryptionKey
            );
        }
    });
}

#[test]
fn remove_hospital_should_end_every_role_in_it() {
    ExtBuilder::default().run(|| {
        assert_ok!(Consortium::remove_hospital(council(), HOSPITAL_A));
        assert_eq!(
            last_event(),
            Event::HospitalRemoved {
                hospital: HOSPITAL_A
            }
        );
        for who in [OPERATOR_A, DOCTOR_A] {
            assert_eq!(Consortium::hospital_of(&who), None);
            // The reference stays: the nonce must survive.
            assert_eq!(System::providers(&who), 1);
        }
        assert_eq!(
            Members::<Test>::get(OPERATOR_A).unwrap().role,
            Role::Removed
        );
        assert_eq!(Consortium::hospital_of_validator(&VALIDATOR_A), None);
        assert_eq!(Consortium::planned_validators(), vec![VALIDATOR_B]);
        assert!(!Consortium::is_active(&HOSPITAL_A));
        // Old labels still need the key.
        assert_eq!(
            Consortium::encryption_key(&HOSPITAL_A, FILING_MONTH),
            Some(key(1))
        );
        // Its requesters may work for another hospital.
        assert_ok!(add_requester(signed(OPERATOR_B), HOSPITAL_B, DOCTOR_A));
        assert_eq!(Consortium::hospital_of(&DOCTOR_A), Some(HOSPITAL_B));
    });
}

#[test]
fn remove_hospital_should_fail_when_unknown_removed_or_not_asked_by_the_council() {
    ExtBuilder::default().run(|| {
        let remove = |id| Consortium::remove_hospital(council(), id);
        assert_noop!(remove(HOSPITAL_C), Error::<Test>::NotFound);
        assert_ok!(remove(HOSPITAL_B));
        assert_noop!(remove(HOSPITAL_B), Error::<Test>::InvalidStatus);
        assert_noop!(remove(HOSPITAL_A), Error::<Test>::InvalidValidatorCount);
        assert_noop!(
            Consortium::remove_hospital(signed(OPERATOR_A), HOSPITAL_A),
            BadOrigin
        );
    });
}

#[test]
fn suspend_hospital_should_take_its_standing_until_readmitted() {
    ExtBuilder::default().run(|| {
        assert_ok!(Consortium::suspend_hospital(council(), HOSPITAL_A));
        assert_eq!(
            last_event(),
            Event::HospitalSuspended {
                hospital: HOSPITAL_A
            }
        );
        assert!(!Consortium::hospital(&HOSPITAL_A).unwrap().active);
        assert_eq!(Consortium::hospital_of(&DOCTOR_A), None);
        assert!(!Consortium::is_operator(&OPERATOR_A, &HOSPITAL_A));
        assert_noop!(
            add_requester(signed(OPERATOR_A), HOSPITAL_A, 31),
            Error::<Test>::NotAuthorized
        );
        assert_eq!(Consortium::planned_validators(), vec![VALIDATOR_B]);

        assert_ok!(Consortium::readmit_hospital(council(), HOSPITAL_A));
        assert_eq!(
            last_event(),
            Event::HospitalReadmitted {
                hospital: HOSPITAL_A
            }
        );
        assert_eq!(Consortium::hospital_of(&DOCTOR_A), Some(HOSPITAL_A));
        assert_eq!(Consortium::planned_validators().len(), 3);
    });
}

#[test]
fn suspend_and_readmit_hospital_should_fail_when_the_standing_is_another() {
    ExtBuilder::default().run(|| {
        assert_noop!(
            Consortium::suspend_hospital(council(), HOSPITAL_C),
            Error::<Test>::NotFound
        );
        assert_noop!(
            Consortium::readmit_hospital(council(), HOSPITAL_C),
            Error::<Test>::NotFound
        );
        assert_noop!(
            Consortium::readmit_hospital(council(), HOSPITAL_A),
            Error::<Test>::InvalidStatus
        );
        assert_noop!(
            Consortium::suspend_hospital(signed(OPERATOR_B), HOSPITAL_A),
            BadOrigin
        );
        assert_noop!(
            Consortium::readmit_hospital(signed(OPERATOR_B), HOSPITAL_A),
            BadOrigin
        );
        assert_ok!(Consortium::suspend_hospital(council(), HOSPITAL_A));
        assert_noop!(
            Consortium::suspend_hospital(council(), HOSPITAL_A),
            Error::<Test>::InvalidStatus
        );
        assert_noop!(
            Consortium::suspend_hospital(council(), HOSPITAL_B),
            Error::<Test>::InvalidValidatorCount
        );
    });
}

#[test]
fn change_operator_should_remove_the_former_one() {
    ExtBuilder::default().run(|| {
        assert_ok!(Consortium::change_operator(council(), HOSPITAL_A, 30));
        assert_eq!(
            last_event(),
            Event::OperatorChanged {
                hospital: HOSPITAL_A,
                operator: 30
            }
        );
        assert!(Consortium::is_operator(&30, &HOSPITAL_A));
        assert!(!Consortium::is_operator(&OPERATOR_A, &HOSPITAL_A));
        assert_eq!(Consortium::hospital_of(&OPERATOR_A), None);
        assert_noop!(
            add_requester(signed(OPERATOR_A), HOSPITAL_A, 31),
            Error::<Test>::NotAuthorized
        );
    });
}

#[test]
fn change_operator_should_fail_when_unknown_removed_taken_or_not_asked_by_the_council() {
    ExtBuilder::default().run(|| {
        let change = |id, who| Consortium::change_operator(council(), id, who);
        assert_noop!(change(HOSPITAL_C, 30), Error::<Test>::NotFound);
        assert_noop!(change(HOSPITAL_A, OPERATOR_A), Error::<Test>::AlreadyExists);
        assert_noop!(change(HOSPITAL_A, OPERATOR_B), Error::<Test>::AlreadyExists);
        assert_noop!(
            Consortium::change_operator(signed(OPERATOR_A), HOSPITAL_A, 30),
            BadOrigin
        );
        assert_ok!(Consortium::remove_hospital(council(), HOSPITAL_B));
        assert_noop!(change(HOSPITAL_B, 30), Error::<Test>::InvalidStatus);
    });
}
