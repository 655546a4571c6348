// SPDX-License-Identifier: Apache-2.0
//! Tests of the calls that enter a restricted block.

use super::blocks::*;
use crate::{mock::*, CheckConformance};
use codec::Encode;
use frame_support::{dispatch::GetDispatchInfo, weights::Weight};
use frame_system::RawOrigin;
use sp_runtime::{
    traits::{DispatchTransaction, TransactionExtension},
    transaction_validity::{InvalidTransaction, TransactionSource, TransactionValidityError},
};

fn ordinary() -> RuntimeCall {
    RuntimeCall::System(frame_system::Call::remark { remark: vec![1] })
}

fn operational() -> RuntimeCall {
    RuntimeCall::Conformance(crate::Call::readmit_author { author: 1 })
}

fn registration() -> RuntimeCall {
    RuntimeCall::System(frame_system::Call::remark_with_event { remark: vec![1] })
}

type Outcome = Result<(), TransactionValidityError>;

const REFUSED: Outcome = Err(TransactionValidityError::Invalid(
    InvalidTransaction::ExhaustsResources,
));

/// Applies the extension of a signed, an authorized and a bare transaction.
///
/// The three outcomes are equal.
fn apply(call: &RuntimeCall) -> Outcome {
    let info = call.get_dispatch_info();
    let bare = CheckConformance::<Test>::bare_validate_and_prepare(call, &info, 100);
    for origin in [RuntimeOrigin::signed(1), RawOrigin::Authorized.into()] {
        let prepared = CheckConformance::<Test>::new()
            .validate_and_prepare(origin, call, &info, 100, 0)
            .map(|_| ());
        assert_eq!(prepared, bare);
    }
    bare
}

/// Validates a call as the pool does.
fn validate(call: &RuntimeCall) -> Outcome {
    let info = call.get_dispatch_info();
    CheckConformance::<Test>::bare_validate(call, &info, 100)?;
    CheckConformance::<Test>::new()
        .validate_only(
            RuntimeOrigin::signed(1),
            call,
            &info,
            100,
            TransactionSource::External,
            0,
        )
        .map(|_| ())
}

#[test]
fn every_call_should_enter_when_the_block_is_full() {
    ExtBuilder::default().execute(|| {
        block_in(slot_of(2), || {
            assert_eq!(apply(&ordinary()), Ok(()));
            assert_eq!(apply(&operational()), Ok(()));
        });
    });
}

#[test]
fn operational_calls_only_should_enter_when_the_block_is_restricted() {
    ExtBuilder::default().execute(|| {
        set_anchor(2, None);
        block_in(slot_of(2), || {
            let attested = Conformance::attestation().unwrap();
            assert_eq!(attested.kind, NOT_ANCHORED);
            assert_eq!(apply(&ordinary()), REFUSED);
            assert_eq!(apply(&registration()), REFUSED);
            assert_eq!(apply(&operational()), Ok(()));
        });
        // A full block includes the transaction that the restricted one left out.
        block_in(slot_of(3), || assert_eq!(apply(&ordinary()), Ok(())));
    });
}

#[test]
fn registrations_should_enter_a_block_that_is_restricted_for_lag() {
    ExtBuilder::default().with_max_age(2).execute(|| {
        Lagging::set(vec![4]);
        block_in(3, || {
            assert_eq!(Conformance::attestation().unwrap().kind, ONLY_LAGGING);
            assert_eq!(apply(&ordinary()), REFUSED);
            assert_eq!(apply(&registration()), Ok(()));
            assert_eq!(apply(&operational()), Ok(()));
        });
        // The anchor of this author is too old.
        block_in(4, || {
            assert_eq!(Conformance::attestation().unwrap().kind, STALE);
            assert_eq!(apply(&registration()), REFUSED);
            assert_eq!(apply(&operational()), Ok(()));
        });
    });
}

#[test]
fn pool_should_keep_every_call_when_the_best_block_is_restricted() {
    ExtBuilder::default().execute(|| {
        set_anchor(2, None);
        block_in(slot_of(2), || ());
        assert_eq!(validate(&ordinary()), Ok(()));
        assert_eq!(validate(&operational()), Ok(()));
    });
}

#[test]
fn refusal_should_make_a_proposer_keep_the_transaction() {
    let TransactionValidityError::Invalid(error) = REFUSED.unwrap_err() else {
        panic!("invalid");
    };
    assert!(error.exhausted_resources());
}

#[test]
fn extension_should_have_no_data() {
    assert_eq!(CheckConformance::<Test>::IDENTIFIER, "CheckConformance");
    assert!(CheckConformance::<Test>::new().encode().is_empty());
    assert!(CheckConformance::<Test>::new().implicit().is_ok());
    let weight = CheckConformance::<Test>::new().weight(&ordinary());
    assert!(weight.any_gt(Weight::zero()));
}
