// SPDX-License-Identifier: Apache-2.0
//! The reasons for which a disclosure or a wish is refused.

use crate::{error::GatewayError, nonces::NonceError};
use bspp_client::ClientError;
use bspp_record::DisclosureError;

/// The reasons for which a disclosure or revocation is refused.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The nonce is not valid.
    #[error(transparent)]
    Nonce(#[from] NonceError),
    /// The finalized consortium state is too old for a permission.
    #[error("StaleState: the newest finalized consortium block is {age_ms} ms old")]
    StaleState {
        /// The age of that block, in milliseconds.
        age_ms: u64,
    },
    /// The consortium has not finalized this request.
    #[error("RequestNotFound: the request is not finalized on the consortium")]
    RequestNotFound,
    /// The patient has revoked.
    #[error("RequestRevoked: the patient has revoked the request")]
    RequestRevoked,
    /// The patient has closed the request.
    #[error("RequestClosed: the patient has closed the request")]
    RequestClosed,
    /// The requester was removed, or the requester's hospital is suspended or removed.
    #[error("RequesterNotActive: the requester does not act for an active hospital any more")]
    RequesterNotActive,
    /// The hospital of this gateway is suspended or removed.
    #[error("HospitalNotActive: this hospital is not an active member of the consortium")]
    HospitalNotActive,
    /// The grant does not cover this record.
    ///
    /// It is the answer for a record that the hospital does not have, and for a record of another
    /// patient: it reveals neither whose a record is nor whether it exists.
    #[error("NotCovered: the grant does not cover this record")]
    NotCovered,
    /// The registered key of the requester is another one than that of the grant.
    #[error("RequesterKeyMismatch: the registered key of the requester is not the one of the grant; ask the patient for a new grant")]
    RequesterKeyMismatch,
    /// The hospital erased the record.
    #[error("ShareDeleted: the hospital erased this record")]
    ShareDeleted,
    /// The clock of the gateway is too far from the chain's.
    #[error("ClockSkew: the clock of the gateway and the chain differ by {skew_ms} ms")]
    ClockSkew {
        /// The difference, in milliseconds.
        skew_ms: u64,
    },
    /// The label version is used, with an earlier time of revocation.
    #[error("VersionUsed: the patient's labels have this version or a later one, with an earlier revoke_before; sign the version after the one in force")]
    VersionUsed,
    /// A wish of a patient is not signed as it must be.
    #[error("InvalidSignature: the wish is not signed by the account and the keys that it names")]
    InvalidWish,
    /// A wish of a patient cannot be taken.
    #[error("WishRefused: the account is not enrolled here, the wish is not the next one, its expiry is too far away, or too many are in force")]
    WishRefused,
    /// The grant, a signature or a field is wrong.
    #[error(transparent)]
    Disclosure(#[from] DisclosureError),
    /// The record was not matched under the request.
    #[error("MatchNotFound: the request has no finalized match of this record")]
    MatchNotFound,
    /// The revocation is not signed by the grant's key.
    #[error("InvalidSignature: not signed by the grant's one-time key")]
    InvalidRevocation,
    /// The revocation names another request than the one that its key opens.
    #[error("RequestMismatch: the key opens another request")]
    RequestMismatch,
    /// The revoked request is for the records of another hospital.
    #[error("HospitalMismatch: the request is for records of another hospital")]
    HospitalMismatch,
    /// The gateway itself fails.
    #[error(transparent)]
    Gateway(#[from] GatewayError),
}

impl From<ClientError> for Refusal {
    fn from(error: ClientError) -> Self {
        Self::Gateway(error.into())
    }
}

impl Refusal {
    /// Whether the hospital has judged the grant and will not disclose the record under it.
    ///
    /// Such a refusal goes to the consortium, so that nobody can flag the hospital as silent.
    pub(super) fn is_answer(&self) -> bool {
        matches!(
            self,
            Self::NotCovered | Self::ShareDeleted | Self::Disclosure(_)
        )
    }

    /// The part of the message before the colon, for scripts.
    pub fn code(&self) -> String {
        if let Self::Gateway(error) = self {
            return error.code();
        }
        let text = self.to_string();
        text.split(':').next().unwrap_or_default().to_owned()
    }
}
