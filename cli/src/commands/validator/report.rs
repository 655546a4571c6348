// SPDX-License-Identifier: Apache-2.0
//! Reports of two blocks that one author made in one slot.

use crate::{
    chain,
    error::{CliError, CliResult},
    keys,
    output::Output,
    values::Hex32,
};
use bspp_client::{At, Call, ChainClient};
use bspp_primitives::{conformance::slot_of, consortium_storage::session_index, Header};
use clap::Args;
use codec::DecodeAll;
use serde::Serialize;
use sp_core::H256;

/// Two blocks of one author in one slot.
#[derive(Args)]
pub struct Arguments {
    /// RPC address of a node, of either chain, that has both blocks.
    #[arg(long)]
    node: String,
    /// Key of a member, or of a hospital's staff: a key file, or a development name.
    #[arg(long)]
    key: String,
    /// Hash of one block.
    #[arg(long)]
    first: Hex32,
    /// Hash of the other block.
    #[arg(long)]
    second: Hex32,
}

#[derive(Serialize)]
struct Reported {
    slot: u64,
    session: u32,
    block: u32,
}

/// Reports the blocks.
///
/// # Errors
/// The blocks are not two of one slot, the node does not have them, or the chain refuses the report.
pub async fn run(arguments: &Arguments, output: Output) -> CliResult<()> {
    let signer = keys::signer(&arguments.key)?;
    let client = chain::any(&arguments.node).await?;
    let first = client.header(At::Block(arguments.first.hash())).await?;
    let second = client.header(At::Block(arguments.second.hash())).await?;
    let slot = common_slot(&first, &second)?;
    let session = session_after(&client, first.parent_hash).await?;
    let call = Call::new(
        "Conformance",
        "report_double_authoring",
        (session, first, second),
    );
    let included = client.submit_in_block(&call, &signer).await?;
    let reported = Reported {
        slot,
        session,
        block: included.number,
    };
    let line = format!(
        "The chain has judged the two blocks of slot {slot}, in block {}: see `bspp validator status`.",
        reported.block
    );
    output.result(&reported, &[line])
}

/// The slot of both headers, which must be different blocks.
fn common_slot(first: &Header, second: &Header) -> CliResult<u64> {
    let slot = |header: &Header| {
        slot_of(&header.digest)
            .map_err(|_| CliError::usage(format!("block {} has no slot", header.number)))
    };
    let slots = (slot(first)?, slot(second)?);
    if slots.0 != slots.1 || first.hash() == second.hash() {
        return Err(CliError::usage(format!(
            "expected two blocks of one slot; these are of slots {} and {}",
            slots.0, slots.1
        )));
    }
    Ok(slots.0)
}

/// The session in whose turns the children of a block are made.
async fn session_after(client: &ChainClient, block: H256) -> CliResult<u32> {
    let stored = client.storage(&session_index(), At::Block(block)).await?;
    // No value is the default: the first session.
    let stored = stored.unwrap_or_else(|| vec![0; 4]);
    u32::decode_all(&mut &stored[..])
        .map_err(|_| CliError::failed("the node gives no session of the blocks' parent"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use codec::Encode;
    use sp_runtime::{Digest, DigestItem};

    fn header(number: u32, slot: u64) -> Header {
        let logs = vec![DigestItem::PreRuntime(*b"aura", slot.encode())];
        Header {
            parent_hash: H256::zero(),
            number,
            state_root: H256::zero(),
            extrinsics_root: H256::zero(),
            digest: Digest { logs },
        }
    }

    #[test]
    fn report_should_take_two_blocks_of_one_slot_only() {
        let slot = |one: &Header, other: &Header| common_slot(one, other).ok();
        assert_eq!(slot(&header(7, 40), &header(8, 40)), Some(40));
        assert_eq!(slot(&header(7, 40), &header(7, 40)), None, "one block");
        assert_eq!(slot(&header(7, 40), &header(8, 41)), None);
        let mut without = header(7, 40);
        without.digest.logs.clear();
        assert_eq!(slot(&without, &header(7, 40)), None);
    }
}
