// SPDX-License-Identifier: Apache-2.0

use super::unsigned;
use crate::{enrolment::masked, mock::*, Error, Event};
use bspp_peks::{domain, AccountKey, G1Bytes, PatientBundle};
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::{DispatchError, DispatchResult};

fn enrol(bundle: PatientBundle) -> DispatchResult {
    Patients::enrol_patient(RuntimeOrigin::signed(STAFF), bundle)
}

/// Signs a bundle again after a test has changed it.
///
/// An attacker with an account can do the same.
fn sign(bundle: &mut PatientBundle, account: &AccountKey) {
    bundle.account = account.public();
    let mut message = domain::BUNDLE_SIGN.to_vec();
    message.extend_from_slice(&bundle.hash(&CHAIN.0, &HOSPITAL.0));
    for proof in [&bundle.search_proof, &bundle.open_proof] {
        message.extend_from_slice(&proof.commitment.0);
        message.extend_from_slice(&proof.response);
    }
    bundle.signature = account.sign(&message);
}

#[test]
fn enrol_patient_should_store_the_bundle_when_everything_holds() {
    for who in [STAFF, ADMIN] {
        ExtBuilder::default().build_and_execute(|| {
            System::set_block_number(7);
            assert_ok!(Patients::enrol_patient(
                RuntimeOrigin::signed(who),
                bundle(0)
            ));
            let patient = Patients::patient(account(0).public()).unwrap();
            assert_eq!(patient.bundle, bundle(0));
            assert_eq!(patient.enrolled_at, 7);
            assert_eq!(
                events(),
                vec![Event::PatientEnrolled {
                    patient: account(0).public()
                }]
            );
        });
    }
}

#[test]
fn enrol_patient_should_fail_when_the_origin_is_no_staff() {
    ExtBuilder::default().build_and_execute(|| {
        for origin in unsigned() {
            assert_noop!(
                Patients::enrol_patient(origin, bundle(0)),
                DispatchError::BadOrigin
            );
        }
        for who in [NODE, STRANGER] {
            assert_noop!(
                Patients::enrol_patient(RuntimeOrigin::signed(who), bundle(0)),
                Error::<Test>::NotAuthorized
            );
        }
    });
}

#[test]
fn enrol_patient_should_fail_when_the_patient_is_enrolled() {
    ExtBuilder::default().with_patient(0).build_and_execute(|| {
        assert_noop!(enrol(bundle(0)), Error::<Test>::PatientAlreadyExists);
        assert_ok!(enrol(bundle(1)));
    });
}

#[test]
fn attacker_should_not_be_enrolled_with_a_key_of_another_patient() {
    ExtBuilder::default().with_patient(0).build_and_execute(|| {
        let taken = bundle(0);
        let with = |change: fn(&mut PatientBundle, &PatientBundle)| {
            let mut forged = bundle(1);
            change(&mut forged, &taken);
            sign(&mut forged, &account(1));
            forged
        };
        for forged in [
            with(|forged, taken| forged.search = taken.search),
            with(|forged, taken| forged.open = taken.open),
            // Each point in the other's place.
            with(|forged, taken| forged.search = taken.open),
            with(|forged, taken| forged.open = taken.search),
            // An X25519 key has no proof of possession.
            with(|forged, taken| forged.x25519 = taken.x25519),
            // The same key in its other encoding.
            with(|forged, taken| {
                forged.x25519 = taken.x25519;
                forged.x25519[31] |= 0x80;
            }),
        ] {
            assert_noop!(enrol(forged), Error::<Test>::KeyAlreadyExists);
        }
        assert_ok!(enrol(bundle(1)));
    });
}

#[test]
fn masked_should_give_both_encodings_of_a_key_one_name() {
    let usual = bundle(0).x25519;
    let mut unusual = usual;
    unusual[31] |= 0x80;
    assert_eq!((masked(usual), masked(unusual)), (usual, usual));
}

#[test]
fn refused_bundle_should_not_use_up_keys() {
    ExtBuilder::default().build_and_execute(|| {
        let mut forged = bundle(0);
        forged.account = account(1).public();
        assert_noop!(enrol(forged), Error::<Test>::InvalidBundle);
        assert_ok!(enrol(bundle(0)));
        assert_ok!(enrol(bundle(1)));
    });
}

#[test]
fn replayed_bundle_of_another_hospital_or_chain_should_be_refused() {
    ExtBuilder::default().build_and_execute(|| {
        let other = H256([0xDD; 32]);
        for foreign in [
            bundle_for(0, &CHAIN, &other),
            bundle_for(0, &other, &HOSPITAL),
        ] {
            assert_noop!(enrol(foreign), Error::<Test>::InvalidBundle);
        }
    });
}

#[test]
fn forged_bundle_with_foreign_proof_of_possession_should_be_refused() {
    ExtBuilder::default().build_and_execute(|| {
        // The search key of another patient, with that patient's proof, under the attacker's
        // account.
        let mut stolen_search = bundle(0);
        stolen_search.search = bundle(1).search;
        stolen_search.search_proof = bundle(1).search_proof;
        sign(&mut stolen_search, &account(0));
        // The same with the open key.
        let mut stolen_open = bundle(0);
        stolen_open.open = bundle(1).open;
        stolen_open.open_proof = bundle(1).open_proof;
        sign(&mut stolen_open, &account(0));
        // Both keys at once: only the account belongs to the attacker.
        let mut stolen_whole = bundle(1);
        sign(&mut stolen_whole, &account(0));
        for forged in [stolen_search, stolen_open, stolen_whole] {
            assert_noop!(enrol(forged), Error::<Test>::InvalidBundle);
        }
        assert_eq!(crate::Patients::<Test>::iter().count(), 0);
    });
}

#[test]
fn forged_bundle_that_the_account_did_not_sign_should_be_refused() {
    ExtBuilder::default().build_and_execute(|| {
        let mut bundle = bundle(0);
        bundle.account = account(1).public();
        assert_noop!(enrol(bundle), Error::<Test>::InvalidBundle);
    });
}

#[test]
fn forged_bundle_with_the_identity_as_key_should_be_refused() {
    ExtBuilder::default().build_and_execute(|| {
        let mut identity = [0u8; 48];
        identity[0] = 0xC0;
        let mut forged = bundle(0);
        forged.search = G1Bytes(identity);
        sign(&mut forged, &account(0));
        assert_noop!(enrol(forged), Error::<Test>::InvalidBundle);
    });
}
