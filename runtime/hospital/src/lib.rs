// SPDX-License-Identifier: Apache-2.0
#![cfg_attr(not(feature = "std"), no_std)]
#![recursion_limit = "256"]
// `runtime` and `impl_runtime_apis` generate items at the root that cannot have documentation.
#![allow(missing_docs, clippy::expect_used)]
#![doc = include_str!("../README.md")]

extern crate alloc;

#[cfg(feature = "std")]
include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));

pub mod apis;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarks;
pub mod configs;
pub mod genesis_check;
pub mod genesis_config_presets;
#[cfg(test)]
mod tests;

// The `runtime` macro names this module without a path.
use alloc::borrow::Cow;
#[cfg(not(feature = "std"))]
use alloc::vec::Vec;
use bspp_primitives::{AccountId, Header, Signature};
use bspp_runtime_common::{CheckMember, CheckNonce};
use pallet_conformance::CheckConformance;
use polkadot_sdk::{
    frame_executive,
    frame_metadata_hash_extension::CheckMetadataHash,
    frame_support, frame_system, pallet_aura, pallet_authorship, pallet_grandpa, pallet_migrations,
    pallet_offences, pallet_session, pallet_timestamp,
    sp_runtime::{generic, MultiAddress},
    sp_version::{self, RuntimeVersion},
};

/// Name and version of this runtime.
#[sp_version::runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
    spec_name: Cow::Borrowed("bspp-hospital"),
    impl_name: Cow::Borrowed("bspp-hospital"),
    authoring_version: 1,
    spec_version: 100,
    impl_version: 1,
    apis: apis::RUNTIME_API_VERSIONS,
    transaction_version: 1,
    system_version: 1,
};

/// Address of an account in an extrinsic.
pub type Address = MultiAddress<AccountId, ()>;
/// Checks of every transaction, in this order.
pub type TxExtension = (
    frame_system::AuthorizeCall<Runtime>,
    frame_system::CheckNonZeroSender<Runtime>,
    frame_system::CheckSpecVersion<Runtime>,
    frame_system::CheckTxVersion<Runtime>,
    frame_system::CheckGenesis<Runtime>,
    frame_system::CheckEra<Runtime>,
    CheckConformance<Runtime>,
    CheckMember<Runtime, HospitalAdmin>,
    CheckNonce<Runtime, HospitalAdmin>,
    frame_system::CheckWeight<Runtime>,
    CheckMetadataHash<Runtime>,
    frame_system::WeightReclaim<Runtime>,
);
/// An extrinsic.
pub type UncheckedExtrinsic =
    generic::UncheckedExtrinsic<Address, RuntimeCall, Signature, TxExtension>;
/// A block.
pub type Block = generic::Block<Header, UncheckedExtrinsic>;
/// Payload that the signer of an extrinsic signs.
pub type SignedPayload = generic::SignedPayload<RuntimeCall, TxExtension>;
/// Dispatches extrinsics to the pallets.
pub type Executive = frame_executive::Executive<
    Runtime,
    Block,
    frame_system::ChainContext<Runtime>,
    Runtime,
    AllPalletsWithSystem,
>;

#[frame_support::runtime]
mod runtime {
    use super::*;

    #[runtime::runtime]
    #[runtime::derive(
        RuntimeCall,
        RuntimeEvent,
        RuntimeError,
        RuntimeOrigin,
        RuntimeFreezeReason,
        RuntimeHoldReason,
        RuntimeSlashReason,
        RuntimeLockId,
        RuntimeTask,
        RuntimeViewFunction
    )]
    pub struct Runtime;

    #[runtime::pallet_index(0)]
    pub type System = frame_system;
    // Before all pallets whose genesis reads the slot length.
    #[runtime::pallet_index(1)]
    pub type SlotDuration = pallet_slot_duration;
    #[runtime::pallet_index(2)]
    pub type Timestamp = pallet_timestamp;
    // Before Session, because it judges a block by its parent's post-state.
    #[runtime::pallet_index(3)]
    pub type Conformance = pallet_conformance;
    #[runtime::pallet_index(4)]
    pub type Aura = pallet_aura;
    #[runtime::pallet_index(5)]
    pub type Authorship = pallet_authorship;
    #[runtime::pallet_index(6)]
    pub type Session = pallet_session;
    #[runtime::pallet_index(7)]
    pub type Grandpa = pallet_grandpa;
    #[runtime::pallet_index(8)]
    pub type HospitalAdmin = pallet_hospital_admin;
    #[runtime::pallet_index(9)]
    pub type Patients = pallet_patients;
    // The name is part of the storage keys that the consortium proves:
    // `bspp_primitives::entry_commitment_storage`.
    #[runtime::pallet_index(10)]
    pub type PhiRecords = pallet_phi_records;
    #[runtime::pallet_index(11)]
    pub type Offences = pallet_offences;
    #[runtime::pallet_index(12)]
    pub type MultiBlockMigrations = pallet_migrations;
}
