// SPDX-License-Identifier: Apache-2.0
//! Disclosure: how a requester asks a hospital for a record, and how the hospital answers (protocol section 8, step 5).

use crate::{
    encrypt::EncryptedRecord,
    grant::{GrantError, GrantHeader, ReceivedGrant},
    open::{check_disclosed, OpenError},
    sealing::{self, SealedBox, SealingError},
};
use bspp_peks::{domain, X25519Secret};
use bspp_primitives::{
    messages, AccountId, Ed25519Key, Ed25519Signature, Entry, Hash, HospitalId, Moment, RecordId,
    Request, RequestId, Signature, Wraps,
};
use codec::{Decode, DecodeAll, Encode};
use core::fmt;
use rand_core::{CryptoRng, RngCore};
use sp_runtime::traits::Verify;

/// What a requester sends a hospital. It holds no trapdoor.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct DisclosureRequest {
    /// The request on chain.
    pub request: RequestId,
    /// The record asked for.
    pub record: RecordId,
    /// The grant's header.
    pub header: GrantHeader,
    /// The patient's signature over it.
    pub patient_signature: Ed25519Signature,
    /// The hospital's fresh nonce.
    pub nonce: [u8; 32],
    /// The requester's signature over [`messages::disclosure_message`].
    pub signature: Signature,
}

/// Why a hospital refuses to disclose, as far as the request itself shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DisclosureError {
    /// The nonce is not the one that the hospital gave out for this.
    #[error("NonceMismatch: the nonce is not the one given out")]
    NonceMismatch,
    /// The request named is not the one that the grant opens.
    #[error("RequestMismatch: the grant opens another request")]
    RequestMismatch,
    /// The grant does not allow it.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// The requester's account did not sign.
    #[error("InvalidSignature: the requester did not sign for this record and nonce")]
    InvalidSignature,
    /// The answer cannot be encrypted or decrypted.
    #[error(transparent)]
    Sealing(#[from] SealingError),
    /// What was decrypted is no disclosed record.
    #[error("InvalidPackage: the answer is not well-formed")]
    InvalidPackage,
    /// The answer is not the record asked for.
    #[error(transparent)]
    Record(#[from] OpenError),
}

/// What a hospital knows when it judges a request.
#[derive(Clone, Copy, Debug)]
pub struct DisclosureContext<'a> {
    /// Genesis hash of the consortium chain.
    pub chain: &'a Hash,
    /// The hospital.
    pub hospital: &'a HospitalId,
    /// The account that the hospital's own records name for the record.
    pub patient: &'a Ed25519Key,
    /// The request as finalized consortium state has it.
    pub request: &'a Request<AccountId>,
    /// The nonce given out for this request.
    pub nonce: &'a [u8; 32],
    /// Now.
    pub now: Moment,
}

impl DisclosureRequest {
    /// Builds a request. `sign` is the requester's account.
    pub fn new(
        grant: &ReceivedGrant,
        record: RecordId,
        nonce: [u8; 32],
        sign: impl FnOnce(&[u8]) -> Signature,
    ) -> Self {
        let header = grant.header.clone();
        let request = header.request_id();
        let message = messages::disclosure_message(
            &header.chain,
            &header.hospital,
            &request,
            &record,
            &nonce,
        );
        let signature = sign(&message);
        let patient_signature = grant.patient_signature;
        Self {
            request,
            record,
            header,
            patient_signature,
            nonce,
            signature,
        }
    }

    /// Checks all that can be checked without asking a chain again: nonce, grant, agreement with the request on chain, and
    /// both signatures. That the request is open and has matched the record, on fresh finalized state, is the caller's to check.
    pub fn verify(&self, context: &DisclosureContext<'_>) -> Result<(), DisclosureError> {
        if self.nonce != *context.nonce {
            return Err(DisclosureError::NonceMismatch);
        }
        if self.request != self.header.request_id() {
            return Err(DisclosureError::RequestMismatch);
        }
        self.header
            .check(context.chain, context.hospital, context.now)?;
        self.header.check_request(context.request)?;
        self.header
            .verify(&self.patient_signature, context.patient)?;
        let message = messages::disclosure_message(
            context.chain,
            context.hospital,
            &self.request,
            &self.record,
            &self.nonce,
        );
        if !self
            .signature
            .verify(message.as_slice(), &context.request.requester)
        {
            return Err(DisclosureError::InvalidSignature);
        }
        Ok(())
    }
}

/// What a hospital discloses of a record: the wrapped keys and the ciphertext. The entry stands on the consortium chain.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct DisclosurePackage {
    /// The record.
    pub record: RecordId,
    /// Wrapped data keys, one for each slot.
    pub wraps: Wraps,
    /// The ciphertext.
    pub ciphertext: Vec<u8>,
}

impl fmt::Debug for DisclosurePackage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DisclosurePackage")
            .field("record", &self.record)
            .finish_non_exhaustive()
    }
}

impl From<&EncryptedRecord> for DisclosurePackage {
    fn from(encrypted: &EncryptedRecord) -> Self {
        Self {
            record: encrypted.rid,
            wraps: encrypted.record.wraps.clone(),
            ciphertext: encrypted.ciphertext(),
        }
    }
}

/// `BSPP-V01-HPKE-RECORD ‖ H(h) ‖ request ‖ record`: an answer is good for one request and record.
fn info(header: &GrantHeader, record: &RecordId) -> Vec<u8> {
    [
        domain::HPKE_RECORD,
        &header.hash().0,
        &header.request_id().0,
        &record.0,
    ]
    .concat()
}

impl DisclosurePackage {
    /// Encrypts the answer to the X25519 key in the grant's header.
    pub fn seal<R: RngCore + CryptoRng>(
        &self,
        header: &GrantHeader,
        rng: &mut R,
    ) -> Result<SealedBox, SealingError> {
        sealing::seal(
            &header.requester_key,
            &info(header, &self.record),
            &self.encode(),
            rng,
        )
    }

    /// Decrypts an answer and checks it against the consortium's entry of the record asked for.
    pub fn open(
        sealed: &SealedBox,
        header: &GrantHeader,
        record: &RecordId,
        entry: &Entry,
        secret: &X25519Secret,
    ) -> Result<Self, DisclosureError> {
        let bytes = sealing::open(secret, &info(header, record), sealed)?;
        let package =
            Self::decode_all(&mut &bytes[..]).map_err(|_| DisclosureError::InvalidPackage)?;
        if package.record != *record {
            return Err(OpenError::RecordMismatch.into());
        }
        check_disclosed(record, entry, package.wraps.len(), &package.ciphertext)?;
        Ok(package)
    }
}
