// SPDX-License-Identifier: Apache-2.0
//! Runtime APIs: the queries of the node and of clients to a hospital chain.

use crate::{
    configs::Keys, genesis_check, genesis_config_presets, Aura, Block, Conformance, Executive,
    Grandpa, HospitalAdmin, InherentDataExt, Patients, PhiRecords, Runtime, RuntimeGenesisConfig,
    System, UncheckedExtrinsic, VERSION,
};
use alloc::vec::Vec;
use bspp_primitives::{
    apis::ChainKind,
    conformance::{AuthorStanding, BlockAttestation, Gate, SuspensionReason},
    traits::{HospitalChain, Staff},
    AccountId, Nonce,
};
use bspp_runtime_common::SessionKeys;
use bspp_types::{
    BatchId, Consent, ConsentId, EntryCommitment, HospitalBatch, HospitalId, LabelState, Patient,
    RecordId, RecordLocation, Sequence, StoredRecord,
};
use codec::Encode;
use polkadot_sdk::{
    frame_support::genesis_builder_helper::{build_state, get_preset},
    frame_system_rpc_runtime_api, pallet_aura, pallet_grandpa, sp_api, sp_block_builder,
    sp_consensus_aura::{self, sr25519::AuthorityId as AuraId},
    sp_consensus_grandpa,
    sp_core::{crypto::KeyTypeId, OpaqueMetadata, H256},
    sp_genesis_builder, sp_inherents, sp_offchain,
    sp_runtime::{
        traits::{Block as BlockT, NumberFor},
        transaction_validity::{TransactionSource, TransactionValidity},
        ApplyExtrinsicResult, ExtrinsicInclusionMode, OpaqueExtrinsic,
    },
    sp_session, sp_transaction_pool,
    sp_version::RuntimeVersion,
};

