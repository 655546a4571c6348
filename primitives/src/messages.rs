// SPDX-License-Identifier: Apache-2.0
//! The exact bytes that patients, requesters and grant keys sign. Each begins with its own domain.

use crate::{ConsentTerms, HospitalId, Moment, PurposeOfUse, RecordId, RequestId};
use alloc::vec::Vec;
use bspp_peks::domain;
use codec::Encode;
use sp_core::H256;
use sp_io::hashing::blake2_256;

fn message(domain: &[u8], content: impl Encode) -> Vec<u8> {
    let mut bytes = Vec::from(domain);
    content.encode_to(&mut bytes);
    bytes
}

/// Identifier of the request that a grant key opens.
pub fn request_id(grant_key: &[u8; 32]) -> RequestId {
    blake2_256(grant_key).into()
}

/// What the one-time grant key G signs to open a request (protocol section 8, step 1).
pub fn grant_key_message(
    chain: &H256,
    hospital: &HospitalId,
    requester: &[u8; 32],
    purpose: PurposeOfUse,
    expiry: Moment,
    header_hash: &H256,
) -> Vec<u8> {
    message(
        domain::GRANT_KEY,
        (chain, hospital, requester, purpose, expiry, header_hash),
    )
}

/// What G signs to revoke a request.
pub fn revoke_message(chain: &H256, request: &RequestId) -> Vec<u8> {
    message(domain::REVOKE, (chain, request))
}

/// What G signs to close a request that is done.
pub fn close_message(chain: &H256, request: &RequestId) -> Vec<u8> {
    message(domain::CLOSE, (chain, request))
}

/// What the patient signs to let a hospital store and index records.
pub fn consent_message(chain: &H256, hospital: &HospitalId, terms: &ConsentTerms) -> Vec<u8> {
    message(domain::CONSENT, (chain, hospital, terms))
}

/// Identifier of a consent: BLAKE2b-256 of what the patient signed.
pub fn consent_id(chain: &H256, hospital: &HospitalId, terms: &ConsentTerms) -> crate::ConsentId {
    blake2_256(&consent_message(chain, hospital, terms)).into()
}

/// What the patient signs to withdraw a consent.
pub fn consent_withdrawal_message(
    chain: &H256,
    hospital: &HospitalId,
    consent: &crate::ConsentId,
) -> Vec<u8> {
    message(domain::CONSENT_WITHDRAW, (chain, hospital, consent))
}

/// What the requester's account signs over a hospital's fresh nonce to be disclosed a record.
pub fn disclosure_message(
    chain: &H256,
    hospital: &HospitalId,
    request: &RequestId,
    record: &RecordId,
    nonce: &[u8; 32],
) -> Vec<u8> {
    message(domain::DISCLOSE, (chain, hospital, request, record, nonce))
}
