// SPDX-License-Identifier: Apache-2.0
//! A voter never votes twice in a round, even if it has lost its database.
//!
//! GRANDPA keeps the voter's own votes in the chain's database. A validator that lost it would
//! start its round again, vote for another block and be suspended. So the node also keeps its votes
//! of the newest round in a file in the keystore's folder ([`record`]), which a purge does not
//! remove. It signs a vote only if the record allows it ([`keystore`]). While the database does not
//! have the recorded votes, the node follows the votes of the others and does not vote. A start with
//! a database that has reached the recorded round gives the votes back to GRANDPA ([`guard`]).

mod guard;
mod keystore;
mod record;
mod state;

#[cfg(test)]
mod tests;

pub use guard::{restore, Guard};
pub use keystore::VotingKeystore;
pub use record::{Record, Vote};
pub use state::Position;

use bspp_primitives::Hash;
use bspp_types::BlockNumber;

/// Hash and height of the block that a vote names.
pub type Target = (Hash, BlockNumber);
/// Target of the module's log lines.
const LOG_TARGET: &str = "votes";

/// Whether a voter may begin a round from this position without the risk of a second vote.
///
/// It may if it has not voted before, if all its recorded votes belong to rounds or sets that are
/// over, or if its database still has the votes of the recorded round.
pub fn may_vote(record: Option<&Record>, position: &Position) -> bool {
    let Some(record) = record else {
        return true;
    };
    match position.set.cmp(&record.set) {
        core::cmp::Ordering::Less => false,
        core::cmp::Ordering::Greater => true,
        core::cmp::Ordering::Equal => {
            position.next_round > record.round || position.has_votes_of(record)
        }
    }
}

/// Whether a new start of the node ends its silence.
///
/// It does if the database has reached the recorded round: the start then gives the recorded votes
/// back to GRANDPA, or begins with a later round.
pub fn restart_helps(record: Option<&Record>, position: &Position) -> bool {
    record.is_some_and(|record| (position.set, position.next_round) >= (record.set, record.round))
}
