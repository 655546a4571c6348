// SPDX-License-Identifier: Apache-2.0
//! Grants: a patient permits a requester to find and open records of one hospital.
//!
//! See section 8 of the protocol.

mod create;
mod envelope;
mod header;
mod key;
pub mod scope;
mod supplement;
mod trapdoors;

pub use create::{create_grant, create_supplement, GrantItem, GrantTerms};
pub use envelope::{GrantEnvelope, ReceivedGrant, MAX_ENVELOPE_TEXT};
pub use header::GrantHeader;
pub use key::{verify_close, verify_revocation, verify_tombstone, GrantKey};
pub use scope::{ScopeLeaf, ScopeOpening, ScopeTree, SlotOpening};
pub use supplement::{SignedSupplement, Supplement, SupplementEnvelope};
pub use trapdoors::{GrantedItem, GrantedLabel, MAX_GRANT_ITEMS};

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
    /// The grant, or an item of it, has no keyword, too many, or one twice.
    #[error("InvalidTerms: a grant has at least one item; an item has 1 to 8 distinct keywords")]
    NoKeyword,
    /// The grant has too many items.
    #[error("MaxItemsExceeded: the grant has {0} items, and 4096 are the maximum")]
    MaxItemsExceeded(usize),
    /// The supplement renews another grant, or the patient did not sign it.
    #[error("SupplementMismatch: the supplement is not for this grant, or was changed")]
    SupplementMismatch,
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
