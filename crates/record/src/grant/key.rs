// SPDX-License-Identifier: Apache-2.0
//! The one-time key G of a grant. The patient keeps its secret in order to revoke and close.

use super::{GrantError, GrantHeader};
use bspp_peks::{verify_strict, Ed25519Secret};
use bspp_types::{messages, Ed25519Key, Ed25519Signature, RequestId, H256};
use core::fmt;
use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

/// The secret of a grant's one-time key, erased when dropped; its `Debug` prints nothing.
#[derive(Clone)]
pub struct GrantKey(Ed25519Secret);

impl GrantKey {
    /// Makes a random key. A key opens only one request.
    pub fn generate<R: RngCore + CryptoRng + ?Sized>(rng: &mut R) -> Self {
        Self(Ed25519Secret::generate(rng))
    }

    /// The key of a stored seed.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(Ed25519Secret::from_seed(seed))
    }

    /// The seed, for storage in an encrypted file.
    pub fn seed(&self) -> Zeroizing<[u8; 32]> {
        self.0.seed()
    }

    /// G.
    pub fn public(&self) -> Ed25519Key {
        self.0.public()
    }

    /// The identifier of the request that the grant opens.
    pub fn request_id(&self) -> RequestId {
        messages::request_id(&self.public())
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

impl fmt::Debug for GrantKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GrantKey")
    }
}

fn opening(header: &GrantHeader) -> Vec<u8> {
    messages::grant_key_message(
        &header.chain,
        &header.hospital,
        &header.requester,
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
    verify_strict(&header.grant_key, &opening(header), signature)
        .map_err(|_| GrantError::GrantKeyMismatch)
}

/// Checks a revocation that a hospital received directly.
pub fn verify_revocation(
    chain: &H256,
    grant_key: &Ed25519Key,
    signature: &Ed25519Signature,
) -> Result<(), GrantError> {
    let message = messages::revoke_message(chain, &messages::request_id(grant_key));
    verify_strict(grant_key, &message, signature).map_err(|_| GrantError::InvalidSignature)
}

/// Checks a closing.
pub fn verify_close(
    chain: &H256,
    grant_key: &Ed25519Key,
    signature: &Ed25519Signature,
) -> Result<(), GrantError> {
    let message = messages::close_message(chain, &messages::request_id(grant_key));
    verify_strict(grant_key, &message, signature).map_err(|_| GrantError::InvalidSignature)
}
