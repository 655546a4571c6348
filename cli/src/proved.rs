// SPDX-License-Identifier: Apache-2.0
//! Reads of the consortium's state that do not believe the node.
//!
//! They start from the newest checkpoint that the wallet or the doctor has, and move it forward.

use crate::{
    checkpoints::DoctorCheckpoints,
    error::{CliError, CliResult},
    values::{hex0x, now},
    wallet::Wallet,
};
use bspp_client::{
    proved::{Checkpoint, Follower, ProvedBatch, ProvedState},
    ConsortiumClient,
};
use bspp_types::BatchId;
use std::path::Path;

/// Follows the chain to its newest finalized header, and gives the state there.
async fn follow(
    known: Checkpoint,
    client: &ConsortiumClient,
) -> CliResult<(ProvedState, Checkpoint)> {
    let mut follower = Follower::new(known);
    let state = follower.advance(client, now()?).await?;
    Ok((state, follower.checkpoint().clone()))
}

/// The proved state for a patient.
///
/// The wallet keeps the new checkpoint; the caller saves the wallet.
///
/// # Errors
/// The node serves another chain, its proofs do not fit the followed validators, or its newest
/// finalized header is older than ten minutes.
pub async fn proved(wallet: &mut Wallet, client: &ConsortiumClient) -> CliResult<ProvedState> {
    let (state, newest) = follow(wallet.checkpoint(&client.chain())?, client).await?;
    wallet.note_checkpoint(&newest)?;
    Ok(state)
}

/// The proved state for the doctor with this key file. The new checkpoint is kept beside it.
///
/// # Errors
/// Those of [`proved`], and a missing checkpoint.
pub async fn proved_for_doctor(key: &Path, client: &ConsortiumClient) -> CliResult<ProvedState> {
    let mut checkpoints = DoctorCheckpoints::read(key)?;
    let (state, newest) = follow(checkpoints.of(&client.chain())?, client).await?;
    checkpoints.keep(&newest)?;
    Ok(state)
}

/// A batch by proof. It is an error if the consortium does not have it.
pub async fn proved_batch(
    consortium: &ConsortiumClient,
    state: &ProvedState,
    id: BatchId,
) -> CliResult<ProvedBatch> {
    consortium.proved_batch(state, id).await?.ok_or_else(|| {
        CliError::NotFound(format!(
            "the consortium has no finalized batch {}",
            hex0x(id)
        ))
    })
}
