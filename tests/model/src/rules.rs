// SPDX-License-Identifier: Apache-2.0
//! The rules, each of which can be turned off.

/// The rules of the consortium and of the gateways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// R1: anchors come from an account of their own.
    pub anchor_account: bool,
    /// R2: blocks restricted for lag admit registrations.
    pub lag_admits_registrations: bool,
    /// R3: a call registers many blocks, and skips those that are registered already.
    pub many_blocks: bool,
    /// R4: each delegate has a share, and registrations have a reserve.
    pub shares: bool,
    /// R5: the lag clock stands while the quota has no room for a largest call.
    pub clock_stands: bool,
    /// R5b: it stands only if blocks were registered for the quota that was used.
    pub clock_asks_registered: bool,
    /// R6: registrations and anchors are mortal.
    pub mortal: bool,
    /// R6b: maximum `flight` registrations are in flight.
    pub bounded_flight: bool,
    /// R6c: a gap of nonces is filled with the blocks of the transaction that expired.
    pub exact_refill: bool,
    /// Base: a registration proves its blocks against an anchored head.
    pub proof: bool,
    /// Base: the quota is checked before a transaction enters a block.
    pub quota_check: bool,
    /// Version 1: without a full block for `max_lag` a hospital may make one.
    ///
    /// It may do so in spite of its lag.
    pub excuse: bool,
}

impl Rules {
    /// All rules of version 2.
    pub const VERSION_2: Self = Self {
        anchor_account: true,
        lag_admits_registrations: true,
        many_blocks: true,
        shares: true,
        clock_stands: true,
        clock_asks_registered: true,
        mortal: true,
        bounded_flight: true,
        exact_refill: true,
        proof: true,
        quota_check: true,
        excuse: false,
    };

    /// The rules of version 1, whose transactions were mortal too.
    pub const VERSION_1: Self = Self {
        anchor_account: false,
        lag_admits_registrations: false,
        many_blocks: false,
        shares: false,
        clock_stands: false,
        clock_asks_registered: false,
        excuse: true,
        ..Self::VERSION_2
    };
}
