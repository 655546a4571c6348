// SPDX-License-Identifier: Apache-2.0
//! The consortium: the gate, admission to blocks, effects of calls, and time.

use crate::{
    consortium::Consortium,
    state::{Call, Hospital, State, Tx, Verdict},
};

/// The content that an author gives its slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Block {
    /// There is no block.
    Skip,
    /// Only anchors, because the author leaves the rest out.
    Anchors,
    /// Each transaction that the block admits, and something of other people.
    All(Extra),
}

/// Something in a block that the first hospital's gateway did not send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Extra {
    /// Nothing.
    Nothing,
    /// A doctor of the first hospital uses so many units.
    Flood(u8),
    /// A second gateway of the first hospital registers the next block.
    OtherGateway,
    /// A cheating operator uses so many units for registrations that register nothing.
    Burn(u8),
    /// A cheating operator registers one block more than the anchored ones.
    Unproved,
}

/// The room of a quota that does not exist.
const NO_LIMIT: u8 = 100;

impl Consortium {
    /// The gate: a function of the parent's state and nothing else.
    pub fn verdict(&self, hospital: &Hospital) -> Verdict {
        let excused = self.rules.excuse && hospital.since_full > self.sizes.max_lag;
        let lags = hospital
            .waits
            .first()
            .is_some_and(|wait| wait.clock > self.sizes.max_lag);
        // Stale first: an anchor is always admitted, so this fault always heals first.
        if hospital.anchor_age > self.sizes.max_anchor_age {
            Verdict::Stale
        } else if lags && !excused {
            Verdict::Lag
        } else {
            Verdict::Full
        }
    }

    /// The verdict about the next slot's author. One that is not modelled is always conformant.
    pub fn next_verdict(&self, state: &State) -> Verdict {
        if state.turn < self.sizes.hospitals {
            self.verdict(&state.hospitals[state.turn as usize])
        } else {
            Verdict::Full
        }
    }

    /// Units that registrations of the hospital may still use in this period.
    pub fn room(&self, hospital: &Hospital) -> u8 {
        match self.sizes.quota {
            None => NO_LIMIT,
            Some(quota) if self.rules.shares => quota.reserve.saturating_sub(hospital.used),
            Some(quota) => quota.total.saturating_sub(hospital.used),
        }
    }

    /// Units that one busy doctor may still use in this period.
    pub fn room_of_delegate(&self, hospital: &Hospital) -> u8 {
        match self.sizes.quota {
            None => 0,
            Some(quota) if self.rules.shares => {
                quota.share.saturating_sub(hospital.used_by_delegate)
            }
            Some(_) => self.room(hospital),
        }
    }

    /// Units that a doctor who used none in this period may still use.
    pub fn room_of_quiet_delegate(&self, hospital: &Hospital) -> u8 {
        match self.sizes.quota {
            None => NO_LIMIT,
            Some(quota) if self.rules.shares => quota
                .total
                .saturating_sub(quota.reserve + hospital.used_by_delegate)
                .min(quota.share),
            Some(_) => self.room(hospital),
        }
    }

    /// Whether the lag clock of a hospital stands in this slot.
    pub fn clock_stands(&self, hospital: &Hospital) -> bool {
        let Some(quota) = self.sizes.quota else {
            return false;
        };
        if !self.rules.clock_stands || self.room(hospital) >= self.sizes.call {
            return false;
        }
        // An honest gateway sends a block twice in the worst case. If the quota has no room, half
        // of its use registered something.
        let least = (quota.reserve + 1 - self.sizes.call).div_ceil(2);
        !self.rules.clock_asks_registered || hospital.registered >= least
    }

    /// Whether a transaction of this age has expired.
    pub fn has_expired(&self, tx: &Tx) -> bool {
        self.rules.mortal && tx.age >= self.sizes.mortality
    }

    /// Passes a slot with this content. `None` if the content is impossible.
    pub fn pass(&self, state: &State, block: Block) -> Option<State> {
        let mut next = *state;
        for hospital in &mut next.hospitals {
            hospital.failed = false;
            hospital.wasted = false;
        }
        let kind = self.next_verdict(state);
        let mut admits = false;
        if let Block::All(extra) = block {
            admits = kind == Verdict::Full
                || (self.rules.lag_admits_registrations && kind == Verdict::Lag);
            self.add_extra(&mut next.hospitals[0], extra, kind, admits)?;
        }
        if block != Block::Skip {
            for hospital in next
                .hospitals
                .iter_mut()
                .take(self.sizes.hospitals as usize)
            {
                self.include(hospital, admits);
            }
            if let (Verdict::Full, Some(author)) =
                (kind, next.hospitals.get_mut(state.turn as usize))
            {
                author.since_full = 0;
            }
        }
        self.tick(&mut next);
        Some(next)
    }

