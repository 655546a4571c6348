// SPDX-License-Identifier: Apache-2.0
//! A runtime upgrade whose migration changes the gate's parameters.
//!
//! No node refuses a block that another node made.

use bspp_network::{
    accounts::{blake2_256, Account, Hospital, COUNCIL},
    chain::{Chain, Hash},
    conformance::{author_accounts, authors, blocks_from, check, until_kind},
    council,
    digest::Item,
    environment::{run, say},
    state,
    topology::{self, ConsortiumPlan, World},
    tx::{self, call},
    wait::{minutes, slots, until, until_true},
    *,
};
use std::collections::BTreeMap;
use subxt::{
    dynamic::Value,
    ext::codec::{self, Decode},
};

/// Names a runtime whose `spec_version` is one higher than that of the node's runtime.
///
/// Its migration changes the gate's parameters.
const WASM: &str = "BSPP_UPGRADE_WASM";
const ALL: [&str; 4] = ["alice", "bob", "charlie", "dave"];
const ROTATION: u32 = 4;
/// Minimum number of slots in which an anchor is fresh.
///
/// It is two rotations of four authors and one slot, and the mortality of a transaction.
const FLOOR: u64 = 2 * 4 + 1 + 16;
/// Number of blocks between the authorization of the runtime and its application.
///
/// It is long enough for an attempt before.
const DELAY: u32 = 16;
/// The pool's code for a runtime that is applied before its time.
const NOT_DUE: u8 = 16;
/// Maximum new age of anchors for which the test waits, in slots.
const PATIENCE: u64 = 60;

/// The consortium's gate parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Decode)]
#[codec(crate = codec)]
struct Parameters {
    max_anchor_age: u64,
    max_lag: u64,
}

#[tokio::test(flavor = "multi_thread")]
async fn gate_should_follow_new_parameters_when_the_runtime_is_upgraded() -> Result<()> {
    let path = std::env::var(WASM).with_context(|| {
        format!("{WASM} names no runtime to upgrade to; make test-network builds one")
    })?;
    let code = std::fs::read(&path).with_context(|| path.clone())?;
    run("upgrade", minutes(12), async |environment| {
        let plan = ConsortiumPlan::of_four().upgrades_after(DELAY);
        let gateways = [(Hospital::A, "alice"), (Hospital::B, "charlie")];
        let World {
            consortium,
            mut sites,
        } = topology::world(&environment, plan, &gateways).await?;
        let alice = consortium.chain("alice")?;
        for site in &mut sites {
            site.gateway.start().await?;
        }
        until_kind(&alice, &ALL, false, ROTATION, slots(40)).await?;
        let best = alice.best().await?;
        let (version, old) = (alice.spec_version(best).await?, parameters(&alice).await?);
        let from = alice.best_number().await?;

        let authorize = call(
            "Consortium",
            "authorize_upgrade",
            [("code_hash", Value::from_bytes(blake2_256(&code)))],
        );
        council::enact(&alice, &[authorize]).await?;
        let due = due(&alice).await?;
        let apply = call(
            "System",
            "apply_authorized_upgrade",
            [("code", Value::from_bytes(&code))],
        );
        let refusal = tx::refusal(&alice, &apply, COUNCIL[0]).await?;
        let asked = alice.best_number().await?;
        ensure!(refusal == NOT_DUE, "refused before its time by {refusal}");
        say(format!("the runtime waits from block {asked} to {due}"));
        until_true("the end of the delay", slots(2 * DELAY), async || {
            // All nodes have this block then, so they pass the transaction on.
            Ok(alice.best_number().await? > due)
        })
        .await?;
        let applied = tx::submit(&alice, &apply, COUNCIL[0]).await?;
        let header = alice.header(applied.block).await?;
        ensure!(
            header.number >= due,
            "applied in block {} before {due}",
            header.number
        );
        ensure!(
            header.digest.contains(&Item::RuntimeUpdated),
            "block {} changed no runtime",
            header.number
        );
        say(format!("block {} has the new runtime", header.number));

        // Every node must accept the blocks of every author, in particular those right after the
        // upgrade.
        let after = header.number + 2 * ROTATION;
        consortium.until_agreed(&ALL, after).await?;
        for node in ALL {
            let chain = consortium.chain(node)?;
            let version_now = chain.spec_version(chain.best().await?).await?;
            ensure!(version_now > version, "{node} still runs version {version}");
        }
        let authored = blocks_from(&alice, header.number + 1).await?;
        for node in ALL {
            let account = accounts::stash(node)?;
            ensure!(
                authored.iter().any(|block| block.author == account),
                "{node} no longer authors"
            );
        }
        for block in blocks_from(&alice, from).await? {
            check(&alice, &block).await?;
        }
        say("all nodes agree, and all author");

        let new = parameters(&alice).await?;
        ensure!(new != old, "the migration has not changed {old:?}");
        say(format!("{old:?} became {new:?}"));
        evidence_follows(&alice, new).await?;
        if new.max_anchor_age <= PATIENCE {
            for site in &mut sites {
                site.gateway.stop().await?;
            }
            let limit = u32::try_from(new.max_anchor_age.max(FLOOR))? + 20;
            until_kind(&alice, &ALL, true, ROTATION, slots(limit)).await?;
            kinds_follow(&alice, new).await?;
            say("evidence grows old by the new parameters");
        }
        Ok(())
    })
    .await
}

