// SPDX-License-Identifier: Apache-2.0
//! The time limits of a hospital's evidence on the consortium.
//!
//! The functions are pure. The runtime's policy and the simulation of the rules share them.

use super::evidence::Shortfall;

/// The last slot in which a hospital's lag is within the limit of `max_lag` slots.
///
/// `waiting_since` is the slot since which the oldest unregistered entry block counts. `None` if
/// no entry block waits, or if the clock stands: while the hospital's quota has no room for its
/// registrations it cannot register, and a refused transaction leaves no state that would show it.
pub fn lag_limit(waiting_since: Option<u64>, clock_stands: bool, max_lag: u64) -> Option<u64> {
    waiting_since
        .filter(|_| !clock_stands)
        .map(|since| since.saturating_add(max_lag))
}

/// The end of evidence: its last slot, and the shortfalls after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expiry {
    /// Last slot in which the evidence is valid.
    pub valid_until: u64,
    /// The shortfall after that slot.
    pub then: Shortfall,
    /// A later slot, and the shortfall after it.
    pub later: Option<(u64, Shortfall)>,
}

impl Expiry {
    /// The end of the evidence of a hospital.
    ///
    /// Its anchor is fresh until `fresh_until`, and its lag is within the limit until
    /// `in_time_until`, if it has a limit.
    pub fn of(fresh_until: u64, in_time_until: Option<u64>) -> Self {
        match in_time_until {
            None => Self {
                valid_until: fresh_until,
                then: Shortfall::AnchorStale,
                later: None,
            },
            Some(in_time) if in_time < fresh_until => Self {
                valid_until: in_time,
                then: Shortfall::RegistrationLag,
                later: Some((fresh_until, Shortfall::AnchorStaleAndLag)),
            },
            Some(in_time) => Self {
                valid_until: fresh_until,
                then: Shortfall::AnchorStale,
                later: Some((in_time, Shortfall::AnchorStaleAndLag)),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lag_limit_should_be_none_when_nothing_waits_or_the_clock_stands() {
        assert_eq!(lag_limit(None, false, 10), None);
        assert_eq!(lag_limit(Some(5), true, 10), None);
        assert_eq!(lag_limit(Some(5), false, 10), Some(15));
        assert_eq!(lag_limit(Some(u64::MAX), false, 10), Some(u64::MAX));
    }

    #[test]
    fn expiry_should_name_the_first_shortfall_and_then_both() {
        let none = Expiry::of(7, None);
        assert_eq!((none.valid_until, none.later), (7, None));
        let lag = Expiry::of(20, Some(10));
        assert_eq!(
            (lag.valid_until, lag.then),
            (10, Shortfall::RegistrationLag)
        );
        assert_eq!(lag.later, Some((20, Shortfall::AnchorStaleAndLag)));
        let stale = Expiry::of(10, Some(20));
        assert_eq!(
            (stale.valid_until, stale.then),
            (10, Shortfall::AnchorStale)
        );
        assert_eq!(stale.later, Some((20, Shortfall::AnchorStaleAndLag)));
    }
}
