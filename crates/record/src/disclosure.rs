// SPDX-License-Identifier: Apache-2.0
//! Disclosure: a requester asks a hospital for a record, and the hospital answers.
//!
//! See step 5 in section 8 of the protocol.

use crate::{
    encrypt::EncryptedRecord,
    grant::{GrantError, GrantHeader, ReceivedGrant},
    open::{check_disclosed, OpenError},
    sealing::{self, SealedBox, SealingError},
};
use bspp_peks::{domain, X25519Secret};
use bspp_types::{
    messages, Ed25519Key, Ed25519Signature, Entry, HospitalId, Moment, RecordId, Request,
    RequestId, Wraps, H256,
};
use codec::{Decode, DecodeAll, Encode};
use core::fmt;
use rand_core::{CryptoRng, RngCore};

/// The message with which a requester asks a hospital for a record.
///
/// It does not contain a trapdoor. `S` is the type of signatures by accounts of the consortium
/// chain.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct DisclosureRequest<S> {
    /// The request on the consortium chain.
    pub request: RequestId,
    /// The record that the requester asks for.
    pub record: RecordId,
    /// The grant's header.
    pub header: GrantHeader,
    /// The patient's signature over the header.
    pub patient_signature: Ed25519Signature,
    /// The hospital's fresh nonce.
    pub nonce: [u8; 32],
    /// The requester's signature over [`messages::disclosure_message`].
    pub signature: S,
}

/// The reasons for which a hospital refuses to disclose, as far as the request itself shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DisclosureError {
    /// The nonce is not the one that the hospital issued for this request.
    #[error("NonceMismatch: the nonce is not the one given out")]
    NonceMismatch,
    /// The named request is not the one that the grant opens.
    #[error("RequestMismatch: the grant opens another request")]
    RequestMismatch,
    /// The grant does not allow the disclosure.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// The requester's account did not sign the message.
    #[error("InvalidSignature: the requester did not sign for this record and nonce")]
    InvalidSignature,
    /// The answer cannot be encrypted or decrypted.
    #[error(transparent)]
    Sealing(#[from] SealingError),
    /// The decrypted bytes are not a disclosed record.
    #[error("InvalidPackage: the answer is not well-formed")]
    InvalidPackage,
    /// The answer is not the requested record.
    #[error(transparent)]
    Record(#[from] OpenError),
}

/// Tells whether an account signed a message, by the rule of the account's chain.
pub type AccountVerifier<S, A> = fn(&S, &[u8], &A) -> bool;

/// The facts by which a hospital decides about a request.
#[derive(Clone, Copy, Debug)]
pub struct DisclosureContext<'a, S, A> {
    /// Genesis hash of the consortium chain.
    pub chain: &'a H256,
    /// The hospital.
    pub hospital: &'a HospitalId,
    /// The account that the hospital's own records name for the record.
    pub patient: &'a Ed25519Key,
    /// The request in the finalized state of the consortium.
    pub request: &'a Request<A>,
    /// Checks signatures by accounts of the consortium chain.
    pub verifier: AccountVerifier<S, A>,
    /// The nonce that the hospital issued for this request.
    pub nonce: &'a [u8; 32],
    /// The current time.
    pub now: Moment,
}

impl<S> DisclosureRequest<S> {
    /// Makes a request. `sign` signs with the requester's account.
    pub fn new(
        grant: &ReceivedGrant,
        record: RecordId,
        nonce: [u8; 32],
        sign: impl FnOnce(&[u8]) -> S,
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

    /// Checks that the requester whom the header names signed for this record and nonce.
    ///
    /// The check needs nothing of a chain or of the hospital: it is the first one, so that nothing
    /// else is done for strangers.
    ///
    /// # Errors
    /// `InvalidSignature`.
    pub fn verify_requester(
        &self,
        chain: &H256,
        hospital: &HospitalId,
        verifier: AccountVerifier<S, [u8; 32]>,
    ) -> Result<(), DisclosureError> {
        let message =
            messages::disclosure_message(chain, hospital, &self.request, &self.record, &self.nonce);
        if verifier(&self.signature, &message, &self.header.requester) {
            Ok(())
        } else {
            Err(DisclosureError::InvalidSignature)
        }
    }

    /// Checks that the header is valid now and agrees with the request on chain in every field.
    ///
    /// The check reads public data only: its errors reveal nothing about the hospital's records.
    ///
    /// # Errors
    /// `RequestMismatch`, and those of [`GrantHeader::check`] and [`GrantHeader::check_request`].
    pub fn verify_request<A: AsRef<[u8]>>(
        &self,
        chain: &H256,
        hospital: &HospitalId,
        request: &Request<A>,
        now: Moment,
    ) -> Result<(), DisclosureError> {
        if self.request != self.header.request_id() {
            return Err(DisclosureError::RequestMismatch);
        }
        self.header.check(chain, hospital, now)?;
        self.header.check_request(request)?;
        Ok(())
    }

    /// Checks everything that needs no further query of a chain.
    ///
    /// It checks the nonce, the grant, its agreement with the request on chain, and both
    /// signatures. The caller must check, on recent finalized state, that the request is open and
    /// has matched the record.
    pub fn verify<A: AsRef<[u8]>>(
        &self,
        context: &DisclosureContext<'_, S, A>,
    ) -> Result<(), DisclosureError> {
        if self.nonce != *context.nonce {
            return Err(DisclosureError::NonceMismatch);
        }
        self.verify_request(
            context.chain,
            context.hospital,
            context.request,
            context.now,
        )?;
        self.header
            .verify(&self.patient_signature, context.patient)?;
        let message = messages::disclosure_message(
            context.chain,
            context.hospital,
            &self.request,
            &self.record,
            &self.nonce,
        );
        if !(context.verifier)(&self.signature, &message, &context.request.requester) {
            return Err(DisclosureError::InvalidSignature);
        }
        Ok(())
    }
}

/// The part of a record that a hospital discloses: the wrapped keys and the ciphertext.
///
/// The entry is on the consortium chain.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct DisclosurePackage {
    /// The record.
    pub record: RecordId,
    /// The wrapped data keys, one for each slot.
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

/// `BSPP-V01-HPKE-RECORD ‖ H(h) ‖ request ‖ record`.
///
/// It makes an answer valid for one request and record only.
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

    /// Decrypts an answer and checks it against the consortium's entry of the requested record.
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
