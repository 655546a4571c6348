// SPDX-License-Identifier: Apache-2.0
//! Quotas: bounds on the room that a sender takes in the blocks of one session.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// The room that a sender may take in the blocks of one session.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub struct Quota {
    /// Number of transactions.
    pub number: u32,
    /// Weight (`ref_time`, picoseconds).
    pub weight: u64,
    /// Length of transactions, bytes.
    pub bytes: u64,
}

impl Quota {
    /// A quota of weight and bytes, for any number of transactions.
    pub const fn of(weight: u64, bytes: u64) -> Self {
        Self {
            number: u32::MAX,
            weight,
            bytes,
        }
    }
}

/// The room that a sender has taken in the blocks of a session.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub struct Usage {
    /// The session. Usage of another session does not count.
    pub session: u32,
    /// Number of transactions.
    pub number: u32,
    /// Weight (`ref_time`, picoseconds).
    pub weight: u64,
    /// Length of transactions, bytes.
    pub bytes: u64,
}

impl Usage {
    /// The usage after one more transaction, which a block of `session` includes.
    pub fn with(self, session: u32, weight: u64, bytes: u64) -> Self {
        let before = if self.session == session {
            self
        } else {
            Self::default()
        };
        Self {
            session,
            number: before.number.saturating_add(1),
            weight: before.weight.saturating_add(weight),
            bytes: before.bytes.saturating_add(bytes),
        }
    }

    /// Whether the usage keeps to the quota.
    pub fn is_within(&self, quota: &Quota) -> bool {
        self.number <= quota.number && self.weight <= quota.weight && self.bytes <= quota.bytes
    }

    /// The used part of the quota, in parts per thousand: the largest of the three.
    pub fn per_mille(&self, quota: &Quota) -> u16 {
        per_mille(self.weight, quota.weight)
            .max(per_mille(self.bytes, quota.bytes))
            .max(per_mille(self.number.into(), quota.number.into()))
    }
}

/// `used` of `quota` in parts per thousand. All of a quota of zero is used.
fn per_mille(used: u64, quota: u64) -> u16 {
    let parts = u128::from(used)
        .saturating_mul(1000)
        .checked_div(u128::from(quota));
    parts
        .and_then(|parts| u16::try_from(parts).ok())
        .unwrap_or(1000)
        .min(1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUOTA: Quota = Quota {
        number: 4,
        weight: 1_000,
        bytes: 500,
    };

    #[test]
    fn usage_should_add_up_in_a_session_and_begin_again_in_the_next() {
        let used = Usage::default().with(3, 100, 50).with(3, 100, 50);
        assert_eq!((used.number, used.weight, used.bytes), (2, 200, 100));
        let next = used.with(4, 1, 2);
        assert_eq!(
            next,
            Usage {
                session: 4,
                number: 1,
                weight: 1,
                bytes: 2
            }
        );
    }

    #[test]
    fn usage_should_be_within_the_quota_up_to_each_limit() {
        assert!(Usage::default().with(0, 1_000, 500).is_within(&QUOTA));
        assert!(!Usage::default().with(0, 1_001, 0).is_within(&QUOTA));
        assert!(!Usage::default().with(0, 0, 501).is_within(&QUOTA));
        let five = (0..5).fold(Usage::default(), |usage, _| usage.with(0, 0, 0));
        assert!(!five.is_within(&QUOTA));
        assert!(!Usage::default()
            .with(0, u64::MAX, u64::MAX)
            .with(0, 1, 1)
            .is_within(&QUOTA));
    }

    #[test]
    fn used_part_should_be_the_largest_of_the_three() {
        assert_eq!(Usage::default().with(0, 600, 1).per_mille(&QUOTA), 600);
        assert_eq!(Usage::default().with(0, 1, 450).per_mille(&QUOTA), 900);
        assert_eq!(Usage::default().with(0, 0, 0).per_mille(&QUOTA), 250);
        assert_eq!(Usage::default().with(0, 9_999, 1).per_mille(&QUOTA), 1000);
        assert_eq!(Usage::default().per_mille(&Quota::of(0, 0)), 1000);
    }
}
