// SPDX-License-Identifier: Apache-2.0
//! Invariants of the pallet's storage.

#![cfg(any(test, feature = "try-runtime"))]

use crate::{
    enrolment::masked, Config, Consents, LabelRises, LabelVersions, Pallet, Patients, UsedPoints,
    UsedX25519Keys,
};
use bspp_primitives::traits::HospitalChain;
use bspp_types::{filing_month_at, limits::MAX_LABEL_RISES_PER_MONTH, messages};
use frame_support::ensure;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Checks the invariants that must hold after every block.
    ///
    /// Patients and consents are stored under their own identifiers; each consent and each label
    /// version belongs to a patient; no two patients share a key; rises are counted.
    pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
        Self::try_patients()?;
        Self::try_consents()?;
        Self::try_labels()
    }

    fn try_patients() -> Result<(), TryRuntimeError> {
        let mut count = 0usize;
        for (account, patient) in Patients::<T>::iter() {
            ensure!(
                account == patient.bundle.account,
                "patient is stored under another account"
            );
            let keys = &patient.bundle;
            ensure!(
                UsedPoints::<T>::get(keys.search) == Some(account)
                    && UsedPoints::<T>::get(keys.open) == Some(account)
                    && UsedX25519Keys::<T>::get(masked(keys.x25519)) == Some(account),
                "patient without the use of its keys"
            );
            count = count.saturating_add(1);
        }
        // Two points and one X25519 key for each patient, and no others.
        ensure!(
            UsedPoints::<T>::iter_keys().count() == count.saturating_mul(2)
                && UsedX25519Keys::<T>::iter_keys().count() == count,
            "key without a patient"
        );
        Ok(())
    }

    fn try_consents() -> Result<(), TryRuntimeError> {
        let (chain, hospital) = (T::Chain::chain(), T::Chain::hospital());
        for (id, consent) in Consents::<T>::iter() {
            ensure!(
                id == messages::consent_id(&chain, &hospital, &consent.terms),
                "consent is stored under another identifier"
            );
            ensure!(
                consent.terms.from <= consent.terms.until,
                "consent ends before it begins"
            );
            ensure!(
                Patients::<T>::contains_key(consent.terms.patient),
                "consent of an account that is not a patient"
            );
        }
        Ok(())
    }

    fn try_labels() -> Result<(), TryRuntimeError> {
        for (account, label) in LabelVersions::<T>::iter() {
            ensure!(
                Patients::<T>::contains_key(account),
                "label version of an account that is not a patient"
            );
            let state = Self::label_state(account);
            let mut before = 0;
            for rise in &state.rises {
                ensure!(
                    filing_month_at(rise.raised_on) == Some(rise.filing_month),
                    "rise in another month than its time"
                );
                let count = rise.version.checked_sub(before).ok_or("version fell")?;
                ensure!(
                    (1..=MAX_LABEL_RISES_PER_MONTH).contains(&count),
                    "month with no rise, or with too many"
                );
                if rise.filing_month == label.filing_month {
                    ensure!(count == label.rises, "rises of the month miscounted");
                }
                before = rise.version;
            }
            let last = state.rises.last().ok_or("label version without a rise")?;
            ensure!(
                last.filing_month == label.filing_month && last.version == label.version,
                "last rise is not the version in force"
            );
            ensure!(
                label.revoke_before <= last.raised_on,
                "grants of the future revoked"
            );
        }
        for (account, _, _) in LabelRises::<T>::iter() {
            ensure!(
                LabelVersions::<T>::contains_key(account),
                "rise without a label version"
            );
        }
        Ok(())
    }
}
