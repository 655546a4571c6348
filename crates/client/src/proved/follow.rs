// SPDX-License-Identifier: Apache-2.0
//! Following the authority sets of a chain.

use super::{Checkpoint, ProvedState};
use crate::{
    chain::At,
    error::{ClientError, Result},
    grandpa::{verify_and_optimize, AuthoritySet, FinalityProof},
    ChainClient,
};
use bspp_primitives::Header;
use bspp_types::Moment;
use codec::Decode;
use sp_consensus_grandpa::{ConsensusLog, GRANDPA_ENGINE_ID};
use sp_runtime::DigestItem;

/// Maximum age of the state that a wallet believes, in milliseconds.
pub const MAX_AGE_MS: Moment = 10 * 60 * 1000;
/// Maximum number of proofs in one advance. Each one but the last ends a set of voters.
const MAX_STEPS: usize = 100_000;

/// A checkpoint that moves forward with the chain, and never back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Follower {
    checkpoint: Checkpoint,
}

impl Follower {
    /// Follows from a trusted checkpoint.
    pub fn new(checkpoint: Checkpoint) -> Self {
        Self { checkpoint }
    }

    /// The newest checkpoint.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Follows the chain to its newest finalized header, and reads the state there by proof.
    ///
    /// `now` is the time of this machine.
    ///
    /// # Errors
    /// `WrongGenesis`, `InvalidJustification`, `CheckpointNeeded` (the council replaced the voters
    /// by force), `StaleFinality` (the newest proved header is older than [`MAX_AGE_MS`]),
    /// `InvalidStateProof`, and those of `ChainClient::rpc`.
    pub async fn advance(&mut self, client: &ChainClient, now: Moment) -> Result<ProvedState> {
        if client.genesis_hash() != self.checkpoint.chain {
            return Err(ClientError::WrongGenesis {
                expected: self.checkpoint.chain,
                found: client.genesis_hash(),
            });
        }
        for _ in 0..MAX_STEPS {
            let next = self.checkpoint.number.saturating_add(1);
            let Some(proof) = client.prove_finality(next).await? else {
                break;
            };
            if !self.accept(&proof)? {
                break;
            }
        }
        // Without a newer proof the checkpoint itself is the newest trusted block.
        let header = client.header(At::Block(self.checkpoint.block)).await?;
        self.check_header(&header)?;
        let state = ProvedState::new(client.clone(), header);
        let age_ms = now.saturating_sub(state.now().await?);
        if age_ms > MAX_AGE_MS {
            return Err(ClientError::StaleFinality { age_ms });
        }
        Ok(state)
    }

    /// Checks that a header is the one of the checkpoint.
    ///
    /// # Errors
    /// `InvalidStateProof`.
    pub fn check_header(&self, header: &Header) -> Result<()> {
        if header.hash() != self.checkpoint.block {
            return Err(ClientError::InvalidStateProof(format!(
                "the header of block {} is not the finalized one",
                header.number
            )));
        }
        Ok(())
    }

    /// Verifies a proof and moves to its header. The result tells whether the set ended there.
    ///
    /// # Errors
    /// `InvalidJustification`, `CheckpointNeeded`. The checkpoint then stays as it was.
    pub fn accept(&mut self, proof: &FinalityProof) -> Result<bool> {
        let mut proof = proof.clone();
        if proof.header.number <= self.checkpoint.number {
            return Err(ClientError::InvalidJustification(format!(
                "it is for block {}, which is not after the checkpoint {}",
                proof.header.number, self.checkpoint.number
            )));
        }
        verify_and_optimize(&mut proof, &self.checkpoint.set)?;
        let next = next_set(&proof.header, &self.checkpoint.set)?;
        self.checkpoint.number = proof.header.number;
        self.checkpoint.block = proof.header.hash();
        let ended = next.is_some();
        if let Some(set) = next {
            self.checkpoint.set = set;
        }
        Ok(ended)
    }
}

/// The set that follows `current` if this header ends it.
fn next_set(header: &Header, current: &AuthoritySet) -> Result<Option<AuthoritySet>> {
    for item in header.digest.logs() {
        let DigestItem::Consensus(GRANDPA_ENGINE_ID, bytes) = item else {
            continue;
        };
        let log = ConsensusLog::<u32>::decode(&mut bytes.as_slice())
            .map_err(|e| ClientError::InvalidJustification(format!("the header's digest: {e}")))?;
        match log {
            // A delayed change would need the header at which it is due. The runtime makes none.
            ConsensusLog::ScheduledChange(change) if change.delay == 0 => {
                return Ok(Some(AuthoritySet {
                    id: current.id.saturating_add(1),
                    authorities: change.next_authorities,
                }));
            }
            ConsensusLog::ScheduledChange(_) | ConsensusLog::ForcedChange(..) => {
                return Err(ClientError::CheckpointNeeded {
                    block: header.number,
                });
            }
            _ => {}
        }
    }
    Ok(None)
}
