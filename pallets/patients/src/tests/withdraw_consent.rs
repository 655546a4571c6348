// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, withdrawal::WITHDRAWAL_PRIORITY, Call, Error, Event};
use bspp_primitives::{refusal::CONSENT_NOT_FOUND, traits::Consents};
use bspp_types::{messages, ConsentId};
use frame_support::{
    assert_noop, assert_ok, dispatch::GetDispatchInfo, pallet_prelude::*, traits::Authorize,
    weights::Weight,
};
use frame_system::RawOrigin;
use sp_core::H256;
use sp_runtime::{
    transaction_validity::{InvalidTransaction, TransactionSource, TransactionValidityError},
    DispatchError,
};

fn call(consent: ConsentId, signature: [u8; 64]) -> RuntimeCall {
    RuntimeCall::Patients(Call::withdraw_consent { consent, signature })
}

fn authorize(signature: [u8; 64]) -> Result<(ValidTransaction, Weight), TransactionValidityError> {
    call(consent_id(&terms(0)), signature)
        .authorize(TransactionSource::External)
        .unwrap()
}

fn signed() -> [u8; 64] {
    account(0).sign(&messages::consent_withdrawal_message(
        &CHAIN,
        &HOSPITAL,
        &consent_id(&terms(0)),
    ))
}

/// A chain with the first patient's consent.
fn consented(test: impl FnOnce()) {
    ExtBuilder::default()
        .with_patient(0)
        .with_patient(1)
        .build_and_execute(|| {
            assert_ok!(Patients::register_consent(
                RuntimeOrigin::signed(STAFF),
                terms(0),
                sign_terms(0, &terms(0))
            ));
            System::reset_events();
            test();
        });
}

#[test]
fn withdraw_consent_should_end_it_when_authorized() {
    consented(|| {
        let id = consent_id(&terms(0));
        let (valid, unspent) = authorize(signed()).unwrap();
        assert_eq!(valid.priority, WITHDRAWAL_PRIORITY);
        assert_eq!(valid.longevity, LONGEVITY);
        assert_eq!((valid.provides.len(), valid.requires.len()), (1, 0));
        assert!(valid.propagate);
        assert_eq!(unspent, Weight::zero());
        assert_ok!(Patients::withdraw_consent(
            RawOrigin::Authorized.into(),
            id,
            signed()
        ));
        assert!(Patients::consent(id).unwrap().withdrawn);
        assert!(!Patients::covers(&id, &account(0).public(), 610));
        assert_eq!(events(), vec![Event::ConsentWithdrawn { consent: id }]);
    });
}

#[test]
fn withdraw_consent_should_be_operational_and_pay_for_its_verification() {
    let call = call(H256::zero(), [0; 64]);
    assert_eq!(call.get_dispatch_info().class, DispatchClass::Operational);
    assert!(call.weight_of_authorize().ref_time() > 100_000_000);
}

#[test]
fn withdraw_consent_should_fail_when_the_origin_is_not_authorized() {
    consented(|| {
        for origin in [
            RuntimeOrigin::none(),
            RuntimeOrigin::root(),
            RuntimeOrigin::signed(ADMIN),
            RuntimeOrigin::signed(STAFF),
        ] {
            assert_noop!(
                Patients::withdraw_consent(origin, consent_id(&terms(0)), signed()),
                DispatchError::BadOrigin
            );
        }
    });
}

#[test]
fn withdraw_consent_should_fail_when_it_is_unknown() {
    ExtBuilder::default().with_patient(0).build_and_execute(|| {
        assert_eq!(
            authorize(signed()),
            Err(InvalidTransaction::Custom(CONSENT_NOT_FOUND).into())
        );
        assert_noop!(
            Patients::withdraw_consent(
                RawOrigin::Authorized.into(),
                consent_id(&terms(0)),
                signed()
            ),
            Error::<Test>::ConsentNotFound
        );
    });
}

#[test]
fn replayed_withdrawal_should_be_refused() {
    consented(|| {
        let id = consent_id(&terms(0));
        assert_ok!(Patients::withdraw_consent(
            RawOrigin::Authorized.into(),
            id,
            signed()
        ));
        assert_eq!(authorize(signed()), Err(InvalidTransaction::Stale.into()));
        assert_noop!(
            Patients::withdraw_consent(RawOrigin::Authorized.into(), id, signed()),
            Error::<Test>::ConsentWithdrawn
        );
    });
}

#[test]
fn forged_withdrawal_should_be_refused_when_the_patient_did_not_sign_it() {
    consented(|| {
        let id = consent_id(&terms(0));
        let (key, other) = (account(0), H256([0xDD; 32]));
        let mut altered = signed();
        altered[63] ^= 1;
        let forgeries = [
            account(1).sign(&messages::consent_withdrawal_message(
                &CHAIN, &HOSPITAL, &id,
            )),
            key.sign(&messages::consent_withdrawal_message(
                &other, &HOSPITAL, &id,
            )),
            key.sign(&messages::consent_withdrawal_message(&CHAIN, &other, &id)),
            key.sign(&messages::consent_withdrawal_message(
                &CHAIN, &HOSPITAL, &other,
            )),
            // The signature that gave the consent does not withdraw it.
            sign_terms(0, &terms(0)),
            altered,
            [0; 64],
        ];
        for forged in forgeries {
            assert_eq!(authorize(forged), Err(InvalidTransaction::BadProof.into()));
        }
    });
}
