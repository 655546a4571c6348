// SPDX-License-Identifier: Apache-2.0
//! What a network shall be like.

use crate::accounts::Hospital;
use std::path::PathBuf;

/// A node.
#[derive(Clone, Debug)]
pub struct NodePlan {
    /// Name: its keys derive from it.
    pub name: String,
    /// Whether it has keys and authors.
    pub validator: bool,
    /// Another program than the node's.
    pub program: Option<PathBuf>,
    /// More arguments.
    pub arguments: Vec<String>,
    /// A fixed port for peers.
    pub p2p_port: Option<u16>,
}

impl NodePlan {
    /// A validator.
    pub fn validator(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            validator: true,
            program: None,
            arguments: Vec::new(),
            p2p_port: None,
        }
    }

    /// A node that follows the chain.
    pub fn full(name: &str) -> Self {
        Self {
            validator: false,
            ..Self::validator(name)
        }
    }

    /// With more arguments.
    pub fn with(mut self, arguments: &[&str]) -> Self {
        self.arguments
            .extend(arguments.iter().map(|argument| (*argument).to_owned()));
        self
    }

    /// With a fixed port for peers.
    pub const fn on_port(mut self, port: u16) -> Self {
        self.p2p_port = Some(port);
        self
    }
}

/// A consortium.
#[derive(Clone, Debug)]
pub struct ConsortiumPlan {
    /// Validators, in the session's order, and whose they are.
    pub authors: Vec<(String, Hospital)>,
    /// Nodes.
    pub nodes: Vec<NodePlan>,
    /// Blocks of a session.
    pub session_length: u32,
    /// Slots for which an anchor is fresh.
    pub max_anchor_age: u64,
    /// Slots for which an entry block may stay unregistered.
    pub max_lag: u64,
}

impl ConsortiumPlan {
    /// These validators, each on a node of its own.
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
            session_length: 10,
            max_anchor_age: 24,
            max_lag: 40,
        }
    }

    /// Hospital A with Alice and Bob, hospital B with Charlie and Dave: finality outlives any one of them.
    pub fn of_four() -> Self {
        let [a, b] = [Hospital::A, Hospital::B];
        Self::of(&[("alice", a), ("bob", a), ("charlie", b), ("dave", b)])
    }

    /// With sessions of this many blocks.
    pub const fn sessions_of(mut self, blocks: u32) -> Self {
        self.session_length = blocks;
        self
    }

    /// With anchors that are fresh for this many slots.
    pub const fn anchors_fresh_for(mut self, slots: u64) -> Self {
        self.max_anchor_age = slots;
        self
    }
}

/// A hospital's own chain.
#[derive(Clone, Debug)]
pub struct HospitalPlan {
    /// Whose it is.
    pub hospital: Hospital,
    /// Nodes: each of them authors.
    pub nodes: Vec<NodePlan>,
    /// Blocks of a session.
    pub session_length: u32,
}

impl HospitalPlan {
    /// One author. No other network's node has its name.
    pub fn of(hospital: Hospital) -> Self {
        let author = match hospital {
            Hospital::A => "anna",
            Hospital::B => "bella",
        };
        Self {
            hospital,
            nodes: vec![NodePlan::validator(author)],
            session_length: 5,
        }
    }

    /// Name of its author's node.
    pub fn author(&self) -> String {
        let first = self.nodes.first();
        first.map(|node| node.name.clone()).unwrap_or_default()
    }
}
