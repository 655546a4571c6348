// SPDX-License-Identifier: Apache-2.0
//! The gateway of a hospital: the transactions that it sends.

use crate::{
    consortium::Consortium,
    state::{Call, Hospital, Tx},
};

impl Consortium {
    /// Number of registrations that a gateway keeps in flight.
    fn flight(&self) -> usize {
        self.sizes.flight as usize + usize::from(!self.rules.bounded_flight)
    }

    /// Maximum number of blocks in a call.
    fn call_size(&self) -> u8 {
        if self.rules.many_blocks {
            self.sizes.call
        } else {
            1
        }
    }

    /// Adds a finalized entry block to the hospital's chain. `false` if the backlog is full.
    pub(crate) fn make(&self, hospital: &mut Hospital) -> bool {
        let has_room = hospital.unregistered() < self.sizes.backlog;
        hospital.fresh += u8::from(has_room);
        has_room
    }

    /// Sends an anchor of the newest head. `false` if one is in flight.
    pub(crate) fn send_anchor(&self, hospital: &mut Hospital) -> bool {
        let tx = Tx {
            call: Call::Anchor {
                blocks: hospital.fresh,
            },
            ..Tx::default()
        };
        if self.rules.anchor_account {
            if hospital.anchor.is_some() {
                return false;
            }
            hospital.anchor = Some(tx);
        } else {
            let is_anchor = |tx: &Tx| matches!(tx.call, Call::Anchor { .. });
            if hospital.queue.iter().any(is_anchor) {
                return false;
            }
            hospital.queue.push(tx);
        }
        true
    }

    /// Sends a registration of the next blocks that none in flight covers.
    ///
    /// `false` if it is not possible.
    pub(crate) fn send_registration(&self, hospital: &mut Hospital) -> bool {
        if hospital.in_flight() >= self.flight() {
            return false;
        }
        let (mut next, mut committed) = (0, 0);
        for tx in hospital.queue.iter() {
            if let Call::Register { from, len } = tx.call {
                next = next.max(from + len as i8);
                committed += len;
            }
        }
        let free = self.room(hospital).saturating_sub(committed);
        let left = hospital.waits.count().saturating_sub(next as u8);
        let len = self.call_size().min(left).min(free);
        if len > 0 {
            hospital.queue.push(Tx {
                call: Call::Register { from: next, len },
                ..Tx::default()
            });
        }
        len > 0
    }

    /// Gives up an expired transaction at the end, or fills the first gap of nonces.
    ///
    /// No later transaction needs the nonce of the last one, so the gateway is free to use it for
    /// something else. `false` if there is nothing to do, or if the quota has no room for the call.
    pub(crate) fn refill(&self, hospital: &mut Hospital) -> bool {
        if hospital.queue.last().is_some_and(|tx| self.has_expired(tx)) {
            hospital.queue.pop_back();
            return true;
        }
        let expired = |tx: &Tx| self.has_expired(tx);
        let Some(place) = hospital.queue.iter().position(expired) else {
            return false;
        };
        let call = match hospital.queue[place].call {
            Call::Anchor { .. } => Call::Anchor {
                blocks: hospital.fresh,
            },
            Call::Register { from, len } if self.rules.exact_refill => Call::Register {
                from: from.max(0),
                len: (from + len as i8 - from.max(0)).max(0) as u8,
            },
            Call::Register { .. } => Call::Register {
                from: 0,
                len: self.call_size().min(hospital.waits.count()),
            },
        };
        let len = match call {
            Call::Register { len, .. } => len,
            Call::Anchor { .. } => 0,
        };
        if len > self.room(hospital) {
            // An author would find it beyond the quota, and pools would drop it again and again.
            return false;
        }
        // A call of no blocks fills the nonce if all its blocks are registered.
        hospital.queue[place] = Tx {
            call,
            ..Tx::default()
        };
        true
    }

    /// Sends all that an honest gateway would send now: anchors first.
    pub(crate) fn serve(&self, hospital: &mut Hospital) {
        while self.refill(hospital) {}
        if hospital.fresh > 0 || hospital.anchor_age >= self.sizes.anchor_every {
            self.send_anchor(hospital);
        }
        while self.send_registration(hospital) {}
    }
}
