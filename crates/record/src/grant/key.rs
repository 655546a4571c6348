// SPDX-License-Identifier: Apache-2.0
//! The one-time key G of a grant. The patient keeps its secret in order to revoke and close.

use super::{GrantError, GrantHeader};
use bspp_peks::{verify_strict, Ed25519Secret, PatientKeys};
use bspp_types::{messages, Authority, Day, Ed25519Key, Ed25519Signature, RequestId, H256};
use core::fmt;
use zeroize::Zeroizing;

/// The secret of a grant's one-time key, erased when dropped; its `Debug` prints nothing.
#[derive(Clone)]
pub struct GrantKey(Ed25519Secret);

impl GrantKey {
    /// The key of the grant with this number. A key opens only one request.
    pub fn derive(keys: &PatientKeys, index: u32) -> Self {
        Self(keys.grant_key(index))
    }

    /// The seed, for a patient who gives the power to revoke to somebody else.
    pub fn seed(&self) -> Zeroizing<[u8; 32]> {
        self.0.seed()
    }

    /// G.
    pub fn public(&self) -> Ed25519Key {
        self.0.public()
    }

    /// The identifier of the request that the grant opens.
    pub fn request_id(&self) -> RequestId {
        messages::request_id(&Authority::GrantKey(self.public()))
    }

    /// G's signature that opens a request.
    pub(crate) fn sign_opening(&self, header: &GrantHeader) -> Ed25519Signature {
        self.0.sign(&opening(header))
    }

    /// The request and the signature that revoke the grant, on chain or at the hospital.
    pub fn revocation(&self, chain: &H256) -> (RequestId, Ed25519Signature) {
        let request = self.request_id();
        (
            request,
            self.0.sign(&messages::revoke_message(chain, &request)),
        )
    }

    /// The request and the signature that close the request as done.
    pub fn closing(&self, chain: &H256) -> (RequestId, Ed25519Signature) {
        let request = self.request_id();
        (
            request,
            self.0.sign(&messages::close_message(chain, &request)),
        )
    }
}

impl GrantKey {
    /// The request and the signature that revoke the grant before its request is opened.
    pub fn tombstone(&self, chain: &H256, expiry: Day) -> (RequestId, Ed25519Signature) {
        let request = self.request_id();
        let message = messages::tombstone_message(chain, &request, expiry);
        (request, self.0.sign(&message))
    }
}

impl fmt::Debug for GrantKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GrantKey")
    }
}

fn opening(header: &GrantHeader) -> Vec<u8> {
    messages::grant_key_message(
        &header.chain,
        &header.hospital,
        header.requester.account(),
        header.purpose,
        header.expiry,
        &header.hash(),
    )
}

/// Checks G's signature that opens a request.
pub(crate) fn verify_opening(
    header: &GrantHeader,
    signature: &Ed25519Signature,
) -> Result<(), GrantError> {
    verify_strict(header.authority.key(), &opening(header), signature)
        .map_err(|_| GrantError::GrantKeyMismatch)
}

/// Checks a revocation that a hospital received directly.
pub fn verify_revocation(
    chain: &H256,
    authority: &Authority,
    signature: &Ed25519Signature,
) -> Result<(), GrantError> {
    let message = messages::revoke_message(chain, &messages::request_id(authority));
    verify_strict(authority.key(), &message, signature).map_err(|_| GrantError::InvalidSignature)
}

/// Checks a closing.
pub fn verify_close(
    chain: &H256,
    authority: &Authority,
    signature: &Ed25519Signature,
) -> Result<(), GrantError> {
    let message = messages::close_message(chain, &messages::request_id(authority));
    verify_strict(authority.key(), &message, signature).map_err(|_| GrantError::InvalidSignature)
}

/// Checks a revocation of a request that was not opened.
///
/// # Errors
/// `InvalidSignature`.
pub fn verify_tombstone(
    chain: &H256,
    authority: &Authority,
    expiry: Day,
    signature: &Ed25519Signature,
) -> Result<(), GrantError> {
    let message = messages::tombstone_message(chain, &messages::request_id(authority), expiry);
    verify_strict(authority.key(), &message, signature).map_err(|_| GrantError::InvalidSignature)
}
