// SPDX-License-Identifier: Apache-2.0
//! The exact bytes that patients, requesters, hospitals and grant keys sign.
//!
//! Each message begins with a domain of its own. So does each hash.

use crate::{
    Authority, ConsentId, ConsentTerms, Day, HospitalId, Moment, PurposeOfUse, RecordId, RequestId,
    X25519Key, H256,
};
use alloc::vec::Vec;
use bspp_peks::{blake2b_256, domain, LabelVersion};
use codec::Encode;

fn message(domain: &[u8], content: impl Encode) -> Vec<u8> {
    let mut bytes = Vec::from(domain);
    content.encode_to(&mut bytes);
    bytes
}

fn hash(domain: &[u8], content: impl Encode) -> H256 {
    blake2b_256(&message(domain, content)).into()
}

/// Identifier of the request that an authority opens.
pub fn request_id(authority: &Authority) -> RequestId {
    hash(domain::REQUEST, authority)
}

/// The message that the one-time grant key G signs to open a request (protocol section 8).
///
/// It contains the expiry, so G cannot open the request again once it has expired.
pub fn grant_key_message(
    chain: &H256,
    hospital: &HospitalId,
    requester: &[u8; 32],
    purpose: PurposeOfUse,
    expiry: Day,
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

/// The message that G signs to revoke a request that was not opened.
pub fn tombstone_message(chain: &H256, request: &RequestId, expiry: Day) -> Vec<u8> {
    message(domain::TOMBSTONE, (chain, request, expiry))
}

/// The message with which a patient asks a hospital to file a tombstone.
///
/// The account that is enrolled at the hospital signs it.
pub fn unopened_message(chain: &H256, hospital: &HospitalId, request: &RequestId) -> Vec<u8> {
    message(domain::UNOPENED, (chain, hospital, request))
}

/// The message that a patient's account signs to raise its label version.
///
/// `version` is the new version. Grants that were issued before `revoke_before` are revoked.
pub fn label_version_message(
    chain: &H256,
    hospital: &HospitalId,
    account: &[u8; 32],
    version: LabelVersion,
    revoke_before: Moment,
) -> Vec<u8> {
    message(
        domain::LABEL_VERSION,
        (chain, hospital, account, version, revoke_before),
    )
}

/// The message that a requester's account signs to register its X25519 key.
pub fn requester_key_message(
    chain: &H256,
    hospital: &HospitalId,
    requester: &impl Encode,
    key: &X25519Key,
) -> Vec<u8> {
    message(domain::REQUESTER_KEY, (chain, hospital, requester, key))
}

/// The message that the patient signs to let a hospital store and index records.
pub fn consent_message(chain: &H256, hospital: &HospitalId, terms: &ConsentTerms) -> Vec<u8> {
    message(domain::CONSENT, (chain, hospital, terms))
}

/// Identifier of a consent.
pub fn consent_id(chain: &H256, hospital: &HospitalId, terms: &ConsentTerms) -> ConsentId {
    hash(domain::CONSENT_ID, (chain, hospital, terms))
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
/// It contains a nonce of the hospital, and the hash of the scope opening.
pub fn disclosure_message(
    chain: &H256,
    hospital: &HospitalId,
    request: &RequestId,
    record: &RecordId,
    opening_hash: &H256,
    nonce: &[u8; 32],
) -> Vec<u8> {
    message(
        domain::DISCLOSE,
        (chain, hospital, request, record, opening_hash, nonce),
    )
}

/// The hash of a question for a record, which a requester writes on chain.
pub fn ask_hash(request: &RequestId, record: &RecordId, opening_hash: &H256) -> H256 {
    hash(domain::ASK, (request, record, opening_hash))
}

/// The message that the hospital's operator signs over a disclosed package.
pub fn package_message(
    chain: &H256,
    request: &RequestId,
    record: &RecordId,
    package_hash: &H256,
) -> Vec<u8> {
    message(domain::PACKAGE, (chain, request, record, package_hash))
}

/// The message that a patient's account signs to receive an own record.
pub fn own_record_message(
    chain: &H256,
    hospital: &HospitalId,
    record: &RecordId,
    account: &[u8; 32],
    nonce: &[u8; 32],
) -> Vec<u8> {
    message(
        domain::OWN_RECORD,
        (chain, hospital, record, account, nonce),
    )
}
