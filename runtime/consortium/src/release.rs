// SPDX-License-Identifier: Apache-2.0
//! The version of this release of the runtime, its pallets and its migrations.
//!
//! Test runtimes (`runtime/variants`) share every other file of this crate and have a release file
//! of their own.

use crate::{apis, AllPalletsWithSystem};
use alloc::borrow::Cow;
use polkadot_sdk::sp_version::{self, RuntimeVersion};

/// Name and version of this runtime.
#[sp_version::runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
    spec_name: Cow::Borrowed("bspp-consortium"),
    impl_name: Cow::Borrowed("bspp-consortium"),
    authoring_version: 1,
    spec_version: 100,
    impl_version: 1,
    apis: apis::RUNTIME_API_VERSIONS,
    transaction_version: 1,
    system_version: 1,
};

/// The pallets whose hooks run: all.
pub type HookedPallets = AllPalletsWithSystem;

/// Migrations that this release runs: none.
pub type Migrations = ();

/// Migrations over several blocks that this release runs: none.
#[cfg(not(feature = "runtime-benchmarks"))]
pub type BlockMigrations = ();
