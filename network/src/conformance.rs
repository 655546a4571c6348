// SPDX-License-Identifier: Apache-2.0
//! The blocks of a chain with their attestations, and the gate that they must satisfy.

use crate::{
    accounts::{stash, Account},
    chain::{Chain, Hash},
    digest::{self, Kind, Shortfall},
    state::{self, key},
    tx::{call, Call},
    wait,
};
use anyhow::{bail, ensure, Context, Result};
use std::{collections::BTreeMap, time::Duration};
use subxt::{
    dynamic::Value,
    ext::codec::{self, Decode, Encode},
};

/// The reason why an author was suspended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Decode)]
#[codec(crate = codec)]
pub enum SuspensionReason {
    /// The council or an admin suspended the author.
    Decision,
    /// The author voted twice in one round of GRANDPA.
    Equivocation {
        /// The session of the offence.
        session: u32,
    },
}

/// The reason why an author has no standing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Decode)]
#[codec(crate = codec)]
#[allow(missing_docs)]
pub enum StandingFault {
    NotMember,
    HospitalSuspended,
    Suspended(SuspensionReason),
}

/// Evidence that the state holds for an author.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Decode)]
#[codec(crate = codec)]
pub struct Evidence {
    /// The commitment to the facts.
    pub commitment: [u8; 32],
    /// The last slot in which the evidence is valid.
    pub valid_until: u64,
    /// The shortfall after that slot.
    pub then: Shortfall,
    /// A later slot and the shortfall after it.
    pub later: Option<(u64, Shortfall)>,
}

/// The attestation that the author of a slot must make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Decode)]
#[codec(crate = codec)]
#[allow(missing_docs)]
pub enum Verdict {
    Full([u8; 32]),
    Restricted(Shortfall),
    Refused(StandingFault),
}

/// The gate of a slot.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
#[codec(crate = codec)]
pub struct Gate {
    /// The slot's author.
    pub author: Account,
    /// The `conf` key in force.
    pub key: [u8; 32],
    /// The attestation that the author must make.
    pub verdict: Verdict,
    /// The payload hash and the draw of the slot's challenge, if it has one.
    pub challenge: Option<([u8; 32], [u8; 32])>,
}

/// An author of the current session.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
#[codec(crate = codec)]
pub struct Author {
    /// The validator.
    pub author: Account,
    /// Its `conf` key in force.
    pub key: [u8; 32],
    /// The author's standing.
    pub standing: core::result::Result<(), StandingFault>,
    /// The author's evidence.
    pub evidence: core::result::Result<Evidence, Shortfall>,
}

/// A block and the attestation of its author.
#[derive(Clone, Debug)]
pub struct Block {
    /// Height.
    pub number: u32,
    /// Hash.
    pub hash: Hash,
    /// Hash of the parent.
    pub parent: Hash,
    /// Slot.
    pub slot: u64,
    /// Author.
    pub author: Account,
    /// The kind of the attestation.
    pub kind: Kind,
}

/// The block with this hash.
///
/// # Errors
///
/// Fails if the node does not have the block, or its digest lacks a slot or an attestation.
pub async fn block(chain: &Chain, hash: Hash) -> Result<Block> {
    let header = chain.header(hash).await?;
    let attestation = digest::attestation(&header.digest)
        .with_context(|| format!("block {} {hash:?}", header.number))?;
    Ok(Block {
        number: header.number,
        hash,
        parent: header.parent,
        slot: digest::slot(&header.digest)?,
        author: attestation.author,
        kind: attestation.kind,
    })
}

/// The blocks of the best chain from a height to its head.
///
/// # Errors
///
/// The errors of [`block`].
pub async fn blocks_from(chain: &Chain, number: u32) -> Result<Vec<Block>> {
    let mut blocks = Vec::new();
    let mut next = number.max(1);
    while let Some(hash) = chain.block_at(next).await? {
        blocks.push(block(chain, hash).await?);
        next = next.saturating_add(1);
    }
    Ok(blocks)
}

/// The kind of each author's newest block among the last `depth` blocks.
///
/// # Errors
///
/// The errors of [`block`].
pub async fn newest_kinds(chain: &Chain, depth: u32) -> Result<BTreeMap<Account, Kind>> {
    let from = chain
        .best_number()
        .await?
        .saturating_sub(depth.saturating_sub(1));
    let blocks = blocks_from(chain, from).await?;
    Ok(blocks
        .into_iter()
        .map(|block| (block.author, block.kind))
        .collect())
}

