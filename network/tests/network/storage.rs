// SPDX-License-Identifier: Apache-2.0
//! Proof of storage: a hospital whose author loses its PHI store, and one payload for good.

use bspp_network::{
    accounts::Hospital,
    chain::Chain,
    conformance::{blocks_from, check, until_kind},
    digest::Kind,
    environment::{run, say},
    records::{samples, Patient},
    state,
    topology::{self, ConsortiumPlan, Site, World},
    wait::{minutes, slots, until_true},
    *,
};
use std::{fs, path::Path};
use subxt::dynamic::Value;

const AUTHOR: &str = "anna";

#[tokio::test(flavor = "multi_thread")]
async fn author_that_keeps_nothing_should_make_restricted_blocks_only() -> Result<()> {
    run("storage", minutes(10), async |environment| {
        let plan = ConsortiumPlan::of(&[("alice", Hospital::A)]);
        let gateways = [(Hospital::A, "alice")];
        let World {
            consortium: members,
            mut sites,
        } = topology::world(&environment, plan, &gateways).await?;
        let Site {
            own: network,
            chain: own,
            gateway,
            ..
        } = sites.first_mut().context("the only hospital")?;
        gateway.start().await?;
        let there = (&*own, &members.chain("alice")?);
        let patient = Patient::enrol(&environment, "patient", Hospital::A, there, gateway).await?;
        let [first] = samples()?;
        patient.ingest(&environment, gateway, &first).await?;
        until_proved(own).await?;
        say("each full block proves a leaf of a stored record");

        let store = environment.path("gateway-a").join("phi");
        let away = environment.path("phi-away");
        let log = network.log_from_now(AUTHOR)?;
        fs::rename(&store, &away)?;
        until_kind(own, &[AUTHOR], true, 1, slots(12)).await?;
        log.wait_for(&["authoring restricted blocks", "(unproved)"], slots(4))
            .await?;
        let from = own.best_number().await? + 1;
        own.until_grown(6, slots(16)).await?;
        for block in blocks_from(own, from).await? {
            ensure!(block.kind == Kind::Unproved, "block {}", block.number);
            check(own, &block).await?;
        }
        say("an author without its store makes restricted blocks, and names the payload");

        fs::rename(&away, &store)?;
        until_proved(own).await?;
        log.wait_for(&["authoring in full again"], slots(4)).await?;
        ensure!(patient.ingest(&environment, gateway, &first).await? > 0);
        say("with the store blocks are full again, and a further record is stored");

        // The store loses all payloads for good.
        erase(&store.join("payloads"))?;
        until_kind(own, &[AUTHOR], true, 1, slots(12)).await?;
        for payload in payloads(own).await? {
            let call = tx::call(
                "PhiRecords",
                "write_off",
                [("payload", Value::from_bytes(payload))],
            );
            tx::submit(own, &call, Hospital::A.admin()).await?;
        }
        until_kind(own, &[AUTHOR], false, 1, slots(12)).await?;
        say("an admin writes off what is lost, and blocks are full again");
        for block in blocks_from(own, 1).await? {
            check(own, &block).await?;
        }
        gateway.stop().await
    })
    .await
}

/// Waits until the newest blocks are proved, and looks for their proofs.
async fn until_proved(own: &Chain) -> Result<()> {
    let what = "blocks with a proof of storage";
    until_true(what, slots(40), async || {
        let from = own.best_number().await?.saturating_sub(1);
        let blocks = blocks_from(own, from).await?;
        Ok(blocks
            .iter()
            .all(|block| matches!(block.kind, Kind::Proved(..))))
    })
    .await?;
    let from = own.best_number().await?;
    for block in blocks_from(own, from).await? {
        check(own, &block).await?;
        let calls = tx::extrinsics(own, block.hash).await?;
        let proofs = calls
            .iter()
            .filter(|extrinsic| extrinsic.call == "Conformance.prove_storage");
        ensure!(proofs.count() == 1, "block {}: {calls:?}", block.number);
    }
    Ok(())
}

/// The hashes of all payloads that can be drawn.
async fn payloads(own: &Chain) -> Result<Vec<[u8; 32]>> {
    let at = own.best().await?;
    let count: u32 = state::get(own, at, "PhiRecords", "LiveCount", Vec::new())
        .await?
        .unwrap_or(0);
    let mut found = Vec::new();
    for position in 0..count {
        let key = vec![Value::u128(position.into())];
        let hash = state::get(own, at, "PhiRecords", "Live", key).await?;
        found.push(hash.context("a payload at each position")?);
    }
    Ok(found)
}

fn erase(folder: &Path) -> Result<()> {
    for item in fs::read_dir(folder)? {
        let path = item?.path();
        if path.is_dir() {
            erase(&path)?;
        } else {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}
