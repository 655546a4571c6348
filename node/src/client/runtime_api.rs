// SPDX-License-Identifier: Apache-2.0
//! The runtime APIs that the node may call: those of both chains together.
//!
//! The client's type requires a runtime type that names the existing calls. Calls always run in the
//! wasm of the chain, so the bodies in this file never run. Each chain implements a part of the
//! set. Check with `has_api` before a call of an API that only one chain has.

// The macro generates items that have no documentation.
#![allow(missing_docs)]

use bspp_primitives::{
    apis::ChainKind,
    conformance::{AuthorStanding, BlockAttestation, Gate, SuspensionReason},
    AccountId, Nonce, OpaqueBlock as Block,
};
use bspp_types::{
    AnchoredHead, Batch, BatchId, BlockNumber, Consent, ConsentId, EntryCommitment, FilingMonth,
    Hospital, HospitalBatch, HospitalId, IdentifiedBatch, Incarnation, LabelState, Match,
    MatchedRecord, Patient, RecordId, RecordLocation, RegisteredBlock, Registration, Request,
    RequestId, Sequence, StoredRecord, Tombstone, X25519Key,
};
use polkadot_sdk::{
    sp_consensus_aura::sr25519::AuthorityId as AuraId,
    sp_consensus_grandpa::AuthorityId as GrandpaId,
    sp_core::{crypto::KeyTypeId, OpaqueMetadata, H256},
    sp_runtime::{
        traits::Block as BlockT,
        transaction_validity::{TransactionSource, TransactionValidity},
        ApplyExtrinsicResult, ExtrinsicInclusionMode, OpaqueExtrinsic,
    },
    *,
};

/// Stands for the runtime of either chain in types.
///
/// The type has no values, because nothing in this file is executed.
#[allow(dead_code)]
pub enum Runtime {}

/// The body of every call in this file.
macro_rules! only_in_wasm {
    () => {
        unreachable!("runtime calls are executed by the chain's wasm")
    };
}

