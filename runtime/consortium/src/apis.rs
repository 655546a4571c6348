// SPDX-License-Identifier: Apache-2.0
//! Runtime APIs: the queries of the node and of clients to the consortium chain.

use crate::{
    chain, genesis_check, genesis_config_presets, Aura, Block, Conformance, Consortium, Executive,
    Grandpa, HospitalAnchor, Keys, PeksSearch, PhiIndex, Runtime, RuntimeGenesisConfig, System,
    VERSION,
};
use alloc::vec::Vec;
use bspp_primitives::{
    apis::ChainKind,
    conformance::{AuthorStanding, BlockAttestation, Gate, SuspensionReason},
    AccountId, Nonce,
};
use bspp_runtime_common::SessionKeys;
use bspp_types::{
    AnchoredHead, Batch, BatchId, BlockNumber, FilingMonth, Hospital, HospitalId, IdentifiedBatch,
    Incarnation, Match, MatchedRecord, RecordId, RegisteredBlock, Registration, Request, RequestId,
    Sequence, Tombstone, X25519Key,
};
use codec::Encode;
use polkadot_sdk::{
    frame_support::{
        genesis_builder_helper::{build_state, get_preset},
        traits::Get,
    },
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
            chain::create_inherents(&data)
        }

        fn check_inherents(
            block: <Block as BlockT>::LazyBlock,
            data: sp_inherents::InherentData,
        ) -> sp_inherents::CheckInherentsResult {
            chain::check_inherents(&block, &data)
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
            ChainKind::Consortium
        }

        fn chain() -> H256 {
            <Runtime as pallet_phi_index::Config>::ChainId::get()
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

    impl bspp_primitives::apis::ConsortiumApi<Block, AccountId> for Runtime {
        fn hospital(hospital: HospitalId) -> Option<Hospital<AccountId>> {
            Consortium::hospital(&hospital)
        }

        fn hospitals() -> Vec<HospitalId> {
            Consortium::hospitals()
        }

        fn encryption_key(hospital: HospitalId, filing_month: FilingMonth) -> Option<X25519Key> {
            Consortium::key_at(&hospital, filing_month)
        }

        fn requester_key(account: AccountId) -> Option<X25519Key> {
            <Consortium as bspp_primitives::traits::Membership<AccountId>>::requester_key(&account)
        }

        fn hospital_of(account: AccountId) -> Option<HospitalId> {
            <Consortium as bspp_primitives::traits::Membership<AccountId>>::hospital_of(&account)
        }

        fn anchored_head(hospital: HospitalId) -> Option<(AnchoredHead, u64)> {
            HospitalAnchor::anchored_head(&hospital)
        }
    }

    impl bspp_primitives::apis::PhiIndexApi<Block> for Runtime {
        fn batches(
            hospital: HospitalId,
            filing_month: FilingMonth,
            from: u32,
            limit: u32,
        ) -> Vec<IdentifiedBatch> {
            PhiIndex::batches(hospital, filing_month, from, limit)
        }

        fn batch(id: BatchId) -> Option<Batch> {
            PhiIndex::batch(&id)
        }

        fn next_sequence(hospital: HospitalId) -> Sequence {
            PhiIndex::next_sequence(&hospital)
        }

        fn registered_block(hospital: HospitalId, sequence: Sequence) -> Option<RegisteredBlock> {
            PhiIndex::registered_block(&hospital, sequence)
        }

        fn incarnation(hospital: HospitalId) -> Incarnation {
            PhiIndex::incarnation(&hospital)
        }

        fn registrations(number: BlockNumber, body: Vec<OpaqueExtrinsic>) -> Vec<Registration> {
            PhiIndex::registrations(number, |index| {
                body.get(usize::try_from(index).ok()?).map(Encode::encode)
            })
        }
    }

    impl bspp_primitives::apis::PeksSearchApi<Block, AccountId> for Runtime {
        fn request(id: RequestId) -> Option<Request<AccountId>> {
            PeksSearch::request(id)
        }

        fn matched(request: RequestId, record: RecordId) -> Option<Match> {
            PeksSearch::matched(request, record)
        }

        fn matches(request: RequestId) -> Vec<MatchedRecord> {
            PeksSearch::matches(request)
        }

        fn tombstone(request: RequestId) -> Option<Tombstone> {
            PeksSearch::tombstone(request)
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
