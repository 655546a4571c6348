// SPDX-License-Identifier: Apache-2.0
//! The quotas of hospitals and accounts. The genesis sets the length of sessions.
//!
//! `pallet-consortium` divides a hospital's quota: three quarters are the reserve of registrations, a
//! quarter is common.

use crate::{
    configs::system::{RuntimeBlockLength, RuntimeBlockWeights, MAX_BLOCK_BYTES},
    Consortium, Runtime,
};
use bspp_primitives::quota::Quota;
use bspp_runtime_common::NORMAL_RATIO;
use bspp_types::{
    limits::{max_proposal_time, HOUR_MS, MAX_REGISTRATION_BYTES},
    BlockNumber,
};
use pallet_conformance::SessionLengthOf;
use pallet_consortium::Part;
use pallet_phi_index::{types::MAX_PROOF_NODES, Size};
use pallet_slot_duration::SlotDurationOf;
use polkadot_sdk::frame_support::{dispatch::DispatchClass, traits::Get};

/// Number of equal shares of a session's computation, of which a hospital may use one.
///
/// With 100 hospitals not all can use their share, and others may use the share that one does not
/// use.
const SHARES: u64 = 8;
/// Blocks whose computation a hospital may use even in a short session.
///
/// Three quarters of it are the reserve, which has room for two calls that fill a block.
const MIN_BLOCKS_OF_WEIGHT: u64 = 3;
/// Blocks whose bytes a hospital may use even in a short session.
///
/// Three quarters of it are the reserve, which has room for two of the longest registrations.
const MIN_BLOCKS_OF_BYTES: u64 = 2;
/// Bytes that a hospital may use in an hour: 3 GiB a day, about a million full entries.
const BYTES_PER_HOUR: u64 = 128 * 1024 * 1024;

/// Parts of the common quota of a hospital, of which one requester may use one.
///
/// So seven stolen keys do not stop the eighth requester.
const DELEGATE_SHARES: u64 = 8;
/// Computation of a requester's heaviest call, with its checks: 5 ms.
const DELEGATE_CALL: u64 = 5_000_000_000;
/// Length of a requester's longest call, with its envelope: 64 KiB.
const DELEGATE_CALL_BYTES: u64 = 64 * 1024;
/// Parts of a session's blocks, of which one account may use one for operational calls.
///
/// It is enough for an anchor in most blocks, even of a hospital with 64 nodes.
const OPERATIONAL_SHARES: u64 = 128;

/// Computation (`ref_time`) that a hospital may use in a session.
///
/// It is an eighth of the computation of all normal extrinsics of the session, but not less than
/// that of three blocks. Otherwise the reserve would not hold two registrations in short sessions.
pub struct QuotaWeight;

impl Get<u64> for QuotaWeight {
    fn get() -> u64 {
        let block = normal_block_weight();
        (block.saturating_mul(session_blocks()) / SHARES)
            .max(block.saturating_mul(MIN_BLOCKS_OF_WEIGHT))
    }
}

/// Bytes of extrinsics that a hospital may use in a session.
///
/// It is 128 MiB for each hour, but not less than the normal extrinsics of two blocks.
pub struct QuotaBytes;

impl Get<u64> for QuotaBytes {
    fn get() -> u64 {
        let block = u64::from(*RuntimeBlockLength::get().max.get(DispatchClass::Normal));
        let millis = session_blocks().saturating_mul(SlotDurationOf::<Runtime>::get());
        (BYTES_PER_HOUR.saturating_mul(millis) / HOUR_MS)
            .max(block.saturating_mul(MIN_BLOCKS_OF_BYTES))
    }
}

/// Computation (`ref_time`) of the largest registration.
///
/// With short slots the largest call does not fit into a block, and gateways send smaller ones.
pub struct RegistrationWeight;

impl Get<u64> for RegistrationWeight {
    fn get() -> u64 {
        type Weights = <Runtime as pallet_phi_index::Config>::WeightInfo;

        let call = Size::largest().weight::<Weights>(MAX_PROOF_NODES);
        call.ref_time().min(normal_block_weight())
    }
}

/// Bytes of the largest registration.
pub struct RegistrationBytes;

impl Get<u64> for RegistrationBytes {
    fn get() -> u64 {
        MAX_REGISTRATION_BYTES.into()
    }
}

/// Computation (`ref_time`) of one requester in a session: an eighth of the common quota.
pub struct DelegateWeight;

impl Get<u64> for DelegateWeight {
    fn get() -> u64 {
        (Consortium::common_quota().weight / DELEGATE_SHARES).max(DELEGATE_CALL)
    }
}

/// Bytes of one requester in a session: an eighth of the common quota.
pub struct DelegateBytes;

impl Get<u64> for DelegateBytes {
    fn get() -> u64 {
        (Consortium::common_quota().bytes / DELEGATE_SHARES).max(DELEGATE_CALL_BYTES)
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

/// Computation (`ref_time`) of the normal extrinsics of a block.
fn normal_block_weight() -> u64 {
    NORMAL_RATIO * RuntimeBlockWeights::get().max_block.ref_time()
}

fn session_blocks() -> u64 {
    let blocks: BlockNumber = SessionLengthOf::<Runtime>::get();
    blocks.into()
}
