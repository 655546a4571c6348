// SPDX-License-Identifier: Apache-2.0
//! The facts of a model: rules, sizes, conduct, and the claims to check.

use crate::{rules::Rules, sizes::Sizes};

/// The conduct of hospitals, gateways and authors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conduct {
    /// Anything may happen or not happen, in any order.
    Free,
    /// Gateways are prompt, and authors include what they may.
    ///
    /// Only `Sizes::skips` slots one after another stay without a block. Hospitals make entry
    /// blocks and doctors use their quota as they like.
    Fair,
}

/// A claim that holds in every state, or that must hold in one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// An anchor is never behind a registration of the same account.
    AnchorNotBehind,
    /// The registered sequence is not above the anchored one.
    RegisteredNotAhead,
    /// Nobody uses more than the quota.
    QuotaKept,
    /// A delegate who used nothing has room, whatever the other delegate did.
    QuietDelegateHasRoom,
    /// No more registrations are in flight than the sizes allow.
    FlightBounded,
    /// No registration of an honest gateway fails.
    NoFailure,
    /// No registration of an honest gateway pays for a block that is registered.
    NoWaste,
    /// Under fair conduct no author is restricted for lag: quota and rules never cause it.
    NoLag,
    /// Under fair conduct no author is restricted.
    NeverRestricted,
    /// No anchored block waits longer than the bound.
    LagBounded,
    /// A hospital whose anchored block waits longer than the bound is restricted.
    LaggardRestricted,
    /// Example: a hospital is restricted for lag.
    SomeLag,
    /// Example: a hospital is restricted for a stale anchor.
    SomeStale,
    /// Example: all modelled hospitals are restricted.
    AllRestricted,
    /// Example: a lag clock stands while a block waits.
    SomeClockStands,
    /// Example: as many registrations as allowed are in flight.
    SomeFullFlight,
    /// Example: a transaction is beyond the quota when its turn comes.
    SomeRefused,
}

/// A consortium of two authors under these rules.
#[derive(Clone, Debug)]
pub struct Consortium {
    /// The rules.
    pub rules: Rules,
    /// The sizes.
    pub sizes: Sizes,
    /// The conduct.
    pub conduct: Conduct,
    /// Number of real slots that claims about waiting times allow.
    pub bound: u8,
    /// The claims to check.
    pub claims: Vec<Claim>,
}
