// SPDX-License-Identifier: Apache-2.0
//! The model: rules, sizes and conduct together, as `stateright` asks for it.

use crate::{
    block::{Block, Extra},
    consortium::{Conduct, Consortium},
    rules::Rules,
    sizes::Sizes,
    state::{Call, Hospital, State, AUTHORS},
};
use stateright::{Model, Property};

/// A step of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// The chain of this hospital finalizes an entry block.
    Make(u8),
    /// The gateway of this hospital sends an anchor.
    SendAnchor(u8),
    /// The gateway of this hospital sends a registration, after those in flight.
    SendRegistration(u8),
    /// The gateway of this hospital fills a gap of nonces.
    Refill(u8),
    /// The pools lose the anchor of this hospital.
    LoseAnchor(u8),
    /// The pools lose the first registration of this hospital.
    LoseFirst(u8),
    /// A slot passes.
    Slot(Block),
    /// A turn under fair conduct: entry blocks, gateways, slot.
    Turn {
        /// The hospitals that make an entry block before the slot, one bit each.
        make: u8,
        /// Content of the slot.
        block: Block,
    },
}

impl Consortium {
    /// Makes a model without claims.
    ///
    /// # Panics
    /// Panics if the sizes contradict each other.
    pub fn new(rules: Rules, sizes: Sizes, conduct: Conduct) -> Self {
        sizes.check();
        Self {
            rules,
            sizes,
            conduct,
            bound: u8::MAX,
            claims: Vec::new(),
        }
    }

    /// The hospitals that are modelled.
    pub fn hospitals<'a>(&self, state: &'a State) -> &'a [Hospital] {
        &state.hospitals[..self.sizes.hospitals as usize]
    }

    /// Whether a step needs neither luck nor bad will: the honest part of the model.
    pub fn is_honest(&self, action: &Action) -> bool {
        matches!(
            action,
            Action::SendAnchor(_)
                | Action::SendRegistration(_)
                | Action::Refill(_)
                | Action::Slot(Block::Skip | Block::All(Extra::Nothing))
        )
    }

    /// Whether a step needs this hospital only: all others skip their slots.
    pub fn is_alone(&self, hospital: u8, state: &State, action: &Action) -> bool {
        match action {
            Action::SendAnchor(of) | Action::SendRegistration(of) | Action::Refill(of) => {
                *of == hospital
            }
            Action::Slot(Block::All(Extra::Nothing)) => state.turn == hospital,
            Action::Slot(Block::Skip) => state.turn != hospital,
            _ => false,
        }
    }

    fn blocks(&self, blocks: &mut Vec<Block>) {
        blocks.extend([Block::Skip, Block::Anchors, Block::All(Extra::Nothing)]);
        let most = self.sizes.quota.map_or(0, |quota| quota.total);
        blocks.extend((1..=most).map(|units| Block::All(Extra::Flood(units))));
        if self.sizes.second_gateway {
            blocks.push(Block::All(Extra::OtherGateway));
        }
        if self.sizes.dishonest {
            blocks.extend((1..=most).map(|units| Block::All(Extra::Burn(units))));
            blocks.push(Block::All(Extra::Unproved));
        }
    }

    fn change(
        &self,
        state: &State,
        hospital: u8,
        change: impl FnOnce(&mut Hospital) -> bool,
    ) -> Option<State> {
        let mut next = *state;
        change(&mut next.hospitals[hospital as usize]).then_some(next)
    }

    fn turn(&self, state: &State, make: u8, block: Block) -> Option<State> {
        let mut next = *state;
        for (index, hospital) in next.hospitals.iter_mut().enumerate() {
            if index < self.sizes.hospitals as usize {
                if make & 1 << index != 0 && !self.make(hospital) {
                    return None;
                }
                self.serve(hospital);
            }
        }
        let is_own = state.turn < self.sizes.hospitals;
        let is_served = match block {
            Block::All(_) => true,
            // An author that is modelled is honest.
            Block::Anchors if is_own => return None,
            Block::Skip | Block::Anchors => false,
        };
        if !is_served && state.skipped >= self.sizes.skips {
            return None;
        }
        let mut next = self.pass(&next, block)?;
        next.skipped = if is_served { 0 } else { state.skipped + 1 };
        Some(next)
    }
}

impl Model for Consortium {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State::default()]
    }

    fn actions(&self, _: &State, actions: &mut Vec<Action>) {
        let mut blocks = Vec::new();
        self.blocks(&mut blocks);
        match self.conduct {
            Conduct::Free => {
                for hospital in 0..self.sizes.hospitals {
                    actions.extend([
                        Action::Make(hospital),
                        Action::SendAnchor(hospital),
                        Action::SendRegistration(hospital),
                        Action::Refill(hospital),
                    ]);
                    if self.sizes.losses {
                        actions.extend([Action::LoseAnchor(hospital), Action::LoseFirst(hospital)]);
                    }
                }
                actions.extend(blocks.into_iter().map(Action::Slot));
            }
            Conduct::Fair => {
                for make in 0..1 << self.sizes.hospitals {
                    actions.extend(blocks.iter().map(|&block| Action::Turn { make, block }));
                }
            }
        }
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        match action {
            Action::Make(of) => self.change(state, of, |hospital| self.make(hospital)),
            Action::SendAnchor(of) => self.change(state, of, |hospital| self.send_anchor(hospital)),
            Action::SendRegistration(of) => {
                self.change(state, of, |hospital| self.send_registration(hospital))
            }
            Action::Refill(of) => self.change(state, of, |hospital| self.refill(hospital)),
            Action::LoseAnchor(of) => self.change(state, of, |hospital| {
                let anchors = hospital.queue.iter_mut().chain(hospital.anchor.as_mut());
                anchors
                    .filter(|tx| matches!(tx.call, Call::Anchor { .. }))
                    .any(|tx| !std::mem::replace(&mut tx.lost, true))
            }),
            Action::LoseFirst(of) => self.change(state, of, |hospital| {
                let first = hospital.queue.first_mut();
                first.is_some_and(|tx| !std::mem::replace(&mut tx.lost, true))
            }),
            Action::Slot(block) => self.pass(state, block),
            Action::Turn { make, block } => self.turn(state, make, block),
        }
    }

    fn properties(&self) -> Vec<Property<Self>> {
        self.claims.iter().map(|claim| claim.property()).collect()
    }
}

const _: () = assert!(AUTHORS == 2);
