// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use bspp_primitives::traits::Membership;
use frame_support::{assert_noop, assert_ok};

fn rotate(from: u16, n: u8) -> sp_runtime::DispatchResult {
    Consortium::rotate_encryption_key(signed(OPERATOR_A), from, key(n))
}

fn key_in(filing_month: u16) -> Option<[u8; 32]> {
    <Consortium as Membership<_>>::encryption_key(&HOSPITAL_A, filing_month)
}

#[test]
fn rotate_encryption_key_should_take_effect_only_when_the_month_begins() {
    ExtBuilder::default().run(|| {
        assert_ok!(rotate(FILING_MONTH + 2, 7));
        assert_eq!(
            last_event(),
            Event::EncryptionKeyRotated {
                hospital: HOSPITAL_A,
                from_filing_month: FILING_MONTH + 2,
                key: key(7)
            }
        );
        assert_eq!(
            Consortium::hospital(&HOSPITAL_A).unwrap().encryption_key,
            key(1)
        );
        assert_eq!(key_in(FILING_MONTH + 1), Some(key(1)));
        assert_eq!(key_in(FILING_MONTH + 2), Some(key(7)));
        assert_eq!(key_in(u16::MAX), Some(key(7)));
        set_time(FILING_MONTH + 2);
        assert_eq!(
            Consortium::hospital(&HOSPITAL_A).unwrap().encryption_key,
            key(7)
        );
        // The history stays.
        assert_eq!(key_in(0), Some(key(1)));
        // Another hospital's keys are not touched.
        assert_eq!(
            Consortium::encryption_key(&HOSPITAL_B, FILING_MONTH + 2),
            Some(key(2))
        );
    });
}

#[test]
fn rotate_encryption_key_should_fail_when_the_month_is_not_ahead() {
    ExtBuilder::default().run(|| {
        for from in [
            0,
            FILING_MONTH - 1,
            FILING_MONTH,
            FILING_MONTH + 4,
            u16::MAX,
        ] {
            assert_noop!(rotate(from, 7), Error::<Test>::InvalidFilingMonth);
        }
        assert_ok!(rotate(FILING_MONTH + 2, 7));
        // No key replaces or precedes an announced key, because labels may depend on it.
        for from in [FILING_MONTH + 1, FILING_MONTH + 2] {
            assert_noop!(rotate(from, 8), Error::<Test>::InvalidFilingMonth);
        }
    });
}

#[test]
fn rotate_encryption_key_should_fail_when_the_key_is_invalid() {
    ExtBuilder::default().run(|| {
        let result =
            Consortium::rotate_encryption_key(signed(OPERATOR_A), FILING_MONTH + 1, [0; 32]);
        assert_noop!(result, Error::<Test>::InvalidEncryptionKey);
    });
}

#[test]
fn rotate_encryption_key_should_fail_when_the_history_is_full() {
    ExtBuilder::default().run(|| {
        assert_ok!(rotate(FILING_MONTH + 1, 7));
        assert_ok!(rotate(FILING_MONTH + 2, 8));
        assert_noop!(rotate(FILING_MONTH + 3, 9), Error::<Test>::MaxKeysExceeded);
    });
}

#[test]
fn rotate_encryption_key_should_fail_when_the_sender_is_no_operator() {
    ExtBuilder::default().run(|| {
        for who in [DOCTOR_A, VALIDATOR_A, COUNCILLOR, STRANGER] {
            assert_noop!(
                Consortium::rotate_encryption_key(signed(who), FILING_MONTH + 1, key(7)),
                Error::<Test>::NotAuthorized
            );
        }
    });
}

#[test]
fn encryption_key_should_be_none_before_the_hospital_joined() {
    ExtBuilder::default().run(|| {
        assert_ok!(Consortium::add_hospital(council(), HOSPITAL_C, 30, key(3)));
        assert_eq!(
            Consortium::encryption_key(&HOSPITAL_C, FILING_MONTH - 1),
            None
        );
        assert_eq!(
            Consortium::encryption_key(&HOSPITAL_C, FILING_MONTH),
            Some(key(3))
        );
    });
}
