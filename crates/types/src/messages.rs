// SPDX-License-Identifier: Apache-2.0
//! The exact bytes that patients, requesters and grant keys sign.
//!
//! Each message begins with a domain of its own.

use crate::{ConsentId, ConsentTerms, HospitalId, Moment, PurposeOfUse, RecordId, RequestId, H256};
use alloc::vec::Vec;
use bspp_peks::{blake2b_256, domain};
use codec::Encode;

fn message(domain: &[u8], content: impl Encode) -> Vec<u8> {
    let mut bytes = Vec::from(domain);
    content.encode_to(&mut bytes);
    bytes
}

/// Identifier of the request that a grant key opens.
pub fn request_id(grant_key: &[u8; 32]) -> RequestId {
    blake2b_256(grant_key).into()
}

/// The message that the one-time grant key G signs to open a request (protocol section 8).
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

/// The message that G signs to revoke a request.
pub fn revoke_message(chain: &H256, request: &RequestId) -> Vec<u8> {
    message(domain::REVOKE, (chain, request))
}

/// The message that G signs to close a completed request.
pub fn close_message(chain: &H256, request: &RequestId) -> Vec<u8> {
    message(domain::CLOSE, (chain, request))
}

/// The message that the patient signs to let a hospital store and index records.
pub fn consent_message(chain: &H256, hospital: &HospitalId, terms: &ConsentTerms) -> Vec<u8> {
    message(domain::CONSENT, (chain, hospital, terms))
}

/// Identifier of a consent: BLAKE2b-256 of the message that the patient signed.
pub fn consent_id(chain: &H256, hospital: &HospitalId, terms: &ConsentTerms) -> ConsentId {
    blake2b_256(&consent_message(chain, hospital, terms)).into()
}

/// The message that the patient signs to withdraw a consent.
pub fn consent_withdrawal_message(
    chain: &H256,
    hospital: &HospitalId,
    consent: &ConsentId,
) -> Vec<u8> {
    message(domain::CONSENT_WITHDRAW, (chain, hospital, consent))
}

/// The message that a requester's account signs to receive a record.
///
/// It contains a nonce of the hospital.
pub fn disclosure_message(
    chain: &H256,
    hospital: &HospitalId,
    request: &RequestId,
    record: &RecordId,
    nonce: &[u8; 32],
) -> Vec<u8> {
    message(domain::DISCLOSE, (chain, hospital, request, record, nonce))
}
