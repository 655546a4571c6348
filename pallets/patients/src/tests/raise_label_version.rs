// SPDX-License-Identifier: Apache-2.0

use crate::{labels::RISE_PRIORITY, mock::*, types::Label, Call, Error, Event, LabelVersions};
use bspp_peks::LabelVersion;
use bspp_primitives::refusal;
use bspp_types::{
    filing_month_at, filing_month_end, filing_month_start,
    limits::{DAY_MS, MAX_LABEL_RISES_PER_MONTH},
    messages, FilingMonth, LabelRise, LabelState, Moment,
};
use frame_support::{
    assert_noop, assert_ok,
    dispatch::GetDispatchInfo,
    pallet_prelude::{DispatchClass, ValidTransaction},
    traits::Authorize,
    weights::Weight,
};
use proptest::prelude::*;
use sp_core::H256;
use sp_runtime::{
    transaction_validity::{InvalidTransaction, TransactionSource, TransactionValidityError},
    DispatchError,
};
use std::collections::BTreeMap;

/// The rise of the first patient, with any signature.
fn call(version: LabelVersion, revoke_before: Moment, signature: [u8; 64]) -> RuntimeCall {
    RuntimeCall::Patients(Call::raise_label_version {
        account: account(0).public(),
        version,
        revoke_before,
        signature,
    })
}

/// The pool's answer to a rise that the first patient signed.
fn authorize(
    version: LabelVersion,
    revoke_before: Moment,
) -> Result<(ValidTransaction, Weight), TransactionValidityError> {
    call(version, revoke_before, sign_rise(0, version, revoke_before))
        .authorize(TransactionSource::External)
        .unwrap()
}

/// Pool and call refuse a rise that the first patient signed, and nothing changes.
fn refuse(
    version: LabelVersion,
    revoke_before: Moment,
    refused: InvalidTransaction,
    error: Error<Test>,
) {
    assert_eq!(authorize(version, revoke_before), Err(refused.into()));
    assert_noop!(raise(0, version, revoke_before), error);
}

fn state(n: usize) -> LabelState {
    Patients::label_state(account(n).public())
}

/// A chain with the first two patients.
fn enrolled(test: impl FnOnce()) {
    ExtBuilder::default()
        .with_patient(0)
        .with_patient(1)
        .build_and_execute(test);
}

#[test]
fn raise_label_version_should_put_the_next_version_in_force_when_authorized() {
    enrolled(|| {
        let (valid, unspent) = authorize(1, NOW).unwrap();
        assert_eq!(valid.priority, RISE_PRIORITY);
        assert_eq!(valid.longevity, LONGEVITY);
        assert_eq!((valid.provides.len(), valid.requires.len()), (1, 0));
        assert!(valid.propagate);
        assert_eq!(unspent, Weight::zero());
        assert_ok!(raise(0, 1, NOW));
        let rise = LabelRise {
            filing_month: MONTH,
            version: 1,
            raised_on: NOW,
        };
        let expected = LabelState {
            version: 1,
            revoke_before: NOW,
            rises: vec![rise],
        };
        assert_eq!(state(0), expected);
        assert_eq!(
            events(),
            vec![Event::LabelVersionRaised {
                patient: account(0).public(),
                version: 1
            }]
        );
        // Other patients keep theirs.
        assert_eq!(state(1), LabelState::default());
    });
}

#[test]
fn rises_of_one_version_should_exclude_each_other_in_the_pool() {
    enrolled(|| {
        let (one, _) = authorize(1, NOW).unwrap();
        let (other, _) = authorize(1, NOW - 1).unwrap();
        assert_eq!(one.provides, other.provides);
        assert_ok!(raise(0, 1, NOW - 1));
        let (next, _) = authorize(2, NOW).unwrap();
        assert_ne!(one.provides, next.provides);
    });
}

#[test]
fn raise_label_version_should_be_operational_and_pay_for_its_verification() {
    let call = call(1, NOW, [0; 64]);
    assert_eq!(call.get_dispatch_info().class, DispatchClass::Operational);
    assert!(call.weight_of_authorize().ref_time() > 100_000_000);
}

#[test]
fn raise_label_version_should_fail_when_the_origin_is_not_authorized() {
    enrolled(|| {
        for origin in [
            RuntimeOrigin::none(),
            RuntimeOrigin::root(),
            RuntimeOrigin::signed(ADMIN),
            RuntimeOrigin::signed(STAFF),
        ] {
            assert_noop!(
                Patients::raise_label_version(
                    origin,
                    account(0).public(),
                    1,
                    NOW,
                    sign_rise(0, 1, NOW)
                ),
                DispatchError::BadOrigin
            );
        }
    });
}

