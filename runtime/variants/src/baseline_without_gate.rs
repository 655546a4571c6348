// SPDX-License-Identifier: Apache-2.0
//! The runtime without the gate, which shows the cost of a block without it.
//!
//! No chain could upgrade to this runtime.

use crate::{
    apis, Aura, Authorship, Consortium, Council, Grandpa, HospitalAnchor, MultiBlockMigrations,
    Offences, PeksSearch, PhiIndex, Session, SlotDuration, System, Timestamp,
};
use alloc::borrow::Cow;
use polkadot_sdk::sp_version::{self, RuntimeVersion};

/// Name and version of this runtime.
#[sp_version::runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
    spec_name: Cow::Borrowed("bspp-consortium-without-gate"),
    impl_name: Cow::Borrowed("bspp-consortium"),
    authoring_version: 1,
    spec_version: 100,
    impl_version: 1,
    apis: apis::RUNTIME_API_VERSIONS,
    transaction_version: 1,
    system_version: 1,
};

/// The pallets whose hooks run: all except the gate.
pub type HookedPallets = (
    System,
    SlotDuration,
    Timestamp,
    Aura,
    Authorship,
    Session,
    MultiBlockMigrations,
    Grandpa,
    Offences,
    Council,
    Consortium,
    HospitalAnchor,
    PhiIndex,
    PeksSearch,
);

/// Migrations that this release runs: none.
pub type Migrations = ();

/// Migrations over several blocks that this release runs: none.
#[cfg(not(feature = "runtime-benchmarks"))]
pub type BlockMigrations = ();
