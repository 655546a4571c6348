// SPDX-License-Identifier: Apache-2.0
//! The state of GRANDPA's voter in the database.
//!
//! The SDK does not export these types. A test shows that they read what the SDK writes.

use super::{Record, Target};
#[cfg(test)]
use bspp_primitives::Hash;
use bspp_primitives::Header;
use codec::{Decode, Encode};
use polkadot_sdk::sc_consensus_grandpa::SignedMessage;
use std::collections::BTreeMap;

/// Key of the voter's state in the database.
pub const KEY: &[u8] = b"grandpa_completed_round";

/// The knowledge about a round.
#[derive(Encode, Decode)]
pub(super) struct RoundState {
    prevote_ghost: Option<Target>,
    finalized: Option<Target>,
    estimate: Option<Target>,
    completable: bool,
}

/// A completed round.
#[derive(Encode, Decode)]
pub(super) struct CompletedRound {
    number: u64,
    state: RoundState,
    base: Target,
    votes: Vec<SignedMessage<Header>>,
}

/// The node's own votes in a round.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) enum OwnVotes {
    /// Only the proposal.
    Propose(Target),
    /// Proposal, if any, and prevote.
    Prevote(Option<Target>, Target),
    /// Proposal, if any, prevote and precommit.
    Precommit(Option<Target>, Target, Target),
}

impl OwnVotes {
    /// Proposal, prevote and precommit.
    fn parts(&self) -> [Option<Target>; 3] {
        match *self {
            Self::Propose(propose) => [Some(propose), None, None],
            Self::Prevote(propose, prevote) => [propose, Some(prevote), None],
            Self::Precommit(propose, prevote, precommit) => {
                [propose, Some(prevote), Some(precommit)]
            }
        }
    }

    /// The votes of a record. `None` if it has none.
    fn of(record: &Record) -> Option<Self> {
        match (record.propose, record.prevote, record.precommit) {
            (propose, Some(prevote), Some(precommit)) => {
                Some(Self::Precommit(propose, prevote, precommit))
            }
            (propose, Some(prevote), None) => Some(Self::Prevote(propose, prevote)),
            // GRANDPA makes no precommit without a prevote.
            (Some(propose), None, _) => Some(Self::Propose(propose)),
            (None, None, _) => None,
        }
    }
}

/// Whether the node has voted in a round, and with which key.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) enum HasVoted {
    No,
    Yes([u8; 32], OwnVotes),
}

/// The completed rounds of a set, with the set's number and voters.
type CompletedRounds = (Vec<CompletedRound>, u64, Vec<[u8; 32]>);

/// The voter's state, as the SDK stores it.
#[derive(Encode, Decode)]
pub(super) enum VoterState {
    Live {
        completed: CompletedRounds,
        current: BTreeMap<u64, HasVoted>,
    },
    Paused {
        completed: CompletedRounds,
    },
}

/// The place of the voter in the database: its set, its next round, its own votes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// Number of the set.
    pub set: u64,
    /// The first round that is not completed.
    pub next_round: u64,
    pub(super) current: BTreeMap<u64, HasVoted>,
}

impl Position {
    /// Reads the position from the stored state. `None` if it does not decode.
    pub fn read(stored: &[u8]) -> Option<Self> {
        let (completed, current) = match VoterState::decode(&mut &stored[..]).ok()? {
            VoterState::Live { completed, current } => (completed, current),
            VoterState::Paused { completed } => (completed, BTreeMap::new()),
        };
        let (rounds, set, _) = completed;
        let last = rounds.iter().map(|round| round.number).max()?;
        Some(Self {
            set,
            next_round: last.saturating_add(1),
            current,
        })
    }

    /// Whether the database has all votes of the record.
    pub fn has_votes_of(&self, record: &Record) -> bool {
        let Some(HasVoted::Yes(key, votes)) = self.current.get(&record.round) else {
            return false;
        };
        let recorded = [record.propose, record.prevote, record.precommit];
        *key == record.key
            && votes
                .parts()
                .iter()
                .zip(recorded)
                .all(|(stored, recorded)| recorded.is_none() || *stored == recorded)
    }
}

/// The stored state with the votes of the record in its round.
///
/// `None` if there is nothing to change: the state is of another set or a later round, or has the
/// votes, or does not decode.
pub fn with_votes_of(stored: &[u8], record: &Record) -> Option<Vec<u8>> {
    let position = Position::read(stored)?;
    if position.set != record.set
        || position.next_round != record.round
        || position.has_votes_of(record)
    {
        return None;
    }
    let votes = OwnVotes::of(record)?;
    let VoterState::Live {
        completed,
        mut current,
    } = VoterState::decode(&mut &stored[..]).ok()?
    else {
        return None;
    };
    current.insert(record.round, HasVoted::Yes(record.key, votes));
    Some(VoterState::Live { completed, current }.encode())
}

/// A state for tests: the set, the last completed round, and votes in rounds.
#[cfg(test)]
pub(super) fn stored(set: u64, last: u64, current: BTreeMap<u64, HasVoted>) -> Vec<u8> {
    let round = CompletedRound {
        number: last,
        state: RoundState {
            prevote_ghost: None,
            finalized: None,
            estimate: Some((Hash::zero(), 0)),
            completable: true,
        },
        base: (Hash::zero(), 0),
        votes: Vec::new(),
    };
    VoterState::Live {
        completed: (vec![round], set, vec![[1; 32]]),
        current,
    }
    .encode()
}
