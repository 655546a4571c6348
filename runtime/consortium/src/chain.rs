// SPDX-License-Identifier: Apache-2.0
//! The parts of the chain: its transactions, its blocks and its pallets.

use alloc::vec::Vec;
use bspp_primitives::{AccountId, Header, Signature};
use bspp_runtime_common::{CheckMember, CheckNonce};
use pallet_conformance::CheckConformance;
use polkadot_sdk::{
    frame_metadata_hash_extension::CheckMetadataHash,
    frame_support, frame_system, pallet_aura, pallet_authorship, pallet_collective, pallet_grandpa,
    pallet_migrations, pallet_offences, pallet_session, pallet_timestamp,
    sp_inherents::{CheckInherentsResult, InherentData},
    sp_runtime::{generic, traits::Block as BlockT, MultiAddress},
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
    CheckMember<Runtime, Consortium>,
    CheckNonce<Runtime, Consortium>,
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
/// The inherents of a block, from what the author's node knows.
pub(crate) fn create_inherents(data: &InherentData) -> Vec<UncheckedExtrinsic> {
    // The macro's trait for this is private to this module.
    data.create_extrinsics()
}

/// Whether the inherents of a block agree with what this node knows.
pub(crate) fn check_inherents(
    block: &<Block as BlockT>::LazyBlock,
    data: &InherentData,
) -> CheckInherentsResult {
    data.check_extrinsics(block)
}

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
    pub type MultiBlockMigrations = pallet_migrations;
    #[runtime::pallet_index(8)]
    pub type Grandpa = pallet_grandpa;
    #[runtime::pallet_index(9)]
    pub type Offences = pallet_offences;
    #[runtime::pallet_index(10)]
    pub type Council = pallet_collective<Instance1>;
    #[runtime::pallet_index(11)]
    pub type Consortium = pallet_consortium;
    #[runtime::pallet_index(12)]
    pub type HospitalAnchor = pallet_hospital_anchor;
    #[runtime::pallet_index(13)]
    pub type PhiIndex = pallet_phi_index;
    #[runtime::pallet_index(14)]
    pub type PeksSearch = pallet_peks_search;
}
