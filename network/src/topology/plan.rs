// SPDX-License-Identifier: Apache-2.0
//! Plans of networks.

use crate::{accounts::Hospital, wait::SLOT_MILLIS};
use std::path::PathBuf;

/// The plan of a node.
#[derive(Clone, Debug)]
pub struct NodePlan {
    /// The node's name, from which its keys derive.
    pub name: String,
    /// Whether the node has session keys and authors blocks.
    pub validator: bool,
    /// The program, if it is not `bspp-node`.
    pub program: Option<PathBuf>,
    /// Additional arguments.
    pub arguments: Vec<String>,
    /// The port for peers, if it is fixed.
    pub p2p_port: Option<u16>,
}

impl NodePlan {
    /// A node that is a validator.
    pub fn validator(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            validator: true,
            program: None,
            arguments: Vec::new(),
            p2p_port: None,
        }
    }

    /// A node that follows the chain and is not a validator.
    pub fn full(name: &str) -> Self {
        Self {
            validator: false,
            ..Self::validator(name)
        }
    }

    /// Adds arguments.
    pub fn with(mut self, arguments: &[&str]) -> Self {
        self.arguments
            .extend(arguments.iter().map(|argument| (*argument).to_owned()));
        self
    }

    /// Sets a fixed port for peers.
    pub const fn on_port(mut self, port: u16) -> Self {
        self.p2p_port = Some(port);
        self
    }
}

/// The plan of a consortium.
#[derive(Clone, Debug)]
pub struct ConsortiumPlan {
    /// The validators, each with its hospital.
    pub authors: Vec<(String, Hospital)>,
    /// The nodes.
    pub nodes: Vec<NodePlan>,
    /// Length of a slot, in milliseconds.
    pub slot_millis: u64,
    /// Short times for a test. Without a value the runtime's defaults apply.
    pub pace: Option<Pace>,
    /// Number of blocks before a runtime may be applied. Zero means the runtime's default.
    pub upgrade_delay: u32,
    /// Whether each hospital has an anchorer ([`Hospital::anchorer`]).
    pub anchorers: bool,
}

/// Times of a consortium that are short enough for tests.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Number of blocks in a session.
    pub session_length: u32,
    /// Number of slots in which an anchor is fresh.
    pub max_anchor_age: u64,
    /// Number of slots for which an entry block may stay unregistered.
    pub max_lag: u64,
    /// Number of hospital blocks after which a gateway anchors a head in any case.
    pub anchor_every: u32,
}

impl Pace {
    /// Times with which evidence expires within a test.
    pub const QUICK: Self = Self {
        session_length: 10,
        max_anchor_age: 24,
        max_lag: 40,
        anchor_every: 2,
    };
}

impl ConsortiumPlan {
    /// A consortium of these validators, each on a node of its own.
    pub fn of(authors: &[(&str, Hospital)]) -> Self {
        Self {
            authors: authors
                .iter()
                .map(|(name, hospital)| ((*name).to_owned(), *hospital))
                .collect(),
            nodes: authors
                .iter()
                .map(|(name, _)| NodePlan::validator(name))
                .collect(),
            slot_millis: SLOT_MILLIS,
            pace: Some(Pace::QUICK),
            upgrade_delay: 0,
            anchorers: false,
        }
    }

    /// Hospital A with Alice and Bob, hospital B with Charlie.
    ///
    /// The times are the runtime's defaults. The demo uses this plan.
    pub fn of_three() -> Self {
        let [a, b] = [Hospital::A, Hospital::B];
        Self {
            pace: None,
            ..Self::of(&[("alice", a), ("bob", a), ("charlie", b)])
        }
    }

    /// Hospital A with Alice and Bob, hospital B with Charlie and Dave.
    ///
    /// Finality continues without any one of them.
    pub fn of_four() -> Self {
        let [a, b] = [Hospital::A, Hospital::B];
        Self::of(&[("alice", a), ("bob", a), ("charlie", b), ("dave", b)])
    }

    /// Sets the number of blocks in a session.
    pub fn sessions_of(mut self, blocks: u32) -> Self {
        self.pace.get_or_insert(Pace::QUICK).session_length = blocks;
        self
    }

    /// Sets the number of slots in which an anchor is fresh.
    pub fn anchors_fresh_for(mut self, slots: u64) -> Self {
        self.pace.get_or_insert(Pace::QUICK).max_anchor_age = slots;
        self
    }

    /// Sets the number of blocks between the authorization of a runtime and its application.
    pub const fn upgrades_after(mut self, blocks: u32) -> Self {
        self.upgrade_delay = blocks;
        self
    }

    /// Gives each hospital an anchorer.
    pub const fn with_anchorers(mut self) -> Self {
        self.anchorers = true;
        self
    }

    /// Sets the length of a slot, in milliseconds.
    pub const fn slots_of(mut self, millis: u64) -> Self {
        self.slot_millis = millis;
        self
    }
}

/// The plan of a hospital chain.
#[derive(Clone, Debug)]
pub struct HospitalPlan {
    /// The hospital.
    pub hospital: Hospital,
    /// The nodes. Each of them is a validator.
    pub nodes: Vec<NodePlan>,
    /// Length of a slot, in milliseconds.
    pub slot_millis: u64,
    /// Number of blocks in a session. Without a value the runtime's default applies.
    pub session_length: Option<u32>,
}

impl HospitalPlan {
    /// A hospital chain with one author, in a consortium with this plan.
    ///
    /// The name of the author's node is unique among all chains.
    pub fn of(hospital: Hospital, consortium: &ConsortiumPlan) -> Self {
        let author = match hospital {
            Hospital::A => "anna",
            Hospital::B => "bella",
        };
        Self {
            hospital,
            nodes: vec![NodePlan::validator(author)],
            slot_millis: consortium.slot_millis,
            session_length: consortium.pace.map(|_| 5),
        }
    }

    /// The name of the author's node.
    pub fn author(&self) -> String {
        let first = self.nodes.first();
        first.map(|node| node.name.clone()).unwrap_or_default()
    }
}
