// SPDX-License-Identifier: Apache-2.0
//! Limits on which runtimes and clients must agree.

use crate::Moment;

/// Slot length of a chain whose genesis does not choose one, in milliseconds.
pub const DEFAULT_SLOT_DURATION: Moment = 3_000;
/// Minimum slot length, in milliseconds.
///
/// The heaviest call, a runtime upgrade, fits into a block.
pub const MIN_SLOT_DURATION: Moment = 500;
/// Maximum slot length, in milliseconds.
pub const MAX_SLOT_DURATION: Moment = 60_000;
/// Number of blocks for which a transaction is valid, with slots of the default length.
///
/// A transaction may wait in a pool for as long.
pub const TRANSACTION_LONGEVITY: u64 = 64;
/// Maximum time for which a transaction is valid, in milliseconds.
const TRANSACTION_LIFETIME_MS: Moment = TRANSACTION_LONGEVITY * DEFAULT_SLOT_DURATION;
/// Minimum of [`transaction_longevity`]: twice the lag of finality, in blocks.
const MIN_TRANSACTION_LONGEVITY: u64 = 32;
/// Maximum of [`transaction_longevity`]. The chains keep the hashes of more blocks.
pub const MAX_TRANSACTION_LONGEVITY: u64 = 1_024;
/// A minute, in milliseconds.
pub const MINUTE_MS: Moment = 60 * 1000;
/// An hour, in milliseconds.
pub const HOUR_MS: Moment = 60 * MINUTE_MS;
/// A day, in milliseconds.
pub const DAY_MS: Moment = 24 * HOUR_MS;
/// Maximum validity of a grant from the opening of its request on, in days.
pub const MAX_GRANT_DAYS: u32 = 366;
/// The time in which a hospital must answer a question on chain, in milliseconds.
pub const ANSWER_PERIOD_MS: Moment = 7 * DAY_MS;
/// Maximum number of labels in one leaf of the scope of a grant.
pub const MAX_LABELS_PER_LEAF: u32 = 8;
/// Depth of the scope tree of a grant, whatever number of leaves it has.
pub const SCOPE_DEPTH: usize = 12;
/// Maximum number of rises of a patient's label version in one calendar month.
///
/// A thief of the account key must not exhaust the versions.
pub const MAX_LABEL_RISES_PER_MONTH: u32 = 8;
/// Maximum number of nodes of a hospital chain, and of its voters, whom an anchor must know.
pub const MAX_HOSPITAL_NODES: u32 = 64;
/// Maximum validity of a node's credential from its issue on, in days.
pub const MAX_CREDENTIAL_DAYS: u32 = 366;

/// Maximum number of entry blocks that one call registers.
pub const MAX_BLOCKS_PER_CALL: u32 = 128;
/// Maximum number of entries that one call registers.
pub const MAX_ENTRIES_PER_CALL: u32 = 2_048;
/// Maximum length of the encoded entries that one call registers, in bytes: 2 MiB.
pub const MAX_REGISTRATION_BYTES: u32 = 2 * 1024 * 1024;
/// Number of blocks for which a gateway's registration is valid.
///
/// The floors of the gate's parameters follow from it.
pub const REGISTRATION_MORTALITY: u64 = 16;

const _: () = assert!(TRANSACTION_LONGEVITY.is_power_of_two());

/// Number of blocks for which a transaction is valid, with slots of this length.
///
/// A transaction may wait in a pool for as long. The slot length is in milliseconds. The result is
/// a power of two, because the era of a mortal transaction must be one.
pub const fn transaction_longevity(slot_duration: Moment) -> u64 {
    let blocks = match TRANSACTION_LIFETIME_MS.checked_div(slot_duration) {
        Some(blocks) if blocks < MIN_TRANSACTION_LONGEVITY => MIN_TRANSACTION_LONGEVITY,
        Some(blocks) if blocks < MAX_TRANSACTION_LONGEVITY => blocks,
        _ => MAX_TRANSACTION_LONGEVITY,
    };
    1 << blocks.ilog2()
}

/// Maximum computation in a block, in picoseconds: half of a slot.
///
/// The slot length is in milliseconds. The other half is for the transfer and the import of the
/// block.
pub const fn max_block_time(slot_duration: Moment) -> u64 {
    const PICOS_PER_MILLI: u64 = 1_000_000_000;
    PICOS_PER_MILLI.saturating_mul(slot_duration / 2)
}

/// Maximum computation of a call of the council, in picoseconds: half of a block.
pub const fn max_proposal_time(slot_duration: Moment) -> u64 {
    max_block_time(slot_duration) / 2
}

/// Number that begins the addresses (SS58) of accounts on all chains of BSPP.
pub const SS58_PREFIX: u16 = 4_242;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transaction_longevity_should_be_a_power_of_two_of_about_three_minutes() {
        for (slot, blocks) in [(500, 256), (1_000, 128), (3_000, 64), (6_000, 32)] {
            assert_eq!(transaction_longevity(slot), blocks);
        }
        assert_eq!(transaction_longevity(60_000), MIN_TRANSACTION_LONGEVITY);
        assert_eq!(transaction_longevity(0), MAX_TRANSACTION_LONGEVITY);
        assert_eq!(transaction_longevity(3_000), TRANSACTION_LONGEVITY);
    }
}
