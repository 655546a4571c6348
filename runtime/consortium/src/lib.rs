// SPDX-License-Identifier: Apache-2.0
#![cfg_attr(not(feature = "std"), no_std)]
#![recursion_limit = "256"]
// `runtime` and `impl_runtime_apis` make items at the root that nobody could document.
#![allow(missing_docs, clippy::expect_used)]
#![doc = include_str!("../README.md")]

extern crate alloc;

#[cfg(feature = "std")]
include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));

pub mod apis;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarks;
pub mod configs;
pub mod genesis_config_presets;
#[cfg(test)]
mod tests;
#[cfg(any(feature = "next-gate-parameters", feature = "baseline-without-gate"))]
mod variants;

// The `runtime` macro names it without a path.
use alloc::borrow::Cow;
#[cfg(not(feature = "std"))]
use alloc::vec::Vec;
use bspp_primitives::{AccountId, Header, Signature};
use bspp_runtime_common::CheckMember;
use pallet_conformance::CheckConformance;
use polkadot_sdk::{
    frame_executive, frame_support, frame_system, pallet_aura, pallet_authorship,
    pallet_collective, pallet_grandpa, pallet_offences, pallet_session,
    pallet_session::historical as pallet_historical,
    pallet_timestamp,
    sp_runtime::{generic, MultiAddress},
    sp_version::{self, RuntimeVersion},
};

// The version's macro takes literals only, so variants have versions of their own.
#[cfg(feature = "baseline-without-gate")]
pub use variants::VERSION;
#[cfg(feature = "next-gate-parameters")]
pub use variants::VERSION;

/// What this runtime is.
#[cfg(not(any(feature = "next-gate-parameters", feature = "baseline-without-gate")))]
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

/// Address of an account in an extrinsic.
pub type Address = MultiAddress<AccountId, ()>;
/// What is checked of every transaction, in this order.
pub type TxExtension = (
    frame_system::AuthorizeCall<Runtime>,
    frame_system::CheckNonZeroSender<Runtime>,
    frame_system::CheckSpecVersion<Runtime>,
    frame_system::CheckTxVersion<Runtime>,
    frame_system::CheckGenesis<Runtime>,
    frame_system::CheckEra<Runtime>,
    CheckConformance<Runtime>,
    CheckMember<Runtime, Consortium>,
    frame_system::CheckNonce<Runtime>,
    frame_system::CheckWeight<Runtime>,
    frame_system::WeightReclaim<Runtime>,
);
/// An extrinsic.
pub type UncheckedExtrinsic =
    generic::UncheckedExtrinsic<Address, RuntimeCall, Signature, TxExtension>;
/// A block.
pub type Block = generic::Block<Header, UncheckedExtrinsic>;
/// What the signer of an extrinsic signs.
pub type SignedPayload = generic::SignedPayload<RuntimeCall, TxExtension>;
/// Dispatches extrinsics to the pallets.
pub type Executive = frame_executive::Executive<
    Runtime,
    Block,
    frame_system::ChainContext<Runtime>,
    Runtime,
    GatedPallets,
>;
/// The pallets whose hooks run: all.
#[cfg(not(feature = "baseline-without-gate"))]
pub type GatedPallets = AllPalletsWithSystem;
/// The pallets whose hooks run: all but the gate.
#[cfg(feature = "baseline-without-gate")]
pub type GatedPallets = variants::Ungated;

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
    #[runtime::pallet_index(1)]
    pub type Timestamp = pallet_timestamp;
    // Before Session: it judges a block by its parent's post-state.
    #[runtime::pallet_index(2)]
    pub type Conformance = pallet_conformance;
    #[runtime::pallet_index(3)]
    pub type Aura = pallet_aura;
    #[runtime::pallet_index(4)]
    pub type Authorship = pallet_authorship;
    #[runtime::pallet_index(5)]
    pub type Session = pallet_session;
    #[runtime::pallet_index(6)]
    pub type Historical = pallet_historical;
    #[runtime::pallet_index(7)]
    pub type Grandpa = pallet_grandpa;
    #[runtime::pallet_index(8)]
    pub type Offences = pallet_offences;
    #[runtime::pallet_index(9)]
    pub type Council = pallet_collective<Instance1>;
    #[runtime::pallet_index(10)]
    pub type Consortium = pallet_consortium;
    #[runtime::pallet_index(11)]
    pub type HospitalAnchor = pallet_hospital_anchor;
    #[runtime::pallet_index(12)]
    pub type PhiIndex = pallet_phi_index;
    #[runtime::pallet_index(13)]
    pub type PeksSearch = pallet_peks_search;
}