sp_api::impl_runtime_apis! {
    impl sp_api::Core<Block> for Runtime {
        fn version() -> sp_version::RuntimeVersion { only_in_wasm!() }
        fn execute_block(_: <Block as BlockT>::LazyBlock) { only_in_wasm!() }
        fn initialize_block(_: &<Block as BlockT>::Header) -> ExtrinsicInclusionMode { only_in_wasm!() }
    }

    impl sp_api::Metadata<Block> for Runtime {
        fn metadata() -> OpaqueMetadata { only_in_wasm!() }
        fn metadata_at_version(_: u32) -> Option<OpaqueMetadata> { only_in_wasm!() }
        fn metadata_versions() -> Vec<u32> { only_in_wasm!() }
    }

    impl sp_block_builder::BlockBuilder<Block> for Runtime {
        fn apply_extrinsic(_: <Block as BlockT>::Extrinsic) -> ApplyExtrinsicResult { only_in_wasm!() }
        fn finalize_block() -> <Block as BlockT>::Header { only_in_wasm!() }
        fn inherent_extrinsics(_: sp_inherents::InherentData) -> Vec<<Block as BlockT>::Extrinsic> { only_in_wasm!() }
        fn check_inherents(_: <Block as BlockT>::LazyBlock, _: sp_inherents::InherentData) -> sp_inherents::CheckInherentsResult {
            only_in_wasm!()
        }
    }

    impl sp_transaction_pool::runtime_api::TaggedTransactionQueue<Block> for Runtime {
        fn validate_transaction(
            _: TransactionSource,
            _: <Block as BlockT>::Extrinsic,
            _: <Block as BlockT>::Hash,
        ) -> TransactionValidity {
            only_in_wasm!()
        }
    }

    impl sp_offchain::OffchainWorkerApi<Block> for Runtime {
        fn offchain_worker(_: &<Block as BlockT>::Header) { only_in_wasm!() }
    }

    impl sp_consensus_aura::AuraApi<Block, AuraId> for Runtime {
        fn slot_duration() -> sp_consensus_aura::SlotDuration { only_in_wasm!() }
        fn authorities() -> Vec<AuraId> { only_in_wasm!() }
    }

    impl sp_consensus_grandpa::GrandpaApi<Block> for Runtime {
        fn grandpa_authorities() -> sp_consensus_grandpa::AuthorityList { only_in_wasm!() }
        fn current_set_id() -> sp_consensus_grandpa::SetId { only_in_wasm!() }
        fn submit_report_equivocation_unsigned_extrinsic(
            _: sp_consensus_grandpa::EquivocationProof<<Block as BlockT>::Hash, sp_runtime::traits::NumberFor<Block>>,
            _: sp_consensus_grandpa::OpaqueKeyOwnershipProof,
        ) -> Option<()> {
            only_in_wasm!()
        }
        fn generate_key_ownership_proof(
            _: sp_consensus_grandpa::SetId,
            _: GrandpaId,
        ) -> Option<sp_consensus_grandpa::OpaqueKeyOwnershipProof> {
            only_in_wasm!()
        }
    }

    impl sp_session::SessionKeys<Block> for Runtime {
        fn generate_session_keys(_: Vec<u8>, _: Option<Vec<u8>>) -> sp_session::OpaqueGeneratedSessionKeys { only_in_wasm!() }
        fn decode_session_keys(_: Vec<u8>) -> Option<Vec<(Vec<u8>, KeyTypeId)>> { only_in_wasm!() }
    }

    impl frame_system_rpc_runtime_api::AccountNonceApi<Block, AccountId, Nonce> for Runtime {
        fn account_nonce(_: AccountId) -> Nonce { only_in_wasm!() }
    }

    impl sp_genesis_builder::GenesisBuilder<Block> for Runtime {
        fn build_state(_: Vec<u8>) -> sp_genesis_builder::Result { only_in_wasm!() }
        fn get_preset(_: &Option<sp_genesis_builder::PresetId>) -> Option<Vec<u8>> { only_in_wasm!() }
        fn preset_names() -> Vec<sp_genesis_builder::PresetId> { only_in_wasm!() }
    }

    impl bspp_primitives::apis::ChainApi<Block> for Runtime {
        fn kind() -> ChainKind { only_in_wasm!() }
        fn chain() -> H256 { only_in_wasm!() }
    }

    impl bspp_primitives::apis::ConformanceApi<Block, AccountId> for Runtime {
        fn gate(_: u64) -> Option<Gate<AccountId>> { only_in_wasm!() }
        fn attestation() -> Option<BlockAttestation<AccountId>> { only_in_wasm!() }
        fn authors() -> Vec<AuthorStanding<AccountId>> { only_in_wasm!() }
        fn suspension(_: AccountId) -> Option<SuspensionReason> { only_in_wasm!() }
    }

    impl bspp_primitives::apis::ConsortiumApi<Block, AccountId> for Runtime {
        fn hospital(_: HospitalId) -> Option<Hospital<AccountId>> { only_in_wasm!() }
        fn hospitals() -> Vec<HospitalId> { only_in_wasm!() }
        fn encryption_key(_: HospitalId, _: FilingMonth) -> Option<X25519Key> { only_in_wasm!() }
        fn requester_key(_: AccountId) -> Option<X25519Key> { only_in_wasm!() }
        fn hospital_of(_: AccountId) -> Option<HospitalId> { only_in_wasm!() }
        fn anchored_head(_: HospitalId) -> Option<(AnchoredHead, u64)> { only_in_wasm!() }
    }

    impl bspp_primitives::apis::PhiIndexApi<Block> for Runtime {
        fn batches(_: HospitalId, _: FilingMonth, _: u32, _: u32) -> Vec<IdentifiedBatch> { only_in_wasm!() }
        fn batch(_: BatchId) -> Option<Batch> { only_in_wasm!() }
        fn next_sequence(_: HospitalId) -> Sequence { only_in_wasm!() }
        fn registered_block(_: HospitalId, _: Sequence) -> Option<RegisteredBlock> { only_in_wasm!() }
        fn incarnation(_: HospitalId) -> Incarnation { only_in_wasm!() }
        fn registrations(_: BlockNumber, _: Vec<OpaqueExtrinsic>) -> Vec<Registration> { only_in_wasm!() }
    }

    impl bspp_primitives::apis::PeksSearchApi<Block, AccountId> for Runtime {
        fn request(_: RequestId) -> Option<Request<AccountId>> { only_in_wasm!() }
        fn matched(_: RequestId, _: RecordId) -> Option<Match> { only_in_wasm!() }
        fn matches(_: RequestId) -> Vec<MatchedRecord> { only_in_wasm!() }
        fn tombstone(_: RequestId) -> Option<Tombstone> { only_in_wasm!() }
    }

    impl bspp_primitives::apis::HospitalAdminApi<Block, AccountId> for Runtime {
        fn hospital() -> HospitalId { only_in_wasm!() }
        fn may_store(_: AccountId) -> bool { only_in_wasm!() }
    }

    impl bspp_primitives::apis::PatientsApi<Block> for Runtime {
        fn patient(_: [u8; 32]) -> Option<Patient> { only_in_wasm!() }
        fn consent(_: ConsentId) -> Option<Consent> { only_in_wasm!() }
        fn label_state(_: [u8; 32]) -> LabelState { only_in_wasm!() }
    }

    impl bspp_primitives::apis::PhiRecordsApi<Block, AccountId> for Runtime {
        fn batch(_: BatchId) -> Option<HospitalBatch<AccountId>> { only_in_wasm!() }
        fn record_location(_: RecordId) -> Option<RecordLocation> { only_in_wasm!() }
        fn entry_block_count() -> Sequence { only_in_wasm!() }
        fn entry_commitment(_: Sequence) -> Option<EntryCommitment> { only_in_wasm!() }
        fn stored_records(_: Vec<OpaqueExtrinsic>) -> Vec<StoredRecord> { only_in_wasm!() }
    }
}
