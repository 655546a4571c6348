// SPDX-License-Identifier: Apache-2.0
//! A runtime upgrade whose migration changes the gate's parameters: no node refuses a block that another one made.

use bspp_zombienet::{
    accounts::{blake2_256, Hospital, COUNCIL},
    conformance::{authors, blocks_from, check, until_kind},
    council::{self, as_root},
    digest::Item,
    environment::{run, say},
    state,
    topology::{self, hospital_site, ConsortiumPlan},
    tx::{self, call},
    wait::{minutes, slots, until},
    *,
};
use zombienet_sdk::subxt::{dynamic::Value, ext::codec::{self, Decode}};

/// A runtime whose `spec_version` is one higher, and whose migration changes the gate's parameters.
const WASM: &str = "BSPP_UPGRADE_WASM";
const ALL: [&str; 4] = ["alice", "bob", "charlie", "dave"];
const ROTATION: u32 = 4;
/// An anchor is never younger than stale before two rotations are over.
const FLOOR: u64 = 2 * 4 + 1;
/// The longest new age of anchors for which the test waits.
const PATIENCE: u64 = 60;

/// The consortium's gate parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Decode)]
#[codec(crate = codec)]
struct Parameters {
    max_anchor_age: u64,
    max_lag: u64,
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs BSPP_UPGRADE_WASM: a consortium runtime of the next version whose migration changes the gate's parameters"]
async fn gate_should_follow_new_parameters_when_the_runtime_is_upgraded() -> Result<()> {
    let path = std::env::var(WASM).with_context(|| format!("{WASM} names no file"))?;
    let code = std::fs::read(&path).with_context(|| path.clone())?;
    run("upgrade", minutes(12), async |environment| {
        let plan = ConsortiumPlan::of_four();
        let consortium = topology::consortium(&environment, plan).await?;
        let alice = consortium.chain("alice")?;
        let mut a = hospital_site(&environment, &consortium, Hospital::A, "alice", "alice").await?;
        let mut b = hospital_site(&environment, &consortium, Hospital::B, "charlie", "alice").await?;
        a.gateway.start().await?;
        b.gateway.start().await?;
        until_kind(&alice, &ALL, false, ROTATION, slots(40)).await?;
        let best = alice.best().await?;
        let (version, old) = (alice.spec_version(best).await?, parameters(&alice).await?);
        let from = alice.best_number().await?;

        let authorize = call(
            "System",
            "authorize_upgrade",
            [("code_hash", Value::from_bytes(blake2_256(&code)))],
        );
        council::enact(&alice, &[as_root(authorize)]).await?;
        let apply = call(
            "System",
            "apply_authorized_upgrade",
            [("code", Value::from_bytes(&code))],
        );
        let applied = tx::submit(&alice, &apply, COUNCIL[0]).await?;
        let header = alice.header(applied.block).await?;
        ensure!(header.digest.contains(&Item::RuntimeUpdated), "block {} changed no runtime", header.number);
        say(format!("block {} has the new runtime", header.number));

        // Every node must take the blocks of every author, those right after the upgrade in particular.
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
            ensure!(authored.iter().any(|block| block.author == account), "{node} authors no more");
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
            a.gateway.stop().await?;
            b.gateway.stop().await?;
            let limit = u32::try_from(new.max_anchor_age.max(FLOOR))? + 20;
            until_kind(&alice, &ALL, true, ROTATION, slots(limit)).await?;
            say("evidence grows old by the new parameters");
        }
        Ok(())
    })
    .await
}

/// Until when evidence is good must be what the new parameters make of the anchors, for every author.
async fn evidence_follows(alice: &chain::Chain, new: Parameters) -> Result<()> {
    until("evidence by the new parameters", slots(8), async || {
        let at = alice.best().await?;
        let authors = authors(alice, at).await?;
        for author in &authors {
            let keys = vec![state::key(&author.author)];
            let hospital: [u8; 32] = state::get(alice, at, "Consortium", "Validators", keys)
                .await?
                .context("the validator's hospital")?;
            let anchored = anchored_slot(alice, at, &hospital).await?;
            let evidence = author.evidence.map_err(|shortfall| anyhow!("{shortfall:?}"))?;
            let fresh_until = anchored + new.max_anchor_age.max(FLOOR);
            if evidence.valid_until != fresh_until {
                return Ok(None);
            }
        }
        Ok(Some(()))
    })
    .await
}

async fn anchored_slot(alice: &chain::Chain, at: chain::Hash, hospital: &[u8; 32]) -> Result<u64> {
    let answer = alice.runtime_api("ConsortiumApi_anchored_head", hospital, at).await?;
    type Anchored = Option<(AnchoredHead, u64)>;
    let (head, _) = Anchored::decode(&mut &answer[..])?.context("an anchor")?;
    Ok(head.anchored_slot)
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

async fn parameters(alice: &chain::Chain) -> Result<Parameters> {
    let at = alice.best().await?;
    let found = state::get(alice, at, "Conformance", "GateParameters", Vec::new()).await?;
    found.context("gate parameters")
}
