// SPDX-License-Identifier: Apache-2.0
//! Runtime APIs. Each chain implements its own; `has_api` tells them apart.

use crate::conformance::{AuthorStanding, BlockAttestation, Gate, SuspensionReason};
use alloc::vec::Vec;
use bspp_types::{
    AnchoredHead, Batch, BatchId, BlockNumber, Consent, ConsentId, EntryCommitment, FilingMonth,
    Hospital, HospitalBatch, HospitalId, IdentifiedBatch, Incarnation, LabelState, Match,
    MatchedRecord, Patient, RecordId, RecordLocation, RegisteredBlock, Registration, Request,
    RequestId, Sequence, StoredRecord, Tombstone, X25519Key, H256,
};
use codec::{Codec, Decode, Encode};
use scale_info::TypeInfo;
use sp_runtime::OpaqueExtrinsic;

/// The kind of chain that a runtime runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum ChainKind {
    /// The chain that all hospitals share.
    Consortium,
    /// A hospital's own chain.
    Hospital,
}

sp_api::decl_runtime_apis! {
    /// Both chains: identity.
    pub trait ChainApi {
        /// The kind of this chain.
        fn kind() -> ChainKind;
        /// The consortium chain's genesis hash, which the protocol calls `chain`.
        fn chain() -> H256;
    }

    /// Both chains: the right to author, and attestations.
    pub trait ConformanceApi<AccountId> where AccountId: Codec {
        /// The gate of a child of this block in `slot`. `None` if there are no authors.
        fn gate(slot: u64) -> Option<Gate<AccountId>>;
        /// The attestation of this block's author. `None` for the genesis block.
        fn attestation() -> Option<BlockAttestation<AccountId>>;
        /// The authors of the current session with their standing and evidence.
        fn authors() -> Vec<AuthorStanding<AccountId>>;
        /// The reason why an account is suspended from authoring, if it is suspended.
        fn suspension(author: AccountId) -> Option<SuspensionReason>;
    }

    /// Consortium chain: members.
    pub trait ConsortiumApi<AccountId> where AccountId: Codec {
        /// A member hospital.
        fn hospital(hospital: HospitalId) -> Option<Hospital<AccountId>>;
        /// Identifiers of all hospitals, including removed ones.
        fn hospitals() -> Vec<HospitalId>;
        /// The hospital's X25519 key in force in `filing_month`.
        fn encryption_key(hospital: HospitalId, filing_month: FilingMonth) -> Option<X25519Key>;
        /// The registered X25519 key of a requester.
        fn requester_key(account: AccountId) -> Option<X25519Key>;
        /// The active hospital for which an account acts.
        fn hospital_of(account: AccountId) -> Option<HospitalId>;
        /// The newest anchored head of a hospital chain, and the id of the set that signs after it.
        fn anchored_head(hospital: HospitalId) -> Option<(AnchoredHead, u64)>;
    }

    /// Consortium chain: batches and registrations.
    pub trait PhiIndexApi {
        /// `limit` batches of a hospital and month, in order of registration, from position `from`.
        fn batches(hospital: HospitalId, filing_month: FilingMonth, from: u32, limit: u32) -> Vec<IdentifiedBatch>;
        /// A batch.
        fn batch(id: BatchId) -> Option<Batch>;
        /// Sequence number of the entry block that must be registered next.
        fn next_sequence(hospital: HospitalId) -> Sequence;
        /// A registered entry block.
        fn registered_block(hospital: HospitalId, sequence: Sequence) -> Option<RegisteredBlock>;
        /// The present incarnation of a hospital's chain.
        fn incarnation(hospital: HospitalId) -> Incarnation;
        /// The registrations that succeeded in block `number` of this chain, whose body is given.
        ///
        /// The state may be that of the block or of any later one.
        fn registrations(number: BlockNumber, body: Vec<OpaqueExtrinsic>) -> Vec<Registration>;
    }

    /// Consortium chain: requests and matches.
    pub trait PeksSearchApi<AccountId> where AccountId: Codec {
        /// A request.
        fn request(id: RequestId) -> Option<Request<AccountId>>;
        /// A match of a request.
        fn matched(request: RequestId, record: RecordId) -> Option<Match>;
        /// All matches of a request.
        fn matches(request: RequestId) -> Vec<MatchedRecord>;
        /// The revocation of a request that was not opened.
        fn tombstone(request: RequestId) -> Option<Tombstone>;
    }

    /// Hospital chain: the hospital and its staff.
    pub trait HospitalAdminApi<AccountId> where AccountId: Codec {
        /// The hospital's identifier.
        fn hospital() -> HospitalId;
        /// Whether an account is staff, and may therefore store records.
        fn may_store(account: AccountId) -> bool;
    }

    /// Hospital chain: patients and their consents.
    pub trait PatientsApi {
        /// An enrolled patient.
        fn patient(account: [u8; 32]) -> Option<Patient>;
        /// A consent.
        fn consent(id: ConsentId) -> Option<Consent>;
        /// The label version of a patient. An account that is not enrolled has version 0.
        fn label_state(account: [u8; 32]) -> LabelState;
    }

    /// Hospital chain: records.
    pub trait PhiRecordsApi<AccountId> where AccountId: Codec {
        /// A batch that was opened on this chain.
        fn batch(id: BatchId) -> Option<HospitalBatch<AccountId>>;
        /// Location of a record.
        fn record_location(record: RecordId) -> Option<RecordLocation>;
        /// Number of entry blocks so far.
        fn entry_block_count() -> Sequence;
        /// The commitment of an entry block.
        fn entry_commitment(sequence: Sequence) -> Option<EntryCommitment>;
        /// The records that this block stored, in order. Its body is given.
        fn stored_records(body: Vec<OpaqueExtrinsic>) -> Vec<StoredRecord>;
    }
}
