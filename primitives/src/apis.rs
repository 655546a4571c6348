// SPDX-License-Identifier: Apache-2.0
//! Runtime APIs. Each chain implements its own; `has_api` tells which.

use crate::*;
use alloc::vec::Vec;
use codec::{Codec, Decode, Encode};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::OpaqueExtrinsic;

/// Which chain a runtime is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum ChainKind {
    /// The chain that all hospitals share.
    Consortium,
    /// A hospital's own chain.
    Hospital,
}

sp_api::decl_runtime_apis! {
    /// Both chains.
    pub trait ChainApi {
        /// Which chain this is.
        fn kind() -> ChainKind;
        /// The consortium chain's genesis hash: `chain` in the protocol.
        fn chain() -> H256;
    }

    /// Both chains: who may author, and what was attested.
    pub trait ConformanceApi<AccountId> where AccountId: Codec {
        /// The gate of a child of this block in `slot`. `None` if there are no authors.
        fn gate(slot: u64) -> Option<crate::conformance::Gate<AccountId>>;
        /// What this block's author attested. `None` for the genesis block.
        fn attestation() -> Option<crate::conformance::BlockAttestation<AccountId>>;
        /// The authors of the current session with their standing and evidence.
        fn authors() -> Vec<crate::conformance::AuthorStanding<AccountId>>;
        /// Why an account is suspended from authoring, if it is.
        fn suspension(author: AccountId) -> Option<crate::conformance::SuspensionReason>;
    }

    /// Consortium chain: members.
    pub trait ConsortiumApi<AccountId> where AccountId: Codec {
        /// A member hospital.
        fn hospital(hospital: HospitalId) -> Option<Hospital<AccountId>>;
        /// Identifiers of all hospitals, removed ones too.
        fn hospitals() -> Vec<HospitalId>;
        /// The hospital's X25519 key in force in `epoch`.
        fn encryption_key(hospital: HospitalId, epoch: Epoch) -> Option<X25519Key>;
        /// The active hospital for which an account acts.
        fn hospital_of(account: AccountId) -> Option<HospitalId>;
        /// The newest anchored head of a hospital chain and the authority set id that signs after it.
        fn anchored_head(hospital: HospitalId) -> Option<(AnchoredHead, u64)>;
    }

    /// Consortium chain: batches and registrations.
    pub trait PhiIndexApi {
        /// Batches of a hospital and month in the order of registration, `limit` from `from`.
        fn batches(hospital: HospitalId, epoch: Epoch, from: u32, limit: u32) -> Vec<IdentifiedBatch>;
        /// A batch.
        fn batch(id: BatchId) -> Option<Batch>;
        /// Sequence of the entry block that must be registered next.
        fn next_sequence(hospital: HospitalId) -> Sequence;
        /// A registered entry block.
        fn registered_block(hospital: HospitalId, sequence: Sequence) -> Option<RegisteredBlock>;
        /// The registrations that succeeded in this very block, given its body.
        fn registrations(body: Vec<OpaqueExtrinsic>) -> Vec<Registration>;
    }

    /// Consortium chain: requests and matches.
    pub trait PeksSearchApi<AccountId> where AccountId: Codec {
        /// A request.
        fn request(id: RequestId) -> Option<Request<AccountId>>;
        /// A match of a request.
        fn matched(request: RequestId, record: RecordId) -> Option<Match>;
        /// All matches of a request.
        fn matches(request: RequestId) -> Vec<MatchedRecord>;
    }

    /// Hospital chain: patients and staff.
    pub trait EnrolmentApi<AccountId> where AccountId: Codec {
        /// The hospital's identifier.
        fn hospital() -> HospitalId;
        /// An enrolled patient.
        fn patient(account: [u8; 32]) -> Option<Patient>;
        /// A consent.
        fn consent(id: ConsentId) -> Option<Consent>;
        /// Whether an account may store records.
        fn may_store(account: AccountId) -> bool;
    }

    /// Hospital chain: records.
    pub trait PhiRecordsApi {
        /// Where a record stands.
        fn record_location(record: RecordId) -> Option<RecordLocation>;
        /// Number of entry blocks so far.
        fn entry_block_count() -> Sequence;
        /// An entry block.
        fn entry_block(sequence: Sequence) -> Option<EntryBlock>;
        /// The records that were stored in this very block, in order, given its body.
        fn stored_records(body: Vec<OpaqueExtrinsic>) -> Vec<StoredRecord>;
    }
}
