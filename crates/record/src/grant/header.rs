// SPDX-License-Identifier: Apache-2.0
//! The header of a grant, which the patient signs and the hospital checks.
//!
//! It does not contain a trapdoor.

use super::GrantError;
use bspp_peks::{blake2b_256, domain, verify_strict, LabelVersion};
use bspp_types::{
    day_start, messages, Authority, Day, Ed25519Key, Ed25519Signature, HospitalId, Moment,
    PurposeOfUse, Request, RequestId, Requester, X25519Key, H256,
};
use codec::{Decode, Encode};

/// `h` of protocol section 8.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct GrantHeader {
    /// Genesis hash of the consortium chain.
    pub chain: H256,
    /// The hospital whose records the requester may ask for.
    pub hospital: HospitalId,
    /// The power by which the request is opened: the one-time key G.
    pub authority: Authority,
    /// The requester.
    pub requester: Requester,
    /// The requester's X25519 key: trapdoors and records are encrypted to it.
    pub requester_key: X25519Key,
    /// The purpose for which the records may be used.
    pub purpose: PurposeOfUse,
    /// The time of the grant, in milliseconds since 1970.
    pub issued_at: Moment,
    /// The highest label version of the scope. The grant covers its months up to this version.
    pub version: LabelVersion,
    /// First day on which the grant is no longer valid.
    pub expiry: Day,
    /// The root of the scope: which labels the grant covers.
    pub scope_root: H256,
}

impl GrantHeader {
    /// The message that the patient's account signs.
    ///
    /// It is `GRANT_HEADER ‖` the header's SCALE encoding.
    pub fn message(&self) -> Vec<u8> {
        let mut message = domain::GRANT_HEADER.to_vec();
        self.encode_to(&mut message);
        message
    }

    /// `H(h) = H(GRANT_HEADER_HASH ‖` the header's SCALE encoding`)`.
    pub fn hash(&self) -> H256 {
        let mut bytes = domain::GRANT_HEADER_HASH.to_vec();
        self.encode_to(&mut bytes);
        blake2b_256(&bytes).into()
    }

    /// The identifier of the request that this grant opens.
    pub fn request_id(&self) -> RequestId {
        messages::request_id(&self.authority)
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
        let end = day_start(self.expiry);
        if now >= end {
            return Err(GrantError::GrantExpired(end));
        }
        Ok(())
    }

    /// Checks that a request on chain agrees with the header in every field.
    ///
    /// The caller must check the status of the request.
    pub fn check_request<A: AsRef<[u8]>>(&self, request: &Request<A>) -> Result<(), GrantError> {
        if request.requester.as_ref() != self.requester.account().as_slice() {
            return Err(GrantError::RequesterMismatch);
        }
        let agrees = [
            (request.hospital == self.hospital, "hospital"),
            (request.authority == self.authority, "authority"),
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
