// SPDX-License-Identifier: Apache-2.0
//! The sizes of a model, and the behaviour that it admits.

use crate::state::{AUTHORS, MAX_BACKLOG, MAX_QUEUE};

/// The quota of a hospital in a period, in entry blocks or calls of a doctor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Number of slots in a period.
    pub period: u8,
    /// Units of the hospital in a period.
    pub total: u8,
    /// Units of them that only registrations may use.
    pub reserve: u8,
    /// Units of the rest that one delegate may use. There are two delegates.
    pub share: u8,
}

/// The sizes of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Number of modelled hospitals: one or two.
    ///
    /// The second of two authors is free in its choices if only one hospital is modelled.
    pub hospitals: u8,
    /// Maximum number of entry blocks that a hospital has and that are not registered.
    ///
    /// The gateway stores no record while the hospital has so many.
    pub backlog: u8,
    /// Maximum number of entry blocks in a call.
    pub call: u8,
    /// Maximum number of registrations in flight.
    pub flight: u8,
    /// Number of slots for which a transaction is valid.
    pub mortality: u8,
    /// Maximum age of an anchor in slots.
    pub max_anchor_age: u8,
    /// Maximum lag in slots of the lag clock.
    pub max_lag: u8,
    /// The quota. Without one the quota has always room.
    pub quota: Option<Quota>,
    /// Number of slots after which an honest gateway anchors a head without need.
    pub anchor_every: u8,
    /// Maximum number of slots without a block, one after another, under fair conduct.
    pub skips: u8,
    /// Whether pools may lose transactions.
    pub losses: bool,
    /// Whether the first hospital has a second gateway, which registers without notice.
    pub second_gateway: bool,
    /// Whether the first hospital's operator may cheat.
    pub dishonest: bool,
    /// Number of slots up to which the model measures real waiting times; zero for none.
    pub watch: u8,
}

impl Sizes {
    /// Two hospitals, one entry block of each at a time, no quota.
    pub const TWO: Self = Self {
        hospitals: 2,
        backlog: 1,
        call: 1,
        flight: 1,
        mortality: 2,
        max_anchor_age: 5,
        max_lag: 5,
        quota: None,
        anchor_every: 2,
        skips: 1,
        losses: false,
        second_gateway: false,
        dishonest: false,
        watch: 0,
    };

    /// One hospital with a pipeline and a quota, and a second author that is free.
    pub const ONE: Self = Self {
        hospitals: 1,
        backlog: 3,
        call: 2,
        flight: 2,
        mortality: 3,
        quota: Some(Quota {
            period: 8,
            total: 6,
            reserve: 4,
            share: 1,
        }),
        ..Self::TWO
    };

    /// As [`Sizes::ONE`], but smaller, for models with losses, cheats or a second gateway.
    pub const SMALL: Self = Self {
        backlog: 2,
        call: 1,
        mortality: 2,
        quota: Some(Quota {
            period: 6,
            total: 4,
            reserve: 2,
            share: 1,
        }),
        ..Self::ONE
    };

    /// Checks that the sizes fit into a state and do not contradict each other.
    ///
    /// # Panics
    /// Panics if they do not.
    pub fn check(&self) {
        assert!((1..=AUTHORS as u8).contains(&self.hospitals));
        assert!(self.backlog as usize <= MAX_BACKLOG);
        // One more: a switch lets one more in, and a shared account also has an anchor.
        assert!(self.flight as usize + 2 <= MAX_QUEUE);
        assert!(self.call > 0 && self.mortality > 0);
        // Otherwise an anchor could be stale when it arrives.
        assert!(self.mortality < self.max_anchor_age);
        if let Some(quota) = self.quota {
            // Otherwise the largest call never has room.
            assert!(self.call <= quota.reserve);
            assert!(quota.reserve + 2 * quota.share <= quota.total);
        }
    }
}
