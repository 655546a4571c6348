// SPDX-License-Identifier: Apache-2.0
//! Limits of both chains.

use bspp_types::{limits::max_block_time, BlockNumber};
use pallet_slot_duration::SlotDurationOf;
use polkadot_sdk::{
    frame_support::{dispatch::DispatchClass, traits::Get, weights::Weight},
    frame_system::limits::{BlockLength, BlockWeights},
    sp_runtime::Perbill,
};

/// Maximum number of authorities of a chain.
pub const MAX_AUTHORITIES: u32 = 256;
/// Number of blocks whose hashes the state keeps: the longest life of a mortal transaction.
pub const BLOCK_HASH_COUNT: BlockNumber = 2_400;
const _: () = assert!(bspp_types::limits::MAX_TRANSACTION_LONGEVITY <= BLOCK_HASH_COUNT as u64);
/// Share of a block that is not reserved for operational calls.
pub const NORMAL_RATIO: Perbill = Perbill::from_percent(75);

/// Weights of blocks. They scale with the slot, so that other nodes import blocks in time.
///
/// The function reads the state, so the metadata of a chain names the limits of that chain. Without
/// a genesis (integrity tests, metadata that is made off-line) the limits are those of the default
/// slot.
pub fn block_weights<T: pallet_slot_duration::Config>() -> BlockWeights {
    let max = Weight::from_parts(max_block_time(SlotDurationOf::<T>::get()), u64::MAX);
    BlockWeights::with_sensible_defaults(max, NORMAL_RATIO)
}

/// Lengths of blocks: `bytes` in total, [`NORMAL_RATIO`] of it for normal extrinsics.
pub fn block_length(bytes: u32) -> BlockLength {
    BlockLength::builder()
        .max_length(bytes)
        .modify_max_length_for_class(DispatchClass::Normal, |max| *max = NORMAL_RATIO * *max)
        .build()
}
