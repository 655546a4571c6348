// SPDX-License-Identifier: Apache-2.0
//! The quota of one hospital in a session. The genesis sets the length of sessions.

use crate::{
    configs::system::{RuntimeBlockLength, RuntimeBlockWeights},
    Runtime,
};
use bspp_runtime_common::NORMAL_RATIO;
use bspp_types::{limits::HOUR_MS, BlockNumber};
use pallet_conformance::SessionLengthOf;
use pallet_slot_duration::SlotDurationOf;
use polkadot_sdk::frame_support::{dispatch::DispatchClass, traits::Get};

/// Number of equal shares of a session's computation, of which a hospital may use one.
///
/// With 100 hospitals not all can use their share, and others may use the share that one does not
/// use.
const SHARES: u64 = 8;
/// Bytes that a hospital may use in an hour: 3 GiB a day, about a million full entries.
const BYTES_PER_HOUR: u64 = 128 * 1024 * 1024;

/// Computation (`ref_time`) that a hospital may use in a session.
///
/// It is an eighth of the computation of all normal extrinsics of the session, but not less than
/// that of one block. Otherwise the heaviest call would not fit in short sessions.
pub struct QuotaWeight;

impl Get<u64> for QuotaWeight {
    fn get() -> u64 {
        let block = NORMAL_RATIO * RuntimeBlockWeights::get().max_block.ref_time();
        (block.saturating_mul(session_blocks()) / SHARES).max(block)
    }
}

/// Bytes of extrinsics that a hospital may use in a session.
///
/// It is 128 MiB for each hour, but not less than the normal extrinsics of one block.
pub struct QuotaBytes;

impl Get<u64> for QuotaBytes {
    fn get() -> u64 {
        let block = *RuntimeBlockLength::get().max.get(DispatchClass::Normal);
        let millis = session_blocks().saturating_mul(SlotDurationOf::<Runtime>::get());
        (BYTES_PER_HOUR.saturating_mul(millis) / HOUR_MS).max(block.into())
    }
}

fn session_blocks() -> u64 {
    let blocks: BlockNumber = SessionLengthOf::<Runtime>::get();
    blocks.into()
}
