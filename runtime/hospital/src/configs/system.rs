// SPDX-License-Identifier: Apache-2.0
//! System and time.

use crate::{
    Aura, Block, MultiBlockMigrations, PalletInfo, Runtime, RuntimeCall, RuntimeEvent,
    RuntimeOrigin, RuntimeTask, VERSION,
};
use bspp_primitives::{AccountId, Hash, Nonce};
use bspp_runtime_common::{block_length, block_weights, NoPurgedKeys, BLOCK_HASH_COUNT};
use bspp_types::{limits::SS58_PREFIX, BlockNumber};
use pallet_slot_duration::HalfSlot;
use polkadot_sdk::{
    frame_support::{
        derive_impl, parameter_types,
        traits::{ConstU16, ConstU32},
        weights::constants::ParityDbWeight,
    },
    frame_system::{
        self,
        limits::{BlockLength, BlockWeights},
    },
    pallet_timestamp,
    sp_version::RuntimeVersion,
};

/// Maximum size of a block in bytes.
///
/// The normal share has room for six chunks of 1 MiB with their envelopes.
pub const MAX_BLOCK_BYTES: u32 = 8 * 1024 * 1024 + 64 * 1024;

parameter_types! {
    pub const BlockHashCount: BlockNumber = BLOCK_HASH_COUNT;
    pub const Version: RuntimeVersion = VERSION;
    pub RuntimeBlockWeights: BlockWeights = block_weights::<Runtime>();
    pub RuntimeBlockLength: BlockLength = block_length(MAX_BLOCK_BYTES);
}

#[derive_impl(frame_system::config_preludes::SolochainDefaultConfig)]
impl frame_system::Config for Runtime {
    type Block = Block;
    type BlockWeights = RuntimeBlockWeights;
    type BlockLength = RuntimeBlockLength;
    type BlockHashCount = BlockHashCount;
    type AccountId = AccountId;
    type Nonce = Nonce;
    type Hash = Hash;
    type DbWeight = ParityDbWeight;
    type Version = Version;
    type SS58Prefix = ConstU16<SS58_PREFIX>;
    type MaxConsumers = ConstU32<16>;
    type BaseCallFilter = NoPurgedKeys<Runtime>;
    type MultiBlockMigrator = MultiBlockMigrations;
    type SystemWeightInfo = frame_system::weights::SubstrateWeight<Runtime>;
    type ExtensionsWeightInfo = frame_system::SubstrateExtensionsWeight<Runtime>;
}

impl pallet_slot_duration::Config for Runtime {}

impl pallet_timestamp::Config for Runtime {
    type Moment = u64;
    type OnTimestampSet = Aura;
    type MinimumPeriod = HalfSlot<Self>;
    type WeightInfo = pallet_timestamp::weights::SubstrateWeight<Runtime>;
}
