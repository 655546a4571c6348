// SPDX-License-Identifier: Apache-2.0
//! Label versions. A rise is valid by the patient's signature alone.
//!
//! The version enters the key of a patient's labels. After a rise, labels, tags and trapdoors of
//! new records differ, so old trapdoors do not find them. The signature binds the version, and only
//! the next version is taken: a rise is valid once.

use crate::{
    types::{Label, Rise},
    Config, Error, Event, LabelRises, LabelVersions, Pallet, Patients,
};
use alloc::vec::Vec;
use bspp_peks::{ed25519, LabelVersion};
use bspp_primitives::{refusal, traits::HospitalChain};
use bspp_types::{
    filing_month_at, limits::MAX_LABEL_RISES_PER_MONTH, messages, Ed25519Signature, LabelRise,
    LabelState, Moment,
};
use frame_support::{
    ensure,
    pallet_prelude::{TransactionSource, ValidTransaction},
    traits::{Get, Time},
    weights::Weight,
};
use sp_runtime::{
    transaction_validity::{
        InvalidTransaction, TransactionPriority, TransactionValidityWithRefund,
    },
    DispatchResult,
};

/// Priority of a rise: the highest.
pub const RISE_PRIORITY: TransactionPriority = TransactionPriority::MAX;

/// The reasons for which a rise is refused, apart from a wrong signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refused {
    /// The account is not enrolled.
    PatientNotFound,
    /// The version is already in force.
    VersionPassed,
    /// The version is not the next one.
    VersionAhead,
    /// The time is in the future, or before the time of an earlier rise.
    InvalidRevokeBefore,
    /// The month has all its rises.
    MaxRisesExceeded,
    /// The clock does not show a filing month.
    InvalidFilingMonth,
}

impl<T> From<Refused> for Error<T> {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::PatientNotFound => Self::PatientNotFound,
            Refused::VersionPassed | Refused::VersionAhead => Self::LabelVersionMismatch,
            Refused::InvalidRevokeBefore => Self::InvalidRevokeBefore,
            Refused::MaxRisesExceeded => Self::MaxLabelRisesPerMonthExceeded,
            Refused::InvalidFilingMonth => Self::InvalidFilingMonth,
        }
    }
}

impl From<Refused> for InvalidTransaction {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::PatientNotFound => Self::Custom(refusal::PATIENT_NOT_FOUND),
            Refused::VersionPassed => Self::Stale,
            Refused::VersionAhead => Self::Future,
            Refused::InvalidRevokeBefore => Self::Custom(refusal::INVALID_REVOKE_BEFORE),
            Refused::MaxRisesExceeded => Self::Custom(refusal::MAX_LABEL_RISES_PER_MONTH_EXCEEDED),
            Refused::InvalidFilingMonth => Self::Custom(refusal::INVALID_FILING_MONTH),
        }
    }
}

/// The label after the next rise, or the reason why `version` is not taken at this time.
fn risen(
    label: &Label,
    version: LabelVersion,
    revoke_before: Moment,
    now: Moment,
) -> Result<Label, Refused> {
    ensure!(version > label.version, Refused::VersionPassed);
    ensure!(
        Some(version) == label.version.checked_add(1),
        Refused::VersionAhead
    );
    ensure!(
        (label.revoke_before..=now).contains(&revoke_before),
        Refused::InvalidRevokeBefore
    );
    let filing_month = filing_month_at(now).ok_or(Refused::InvalidFilingMonth)?;
    let earlier = if label.filing_month == filing_month {
        label.rises
    } else {
        0
    };
    ensure!(
        earlier < MAX_LABEL_RISES_PER_MONTH,
        Refused::MaxRisesExceeded
    );
    Ok(Label {
        version,
        revoke_before,
        filing_month,
        rises: earlier.saturating_add(1),
    })
}

impl<T: Config> Pallet<T> {
    /// The label version of a patient, with the last rise of each month.
    ///
    /// An account that is not enrolled has version 0 and no rises.
    pub fn label_state(account: [u8; 32]) -> LabelState {
        let label = LabelVersions::<T>::get(account);
        let mut rises: Vec<LabelRise> = LabelRises::<T>::iter_prefix(account)
            .map(|(filing_month, rise)| LabelRise {
                filing_month,
                version: rise.version,
                raised_on: rise.raised_on,
            })
            .collect();
        // The map is in the order of hashes.
        rises.sort_unstable_by_key(|rise| rise.filing_month);
        LabelState {
            version: label.version,
            revoke_before: label.revoke_before,
            rises,
        }
    }

    /// Whether a rise may enter the pool and a block.
    pub(crate) fn authorize_rise(
        _source: TransactionSource,
        account: &[u8; 32],
        version: &LabelVersion,
        revoke_before: &Moment,
        signature: &Ed25519Signature,
    ) -> TransactionValidityWithRefund {
        Self::next_label(account, *version, *revoke_before).map_err(InvalidTransaction::from)?;
        let message = messages::label_version_message(
            &T::Chain::chain(),
            &T::Chain::hospital(),
            account,
            *version,
            *revoke_before,
        );
        ed25519::verify_strict(account, &message, signature)
            .map_err(|_| InvalidTransaction::BadProof)?;
        let valid = ValidTransaction::with_tag_prefix("BsppRaiseLabelVersion")
            .priority(RISE_PRIORITY)
            .longevity(T::Longevity::get())
            .and_provides((account, version))
            .propagate(true)
            .build()?;
        Ok((valid, Weight::zero()))
    }

    pub(crate) fn do_raise_label_version(
        account: [u8; 32],
        version: LabelVersion,
        revoke_before: Moment,
    ) -> DispatchResult {
        let label = Self::next_label(&account, version, revoke_before).map_err(Error::<T>::from)?;
        LabelVersions::<T>::insert(account, label);
        LabelRises::<T>::insert(
            account,
            label.filing_month,
            Rise {
                version,
                raised_on: T::Time::now(),
            },
        );
        Self::deposit_event(Event::LabelVersionRaised {
            patient: account,
            version,
        });
        Ok(())
    }

    fn next_label(
        account: &[u8; 32],
        version: LabelVersion,
        revoke_before: Moment,
    ) -> Result<Label, Refused> {
        ensure!(
            Patients::<T>::contains_key(account),
            Refused::PatientNotFound
        );
        risen(
            &LabelVersions::<T>::get(account),
            version,
            revoke_before,
            T::Time::now(),
        )
    }
}
