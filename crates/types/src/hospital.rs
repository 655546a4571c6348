// SPDX-License-Identifier: Apache-2.0
//! Patients, consents and records on a hospital chain.

use crate::{
    BlockNumber, ConsentId, Ed25519Signature, Entry, FilingMonth, Moment, RecordId, RequestId,
    Sequence, Wraps,
};
use alloc::vec::Vec;
use bounded_collections::{BoundedVec, ConstU32};
use bspp_peks::{LabelVersion, PatientBundle};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::ops::RangeInclusive;
use scale_info::TypeInfo;

/// Maximum size of a payload, which is the ciphertext of a record: 64 MiB.
pub const MAX_PAYLOAD_BYTES: u32 = 64 * 1024 * 1024;
/// Maximum number of records that one call stores.
pub const MAX_RECORDS_PER_CALL: u32 = 64;

/// The records of a call, in the order of their indices.
pub type Records = BoundedVec<Record, ConstU32<MAX_RECORDS_PER_CALL>>;

/// Terms of a consent: the hospital may store and index records of these filing months.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct ConsentTerms {
    /// The patient's account on this hospital's chain.
    pub patient: [u8; 32],
    /// First month that it covers.
    pub from: FilingMonth,
    /// Last month that it covers.
    pub until: FilingMonth,
    /// A salt, which makes consents with equal terms differ.
    pub salt: [u8; 32],
}

/// A consent as the hospital chain keeps it.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Consent {
    /// The agreed terms.
    pub terms: ConsentTerms,
    /// The patient's signature over [`crate::messages::consent_message`].
    pub signature: Ed25519Signature,
    /// Whether the patient has withdrawn it.
    pub withdrawn: bool,
}

/// The last rise of a patient's label version in a month.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub struct LabelRise {
    /// The month, by the time of the chain.
    pub filing_month: FilingMonth,
    /// The label version at the end of that month, or now.
    pub version: LabelVersion,
    /// Time of the last rise of the month.
    pub raised_on: Moment,
}

/// A patient's label versions at a hospital (protocol section 3).
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct LabelState {
    /// The version of new records.
    pub version: LabelVersion,
    /// Grants that were issued before this time are revoked.
    pub revoke_before: Moment,
    /// The last rise of each month that has one, ascending.
    pub rises: Vec<LabelRise>,
}

impl LabelState {
    /// The last version of a month.
    pub fn version_in(&self, filing_month: FilingMonth) -> LabelVersion {
        self.through(filing_month).map_or(0, |rise| rise.version)
    }

    /// All versions under which records of a month may be filed.
    pub fn versions_in(&self, filing_month: FilingMonth) -> RangeInclusive<LabelVersion> {
        let before = filing_month
            .checked_sub(1)
            .map_or(0, |month| self.version_in(month));
        before..=self.version_in(filing_month)
    }

    fn through(&self, filing_month: FilingMonth) -> Option<&LabelRise> {
        self.rises
            .iter()
            .filter(|rise| rise.filing_month <= filing_month)
            .max_by_key(|rise| rise.filing_month)
    }
}

/// A batch as the hospital chain keeps it.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct HospitalBatch<AccountId> {
    /// The account that opened the batch. Only this account spends its indices.
    pub owner: AccountId,
    /// The filing month by which the records of the batch are judged.
    pub filing_month: FilingMonth,
    /// The next index that may be spent.
    pub next_index: u32,
}

/// The reason for which a hospital disclosed a record.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub enum DisclosureGround {
    /// A request on the consortium, opened under a grant of the patient.
    Request(RequestId),
    /// The patient asked for the own record.
    OwnRecord,
}

/// A patient as the hospital chain keeps one.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Patient {
    /// Public keys, with proofs of possession, signed by the patient's account.
    pub bundle: PatientBundle,
    /// Block of the enrolment.
    pub enrolled_at: BlockNumber,
}

/// A record without its chunks, as it is in the block body.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Record {
    /// The index entry, which the consortium registers too.
    pub entry: Entry,
    /// Wrapped data keys, one for each slot.
    pub wraps: Wraps,
    /// The patient's account on this chain.
    pub patient: [u8; 32],
    /// The consent that covers it.
    pub consent: ConsentId,
}

/// Location of a record.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub struct RecordLocation {
    /// The patient's account on this chain.
    pub patient: [u8; 32],
    /// The block whose body contains the record.
    pub block: BlockNumber,
    /// Extrinsic of that block.
    pub extrinsic: u32,
    /// Sequence number of the entry block.
    pub sequence: Sequence,
    /// Position among the block's entries.
    pub leaf: u32,
}

/// A record found in a block's body, with its identifier.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct StoredRecord {
    /// Identifier.
    pub rid: RecordId,
    /// Position among the block's entries.
    pub leaf: u32,
    /// The stored record.
    pub record: Record,
}
