// SPDX-License-Identifier: Apache-2.0
//! System and time.

use crate::{
    release::Migrations, Aura, Block, Consortium, MultiBlockMigrations, PalletInfo, Runtime,
    RuntimeCall, RuntimeEvent, RuntimeOrigin, RuntimeTask, System, VERSION,
};
use bspp_primitives::{AccountId, Hash, Nonce};
use bspp_runtime_common::{
    block_length, block_weights, NoPurgedKeys, OnlyDueUpgrades, BLOCK_HASH_COUNT,
};
use bspp_types::{limits::SS58_PREFIX, BlockNumber};
use pallet_slot_duration::HalfSlot;
use polkadot_sdk::{
    frame_support::{
        derive_impl, parameter_types,
        traits::{ConstU16, ConstU32, Get, InsideBoth},
        weights::constants::ParityDbWeight,
    },
    frame_system::{
        self,
        limits::{BlockLength, BlockWeights},
    },
    pallet_timestamp,
    sp_core::H256,
    sp_version::RuntimeVersion,
};

/// Maximum size of a block in bytes. A registration of 256 full entries takes 0.8 MB.
pub const MAX_BLOCK_BYTES: u32 = 5 * 1024 * 1024;

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
    type BaseCallFilter = InsideBoth<NoPurgedKeys<Runtime>, OnlyDueUpgrades<Runtime, Consortium>>;
    type SingleBlockMigrations = Migrations;
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

/// The genesis hash, `chain` in the protocol. The state knows it from the first block on.
pub struct ChainId;

impl Get<H256> for ChainId {
    fn get() -> H256 {
        System::block_hash(0)
    }
}
