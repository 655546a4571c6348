// SPDX-License-Identifier: Apache-2.0

use super::unsigned;
use crate::{mock::*, Error, Event};
use bspp_types::{messages, Consent, ConsentTerms};
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::{DispatchError, DispatchResult};

fn register(terms: ConsentTerms, signature: [u8; 64]) -> DispatchResult {
    Patients::register_consent(RuntimeOrigin::signed(STAFF), terms, signature)
}

#[test]
fn register_consent_should_store_what_the_patient_signed() {
    for who in [STAFF, ADMIN] {
        ExtBuilder::default().with_patient(0).build_and_execute(|| {
            let (terms, signature) = (terms(0), sign_terms(0, &terms(0)));
            let id = consent_id(&terms);
            assert_ok!(Patients::register_consent(
                RuntimeOrigin::signed(who),
                terms.clone(),
                signature
            ));
            let patient = terms.patient;
            assert_eq!(
                Patients::consent(id),
                Some(Consent {
                    terms,
                    signature,
                    withdrawn: false
                })
            );
            assert_eq!(
                events(),
                vec![Event::ConsentRegistered {
                    consent: id,
                    patient
                }]
            );
        });
    }
}

#[test]
fn register_consent_should_fail_when_the_origin_is_no_staff() {
    ExtBuilder::default().with_patient(0).build_and_execute(|| {
        let signature = sign_terms(0, &terms(0));
        for origin in unsigned() {
            assert_noop!(
                Patients::register_consent(origin, terms(0), signature),
                DispatchError::BadOrigin
            );
        }
        for who in [NODE, STRANGER] {
            assert_noop!(
                Patients::register_consent(RuntimeOrigin::signed(who), terms(0), signature),
                Error::<Test>::NotAuthorized
            );
        }
    });
}

#[test]
fn register_consent_should_fail_when_the_patient_is_not_enrolled() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(
            register(terms(0), sign_terms(0, &terms(0))),
            Error::<Test>::PatientNotFound
        );
    });
}

#[test]
fn register_consent_should_fail_when_it_ends_before_it_begins() {
    ExtBuilder::default().with_patient(0).build_and_execute(|| {
        let mut terms = terms(0);
        terms.until = terms.from - 1;
        assert_noop!(
            register(terms.clone(), sign_terms(0, &terms)),
            Error::<Test>::InvalidConsentPeriod
        );
        terms.until = terms.from;
        assert_ok!(register(terms.clone(), sign_terms(0, &terms)));
    });
}

#[test]
fn replayed_consent_should_be_refused_even_after_its_withdrawal() {
    ExtBuilder::default().with_patient(0).build_and_execute(|| {
        let signature = sign_terms(0, &terms(0));
        assert_ok!(register(terms(0), signature));
        assert_noop!(
            register(terms(0), signature),
            Error::<Test>::ConsentAlreadyExists
        );
        assert_ok!(Patients::withdraw_consent(
            frame_system::RawOrigin::Authorized.into(),
            consent_id(&terms(0)),
            [0; 64]
        ));
        assert_noop!(
            register(terms(0), signature),
            Error::<Test>::ConsentAlreadyExists
        );
        // The same terms with another salt are another consent, which the patient must sign.
        let mut again = terms(0);
        again.salt = [0xEE; 32];
        assert_noop!(
            register(again.clone(), signature),
            Error::<Test>::InvalidSignature
        );
        assert_ok!(register(again.clone(), sign_terms(0, &again)));
    });
}

#[test]
fn forged_consent_should_be_refused_when_the_patient_did_not_sign_it() {
    ExtBuilder::default()
        .with_patient(0)
        .with_patient(1)
        .build_and_execute(|| {
            let key = account(0);
            let mut longer = terms(0);
            longer.until += 1;
            let mut altered = sign_terms(0, &terms(0));
            altered[0] ^= 1;
            let other = H256([0xDD; 32]);
            let forgeries = [
                // Signatures by another patient, of other terms, for another chain and another
                // hospital.
                sign_terms(1, &terms(0)),
                sign_terms(0, &longer),
                key.sign(&messages::consent_message(&other, &HOSPITAL, &terms(0))),
                key.sign(&messages::consent_message(&CHAIN, &other, &terms(0))),
                altered,
                [0; 64],
            ];
            for forged in forgeries {
                assert_noop!(register(terms(0), forged), Error::<Test>::InvalidSignature);
            }
        });
}
