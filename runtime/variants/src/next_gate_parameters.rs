// SPDX-License-Identifier: Apache-2.0
//! The runtime after the present one. Its upgrade changes the gate's own parameters.

use crate::{apis, configs::GateParameters, AllPalletsWithSystem, Runtime};
use alloc::borrow::Cow;
use polkadot_sdk::{
    frame_support::{
        traits::{Get, OnRuntimeUpgrade},
        weights::Weight,
    },
    frame_system,
    sp_version::{self, RuntimeVersion},
};

/// Name and version of this runtime.
#[sp_version::runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
    spec_name: Cow::Borrowed("bspp-consortium"),
    impl_name: Cow::Borrowed("bspp-consortium"),
    authoring_version: 1,
    spec_version: 101,
    impl_version: 1,
    apis: apis::RUNTIME_API_VERSIONS,
    transaction_version: 1,
    system_version: 1,
};

/// The pallets whose hooks run: all.
pub type HookedPallets = AllPalletsWithSystem;

/// Migrations that this release runs.
pub type Migrations = (NextGateParameters,);

/// Migrations over several blocks that this release runs: none.
#[cfg(not(feature = "runtime-benchmarks"))]
pub type BlockMigrations = ();

/// An upgrade that changes the gate's own parameters.
pub struct NextGateParameters;

impl OnRuntimeUpgrade for NextGateParameters {
    fn on_runtime_upgrade() -> Weight {
        pallet_conformance::GateParameters::<Runtime>::put(GateParameters {
            max_anchor_age: 40,
            max_lag: 80,
        });
        <Runtime as frame_system::Config>::DbWeight::get().writes(1)
    }
}
