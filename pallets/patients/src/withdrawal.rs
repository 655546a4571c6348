// SPDX-License-Identifier: Apache-2.0
//! Withdrawal of a consent, valid by the patient's signature alone.
//!
//! Patients do not have an account reference on the chain, so they cannot send signed transactions.
//! A withdrawal is valid once, because a consent is withdrawn once.

use crate::{Config, Consents, Pallet};
use bspp_peks::ed25519;
use bspp_primitives::{refusal::CONSENT_NOT_FOUND, traits::HospitalChain};
use bspp_types::{messages, ConsentId, Ed25519Signature};
use frame_support::{
    pallet_prelude::{TransactionSource, ValidTransaction},
    traits::Get,
    weights::Weight,
};
use sp_runtime::transaction_validity::{
    InvalidTransaction, TransactionPriority, TransactionValidityWithRefund,
};

/// Priority of a withdrawal: the highest.
pub const WITHDRAWAL_PRIORITY: TransactionPriority = TransactionPriority::MAX;

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
        let message = messages::consent_withdrawal_message(
            &T::Chain::chain(),
            &T::Chain::hospital(),
            consent,
        );
        ed25519::verify_strict(&known.terms.patient, &message, signature)
            .map_err(|_| InvalidTransaction::BadProof)?;
        let valid = ValidTransaction::with_tag_prefix("BsppWithdrawConsent")
            .priority(WITHDRAWAL_PRIORITY)
            .longevity(T::Longevity::get())
            .and_provides(consent)
            .propagate(true)
            .build()?;
        Ok((valid, Weight::zero()))
    }
}
