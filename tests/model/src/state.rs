// SPDX-License-Identifier: Apache-2.0
//! The state of consortium, pools and hospital chains, as far as rules see it.
//!
//! All counters are relative: to the registered blocks, to the present slot. A model thus has few
//! states although its runs have no end.

use crate::line::Line;

/// Number of authors of the consortium. Slots go to them in turn.
pub const AUTHORS: usize = 2;
/// Maximum of `Sizes::backlog`.
pub const MAX_BACKLOG: usize = 6;
/// Places in the queue of an account.
pub const MAX_QUEUE: usize = 4;

/// A call of a gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// Anchors a head that has this number of entry blocks more than the anchored one.
    Anchor {
        /// Number of entry blocks after the anchored head.
        blocks: u8,
    },
    /// Registers entry blocks, counted from the next one to register.
    Register {
        /// First block. Negative if it is registered already.
        from: i8,
        /// Number of blocks.
        len: u8,
    },
}

impl Default for Call {
    fn default() -> Self {
        Self::Register { from: 0, len: 0 }
    }
}

/// A transaction of a gateway. Its place in the queue is its nonce.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tx {
    /// The call.
    pub call: Call,
    /// Number of slots since it was sent.
    pub age: u8,
    /// Whether no pool has it any more. The gateway does not know.
    pub lost: bool,
}

/// The wait of an entry block that is anchored and not registered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Wait {
    /// Slots by the lag clock.
    pub clock: u8,
    /// Slots in reality, if the model watches them.
    pub real: u8,
}

/// A hospital: its chain, its gateway's transactions, and its facts on the consortium.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Hospital {
    /// Finalized entry blocks after the anchored head.
    pub fresh: u8,
    /// Anchored entry blocks that are not registered, oldest first.
    pub waits: Line<Wait, MAX_BACKLOG>,
    /// Slots since the anchor of the newest anchored head was sent.
    pub anchor_age: u8,
    /// The anchor in flight, if anchors have an account of their own.
    pub anchor: Option<Tx>,
    /// The transactions of the account that registers, by nonce.
    pub queue: Line<Tx, MAX_QUEUE>,
    /// Units that registrations used in this period. All units, if there are no shares.
    pub used: u8,
    /// Units that the busy delegate used in this period, if there are shares.
    pub used_by_delegate: u8,
    /// Units of blocks that were registered in this period, if a rule asks for them.
    pub registered: u8,
    /// Slots since the hospital's last full block, if a rule asks for them.
    pub since_full: u8,
    /// Registered entry blocks that are not anchored: zero if proofs are checked.
    pub ahead: u8,
    /// Whether a registration of the honest gateway failed in the last slot.
    pub failed: bool,
    /// Whether the last slot charged the honest gateway for a block that was registered before.
    pub wasted: bool,
}

/// The state of the whole model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct State {
    /// The hospitals. The second is unused if the model has one.
    pub hospitals: [Hospital; AUTHORS],
    /// Author of the next slot.
    pub turn: u8,
    /// The next slot's place in the period of the quota.
    pub phase: u8,
    /// Slots without a block, up to now, under fair conduct.
    pub skipped: u8,
}

/// The gate's verdict about an author.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The block may carry anything.
    Full,
    /// The block is restricted because the anchor is stale.
    Stale,
    /// The block is restricted because a registration is late.
    Lag,
}

impl Hospital {
    /// Entry blocks that are not registered.
    pub fn unregistered(&self) -> u8 {
        self.fresh + self.waits.count()
    }

    /// Number of registrations in the queue.
    pub fn in_flight(&self) -> usize {
        let is_registration = |tx: &&Tx| matches!(tx.call, Call::Register { .. });
        self.queue.iter().filter(is_registration).count()
    }
}