#[test]
fn raise_label_version_should_fail_when_the_account_is_not_enrolled() {
    ExtBuilder::default().with_patient(1).build_and_execute(|| {
        refuse(
            1,
            NOW,
            InvalidTransaction::Custom(refusal::PATIENT_NOT_FOUND),
            Error::PatientNotFound,
        );
        assert_eq!(state(0), LabelState::default());
    });
}

#[test]
fn raise_label_version_should_fail_when_the_version_is_not_the_next() {
    enrolled(|| {
        refuse(
            0,
            NOW,
            InvalidTransaction::Stale,
            Error::LabelVersionMismatch,
        );
        for ahead in [2, 3, LabelVersion::MAX] {
            refuse(
                ahead,
                NOW,
                InvalidTransaction::Future,
                Error::LabelVersionMismatch,
            );
        }
    });
}

#[test]
fn replayed_rise_should_be_refused() {
    enrolled(|| {
        assert_ok!(raise(0, 1, NOW));
        let stale = InvalidTransaction::Stale;
        refuse(1, NOW, stale, Error::LabelVersionMismatch);
        // Not after the next rise and not in the next month either.
        assert_ok!(raise(0, 2, NOW));
        Clock::set(filing_month_start(MONTH + 1).unwrap());
        for version in [1, 2] {
            refuse(version, NOW, stale, Error::LabelVersionMismatch);
        }
    });
}

#[test]
fn label_version_should_not_wrap_around() {
    // A state that no chain can reach, so its invariants are not checked.
    ExtBuilder::default()
        .with_patient(0)
        .build()
        .execute_with(|| {
            let last = Label {
                version: LabelVersion::MAX,
                ..Label::default()
            };
            LabelVersions::<Test>::insert(account(0).public(), last);
            for version in [0, 1, LabelVersion::MAX] {
                refuse(
                    version,
                    NOW,
                    InvalidTransaction::Stale,
                    Error::LabelVersionMismatch,
                );
            }
        });
}

#[test]
fn rise_should_not_revoke_grants_of_the_future() {
    enrolled(|| {
        let refused = InvalidTransaction::Custom(refusal::INVALID_REVOKE_BEFORE);
        for future in [NOW + 1, Moment::MAX] {
            refuse(1, future, refused, Error::InvalidRevokeBefore);
        }
        assert_ok!(raise(0, 1, NOW));
    });
}

#[test]
fn later_rise_should_not_restore_revoked_grants() {
    enrolled(|| {
        assert_ok!(raise(0, 1, NOW));
        Clock::set(NOW + DAY_MS);
        let refused = InvalidTransaction::Custom(refusal::INVALID_REVOKE_BEFORE);
        for earlier in [0, NOW - 1] {
            refuse(2, earlier, refused, Error::InvalidRevokeBefore);
        }
        // A rise that revokes nothing more is allowed.
        assert_ok!(raise(0, 2, NOW));
        assert_eq!((state(0).version, state(0).revoke_before), (2, NOW));
    });
}

#[test]
fn stolen_key_should_not_exhaust_versions() {
    enrolled(|| {
        for version in 1..=MAX_LABEL_RISES_PER_MONTH {
            assert_ok!(raise(0, version, NOW));
        }
        let next = MAX_LABEL_RISES_PER_MONTH + 1;
        let refused = InvalidTransaction::Custom(refusal::MAX_LABEL_RISES_PER_MONTH_EXCEEDED);
        let end = filing_month_end(MONTH).unwrap();
        for now in [NOW, end - 1] {
            Clock::set(now);
            refuse(next, now, refused, Error::MaxLabelRisesPerMonthExceeded);
        }
        // Another patient has a count of its own, and each month begins another one.
        assert_ok!(raise(1, 1, NOW));
        Clock::set(end);
        for version in next..next + MAX_LABEL_RISES_PER_MONTH {
            assert_ok!(raise(0, version, end));
        }
        refuse(
            next + MAX_LABEL_RISES_PER_MONTH,
            end,
            refused,
            Error::MaxLabelRisesPerMonthExceeded,
        );
        let versions: Vec<LabelVersion> = state(0).rises.iter().map(|rise| rise.version).collect();
        assert_eq!(
            versions,
            [MAX_LABEL_RISES_PER_MONTH, 2 * MAX_LABEL_RISES_PER_MONTH]
        );
    });
}

