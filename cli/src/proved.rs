// SPDX-License-Identifier: Apache-2.0
//! Reads of the consortium's state that do not believe the node.
//!
//! They start from the newest checkpoint of the wallet, and move it forward.

use crate::{error::CliResult, wallet::Wallet};
use bspp_client::{
    proved::{Follower, ProvedState},
    ConsortiumClient,
};

/// Follows the chain to its newest finalized header, and gives the state there.
///
/// The wallet keeps the new checkpoint; the caller saves the wallet.
///
/// # Errors
/// The node serves another chain, its proofs do not fit the followed validators, or its newest
/// finalized header is older than ten minutes.
pub async fn proved<'a>(
    wallet: &mut Wallet,
    client: &'a ConsortiumClient,
) -> CliResult<ProvedState<'a>> {
    let mut follower = Follower::new(wallet.checkpoint(&client.chain())?);
    let state = follower.advance(client, crate::values::now()?).await?;
    wallet.note_checkpoint(follower.checkpoint())?;
    Ok(state)
}