sp_api::impl_runtime_apis! {
    impl sp_api::Core<Block> for Runtime {
        fn version() -> RuntimeVersion {
            VERSION
        }

        fn execute_block(block: <Block as BlockT>::LazyBlock) {
            Executive::execute_block(block);
        }

        fn initialize_block(header: &<Block as BlockT>::Header) -> ExtrinsicInclusionMode {
            Executive::initialize_block(header)
        }
    }

    impl sp_api::Metadata<Block> for Runtime {
        fn metadata() -> OpaqueMetadata {
            OpaqueMetadata::new(Runtime::metadata().into())
        }

        fn metadata_at_version(version: u32) -> Option<OpaqueMetadata> {
            Runtime::metadata_at_version(version)
        }

        fn metadata_versions() -> Vec<u32> {
            Runtime::metadata_versions()
        }
    }

    impl sp_block_builder::BlockBuilder<Block> for Runtime {
        fn apply_extrinsic(extrinsic: <Block as BlockT>::Extrinsic) -> ApplyExtrinsicResult {
            Executive::apply_extrinsic(extrinsic)
        }

        fn finalize_block() -> <Block as BlockT>::Header {
            Executive::finalize_block()
        }

        fn inherent_extrinsics(
            data: sp_inherents::InherentData,
        ) -> Vec<<Block as BlockT>::Extrinsic> {
            data.create_extrinsics()
        }

        fn check_inherents(
            block: <Block as BlockT>::LazyBlock,
            data: sp_inherents::InherentData,
        ) -> sp_inherents::CheckInherentsResult {
            data.check_extrinsics(&block)
        }
    }

    impl sp_transaction_pool::runtime_api::TaggedTransactionQueue<Block> for Runtime {
        fn validate_transaction(
            source: TransactionSource,
            tx: <Block as BlockT>::Extrinsic,
            block_hash: <Block as BlockT>::Hash,
        ) -> TransactionValidity {
            Executive::validate_transaction(source, tx, block_hash)
        }
    }

    impl sp_offchain::OffchainWorkerApi<Block> for Runtime {
        fn offchain_worker(header: &<Block as BlockT>::Header) {
            Executive::offchain_worker(header)
        }
    }

    impl sp_consensus_aura::AuraApi<Block, AuraId> for Runtime {
        fn slot_duration() -> sp_consensus_aura::SlotDuration {
            sp_consensus_aura::SlotDuration::from_millis(Aura::slot_duration())
        }

        fn authorities() -> Vec<AuraId> {
            pallet_aura::Authorities::<Runtime>::get().into_inner()
        }
    }

    impl sp_session::SessionKeys<Block> for Runtime {
        fn generate_session_keys(
            owner: Vec<u8>,
            seed: Option<Vec<u8>>,
        ) -> sp_session::OpaqueGeneratedSessionKeys {
            SessionKeys::generate(&owner, seed).into()
        }

        fn decode_session_keys(encoded: Vec<u8>) -> Option<Vec<(Vec<u8>, KeyTypeId)>> {
            SessionKeys::decode_into_raw_public_keys(&encoded)
        }
    }

    impl sp_consensus_grandpa::GrandpaApi<Block> for Runtime {
        fn grandpa_authorities() -> sp_consensus_grandpa::AuthorityList {
            Grandpa::grandpa_authorities()
        }

        fn current_set_id() -> sp_consensus_grandpa::SetId {
            pallet_grandpa::CurrentSetId::<Runtime>::get()
        }

        fn submit_report_equivocation_unsigned_extrinsic(
            equivocation_proof: sp_consensus_grandpa::EquivocationProof<
                <Block as BlockT>::Hash,
                NumberFor<Block>,
            >,
            key_owner_proof: sp_consensus_grandpa::OpaqueKeyOwnershipProof,
        ) -> Option<()> {
            let key_owner_proof = key_owner_proof.decode()?;
            Grandpa::submit_unsigned_equivocation_report(equivocation_proof, key_owner_proof)
        }

        fn generate_key_ownership_proof(
            set_id: sp_consensus_grandpa::SetId,
            authority_id: sp_consensus_grandpa::AuthorityId,
        ) -> Option<sp_consensus_grandpa::OpaqueKeyOwnershipProof> {
            Keys::prove_in_set(set_id, authority_id.as_ref())
                .map(|proof| sp_consensus_grandpa::OpaqueKeyOwnershipProof::new(proof.encode()))
        }
    }

    impl frame_system_rpc_runtime_api::AccountNonceApi<Block, AccountId, Nonce> for Runtime {
        fn account_nonce(account: AccountId) -> Nonce {
            System::account_nonce(account)
        }
    }

    impl sp_genesis_builder::GenesisBuilder<Block> for Runtime {
        fn build_state(config: Vec<u8>) -> sp_genesis_builder::Result {
            genesis_check::check_json(&config)?;
            build_state::<RuntimeGenesisConfig>(config)
        }

        fn get_preset(id: &Option<sp_genesis_builder::PresetId>) -> Option<Vec<u8>> {
            get_preset::<RuntimeGenesisConfig>(id, genesis_config_presets::get_preset)
        }

        fn preset_names() -> Vec<sp_genesis_builder::PresetId> {
            genesis_config_presets::preset_names()
        }
    }

    impl bspp_primitives::apis::ChainApi<Block> for Runtime {
        fn kind() -> ChainKind {
            ChainKind::Hospital
        }

        fn chain() -> H256 {
            HospitalAdmin::chain()
        }
    }

    impl bspp_primitives::apis::ConformanceApi<Block, AccountId> for Runtime {
        fn gate(slot: u64) -> Option<Gate<AccountId>> {
            Conformance::gate(slot)
        }

        fn attestation() -> Option<BlockAttestation<AccountId>> {
            Conformance::attestation()
        }

        fn authors() -> Vec<AuthorStanding<AccountId>> {
            Conformance::authors()
        }

        fn suspension(author: AccountId) -> Option<SuspensionReason> {
            Conformance::suspension(&author)
        }
    }

    impl bspp_primitives::apis::HospitalAdminApi<Block, AccountId> for Runtime {
        fn hospital() -> HospitalId {
            HospitalAdmin::hospital()
        }

        fn may_store(account: AccountId) -> bool {
            HospitalAdmin::may_store(&account)
        }
    }

    impl bspp_primitives::apis::PatientsApi<Block> for Runtime {
        fn patient(account: [u8; 32]) -> Option<Patient> {
            Patients::patient(account)
        }

        fn consent(id: ConsentId) -> Option<Consent> {
            Patients::consent(id)
        }

        fn label_state(account: [u8; 32]) -> LabelState {
            Patients::label_state(account)
        }
    }

    impl bspp_primitives::apis::PhiRecordsApi<Block, AccountId> for Runtime {
        fn batch(id: BatchId) -> Option<HospitalBatch<AccountId>> {
            PhiRecords::batch(id)
        }

        fn record_location(record: RecordId) -> Option<RecordLocation> {
            PhiRecords::record_location(record)
        }

        fn entry_block_count() -> Sequence {
            PhiRecords::entry_block_count()
        }

        fn entry_commitment(sequence: Sequence) -> Option<EntryCommitment> {
            PhiRecords::entry_commitment(sequence)
        }

        fn stored_records(body: Vec<OpaqueExtrinsic>) -> Vec<StoredRecord> {
            PhiRecords::stored_records::<UncheckedExtrinsic>(body)
        }
    }

    impl polkadot_sdk::frame_support::view_functions::runtime_api::RuntimeViewFunction<Block>
        for Runtime
    {
        fn execute_view_function(
            id: polkadot_sdk::frame_support::view_functions::ViewFunctionId,
            input: Vec<u8>,
        ) -> Result<
            Vec<u8>,
            polkadot_sdk::frame_support::view_functions::ViewFunctionDispatchError,
        > {
            Runtime::execute_view_function(id, input)
        }
    }

    #[cfg(feature = "try-runtime")]
    impl polkadot_sdk::frame_try_runtime::TryRuntime<Block> for Runtime {
        fn on_runtime_upgrade(
            checks: polkadot_sdk::frame_try_runtime::UpgradeCheckSelect,
        ) -> (
            polkadot_sdk::frame_support::weights::Weight,
            polkadot_sdk::frame_support::weights::Weight,
        ) {
            // The API has no other way to report a failure than a panic.
            let weight = Executive::try_runtime_upgrade(checks).expect("the upgrade keeps the state");
            type Limits = <Runtime as polkadot_sdk::frame_system::Config>::BlockWeights;
            let limits = <Limits as polkadot_sdk::frame_support::traits::Get<_>>::get();
            let limits: polkadot_sdk::frame_system::limits::BlockWeights = limits;
            (weight, limits.max_block)
        }

        fn execute_block(
            block: <Block as BlockT>::LazyBlock,
            state_root_check: bool,
            signature_check: bool,
            select: polkadot_sdk::frame_try_runtime::TryStateSelect,
        ) -> polkadot_sdk::frame_support::weights::Weight {
            Executive::try_execute_block(block, state_root_check, signature_check, select)
                .expect("the block is valid")
        }
    }

    #[cfg(feature = "runtime-benchmarks")]
    impl polkadot_sdk::frame_benchmarking::Benchmark<Block> for Runtime {
        fn benchmark_metadata(extra: bool) -> (
            Vec<polkadot_sdk::frame_benchmarking::BenchmarkList>,
            Vec<polkadot_sdk::frame_support::traits::StorageInfo>,
        ) {
            use crate::*;
            use polkadot_sdk::{
                frame_benchmarking::BenchmarkList,
                frame_support::traits::StorageInfoTrait,
            };

            let mut list = Vec::<BenchmarkList>::new();
            list_benchmarks!(list, extra);
            (list, AllPalletsWithSystem::storage_info())
        }

        fn dispatch_benchmark(
            config: polkadot_sdk::frame_benchmarking::BenchmarkConfig,
        ) -> Result<Vec<polkadot_sdk::frame_benchmarking::BenchmarkBatch>, alloc::string::String> {
            use crate::*;
            use polkadot_sdk::{
                frame_benchmarking::BenchmarkBatch,
                frame_support::traits::WhitelistedStorageKeys,
                sp_storage::TrackedStorageKey,
            };

            let whitelist: Vec<TrackedStorageKey> = AllPalletsWithSystem::whitelisted_storage_keys();
            let mut batches = Vec::<BenchmarkBatch>::new();
            let params = (&config, &whitelist);
            add_benchmarks!(params, batches);
            Ok(batches)
        }
    }
}
