// SPDX-License-Identifier: Apache-2.0
//! Calls that the council and admins dispatch as root.
//!
//! They end a finality stall or upgrade the runtime.

use crate::{
    error::{CliError, CliResult},
    files,
};
use bspp_client::{
    calls::{grandpa, system},
    At, Call, ChainClient, Included, Signer,
};
use bspp_peks::blake2b_256;
use clap::Args;
use sp_core::H256;
use std::path::PathBuf;

/// The message after an applied upgrade, without the block.
pub const APPLIED: &str = "The new runtime takes effect from the next block on: it was applied";

/// The terms on which the next authority set takes over.
#[derive(Args)]
pub struct StallArguments {
    /// Blocks from the beginning of the next session until the set takes over.
    ///
    /// They must be enough for all nodes to agree on the chain, and fewer than a session has.
    #[arg(long)]
    delay: u32,
    /// Height of the highest block that any validator has finalized.
    ///
    /// The default is the finalized height of the given node.
    #[arg(long)]
    best_finalized: Option<u32>,
    /// Continue although the set has changed since the last finalized block.
    ///
    /// Read the runbook first.
    #[arg(long)]
    anyway: bool,
}

/// Makes the call that notes a stall.
///
/// Nodes count a forced change as one, the runtime counts every change. If a block that is not
/// finalized has a change, the two counts differ permanently, and finality proofs no longer name
/// the right set. The command refuses that case unless `--anyway` is given.
pub async fn note_stalled(client: &ChainClient, arguments: &StallArguments) -> CliResult<Call> {
    let finalized = client.finalized_number().await?;
    let best_finalized = arguments.best_finalized.unwrap_or(finalized);
    let counts = (
        client.authority_set_id(At::Finalized).await?,
        client.authority_set_id(At::Best).await?,
    );
    check_stall(finalized, best_finalized, counts, arguments.anyway)?;
    Ok(grandpa::note_stalled(arguments.delay, best_finalized))
}

/// Refuses a stall that would make the counts of nodes and runtime differ.
///
/// `counts` are the numbers of the authority set in the finalized and in the best block's state.
fn check_stall(
    finalized: u32,
    best_finalized: u32,
    counts: (u64, u64),
    anyway: bool,
) -> CliResult<()> {
    if best_finalized < finalized {
        return Err(CliError::Usage(format!(
            "block {finalized} is finalized on this node, so --best-finalized cannot be {best_finalized}"
        )));
    }
    if counts.0 != counts.1 && !anyway {
        return Err(CliError::Usage(format!(
            "the authorities changed after the last finalized block (set {} there, {} now): nodes and runtime would count sets \
             differently after a forced change. Read the runbook on finality stalls; --anyway continues",
            counts.0, counts.1
        )));
    }
    Ok(())
}

/// The file of a runtime.
#[derive(Args)]
pub struct CodeArguments {
    /// The runtime's wasm, compact and compressed as the build writes it.
    #[arg(long)]
    code: PathBuf,
}

/// A runtime.
pub struct RuntimeCode(Vec<u8>);

impl CodeArguments {
    /// Reads the file.
    pub fn read(&self) -> CliResult<RuntimeCode> {
        let code = files::read(&self.code)?;
        if code.is_empty() {
            return Err(CliError::Usage(format!("{} is empty", self.code.display())));
        }
        Ok(RuntimeCode(code))
    }
}

impl RuntimeCode {
    /// The BLAKE2b-256 hash of the runtime, which the chain authorizes.
    pub fn hash(&self) -> H256 {
        blake2b_256(&self.0).into()
    }

    /// The call, for root, that authorizes the runtime.
    pub fn authorize(&self) -> Call {
        system::authorize_upgrade(self.hash())
    }
}

/// Submits an authorized runtime and waits for inclusion in a block.
pub async fn apply_upgrade(
    client: &ChainClient,
    code: &RuntimeCode,
    signer: &Signer,
) -> CliResult<Included> {
    let call = system::apply_authorized_upgrade(&code.0);
    let included = client.submit_in_block(&call, signer).await?;
    // The call also succeeds for a rejected runtime, in order to drop the authorization.
    if included
        .event("System", "RejectedInvalidAuthorizedUpgrade")
        .is_some()
    {
        return Err(CliError::Refused {
            code: "System.RejectedInvalidAuthorizedUpgrade".into(),
            message: "the runtime has another name or does not have a higher version; authorize another one"
                .into(),
        });
    }
    Ok(included)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn stall_should_be_noted_when_the_set_is_the_same() {
        assert!(check_stall(10, 10, (3, 3), false).is_ok());
        assert!(check_stall(10, 12, (3, 3), false).is_ok());
    }

    #[test]
    fn stall_should_be_refused_when_the_named_block_is_below_what_is_final() {
        let error = check_stall(10, 9, (3, 3), true).unwrap_err();
        assert!(matches!(error, CliError::Usage(_)));
    }

    #[test]
    fn stall_should_be_refused_when_the_set_changed_after_the_last_final_block() {
        let error = check_stall(10, 10, (3, 4), false).unwrap_err();
        assert!(error.to_string().contains("--anyway"), "{error}");
        assert!(check_stall(10, 10, (3, 4), true).is_ok());
    }

    #[test]
    fn code_should_be_authorized_by_its_hash() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("runtime.wasm");
        let code = CodeArguments { code: path.clone() };
        assert!(code.read().is_err());
        std::fs::write(&path, b"").unwrap();
        assert!(code.read().is_err());
        std::fs::write(&path, b"wasm").unwrap();
        let read = code.read().unwrap();
        assert_eq!(read.authorize().args, blake2b_256(b"wasm").to_vec());
    }
}
