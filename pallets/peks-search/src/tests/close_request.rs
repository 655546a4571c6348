// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, types::GRANT_KEY_PRIORITY, Call, Error, Event};
use bspp_primitives::refusal::REQUEST_NOT_FOUND;
use bspp_types::{day_start, messages, RequestId, RequestStatus};
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

fn call(request: RequestId, signature: [u8; 64]) -> RuntimeCall {
    RuntimeCall::PeksSearch(Call::close_request { request, signature })
}

fn authorize(
    request: RequestId,
    signature: [u8; 64],
) -> Result<(ValidTransaction, Weight), TransactionValidityError> {
    call(request, signature)
        .authorize(TransactionSource::External)
        .unwrap()
}

fn signed(n: u8) -> [u8; 64] {
    grant_key(n).sign(&messages::close_message(&CHAIN, &request(n)))
}

#[test]
fn close_request_should_end_the_request_when_authorized() {
    ExtBuilder::default()
        .with_request(grant(1))
        .build_and_execute(|| {
            let (valid, unspent) = authorize(request(1), signed(1)).unwrap();
            assert_eq!(valid.priority, GRANT_KEY_PRIORITY);
            assert_eq!(valid.longevity, LONGEVITY);
            assert_eq!((valid.provides.len(), valid.requires.len()), (1, 0));
            assert!(valid.propagate);
            assert_eq!(unspent, Weight::zero());
            assert_ok!(PeksSearch::close_request(
                RawOrigin::Authorized.into(),
                request(1),
                signed(1)
            ));
            assert_eq!(
                PeksSearch::request(request(1)).unwrap().status,
                RequestStatus::Closed
            );
            assert_eq!(
                events(),
                vec![Event::RequestClosed {
                    request: request(1)
                }]
            );
        });
}

#[test]
fn close_request_should_provide_one_tag_for_each_request() {
    ExtBuilder::default()
        .with_request(grant(1))
        .with_request(grant(2))
        .build_and_execute(|| {
            let first = authorize(request(1), signed(1)).unwrap().0.provides;
            assert_eq!(first, authorize(request(1), signed(1)).unwrap().0.provides);
            assert_ne!(first, authorize(request(2), signed(2)).unwrap().0.provides);
        });
}

#[test]
fn close_request_should_be_operational_and_pay_for_its_verification() {
    let call = call(request(1), [0; 64]);
    assert_eq!(call.get_dispatch_info().class, DispatchClass::Operational);
    assert!(call.weight_of_authorize().ref_time() > 100_000_000);
}

#[test]
fn close_request_should_work_after_the_expiry() {
    ExtBuilder::default()
        .with_request(grant(1))
        .build_and_execute(|| {
            Clock::set(day_start(EXPIRY) + HOUR);
            assert_ok!(authorize(request(1), signed(1)));
        });
}

#[test]
fn close_request_should_fail_when_the_origin_is_not_authorized() {
    ExtBuilder::default()
        .with_request(grant(1))
        .build_and_execute(|| {
            for origin in [
                RuntimeOrigin::none(),
                RuntimeOrigin::root(),
                RuntimeOrigin::signed(DOCTOR),
                RuntimeOrigin::signed(OPERATOR_A),
            ] {
                assert_noop!(
                    PeksSearch::close_request(origin, request(1), signed(1)),
                    DispatchError::BadOrigin
                );
            }
        });
}

#[test]
fn close_request_should_fail_when_the_request_is_unknown() {
    ExtBuilder::default().build_and_execute(|| {
        assert_eq!(
            authorize(request(1), signed(1)),
            Err(InvalidTransaction::Custom(REQUEST_NOT_FOUND).into())
        );
        assert_noop!(
            PeksSearch::close_request(RawOrigin::Authorized.into(), request(1), signed(1)),
            Error::<Test>::RequestNotFound
        );
    });
}

#[test]
fn replayed_close_should_be_refused_when_the_request_has_ended() {
    ExtBuilder::default()
        .with_request(grant(1))
        .build_and_execute(|| {
            assert_ok!(PeksSearch::close_request(
                RawOrigin::Authorized.into(),
                request(1),
                signed(1)
            ));
            assert_eq!(
                authorize(request(1), signed(1)),
                Err(InvalidTransaction::Stale.into())
            );
            assert_noop!(
                PeksSearch::revoke_request(RawOrigin::Authorized.into(), request(1), signed(1)),
                Error::<Test>::RequestNotOpen
            );
            assert_noop!(
                PeksSearch::close_request(RawOrigin::Authorized.into(), request(1), signed(1)),
                Error::<Test>::RequestNotOpen
            );
        });
}

#[test]
fn forged_close_should_be_refused_when_the_grant_key_did_not_sign_it() {
    ExtBuilder::default()
        .with_request(grant(1))
        .with_request(grant(2))
        .build_and_execute(|| {
            let key = grant_key(1);
            let mut altered = signed(1);
            altered[63] ^= 1;
            let forgeries = [
                // The key of another grant.
                grant_key(2).sign(&messages::close_message(&CHAIN, &request(1))),
                // Signatures for another request, another chain and another purpose.
                key.sign(&messages::close_message(&CHAIN, &request(2))),
                key.sign(&messages::close_message(&H256([0xDD; 32]), &request(1))),
                key.sign(&messages::revoke_message(&CHAIN, &request(1))),
                grant(1).signature,
                altered,
                [0; 64],
            ];
            for forged in forgeries {
                assert_eq!(
                    authorize(request(1), forged),
                    Err(InvalidTransaction::BadProof.into())
                );
            }
        });
}
