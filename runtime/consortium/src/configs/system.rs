// SPDX-License-Identifier: Apache-2.0
//! System and time.

use crate::{
    Aura, Block, PalletInfo, Runtime, RuntimeCall, RuntimeEvent, RuntimeOrigin, RuntimeTask,
    System, VERSION,
};
use bspp_primitives::{AccountId, BlockNumber, Hash, Nonce};
use bspp_runtime_common::{block_length, block_weights, BLOCK_HASH_COUNT, SLOT_DURATION_MS};
use polkadot_sdk::{
    frame_support::{
        derive_impl, parameter_types,
        traits::{ConstU16, ConstU32, ConstU64, Contains, Get},
        weights::constants::ParityDbWeight,
    },
    frame_system::{
        self,
        limits::{BlockLength, BlockWeights},
    },
    pallet_session, pallet_timestamp,
    sp_core::H256,
    sp_version::RuntimeVersion,
};

/// Bytes of a block at most. A registration of 256 full entries takes 0.8 MB.
const MAX_BLOCK_BYTES: u32 = 5 * 1024 * 1024;

parameter_types! {
    pub const BlockHashCount: BlockNumber = BLOCK_HASH_COUNT;
    pub const Version: RuntimeVersion = VERSION;
    pub RuntimeBlockWeights: BlockWeights = block_weights();
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
    type SS58Prefix = ConstU16<42>;
    type MaxConsumers = ConstU32<16>;
    type BaseCallFilter = NoPurgedKeys;
    type SingleBlockMigrations = Migrations;
    type SystemWeightInfo = frame_system::weights::SubstrateWeight<Runtime>;
    type ExtensionsWeightInfo = frame_system::SubstrateExtensionsWeight<Runtime>;
}

impl pallet_timestamp::Config for Runtime {
    type Moment = u64;
    type OnTimestampSet = Aura;
    type MinimumPeriod = ConstU64<{ SLOT_DURATION_MS / 2 }>;
    type WeightInfo = pallet_timestamp::weights::SubstrateWeight<Runtime>;
}

/// Migrations that this version of the runtime runs.
#[cfg(not(feature = "next-gate-parameters"))]
type Migrations = ();
#[cfg(feature = "next-gate-parameters")]
type Migrations = (crate::variants::NextGateParameters,);

/// Validators replace their session keys, they do not purge them: a set whose keys are gone could author no more.
pub struct NoPurgedKeys;

impl Contains<RuntimeCall> for NoPurgedKeys {
    fn contains(call: &RuntimeCall) -> bool {
        !matches!(
            call,
            RuntimeCall::Session(pallet_session::Call::purge_keys { .. })
        )
    }
}

/// The genesis hash: `chain` in the protocol. Known from the first block on.
pub struct ChainId;

impl Get<H256> for ChainId {
    fn get() -> H256 {
        System::block_hash(0)
    }
}
