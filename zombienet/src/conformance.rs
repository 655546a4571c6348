// SPDX-License-Identifier: Apache-2.0
//! Who authored what with which proof, and what the chain's own gate says of it.

use crate::{
    accounts::{stash, Account},
    chain::{Chain, Hash},
    digest::{self, Kind},
    state::{self, key},
    tx::{call, Call},
    wait,
};
use anyhow::{bail, ensure, Context, Result};
use std::{collections::BTreeMap, time::Duration};
use zombienet_sdk::subxt::{
    dynamic::Value,
    ext::codec::{self, Decode, Encode},
};

/// Why an author lacks evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Decode)]
#[codec(crate = codec)]
#[allow(missing_docs)]
pub enum Shortfall {
    NotAnchored,
    AnchorHalted,
    AnchorStale,
    RegistrationLag,
    NoCredential,
    CredentialExpired,
}

/// Why an author was suspended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Decode)]
#[codec(crate = codec)]
pub enum SuspensionReason {
    /// The council's, or the admins', decision.
    Decision,
    /// It voted twice in a round of GRANDPA.
    Equivocation {
        /// Session of the offence.
        session: u32,
    },
}

/// Why an author has no standing.
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
    /// Commitment to the facts.
    pub commitment: [u8; 32],
    /// Last slot in which it is good.
    pub valid_until: u64,
    /// What is lacking after that.
    pub then: Shortfall,
}

/// What the author of a slot must attest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Decode)]
#[codec(crate = codec)]
#[allow(missing_docs)]
pub enum Verdict {
    Full([u8; 32]),
    Restricted(Shortfall),
    Refused(StandingFault),
}

/// The gate before a slot.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
#[codec(crate = codec)]
pub struct Gate {
    /// The slot's author.
    pub author: Account,
    /// The `conf` key in force.
    pub key: [u8; 32],
    /// What must be attested.
    pub verdict: Verdict,
}

/// An author of the current session.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
#[codec(crate = codec)]
pub struct Author {
    /// The validator.
    pub author: Account,
    /// Its `conf` key in force.
    pub key: [u8; 32],
    /// Whether it may author.
    pub standing: core::result::Result<(), StandingFault>,
    /// What it can show.
    pub evidence: core::result::Result<Evidence, Shortfall>,
}

/// A block and its author's proof.
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
    /// What is attested.
    pub kind: Kind,
}

/// The block with this hash.
///
/// # Errors
///
/// When the node does not have it, or its digest lacks a slot or an attestation.
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

/// The best chain's blocks from a height to its head.
///
/// # Errors
///
/// Those of [`block`].
pub async fn blocks_from(chain: &Chain, number: u32) -> Result<Vec<Block>> {
    let mut blocks = Vec::new();
    let mut next = number.max(1);
    while let Some(hash) = chain.block_at(next).await? {
        blocks.push(block(chain, hash).await?);
        next = next.saturating_add(1);
    }
    Ok(blocks)
}

/// What each author attested in its newest of the last `depth` blocks.
///
/// # Errors
///
/// Those of [`block`].
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

/// Waits until the newest blocks of these nodes, one rotation of `rotation` authors and a bit deep, are restricted, or full.
///
/// # Errors
///
/// When they are not within the limit.
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

/// What the state after a block asks of the author of a slot.
///
/// # Errors
///
/// When the runtime has no gate, or no authors.
pub async fn gate(chain: &Chain, parent: Hash, slot: u64) -> Result<Gate> {
    let answer = chain
        .runtime_api("ConformanceApi_gate", &slot.encode(), parent)
        .await?;
    Option::<Gate>::decode(&mut &answer[..])?.context("no authors")
}

/// The current session's authors after a block.
///
/// # Errors
///
/// When the runtime has no gate.
pub async fn authors(chain: &Chain, at: Hash) -> Result<Vec<Author>> {
    let answer = chain.runtime_api("ConformanceApi_authors", &[], at).await?;
    Ok(Decode::decode(&mut &answer[..])?)
}

/// Accounts of the current session's authors at the best block.
///
/// # Errors
///
/// When the runtime has no gate.
pub async fn author_accounts(chain: &Chain) -> Result<Vec<Account>> {
    let authors = authors(chain, chain.best().await?).await?;
    Ok(authors.into_iter().map(|author| author.author).collect())
}

/// Checks a block's proof against the gate of its parent's state.
///
/// # Errors
///
/// When the block says something else than the gate asks.
pub async fn check(chain: &Chain, block: &Block) -> Result<()> {
    let gate = gate(chain, block.parent, block.slot).await?;
    ensure!(
        gate.author == block.author,
        "block {} was authored in another's slot",
        block.number
    );
    match (gate.verdict, block.kind) {
        (Verdict::Full(wanted), Kind::Full(claimed)) if wanted == claimed => Ok(()),
        (Verdict::Restricted(_), Kind::Restricted) => Ok(()),
        (wanted, claimed) => bail!(
            "block {}: {claimed:?}, but the gate asked {wanted:?}",
            block.number
        ),
    }
}

/// Why a node's validator is suspended at the best block, if it is.
///
/// # Errors
///
/// When the node does not answer.
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
/// When the name is no derivation.
pub fn suspend(node: &str) -> Result<Call> {
    let author = Value::from_bytes(stash(node)?);
    Ok(call("Conformance", "suspend_author", [("author", author)]))
}

/// The council's call that readmits a node's validator.
///
/// # Errors
///
/// When the name is no derivation.
pub fn readmit(node: &str) -> Result<Call> {
    let author = Value::from_bytes(stash(node)?);
    Ok(call("Conformance", "readmit_author", [("author", author)]))
}
