// SPDX-License-Identifier: Apache-2.0
//! Requests, matches and disclosures on the consortium chain (protocol sections 7 and 8).

use crate::{
    day_start, BlockNumber, Day, Ed25519Key, Ed25519Signature, HospitalId, Moment, RecordId,
    RequestId, Sequence, H256,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Purpose of a request: codes of HL7 PurposeOfUse (v3-ActReason) that a grant may have.
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
    /// `TREAT`.
    Treatment,
    /// `ETREAT`.
    EmergencyTreatment,
    /// `CAREMGT`.
    CareManagement,
    /// `HPAYMT`.
    Payment,
    /// `HOPERAT`.
    Operations,
    /// `HRESCH`.
    Research,
    /// `PUBHLTH`.
    PublicHealth,
    /// `PATRQT`.
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

/// The power by which a request is opened, and later revoked and closed.
///
/// Emergency access and guardians get variants of their own, without another layout.
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
pub enum Authority {
    /// The one-time key G of a grant.
    #[codec(index = 0)]
    GrantKey(Ed25519Key),
}

impl Authority {
    /// The key whose signatures open, revoke and close the request.
    pub fn key(&self) -> &Ed25519Key {
        match self {
            Self::GrantKey(key) => key,
        }
    }
}

/// The party that a grant names.
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
pub enum Requester {
    /// A person, by account.
    #[codec(index = 0)]
    Person([u8; 32]),
    /// An institution, by the account of its desk.
    #[codec(index = 1)]
    Institution([u8; 32]),
}

impl Requester {
    /// The account on the consortium chain.
    pub fn account(&self) -> &[u8; 32] {
        match self {
            Self::Person(account) | Self::Institution(account) => account,
        }
    }
}

/// The public part of a grant, which a requester sends to open a request.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct OpenRequest {
    /// The hospital whose records are requested.
    pub hospital: HospitalId,
    /// The power by which it is opened.
    pub authority: Authority,
    /// Purpose that the patient allowed.
    pub purpose: PurposeOfUse,
    /// First day on which the grant is no longer valid.
    pub expiry: Day,
    /// Hash of the grant's header.
    pub header_hash: H256,
    /// The authority's signature over [`crate::messages::grant_key_message`].
    pub signature: Ed25519Signature,
}

/// Status of a request. Only an open request gives a right.
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
    /// Valid until its expiry.
    Open,
    /// Revoked by the patient.
    Revoked,
    /// Closed by the patient, because it is complete.
    Closed,
}

/// A request as the consortium keeps it.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Request<AccountId> {
    /// The hospital whose records are requested.
    pub hospital: HospitalId,
    /// The account that opened the request.
    pub requester: AccountId,
    /// The requester's hospital at the opening of the request.
    pub requester_hospital: HospitalId,
    /// The power by which it is opened.
    pub authority: Authority,
    /// Purpose that the patient allowed.
    pub purpose: PurposeOfUse,
    /// First day on which the grant is no longer valid.
    pub expiry: Day,
    /// Hash of the grant's header.
    pub header_hash: H256,
    /// Its status.
    pub status: RequestStatus,
    /// Block in which it was opened.
    pub opened_at: BlockNumber,
    /// Number of records matched so far.
    pub matches: u32,
}

impl<AccountId> Request<AccountId> {
    /// The first moment at which the request is no longer valid.
    pub fn expires_at(&self) -> Moment {
        day_start(self.expiry)
    }
}

/// The revocation of a request that was not opened.
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
pub struct Tombstone {
    /// The hospital that filed it.
    pub hospital: HospitalId,
    /// The expiry of the grant, with which the tombstone ends.
    pub expiry: Day,
}

/// Proof of a match: the request, the entry with its position and path, and a signature.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct MatchProof {
    /// The request under which the match is proved.
    pub request: RequestId,
    /// Sequence number of the entry block at the request's hospital.
    pub sequence: Sequence,
    /// The matched entry.
    pub entry: crate::Entry,
    /// Path from the entry to the registered root.
    pub path: crate::EntryProof,
    /// Position of the slot that matched.
    pub slot: u8,
    /// The match key's signature over `PROVE ‖ chain ‖ request ‖ rid ‖ tag ‖ requester`.
    pub signature: Ed25519Signature,
}

/// Status of a matched record's disclosure.
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
    /// The record is matched; nobody has asked for it on chain.
    Pending,
    /// The requester asked for the record on chain. The answer period runs.
    Asked,
    /// The hospital claimed that it disclosed the record.
    Claimed,
    /// The requester confirmed that the record arrived complete.
    Confirmed,
    /// The hospital refused the disclosure.
    Refused,
    /// The hospital did not answer in time.
    Unanswered,
    /// The requester contests the claim of the hospital.
    Contested,
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
    /// Time of the question, if the requester asked on chain.
    pub asked_on: Option<Moment>,
    /// [`crate::messages::ask_hash`] of the question.
    pub ask_hash: Option<H256>,
    /// Status of its disclosure.
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
