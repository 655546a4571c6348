// SPDX-License-Identifier: Apache-2.0

use super::unsigned;
use crate::{mock::*, Error, Event};
use bspp_primitives::{messages, traits::Consents, Consent, ConsentTerms};
use frame_support::{assert_noop, assert_ok};
use proptest::prelude::*;
use sp_core::H256;
use sp_runtime::{DispatchError, DispatchResult};

fn register(terms: ConsentTerms, signature: [u8; 64]) -> DispatchResult {
    Enrolment::register_consent(RuntimeOrigin::signed(CLINICIAN), terms, signature)
}

#[test]
fn register_consent_should_store_what_the_patient_signed() {
    for who in [CLINICIAN, ADMIN] {
        ExtBuilder::default().with_patient(0).build_and_execute(|| {
            let (terms, signature) = (terms(0), sign_terms(0, &terms(0)));
            let id = consent_id(&terms);
            assert_ok!(Enrolment::register_consent(
                RuntimeOrigin::signed(who),
                terms.clone(),
                signature
            ));
            let patient = terms.patient;
            assert_eq!(
                Enrolment::consent(id),
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
                Enrolment::register_consent(origin, terms(0), signature),
                DispatchError::BadOrigin
            );
        }
        for who in [NODE, STRANGER] {
            assert_noop!(
                Enrolment::register_consent(RuntimeOrigin::signed(who), terms(0), signature),
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
        assert_ok!(Enrolment::withdraw_consent(
            frame_system::RawOrigin::Authorized.into(),
            consent_id(&terms(0)),
            [0; 64]
        ));
        assert_noop!(
            register(terms(0), signature),
            Error::<Test>::ConsentAlreadyExists
        );
        // Equal terms with another salt are another consent, which the patient must sign.
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
                // Another patient, other terms, another chain, another hospital.
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

#[test]
fn covers_should_not_hold_for_another_patient_or_an_unknown_consent() {
    ExtBuilder::default()
        .with_patient(0)
        .with_patient(1)
        .build_and_execute(|| {
            let id = consent_id(&terms(0));
            assert!(!Enrolment::covers(&id, &account(0).public(), 610));
            assert_ok!(register(terms(0), sign_terms(0, &terms(0))));
            assert!(Enrolment::covers(&id, &account(0).public(), 610));
            assert!(!Enrolment::covers(&id, &account(1).public(), 610));
        });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn covers_should_hold_exactly_from_the_first_to_the_last_month(
        from in 0u16..800, length in 0u16..30, epochs in prop::collection::vec(0u16..840, 20)
    ) {
        ExtBuilder::default().with_patient(0).build_and_execute(|| {
            let until = from + length;
            let terms = ConsentTerms { from, until, ..terms(0) };
            let (id, patient) = (consent_id(&terms), terms.patient);
            assert_ok!(register(terms.clone(), sign_terms(0, &terms)));
            let edges = [from.saturating_sub(1), from, until, until + 1];
            for epoch in epochs.iter().copied().chain(edges) {
                let expected = epoch >= from && epoch <= until;
                assert_eq!(Enrolment::covers(&id, &patient, epoch), expected);
            }
            assert_ok!(Enrolment::withdraw_consent(
                frame_system::RawOrigin::Authorized.into(), id, [0; 64]
            ));
            for epoch in from..=until {
                assert!(!Enrolment::covers(&id, &patient, epoch));
            }
        });
    }
}