/// Waits until the newest blocks of these nodes are all restricted, or all full.
///
/// It looks at the last `rotation + 1` blocks, so `rotation` is the number of authors.
///
/// # Errors
///
/// Fails if the blocks are not of this kind within the limit.
pub async fn until_kind(
    chain: &Chain,
    nodes: &[&str],
    restricted: bool,
    rotation: u32,
    limit: Duration,
) -> Result<()> {
    let accounts = nodes
        .iter()
        .map(|node| stash(node))
        .collect::<Result<Vec<_>>>()?;
    let kind = if restricted { "restricted" } else { "full" };
    let what = format!("{kind} blocks of {}", nodes.join(", "));
    wait::until_true(&what, limit, async || {
        let kinds = newest_kinds(chain, rotation.saturating_add(1)).await?;
        Ok(accounts.iter().all(|account| {
            kinds
                .get(account)
                .is_some_and(|kind| kind.is_restricted() == restricted)
        }))
    })
    .await
}

/// The gate of a slot, from the state after the parent.
///
/// # Errors
///
/// Fails if the runtime has no gate or no authors.
pub async fn gate(chain: &Chain, parent: Hash, slot: u64) -> Result<Gate> {
    let answer = chain
        .runtime_api("ConformanceApi_gate", &slot.encode(), parent)
        .await?;
    Option::<Gate>::decode(&mut &answer[..])?.context("no authors")
}

/// The authors of the current session, from the state after a block.
///
/// # Errors
///
/// Fails if the runtime has no gate.
pub async fn authors(chain: &Chain, at: Hash) -> Result<Vec<Author>> {
    let answer = chain.runtime_api("ConformanceApi_authors", &[], at).await?;
    Ok(Decode::decode(&mut &answer[..])?)
}

/// The accounts of the authors of the current session, from the best block's state.
///
/// # Errors
///
/// Fails if the runtime has no gate.
pub async fn author_accounts(chain: &Chain) -> Result<Vec<Account>> {
    let authors = authors(chain, chain.best().await?).await?;
    Ok(authors.into_iter().map(|author| author.author).collect())
}

/// Checks the attestation of a block against the gate in its parent's state.
///
/// # Errors
///
/// Fails if the attestation is not the one that the gate requires.
pub async fn check(chain: &Chain, block: &Block) -> Result<()> {
    let gate = gate(chain, block.parent, block.slot).await?;
    ensure!(
        gate.author == block.author,
        "block {} was authored in another's slot",
        block.number
    );
    let challenged = gate.challenge.is_some();
    match (gate.verdict, block.kind) {
        (Verdict::Full(wanted), Kind::Full(claimed)) if wanted == claimed && !challenged => Ok(()),
        (Verdict::Full(wanted), Kind::Proved(claimed, _)) if wanted == claimed && challenged => {
            Ok(())
        }
        (Verdict::Full(_), Kind::Unproved) if challenged => Ok(()),
        (Verdict::Restricted(wanted), Kind::Restricted(claimed)) if wanted == claimed => Ok(()),
        (wanted, claimed) => bail!(
            "block {}: {claimed:?}, but the gate asked {wanted:?}",
            block.number
        ),
    }
}

/// The reason why a node's validator is suspended at the best block, if it is suspended.
///
/// # Errors
///
/// Fails if the node does not answer.
pub async fn suspension(chain: &Chain, node: &str) -> Result<Option<SuspensionReason>> {
    let keys = vec![key(&stash(node)?)];
    state::get(
        chain,
        chain.best().await?,
        "Conformance",
        "Suspensions",
        keys,
    )
    .await
}

/// The council's call that suspends a node's validator.
///
/// # Errors
///
/// Fails if a key cannot be derived from the name.
pub fn suspend(node: &str) -> Result<Call> {
    let author = Value::from_bytes(stash(node)?);
    Ok(call("Conformance", "suspend_author", [("author", author)]))
}

/// The council's call that readmits a node's validator.
///
/// # Errors
///
/// Fails if a key cannot be derived from the name.
pub fn readmit(node: &str) -> Result<Call> {
    let author = Value::from_bytes(stash(node)?);
    Ok(call("Conformance", "readmit_author", [("author", author)]))
}
