// SPDX-License-Identifier: Apache-2.0
//! The numbers of grants. A grant's one-time key follows from its number.
//!
//! So no two grants may have the same.
//!
//! A restored wallet does not know the numbers that the lost one used. The consortium does not show
//! them either: a grant that nobody has opened is not there, and an expired one is swept. So a number
//! belongs to a day. A wallet takes numbers of the present day only, and a restored wallet begins on
//! the next day.

use crate::{
    error::{CliError, CliResult},
    values::Date,
};
use bspp_types::{limits::MAX_GRANT_DAYS, Day};
use core::ops::RangeInclusive;

/// Maximum number of grants at one hospital in a day.
pub const PER_DAY: u32 = 64;
/// The days after which the consortium has nothing of a grant.
///
/// They are the longest grant, the answer period of a week, and the day of the sweep.
const MAX_AGE_DAYS: Day = MAX_GRANT_DAYS + 8;

/// The first number of a day.
pub const fn first_of(day: Day) -> u32 {
    day.saturating_mul(PER_DAY)
}

/// The first number that a wallet takes if another one may have made grants until this day.
pub const fn first_after(day: Day) -> u32 {
    first_of(day.saturating_add(1))
}

/// The day on which a wallet makes the grant with this number at the earliest.
pub const fn day_of_number(number: u32) -> Day {
    number / PER_DAY
}

/// The number of a grant that is made today.
///
/// `next` is the first number that the wallet may use.
///
/// # Errors
/// All numbers of the day are used, or the wallet was restored today.
pub fn take(next: u32, today: Day) -> CliResult<u32> {
    let number = next.max(first_of(today));
    if number < first_after(today) {
        return Ok(number);
    }
    Err(CliError::Usage(format!(
        "the wallet can make the next grant at this hospital on {} (UTC). A wallet makes a maximum of {PER_DAY} grants \
         in a day, and a restored wallet makes none on the day of its recovery: the lost one may have made grants \
         that nobody has used yet",
        Date(day_of_number(number))
    )))
}

/// The numbers of all grants of which the consortium can have something.
pub const fn live(today: Day) -> RangeInclusive<u32> {
    // The day of a node's newest state may already be over.
    first_of(today.saturating_sub(MAX_AGE_DAYS))..=first_after(today.saturating_add(1))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::collections::BTreeSet;

    const TODAY: Day = 20_000;

    /// All grants that a wallet can make on some days, from its first free number on.
    fn grants(mut next: u32, days: RangeInclusive<Day>) -> BTreeSet<u32> {
        let mut made = BTreeSet::new();
        for day in days {
            while let Ok(number) = take(next, day) {
                assert!(made.insert(number));
                next = number + 1;
            }
        }
        made
    }

    #[test]
    fn restored_wallet_should_use_no_number_of_the_lost_one() {
        let lost = grants(0, TODAY - 3..=TODAY);
        assert_eq!(lost.len(), 4 * PER_DAY as usize);
        let next = first_after(TODAY);
        let refused = take(next, TODAY).unwrap_err().to_string();
        assert!(refused.contains(&Date(TODAY + 1).to_string()), "{refused}");
        let restored = grants(next, TODAY..=TODAY + 3);
        assert_eq!(restored.len(), 3 * PER_DAY as usize);
        assert!(lost.is_disjoint(&restored));
    }

    #[test]
    fn wallet_should_make_no_more_grants_in_a_day_than_a_recovery_looks_for() {
        let made = grants(0, TODAY..=TODAY);
        assert_eq!(made.len(), PER_DAY as usize);
        let last = made.last().copied().unwrap();
        assert!(take(last + 1, TODAY).is_err());
        assert_eq!(take(last + 1, TODAY + 1).unwrap(), last + 1);
    }

    #[test]
    fn recovery_should_look_for_all_grants_that_can_be_in_force() {
        let all = live(TODAY);
        // A grant of the longest validity that expires today or later.
        for number in grants(0, TODAY - MAX_GRANT_DAYS..=TODAY) {
            assert!(all.contains(&number), "{number}");
        }
        // A wallet that was restored on the present day, for its grants of the next one.
        assert!(all.contains(&first_after(TODAY)));
    }

    #[test]
    fn numbers_should_stay_in_their_range_for_ever() {
        assert_eq!(day_of_number(first_of(TODAY)), TODAY);
        assert_eq!(first_after(Day::MAX), u32::MAX);
        assert!(take(u32::MAX, TODAY).is_err());
    }
}
