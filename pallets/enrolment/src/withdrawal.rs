// SPDX-License-Identifier: Apache-2.0
//! Withdrawal of a consent, valid by the patient's signature alone.
//!
//! Patients hold no reference on the chain, so they cannot send signed transactions. A withdrawal is good once, because a
//! consent is withdrawn once.

use crate::{
    types::{CONSENT_NOT_FOUND, WITHDRAWAL_LONGEVITY, WITHDRAWAL_PRIORITY},
    Config, Consents, Pallet,
};
use bspp_peks::ed25519;
use bspp_primitives::{messages, ConsentId, Ed25519Signature};
use frame_support::{
    pallet_prelude::{TransactionSource, ValidTransaction},
    weights::Weight,
};
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityWithRefund};

impl<T: Config> Pallet<T> {
    /// Whether a withdrawal may enter the pool and a block.
    pub(crate) fn authorize_withdrawal(
        _source: TransactionSource,
        consent: &ConsentId,
        signature: &Ed25519Signature,
    ) -> TransactionValidityWithRefund {
        let known =
            Consents::<T>::get(consent).ok_or(InvalidTransaction::Custom(CONSENT_NOT_FOUND))?;
        if known.withdrawn {
            return Err(InvalidTransaction::Stale.into());
        }
        let message =
            messages::consent_withdrawal_message(&Self::chain(), &Self::hospital(), consent);
        ed25519::verify_strict(&known.terms.patient, &message, signature)
            .map_err(|_| InvalidTransaction::BadProof)?;
        let valid = ValidTransaction::with_tag_prefix("BsppWithdrawConsent")
            .priority(WITHDRAWAL_PRIORITY)
            .longevity(WITHDRAWAL_LONGEVITY)
            .and_provides(consent)
            .propagate(true)
            .build()?;
        Ok((valid, Weight::zero()))
    }
}