    fn add_extra(
        &self,
        hospital: &mut Hospital,
        extra: Extra,
        kind: Verdict,
        admits: bool,
    ) -> Option<()> {
        match extra {
            Extra::Nothing => {}
            Extra::Flood(units) => {
                let is_possible = kind == Verdict::Full
                    && units > 0
                    && (units <= self.room_of_delegate(hospital) || !self.rules.quota_check);
                if !is_possible {
                    return None;
                }
                if self.rules.shares {
                    hospital.used_by_delegate += units;
                } else {
                    hospital.used += units;
                }
            }
            Extra::OtherGateway => {
                if !admits || hospital.waits.is_empty() || self.room(hospital) == 0 {
                    return None;
                }
                self.charge(hospital, 1);
                self.register(hospital, 1);
            }
            Extra::Burn(units) => {
                if !admits || units == 0 || units > self.room(hospital) {
                    return None;
                }
                self.charge(hospital, units);
            }
            Extra::Unproved => {
                let is_possible = admits
                    && hospital.fresh > 0
                    && hospital.waits.is_empty()
                    && self.room(hospital) > 0;
                if !is_possible {
                    return None;
                }
                self.charge(hospital, 1);
                if !self.rules.proof {
                    hospital.fresh -= 1;
                    hospital.ahead += 1;
                }
            }
        }
        Some(())
    }

    /// Includes the transactions of a hospital that the block admits, in the order of nonces.
    fn include(&self, hospital: &mut Hospital, admits_registrations: bool) {
        if let Some(tx) = hospital.anchor {
            if let (Call::Anchor { blocks }, false) = (tx.call, tx.lost || self.has_expired(&tx)) {
                self.move_anchor(hospital, blocks, tx.age);
                hospital.anchor = None;
            }
        }
        while let Some(tx) = hospital.queue.first().copied() {
            if tx.lost || self.has_expired(&tx) {
                return;
            }
            match tx.call {
                Call::Anchor { blocks } => self.move_anchor(hospital, blocks, tx.age),
                Call::Register { .. } if !admits_registrations => return,
                Call::Register { from, len } => {
                    if len > self.room(hospital) && self.rules.quota_check {
                        // Pools drop a transaction that an author finds beyond the quota.
                        hospital.queue[0].lost = true;
                        return;
                    }
                    self.charge(hospital, len);
                    self.dispatch(hospital, from, len);
                }
            }
            hospital.queue.pop_front(1);
        }
    }

    fn charge(&self, hospital: &mut Hospital, units: u8) {
        if let Some(quota) = self.sizes.quota {
            // One above the quota is enough to see the fault.
            hospital.used = hospital.used.saturating_add(units).min(quota.total + 1);
        }
    }

    fn dispatch(&self, hospital: &mut Hospital, from: i8, len: u8) {
        if len == 0 {
            return;
        }
        let end = from + len as i8;
        let is_in_order = if self.rules.many_blocks {
            from <= 0
        } else {
            from == 0
        };
        if !is_in_order || end > hospital.waits.count() as i8 {
            hospital.failed = true;
        } else {
            let new = end.max(0) as u8;
            hospital.wasted |= new < len;
            self.register(hospital, new);
        }
    }

    /// Registers the next `number` blocks.
    fn register(&self, hospital: &mut Hospital, number: u8) {
        hospital.waits.pop_front(number);
        if self.rules.clock_stands && self.rules.clock_asks_registered && self.sizes.quota.is_some()
        {
            hospital.registered += number;
        }
        for tx in hospital.queue.iter_mut() {
            if let Call::Register { from, len } = &mut tx.call {
                *from = (*from - number as i8).max(-(*len as i8));
            }
        }
    }

    fn move_anchor(&self, hospital: &mut Hospital, blocks: u8, age: u8) {
        hospital.anchor_age = hospital.anchor_age.min(age);
        hospital.ahead = 0;
        for _ in 0..blocks.min(hospital.fresh) {
            hospital.fresh -= 1;
            hospital.waits.push(Default::default());
        }
    }

    fn tick(&self, state: &mut State) {
        let sizes = &self.sizes;
        for hospital in state.hospitals.iter_mut().take(sizes.hospitals as usize) {
            hospital.anchor_age = (hospital.anchor_age + 1).min(sizes.max_anchor_age + 1);
            let runs = u8::from(!self.clock_stands(hospital));
            for wait in hospital.waits.iter_mut() {
                wait.clock = (wait.clock + runs).min(sizes.max_lag + 1);
                wait.real = (wait.real + 1).min(sizes.watch);
            }
            let anchor = hospital.anchor.as_mut();
            for tx in hospital.queue.iter_mut().chain(anchor) {
                // Nothing asks for the age of an immortal registration.
                let is_anchor = matches!(tx.call, Call::Anchor { .. });
                let oldest = match (self.rules.mortal, is_anchor) {
                    (true, _) => sizes.mortality,
                    (false, true) => sizes.max_anchor_age + 1,
                    (false, false) => 0,
                };
                tx.age = (tx.age + 1).min(oldest);
            }
            if hospital.anchor.is_some_and(|tx| self.has_expired(&tx)) {
                hospital.anchor = None;
            }
            if self.rules.excuse {
                hospital.since_full = (hospital.since_full + 1).min(sizes.max_lag + 1);
            }
        }
        if let Some(quota) = sizes.quota {
            state.phase = (state.phase + 1) % quota.period;
            if state.phase == 0 {
                for hospital in &mut state.hospitals {
                    hospital.used = 0;
                    hospital.used_by_delegate = 0;
                    hospital.registered = 0;
                }
            }
        }
        state.turn = (state.turn + 1) % crate::state::AUTHORS as u8;
    }
}
