// SPDX-License-Identifier: Apache-2.0
//! Times and sizes of both chains.

use bspp_primitives::BlockNumber;
use polkadot_sdk::{
    frame_support::{
        dispatch::DispatchClass,
        weights::{constants::WEIGHT_REF_TIME_PER_MILLIS, Weight},
    },
    frame_system::limits::{BlockLength, BlockWeights},
    sp_runtime::Perbill,
};

/// Length of a slot, and so of a block, in milliseconds. It cannot change once a chain has begun.
pub const SLOT_DURATION_MS: u64 = 3_000;
/// A minute, in blocks.
pub const MINUTES: BlockNumber = 20;
/// An hour, in blocks.
pub const HOURS: BlockNumber = 60 * MINUTES;
/// A day, in blocks.
pub const DAYS: BlockNumber = 24 * HOURS;
/// Length of a session, in blocks. A changed set of validators authors from the second session after the change.
pub const SESSION_LENGTH: BlockNumber = HOURS;
/// Authorities of a chain at most.
pub const MAX_AUTHORITIES: u32 = 256;
/// How many blocks' hashes the state keeps, and so how long a mortal transaction may live.
pub const BLOCK_HASH_COUNT: BlockNumber = 2_400;
/// Share of a block that is not kept for operational calls.
pub const NORMAL_RATIO: Perbill = Perbill::from_percent(75);
/// Computation in a block at most: half of the slot. The other half is for sending and importing it.
pub const MAX_BLOCK_WEIGHT: Weight = Weight::from_parts(
    WEIGHT_REF_TIME_PER_MILLIS.saturating_mul(SLOT_DURATION_MS / 2),
    u64::MAX,
);

/// Weights of blocks.
pub fn block_weights() -> BlockWeights {
    BlockWeights::with_sensible_defaults(MAX_BLOCK_WEIGHT, NORMAL_RATIO)
}

/// Lengths of blocks: `bytes` for all, [`NORMAL_RATIO`] of it for normal extrinsics.
pub fn block_length(bytes: u32) -> BlockLength {
    BlockLength::builder()
        .max_length(bytes)
        .modify_max_length_for_class(DispatchClass::Normal, |max| *max = NORMAL_RATIO * *max)
        .build()
}
