// SPDX-License-Identifier: Apache-2.0
//! Calls that are valid by a grant key's signature alone.
//!
//! The patient who revokes is not a member and has no account and no nonce. A signature is valid
//! once, because a request is revoked or closed once and no other request ever has its key.

use crate::{types::GRANT_KEY_PRIORITY, Config, Pallet, Requests};
use alloc::vec::Vec;
use bspp_peks::ed25519;
use bspp_primitives::refusal;
use bspp_types::{messages, Ed25519Signature, RequestId, RequestStatus};
use frame_support::{
    pallet_prelude::{TransactionSource, ValidTransaction},
    traits::Get,
    weights::Weight,
};
use sp_core::H256;
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityWithRefund};

/// Makes the bytes that G signs from chain and request.
type Message = fn(&H256, &RequestId) -> Vec<u8>;

impl<T: Config> Pallet<T> {
    /// Whether a revocation may enter the pool and a block.
    pub(crate) fn authorize_revoke(
        _source: TransactionSource,
        request: &RequestId,
        signature: &Ed25519Signature,
    ) -> TransactionValidityWithRefund {
        Self::authorize(
            "BsppRevokeRequest",
            messages::revoke_message,
            request,
            signature,
        )
    }

    /// Whether a call that closes a request may enter the pool and a block.
    pub(crate) fn authorize_close(
        _source: TransactionSource,
        request: &RequestId,
        signature: &Ed25519Signature,
    ) -> TransactionValidityWithRefund {
        Self::authorize(
            "BsppCloseRequest",
            messages::close_message,
            request,
            signature,
        )
    }

    fn authorize(
        tag: &'static str,
        message: Message,
        request: &RequestId,
        signature: &Ed25519Signature,
    ) -> TransactionValidityWithRefund {
        let known = Requests::<T>::get(request)
            .ok_or(InvalidTransaction::Custom(refusal::REQUEST_NOT_FOUND))?;
        if known.status != RequestStatus::Open {
            return Err(InvalidTransaction::Stale.into());
        }
        let message = message(&T::ChainId::get(), request);
        if !Self::is_signed(known.authority.key(), &message, signature) {
            return Err(InvalidTransaction::BadProof.into());
        }
        let valid = ValidTransaction::with_tag_prefix(tag)
            .priority(GRANT_KEY_PRIORITY)
            .longevity(T::Longevity::get())
            .and_provides(request)
            .propagate(true)
            .build()?;
        Ok((valid, Weight::zero()))
    }

    /// Verifies strict Ed25519, which refuses small-order and non-canonical keys.
    pub(crate) fn is_signed(key: &[u8; 32], message: &[u8], signature: &Ed25519Signature) -> bool {
        ed25519::verify_strict(key, message, signature).is_ok()
    }
}
