// SPDX-License-Identifier: Apache-2.0
//! The header of a grant, which the patient signs and the hospital checks.
//!
//! It does not contain a trapdoor.

use super::GrantError;
use bspp_peks::{blake2b_256, domain, verify_strict};
use bspp_types::{
    messages, Ed25519Key, Ed25519Signature, HospitalId, Moment, PurposeOfUse, Request, RequestId,
    X25519Key, H256,
};
use codec::{Decode, Encode};

/// `h` of protocol section 8.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct GrantHeader {
    /// Genesis hash of the consortium chain.
    pub chain: H256,
    /// The hospital whose records the requester may ask for.
    pub hospital: HospitalId,
    /// The one-time key G.
    pub grant_key: Ed25519Key,
    /// The requester's account.
    pub requester: [u8; 32],
    /// The requester's X25519 key: trapdoors and records are encrypted to it.
    pub requester_key: X25519Key,
    /// The purpose for which the records may be used.
    pub purpose: PurposeOfUse,
    /// The first moment at which the grant is no longer valid, in milliseconds since 1970.
    pub expiry: Moment,
    /// `H(BSPP-V01-GRANT-TRAPDOORS ‖ salt ‖ trapdoors)`.
    pub trapdoors_hash: H256,
}

impl GrantHeader {
    /// The message that the patient's account signs.
    ///
    /// It is `BSPP-V01-GRANT-HEADER ‖` the header's SCALE encoding.
    pub fn message(&self) -> Vec<u8> {
        let mut message = domain::GRANT_HEADER.to_vec();
        self.encode_to(&mut message);
        message
    }

    /// `H(h)`: the BLAKE2b-256 hash of [`Self::message`].
    pub fn hash(&self) -> H256 {
        blake2b_256(&self.message()).into()
    }

    /// The identifier of the request that this grant opens.
    pub fn request_id(&self) -> RequestId {
        messages::request_id(&self.grant_key)
    }

    /// Checks that the account `patient` signed this header.
    ///
    /// A hospital takes `patient` from its own records of the requested record, never from the
    /// request.
    pub fn verify(
        &self,
        signature: &Ed25519Signature,
        patient: &Ed25519Key,
    ) -> Result<(), GrantError> {
        verify_strict(patient, &self.message(), signature).map_err(|_| GrantError::PatientMismatch)
    }

    /// Checks that the header is for this chain and hospital and valid at `now`.
    pub fn check(
        &self,
        chain: &H256,
        hospital: &HospitalId,
        now: Moment,
    ) -> Result<(), GrantError> {
        if self.chain != *chain {
            return Err(GrantError::ChainMismatch);
        }
        if self.hospital != *hospital {
            return Err(GrantError::HospitalMismatch);
        }
        self.check_expiry(now)
    }

    /// Checks that the grant is valid at `now`.
    pub fn check_expiry(&self, now: Moment) -> Result<(), GrantError> {
        if now >= self.expiry {
            return Err(GrantError::GrantExpired(self.expiry));
        }
        Ok(())
    }

    /// Checks that a request on chain agrees with the header in every field.
    ///
    /// The caller must check the status of the request.
    pub fn check_request<A: AsRef<[u8]>>(&self, request: &Request<A>) -> Result<(), GrantError> {
        if request.requester.as_ref() != self.requester.as_slice() {
            return Err(GrantError::RequesterMismatch);
        }
        let agrees = [
            (request.hospital == self.hospital, "hospital"),
            (request.grant_key == self.grant_key, "grant key"),
            (request.purpose == self.purpose, "purpose"),
            (request.expiry == self.expiry, "expiry"),
            (request.header_hash == self.hash(), "header hash"),
        ];
        match agrees.iter().find(|(same, _)| !same) {
            Some((_, field)) => Err(GrantError::RequestMismatch(field)),
            None => Ok(()),
        }
    }
}