/// The first block that may apply the authorized runtime.
async fn due(alice: &Chain) -> Result<u32> {
    let at = alice.best().await?;
    let found: Option<([u8; 32], u32)> =
        state::get(alice, at, "Consortium", "AuthorizedUpgrade", Vec::new()).await?;
    Ok(found.context("an authorized runtime")?.1)
}

/// Waits until the expiry of every author's evidence follows from the new parameters.
async fn evidence_follows(alice: &Chain, new: Parameters) -> Result<()> {
    until("evidence by the new parameters", slots(8), async || {
        let at = alice.best().await?;
        for author in authors(alice, at).await? {
            let head = anchored_head(alice, at, &author.author).await?;
            let evidence = author
                .evidence
                .map_err(|shortfall| anyhow!("{shortfall:?}"))?;
            if evidence.valid_until != head.fresh_until(new) {
                return Ok(None);
            }
        }
        Ok(Some(()))
    })
    .await
}

/// Checks the kinds of all blocks since the last anchor against the new parameters.
///
/// A block is full as long as the anchor is fresh, and restricted after that.
async fn kinds_follow(alice: &Chain, new: Parameters) -> Result<()> {
    let at = alice.best().await?;
    let mut heads = BTreeMap::new();
    for author in author_accounts(alice).await? {
        heads.insert(author, anchored_head(alice, at, &author).await?);
    }
    let last = heads
        .values()
        .map(|head| head.anchored_at)
        .max()
        .context("anchors")?;
    for block in blocks_from(alice, last + 1).await? {
        let head = heads
            .get(&block.author)
            .context("an anchor of the author's hospital")?;
        ensure!(
            block.kind.is_restricted() == (block.slot > head.fresh_until(new)),
            "block {} in slot {} is {:?}, on {head:?}",
            block.number,
            block.slot,
            block.kind
        );
    }
    Ok(())
}

/// The newest anchored head of a hospital's chain.
#[derive(Clone, Copy, Debug, Decode)]
#[codec(crate = codec)]
#[allow(dead_code)]
struct AnchoredHead {
    number: u32,
    hash: [u8; 32],
    state_root: [u8; 32],
    anchored_at: u32,
    anchored_slot: u64,
    entry_blocks: u32,
}

impl AnchoredHead {
    fn fresh_until(&self, parameters: Parameters) -> u64 {
        self.anchored_slot + parameters.max_anchor_age.max(FLOOR)
    }
}

/// The newest anchored head of the hospital to which a validator belongs.
async fn anchored_head(alice: &Chain, at: Hash, validator: &Account) -> Result<AnchoredHead> {
    let keys = vec![state::key(validator)];
    let hospital: Option<[u8; 32]> =
        state::get(alice, at, "Consortium", "Validators", keys).await?;
    let hospital = hospital.context("the validator's hospital")?;
    let answer = alice
        .runtime_api("ConsortiumApi_anchored_head", &hospital, at)
        .await?;
    let anchored = Option::<(AnchoredHead, u64)>::decode(&mut &answer[..])?;
    Ok(anchored.context("an anchor")?.0)
}

async fn parameters(alice: &Chain) -> Result<Parameters> {
    let at = alice.best().await?;
    let found = state::get(alice, at, "Conformance", "GateParameters", Vec::new()).await?;
    found.context("gate parameters")
}
