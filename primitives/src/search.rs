// SPDX-License-Identifier: Apache-2.0
//! Requests, matches and disclosures on the consortium chain (protocol sections 7 and 8).

use crate::{
    BlockNumber, Ed25519Key, Ed25519Signature, HospitalId, Moment, RecordId, RequestId, Sequence,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;

/// Why a record is asked for: HL7 PurposeOfUse (v3-ActReason), the codes a grant may carry.
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
pub enum PurposeOfUse {
    /// TREAT
    Treatment,
    /// ETREAT
    EmergencyTreatment,
    /// CAREMGT
    CareManagement,
    /// HPAYMT
    Payment,
    /// HOPERAT
    Operations,
    /// HRESCH
    Research,
    /// PUBHLTH
    PublicHealth,
    /// PATRQT
    PatientRequested,
}

impl PurposeOfUse {
    /// Every purpose with its HL7 code.
    pub const ALL: [(Self, &'static str); 8] = [
        (Self::Treatment, "TREAT"),
        (Self::EmergencyTreatment, "ETREAT"),
        (Self::CareManagement, "CAREMGT"),
        (Self::Payment, "HPAYMT"),
        (Self::Operations, "HOPERAT"),
        (Self::Research, "HRESCH"),
        (Self::PublicHealth, "PUBHLTH"),
        (Self::PatientRequested, "PATRQT"),
    ];

    /// The HL7 code.
    pub fn code(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(purpose, _)| *purpose == self)
            .map_or("", |(_, code)| code)
    }

    /// The purpose of an HL7 code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(_, known)| *known == code)
            .map(|(purpose, _)| *purpose)
    }
}

/// What a requester sends to open a request: the public part of a grant.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct OpenRequest {
    /// The hospital whose records are asked for.
    pub hospital: HospitalId,
    /// One-time key G of the grant.
    pub grant_key: Ed25519Key,
    /// Purpose the patient allowed.
    pub purpose: PurposeOfUse,
    /// When the grant ends.
    pub expiry: Moment,
    /// Hash of the grant's header.
    pub header_hash: H256,
    /// G's signature over [`crate::messages::grant_key_message`].
    pub signature: Ed25519Signature,
}

/// Whether a request still gives a right.
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
pub enum RequestStatus {
    /// Good until its expiry.
    Open,
    /// Revoked by the patient.
    Revoked,
    /// Closed by the patient: done.
    Closed,
}

/// A request as the consortium keeps it.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Request<AccountId> {
    /// The hospital whose records are asked for.
    pub hospital: HospitalId,
    /// Who asks.
    pub requester: AccountId,
    /// The requester's hospital when the request was opened.
    pub requester_hospital: HospitalId,
    /// One-time key G of the grant.
    pub grant_key: Ed25519Key,
    /// Purpose the patient allowed.
    pub purpose: PurposeOfUse,
    /// When the grant ends.
    pub expiry: Moment,
    /// Hash of the grant's header.
    pub header_hash: H256,
    /// Whether it still gives a right.
    pub status: RequestStatus,
    /// Block in which it was opened.
    pub opened_at: BlockNumber,
    /// Records matched so far.
    pub matches: u32,
}

/// Position of an entry: which entry block of which hospital, and the path in it.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct MatchProof {
    /// The request under which the match is proved.
    pub request: RequestId,
    /// Entry block, in the request's hospital's sequence.
    pub sequence: Sequence,
    /// The matched entry.
    pub entry: crate::Entry,
    /// Path from the entry to the registered root.
    pub path: crate::EntryProof,
    /// Which slot matched.
    pub slot: u8,
    /// The slot's match key over `PROVE ‖ chain ‖ request ‖ rid ‖ tag ‖ requester`.
    pub signature: Ed25519Signature,
}

/// How far a matched record's disclosure has come.
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
pub enum DisclosureStatus {
    /// Matched; the hospital has not answered.
    Pending,
    /// The hospital says it disclosed the record.
    Claimed,
    /// The requester says it received the record and found it whole.
    Confirmed,
    /// The hospital did not answer in time.
    Unanswered,
}

/// A proved match.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Match {
    /// Block in which it was proved.
    pub proved_at: BlockNumber,
    /// Time at which it was proved.
    pub proved_on: Moment,
    /// How far its disclosure has come.
    pub disclosure: DisclosureStatus,
}

/// A match with its record, for listings.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct MatchedRecord {
    /// The record.
    pub record: RecordId,
    /// The match.
    pub matched: Match,
}
