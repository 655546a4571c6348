// SPDX-License-Identifier: Apache-2.0
//! Migrations that take several blocks.
//!
//! Meanwhile only inherents enter blocks. The gate judges these blocks, so such a migration must not
//! change anything that the gate reads. A test refuses one that names a prefix of those pallets.

use crate::{Runtime, RuntimeEvent};
use bspp_runtime_common::block_weights;
use polkadot_sdk::{
    frame_support::{
        migrations::ForceUnstuckOnFailedMigration, parameter_types, traits::ConstU32,
        weights::Weight,
    },
    pallet_migrations,
};

parameter_types! {
    /// Maximum weight of the migrations in a block: half of the block.
    pub MaxMigrationWeight: Weight = block_weights::<Runtime>().max_block.saturating_div(2);
}

impl pallet_migrations::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    #[cfg(not(feature = "runtime-benchmarks"))]
    // None.
    type Migrations = ();
    #[cfg(feature = "runtime-benchmarks")]
    type Migrations = pallet_migrations::mock_helpers::MockedMigrations;
    type CursorMaxLen = ConstU32<65_536>;
    type IdentifierMaxLen = ConstU32<256>;
    type MigrationStatusHandler = ();
    // A chain that admits inherents only could not be repaired by another upgrade.
    type FailedMigrationHandler = ForceUnstuckOnFailedMigration;
    type MaxServiceWeight = MaxMigrationWeight;
    type WeightInfo = pallet_migrations::weights::SubstrateWeight<Runtime>;
}
