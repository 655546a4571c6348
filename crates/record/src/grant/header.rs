// SPDX-License-Identifier: Apache-2.0
//! The header of a grant: what the patient signs and the hospital checks. It holds no trapdoor.

use super::GrantError;
use bspp_peks::{blake2b_256, domain, verify_strict};
use bspp_primitives::{
    messages, AccountId, Ed25519Key, Ed25519Signature, HospitalId, Moment, PurposeOfUse, Request,
    RequestId, X25519Key,
};
use codec::{Decode, Encode};

/// `h` of protocol section 8.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct GrantHeader {
    /// Genesis hash of the consortium chain.
    pub chain: bspp_primitives::Hash,
    /// The hospital whose records may be asked for.
    pub hospital: HospitalId,
    /// One-time key G.
    pub grant_key: Ed25519Key,
    /// The requester's account.
    pub requester: [u8; 32],
    /// The requester's X25519 key: trapdoors and records are encrypted to it.
    pub requester_key: X25519Key,
    /// What the records may be used for.
    pub purpose: PurposeOfUse,
    /// First moment at which the grant is no longer good, in milliseconds since 1970.
    pub expiry: Moment,
    /// `H(BSPP-V01-GRANT-TRAPDOORS ‖ salt ‖ trapdoors)`.
    pub trapdoors_hash: bspp_primitives::Hash,
}

impl GrantHeader {
    /// What the patient's account signs: `BSPP-V01-GRANT-HEADER ‖` the header's SCALE encoding.
    pub fn message(&self) -> Vec<u8> {
        let mut message = domain::GRANT_HEADER.to_vec();
        self.encode_to(&mut message);
        message
    }

    /// `H(h)`: the BLAKE2b-256 hash of [`Self::message`].
    pub fn hash(&self) -> bspp_primitives::Hash {
        blake2b_256(&self.message()).into()
    }

    /// Identifier of the request that this grant opens.
    pub fn request_id(&self) -> RequestId {
        messages::request_id(&self.grant_key)
    }

    /// Checks that the account `patient` signed this header. For a hospital, `patient` is whom its own records name for the
    /// record asked for, never an account that came with the request.
    pub fn verify(
        &self,
        signature: &Ed25519Signature,
        patient: &Ed25519Key,
    ) -> Result<(), GrantError> {
        verify_strict(patient, &self.message(), signature).map_err(|_| GrantError::PatientMismatch)
    }

    /// Checks that the header is for this chain and hospital and good at `now`.
    pub fn check(
        &self,
        chain: &bspp_primitives::Hash,
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

    /// Checks that the grant is good at `now`.
    pub fn check_expiry(&self, now: Moment) -> Result<(), GrantError> {
        if now >= self.expiry {
            return Err(GrantError::GrantExpired(self.expiry));
        }
        Ok(())
    }

    /// Checks that a request on chain agrees with the header in every field. Its status is the caller's to check.
    pub fn check_request(&self, request: &Request<AccountId>) -> Result<(), GrantError> {
        let requester: &[u8; 32] = request.requester.as_ref();
        if *requester != self.requester {
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
