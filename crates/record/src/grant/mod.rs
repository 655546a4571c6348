// SPDX-License-Identifier: Apache-2.0
//! Grants: a patient permits a requester to find and open records of one hospital.
//!
//! See section 8 of the protocol.

mod create;
mod envelope;
mod header;
mod key;
mod trapdoors;

pub use create::{create_grant, GrantItem, GrantTerms};
pub use envelope::{GrantEnvelope, ReceivedGrant};
pub use header::GrantHeader;
pub use key::{verify_close, verify_revocation, GrantKey};
pub use trapdoors::{GrantedKeyword, MAX_GRANTED_KEYWORDS};

use crate::sealing::SealingError;
use bspp_peks::{PointError, X25519Error};

/// The reasons for which a grant is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GrantError {
    /// The grant is for another consortium chain.
    #[error("ChainMismatch: the grant is for another consortium chain")]
    ChainMismatch,
    /// The grant is for another hospital.
    #[error("HospitalMismatch: the grant is for another hospital")]
    HospitalMismatch,
    /// The grant is for another requester.
    #[error("RequesterMismatch: the grant is for another requester")]
    RequesterMismatch,
    /// The grant is for another X25519 key of the requester.
    #[error("RequesterKeyMismatch: the grant is for another X25519 key than the requester's")]
    RequesterKeyMismatch,
    /// The grant has expired.
    #[error("GrantExpired: the grant ended at {0} ms since 1970")]
    GrantExpired(u64),
    /// The signature is not of the expected account.
    ///
    /// The grant belongs to another patient, or it was changed.
    #[error("PatientMismatch: the grant is not signed by this patient, or was changed")]
    PatientMismatch,
    /// The signature of the one-time key does not fit the header.
    #[error("GrantKeyMismatch: the grant's one-time key did not sign this header")]
    GrantKeyMismatch,
    /// The request on chain differs from the header.
    #[error("RequestMismatch: the request on chain differs from the grant in its {0}")]
    RequestMismatch(&'static str),
    /// The trapdoors do not decrypt.
    #[error(transparent)]
    Sealing(#[from] SealingError),
    /// The decrypted bytes are not a package of trapdoors.
    #[error("InvalidTrapdoors: the package of trapdoors is not well-formed")]
    InvalidTrapdoors,
    /// The trapdoors are not those that the patient signed.
    #[error("TrapdoorsMismatch: the trapdoors are not those that the patient signed for")]
    TrapdoorsMismatch,
    /// A key or trapdoor is not a valid point.
    #[error("InvalidPoint: {0}")]
    InvalidPoint(PointError),
    /// The search key and the open key are equal.
    #[error("InvalidKey: the patient's search and open key are the same")]
    EqualKeys,
    /// A trapdoor is not the trapdoor of its label under the patient's key.
    #[error("TrapdoorMismatch: trapdoor {0} is not the one of its label")]
    TrapdoorMismatch(usize),
    /// The grant is empty.
    #[error("InvalidTerms: a grant names at least one keyword and month")]
    NoKeyword,
    /// The grant has too many keywords.
    #[error("MaxKeywordsExceeded: the grant has {0} keywords and months")]
    MaxKeywordsExceeded(usize),
    /// A label key cannot be agreed on with the hospital.
    #[error("InvalidKey: the hospital's key: {0}")]
    InvalidHospitalKey(X25519Error),
    /// The text is not a grant.
    #[error("InvalidEnvelope: {0}")]
    InvalidEnvelope(&'static str),
    /// The grant's one-time key did not sign the revocation or closing.
    #[error("InvalidSignature: not signed by the grant's one-time key")]
    InvalidSignature,
}