#[test]
fn raise_label_version_should_fail_when_the_clock_has_no_month() {
    enrolled(|| {
        Clock::set(Moment::MAX);
        refuse(
            1,
            NOW,
            InvalidTransaction::Custom(refusal::INVALID_FILING_MONTH),
            Error::InvalidFilingMonth,
        );
    });
}

#[test]
fn forged_rise_should_be_refused_when_the_patient_did_not_sign_it() {
    enrolled(|| {
        let (key, other) = (account(0), H256([0xDD; 32]));
        let (patient, neighbour) = (account(0).public(), account(1).public());
        let message = |chain, hospital, account| {
            messages::label_version_message(chain, hospital, account, 1, NOW)
        };
        let mut altered = sign_rise(0, 1, NOW);
        altered[63] ^= 1;
        let forgeries = [
            // Another patient, for this account and for the own one.
            account(1).sign(&message(&CHAIN, &HOSPITAL, &patient)),
            sign_rise(1, 1, NOW),
            // The right key for another chain, hospital, account, version and time.
            key.sign(&message(&other, &HOSPITAL, &patient)),
            key.sign(&message(&CHAIN, &other, &patient)),
            key.sign(&message(&CHAIN, &HOSPITAL, &neighbour)),
            sign_rise(0, 2, NOW),
            sign_rise(0, 1, NOW - 1),
            // Another message of the patient.
            sign_terms(0, &terms(0)),
            altered,
            [0; 64],
        ];
        for forged in forgeries {
            assert_eq!(
                call(1, NOW, forged)
                    .authorize(TransactionSource::External)
                    .unwrap(),
                Err(InvalidTransaction::BadProof.into())
            );
        }
        assert_ok!(authorize(1, NOW));
    });
}

#[test]
fn label_state_should_tell_the_versions_of_each_month() {
    enrolled(|| {
        assert_ok!(raise(0, 1, NOW));
        assert_ok!(raise(0, 2, NOW));
        let later = filing_month_start(MONTH + 3).unwrap();
        Clock::set(later);
        assert_ok!(raise(0, 3, later));
        let state = state(0);
        let rises: Vec<_> = state
            .rises
            .iter()
            .map(|rise| (rise.filing_month, rise.version, rise.raised_on))
            .collect();
        assert_eq!(rises, [(MONTH, 2, NOW), (MONTH + 3, 3, later)]);
        // Records of the month of a rise may have the version from before it.
        assert_eq!(state.versions_in(MONTH - 1), 0..=0);
        assert_eq!(state.versions_in(MONTH), 0..=2);
        assert_eq!(state.versions_in(MONTH + 1), 2..=2);
        assert_eq!(state.versions_in(MONTH + 3), 2..=3);
        assert_eq!(state.version_in(MONTH - 1), 0);
        assert_eq!(state.version_in(MONTH + 2), 2);
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn pool_and_call_should_agree_and_label_state_should_follow_what_they_take(
        steps in prop::collection::vec(
            (
                0..3 * DAY_MS,
                prop_oneof![6 => Just(1u32), 1 => Just(0u32), 1 => Just(2u32)],
                prop_oneof![1 => Just(0u64), 4 => Just(1u64), 2 => 2..10 * DAY_MS],
            ),
            1..80,
        )
    ) {
        ExtBuilder::default().with_patient(0).build_and_execute(|| {
            let mut now = NOW;
            let mut expected = LabelState::default();
            let mut counts = BTreeMap::<FilingMonth, u32>::new();
            for (wait, ahead, back) in steps {
                now += wait;
                Clock::set(now);
                let filing_month = filing_month_at(now).unwrap();
                let version = expected.version + ahead;
                // One step back is the present.
                let revoke_before = now + 1 - back;
                let count = counts.entry(filing_month).or_default();
                let taken = ahead == 1
                    && (expected.revoke_before..=now).contains(&revoke_before)
                    && *count < MAX_LABEL_RISES_PER_MONTH;
                assert_eq!(authorize(version, revoke_before).is_ok(), taken);
                assert_eq!(raise(0, version, revoke_before).is_ok(), taken);
                if taken {
                    *count += 1;
                    expected.version = version;
                    expected.revoke_before = revoke_before;
                    expected.rises.retain(|rise| rise.filing_month != filing_month);
                    expected.rises.push(LabelRise { filing_month, version, raised_on: now });
                }
                assert_eq!(state(0), expected);
            }
        });
    }
}
