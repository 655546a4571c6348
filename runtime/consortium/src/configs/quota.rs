// SPDX-License-Identifier: Apache-2.0
//! The quotas of hospitals and accounts. The genesis sets the length of sessions.

use crate::{
    configs::system::{RuntimeBlockLength, RuntimeBlockWeights, MAX_BLOCK_BYTES},
    Runtime,
};
use bspp_primitives::quota::Quota;
use bspp_runtime_common::NORMAL_RATIO;
use bspp_types::{
    limits::{max_proposal_time, HOUR_MS},
    BlockNumber,
};
use pallet_conformance::SessionLengthOf;
use pallet_consortium::Part;
use pallet_slot_duration::SlotDurationOf;
use polkadot_sdk::frame_support::{dispatch::DispatchClass, traits::Get};

/// Number of equal shares of a session's computation, of which a hospital may use one.
///
/// With 100 hospitals not all can use their share, and others may use the share that one does not
/// use.
const SHARES: u64 = 8;
/// Bytes that a hospital may use in an hour: 3 GiB a day, about a million full entries.
const BYTES_PER_HOUR: u64 = 128 * 1024 * 1024;

/// Parts of a hospital's quota, of which one requester may use one.
const DELEGATE_SHARES: u64 = 8;
/// Computation of a requester's heaviest call, with its checks: 5 ms.
const DELEGATE_CALL: u64 = 5_000_000_000;
/// Parts of a session's blocks, of which one account may use one for operational calls.
///
/// It is enough for an anchor in most blocks, even of a hospital with 64 nodes.
const OPERATIONAL_SHARES: u64 = 128;

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

/// Computation (`ref_time`) of one requester in a session: an eighth of its hospital's.
pub struct DelegateWeight;

impl Get<u64> for DelegateWeight {
    fn get() -> u64 {
        (QuotaWeight::get() / DELEGATE_SHARES).max(DELEGATE_CALL)
    }
}

/// Bytes of one requester in a session: an eighth of its hospital's.
pub struct DelegateBytes;

impl Get<u64> for DelegateBytes {
    fn get() -> u64 {
        QuotaBytes::get() / DELEGATE_SHARES
    }
}

/// The quota of an account's operational calls in a session.
///
/// In long sessions it is a small part of the blocks. In short ones it holds what an account needs
/// at least: an upgrade, or the motions of a council.
pub fn operational_quota(part: Part) -> Quota {
    /// Number of calls that are not sent in each block.
    const CALLS: u32 = 64;
    /// Number of motions that a council member may close in a session.
    const MOTIONS: u64 = 32;
    /// Bytes of a validator's session keys and reports.
    const VALIDATOR_BYTES: u64 = 512 * 1024;

    let block = RuntimeBlockWeights::get().max_block.ref_time();
    let share = block.saturating_mul(session_blocks()) / OPERATIONAL_SHARES;
    let block_bytes = u64::from(MAX_BLOCK_BYTES);
    let bytes = (block_bytes.saturating_mul(session_blocks()) / OPERATIONAL_SHARES)
        .max(block_bytes.saturating_mul(2));
    match part {
        Part::Council => Quota {
            number: CALLS.saturating_mul(4),
            weight: max_proposal_time(SlotDurationOf::<Runtime>::get())
                .saturating_mul(MOTIONS)
                .max(share),
            bytes,
        },
        Part::Operator | Part::Anchorer => Quota {
            number: u32::try_from(session_blocks())
                .unwrap_or(u32::MAX)
                .saturating_add(CALLS),
            weight: share.max(block.saturating_mul(2)),
            bytes,
        },
        Part::Validator => Quota {
            number: CALLS / 2,
            weight: block / 2,
            bytes: VALIDATOR_BYTES,
        },
        Part::Requester => Quota {
            number: 0,
            weight: 0,
            bytes: 0,
        },
    }
}

fn session_blocks() -> u64 {
    let blocks: BlockNumber = SessionLengthOf::<Runtime>::get();
    blocks.into()
}
