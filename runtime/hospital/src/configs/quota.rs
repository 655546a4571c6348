// SPDX-License-Identifier: Apache-2.0
//! The quotas of accounts in a session. The genesis sets the length of sessions.

use crate::{
    configs::system::{RuntimeBlockLength, RuntimeBlockWeights, MAX_BLOCK_BYTES},
    Runtime,
};
use bspp_primitives::quota::Quota;
use bspp_runtime_common::NORMAL_RATIO;
use bspp_types::{limits::HOUR_MS, BlockNumber};
use pallet_conformance::SessionLengthOf;
use pallet_hospital_admin::Sender;
use pallet_slot_duration::SlotDurationOf;
use polkadot_sdk::frame_support::{dispatch::DispatchClass, traits::Get};

/// Parts of a session's computation, of which one account may use one.
const SHARES: u64 = 64;
/// Bytes that one account may use in an hour: about ten thousand of the largest records.
const BYTES_PER_HOUR: u64 = 64 * 1024 * 1024;

/// The quota of an account without one of its own, such as a workstation's.
///
/// It is a 64th of the computation of normal extrinsics, and 64 MiB for each hour, but not less
/// than the normal extrinsics of one block. A gateway needs a quota of its own for bulk ingest:
/// 250 of the largest records in each second are 6 GiB in an hour.
pub struct StaffQuota;

impl Get<Quota> for StaffQuota {
    fn get() -> Quota {
        let time = NORMAL_RATIO * RuntimeBlockWeights::get().max_block.ref_time();
        let length = *RuntimeBlockLength::get().max.get(DispatchClass::Normal);
        let millis = session_blocks().saturating_mul(SlotDurationOf::<Runtime>::get());
        Quota::of(
            (time.saturating_mul(session_blocks()) / SHARES).max(time),
            (BYTES_PER_HOUR.saturating_mul(millis) / HOUR_MS).max(length.into()),
        )
    }
}

/// The quota of an account's operational calls in a session.
///
/// Admins may send two runtimes of the size of a block. Nodes send session keys and reports.
pub fn operational_quota(sender: &Sender) -> Quota {
    let block = RuntimeBlockWeights::get().max_block.ref_time();
    if sender.admin {
        Quota {
            number: 256,
            weight: (block.saturating_mul(session_blocks()) / SHARES).max(block.saturating_mul(4)),
            bytes: u64::from(MAX_BLOCK_BYTES).saturating_mul(2),
        }
    } else {
        Quota {
            number: 32,
            weight: block / 2,
            bytes: 512 * 1024,
        }
    }
}

fn session_blocks() -> u64 {
    let blocks: BlockNumber = SessionLengthOf::<Runtime>::get();
    blocks.into()
}
