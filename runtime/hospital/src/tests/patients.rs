// SPDX-License-Identifier: Apache-2.0
//! Patients on the whole runtime: enrolment, and calls that they sign without an account.

use super::{chain, extension, operator, CONSORTIUM};
use crate::{genesis_config_presets::HOSPITAL_A_LOCAL, *};
use bspp_peks::{LabelVersion, PatientBundle, PatientKeys, Seed};
use bspp_primitives::{apis::runtime_decl_for_patients_api::PatientsApiV1, refusal};
use bspp_runtime_common::dev;
use bspp_types::{
    limits::TRANSACTION_LONGEVITY, messages, ConsentId, ConsentTerms, FilingMonth, HospitalId,
    LabelState, Moment,
};
use polkadot_sdk::{
    frame_support::{assert_noop, assert_ok},
    pallet_timestamp,
    sp_core::H256,
    sp_io::TestExternalities,
    sp_runtime::transaction_validity::{
        InvalidTransaction, TransactionSource, TransactionValidity,
    },
};
use rand::{rngs::StdRng, SeedableRng};

/// The time of the tests: 2 June 2027.
pub const NOW: Moment = 1_812_000_000_000;

/// The patient's keys for a chain and hospital.
fn keys_for(consortium: &H256, hospital: &HospitalId) -> PatientKeys {
    PatientKeys::derive(&Seed::from_bytes([3; 32]), &consortium.0, &hospital.0, 0)
}

fn bundle_for(consortium: &H256, hospital: &HospitalId) -> PatientBundle {
    keys_for(consortium, hospital).bundle(&mut StdRng::seed_from_u64(1))
}

/// The patient's keys at hospital A.
fn keys() -> PatientKeys {
    keys_for(&CONSORTIUM, &dev::HOSPITAL_A.id())
}

/// The patient's account at hospital A.
pub fn patient() -> [u8; 32] {
    keys().account().public()
}

/// Enrols the patient at hospital A.
pub fn enrol() {
    let bundle = bundle_for(&CONSORTIUM, &dev::HOSPITAL_A.id());
    assert_ok!(Patients::enrol_patient(operator(), bundle));
}

fn terms(filing_month: FilingMonth) -> ConsentTerms {
    ConsentTerms {
        patient: patient(),
        from: filing_month,
        until: filing_month,
        salt: [0; 32],
    }
}

/// Identifier of the patient's consent for a month.
fn consent_id(filing_month: FilingMonth) -> ConsentId {
    messages::consent_id(&CONSORTIUM, &dev::HOSPITAL_A.id(), &terms(filing_month))
}

/// Registers the patient's consent for a month.
pub fn consent(filing_month: FilingMonth) -> ConsentId {
    let terms = terms(filing_month);
    let message = messages::consent_message(&CONSORTIUM, &dev::HOSPITAL_A.id(), &terms);
    let signature = keys().account().sign(&message);
    assert_ok!(Patients::register_consent(operator(), terms, signature));
    consent_id(filing_month)
}

/// The patient's withdrawal of the consent for a month.
pub fn withdrawal(filing_month: FilingMonth) -> UncheckedExtrinsic {
    let consent = consent_id(filing_month);
    let message =
        messages::consent_withdrawal_message(&CONSORTIUM, &dev::HOSPITAL_A.id(), &consent);
    let call = pallet_patients::Call::<Runtime>::withdraw_consent {
        consent,
        signature: keys().account().sign(&message),
    };
    UncheckedExtrinsic::new_transaction(call.into(), extension())
}

/// A rise of the patient's label version.
pub fn rise(version: LabelVersion, revoke_before: Moment) -> UncheckedExtrinsic {
    let (account, hospital) = (patient(), dev::HOSPITAL_A.id());
    let message =
        messages::label_version_message(&CONSORTIUM, &hospital, &account, version, revoke_before);
    let call = pallet_patients::Call::<Runtime>::raise_label_version {
        account,
        version,
        revoke_before,
        signature: keys().account().sign(&message),
    };
    UncheckedExtrinsic::new_transaction(call.into(), extension())
}

/// Hospital A's chain at [`NOW`], with the patient.
pub fn enrolled() -> TestExternalities {
    let mut state = chain(HOSPITAL_A_LOCAL, CONSORTIUM);
    state.execute_with(|| {
        pallet_timestamp::Now::<Runtime>::put(NOW);
        enrol();
    });
    state
}

/// The pool's answer.
fn validate(extrinsic: UncheckedExtrinsic) -> TransactionValidity {
    Executive::validate_transaction(TransactionSource::External, extrinsic, H256::zero())
}

fn label_state() -> LabelState {
    <Runtime as PatientsApiV1<Block>>::label_state(patient())
}

#[test]
fn bundle_should_be_enrolled_only_at_its_own_chain_and_hospital() {
    chain(HOSPITAL_A_LOCAL, CONSORTIUM).execute_with(|| {
        for foreign in [
            bundle_for(&CONSORTIUM, &dev::HOSPITAL_B.id()),
            bundle_for(&H256::repeat_byte(6), &dev::HOSPITAL_A.id()),
        ] {
            assert_noop!(
                Patients::enrol_patient(operator(), foreign),
                pallet_patients::Error::<Runtime>::InvalidBundle
            );
        }
        enrol();
    });
}

#[test]
fn rise_should_enter_the_pool_without_an_account() {
    enrolled().execute_with(|| {
        let valid = validate(rise(1, NOW)).unwrap();
        assert_eq!(valid.priority, pallet_patients::labels::RISE_PRIORITY);
        assert_eq!(valid.longevity, TRANSACTION_LONGEVITY);
        assert_eq!((valid.provides.len(), valid.requires.len()), (1, 0));
        assert!(valid.propagate);
        let refused = [
            (rise(0, NOW), InvalidTransaction::Stale),
            (rise(2, NOW), InvalidTransaction::Future),
            (
                rise(1, NOW + 1),
                InvalidTransaction::Custom(refusal::INVALID_REVOKE_BEFORE),
            ),
        ];
        for (rise, reason) in refused {
            assert_eq!(validate(rise), Err(reason.into()));
        }
    });
}

#[test]
fn rise_of_an_unknown_account_should_not_enter_the_pool() {
    chain(HOSPITAL_A_LOCAL, CONSORTIUM).execute_with(|| {
        let refused = InvalidTransaction::Custom(refusal::PATIENT_NOT_FOUND);
        assert_eq!(validate(rise(1, 0)), Err(refused.into()));
    });
}

#[test]
fn rise_should_be_in_the_label_state_that_gateway_and_wallet_read() {
    enrolled().execute_with(|| {
        assert_eq!(label_state(), LabelState::default());
        System::set_block_number(1);
        let result = Executive::apply_extrinsic(rise(1, NOW - 1));
        assert_ok!(result.unwrap());
        let state = label_state();
        assert_eq!((state.version, state.revoke_before), (1, NOW - 1));
        assert_eq!(state.rises.len(), 1);
        assert_eq!(state.rises[0].raised_on, NOW);
        assert_eq!(
            validate(rise(1, NOW)),
            Err(InvalidTransaction::Stale.into())
        );
    });
}
