// SPDX-License-Identifier: Apache-2.0
//! Evidence of the consortium's authors.
//!
//! Without anchors the authors lose their evidence, and new anchors restore it. Other authors
//! cannot withhold it from them.

use bspp_network::{
    accounts::{identity, Hospital},
    conformance::{blocks_from, check, until_kind},
    environment::{run, say},
    process::free_ports,
    topology::{self, ConsortiumPlan, NodePlan, World},
    wait::{minutes, slots, until},
    *,
};

/// Number of slots in which an anchor is fresh: the least for four authors.
const FRESH: u64 = 2 * 4 + 1 + 16;
/// Number of slots in which evidence expires and every author then has two slots.
const AGEING: u32 = 25 + 8 + 8;
/// Number of slots in which a started gateway anchors a head and every author has a slot.
const HEALING: u32 = 40;
const ALL: [&str; 4] = ["alice", "bob", "charlie", "dave"];
const ROTATION: u32 = 4;

#[tokio::test(flavor = "multi_thread")]
async fn authors_should_be_restricted_when_their_hospital_is_not_anchored() -> Result<()> {
    run("evidence", minutes(12), async |environment| {
        let plan = ConsortiumPlan::of_four().anchors_fresh_for(FRESH);
        let gateways = [(Hospital::A, "alice"), (Hospital::B, "charlie")];
        let World {
            consortium,
            mut sites,
        } = topology::world(&environment, plan, &gateways).await?;
        let [a, b] = sites.as_mut_slice() else {
            bail!("two hospitals")
        };
        let alice = consortium.chain("alice")?;
        a.gateway.start().await?;
        b.gateway.start().await?;
        until_kind(&alice, &ALL, false, ROTATION, slots(HEALING)).await?;
        let first = blocks_from(&alice, 1).await?;
        ensure!(first.iter().take(2).all(|block| block.kind.is_restricted()));
        say("without any anchor all were restricted, with both anchored all are full");

        let logs = ["charlie", "dave"].map(|node| consortium.log_from_now(node));
        let others = ["alice", "bob"].map(|node| consortium.log_from_now(node));
        b.gateway.stop().await?;
        until_kind(&alice, &["charlie", "dave"], true, ROTATION, slots(AGEING)).await?;
        until_kind(&alice, &["alice", "bob"], false, ROTATION, slots(8)).await?;
        for log in &logs {
            let log = log.as_ref().map_err(|error| anyhow!("{error:#}"))?;
            log.wait_for(&["authoring restricted blocks", "anchor_stale"], slots(4))
                .await?;
        }
        for log in others {
            ensure!(log?.line_with(&["authoring restricted blocks"])?.is_none());
        }
        say("without hospital B's gateway its authors are restricted, and say so");

        a.gateway.stop().await?;
        until_kind(&alice, &ALL, true, ROTATION, slots(AGEING)).await?;
        let best = alice.until_grown(ROTATION * 2, slots(16)).await?;
        consortium.until_agreed(&ALL, best).await?;
        say("all are restricted, and the chain goes on");

        a.gateway.start().await?;
        b.gateway.start().await?;
        until_kind(&alice, &ALL, false, ROTATION, slots(HEALING)).await?;
        for log in logs {
            log?.wait_for(&["authoring in full again"], slots(4))
                .await?;
        }
        for block in blocks_from(&alice, 1).await? {
            check(&alice, &block).await?;
        }
        say("anchors have healed it");
        Ok(())
    })
    .await
}

/// A majority that withholds anchors cannot restrict an author.
///
/// The gateway of hospital B reaches Dave only. Dave reaches the others only through a node that
/// relays blocks and votes but no transactions. So three of four authors never see an anchor of
/// hospital B, and only Dave's own blocks can include it.
#[tokio::test(flavor = "multi_thread")]
async fn authors_should_stay_full_when_a_majority_withholds_their_anchors() -> Result<()> {
    run("withheld", minutes(9), async |environment| {
        let [port] = free_ports()?;
        let (_, peer) = identity("sentry");
        let address = format!("/ip4/127.0.0.1/tcp/{port}/p2p/{peer}");
        let mut plan = ConsortiumPlan::of_four().anchors_fresh_for(FRESH);
        let deaf = ["--pool-limit=0", "--pool-kbytes=0"];
        plan.nodes
            .push(NodePlan::full("sentry").with(&deaf).on_port(port));
        let reserved = format!("--reserved-nodes={address}");
        plan.nodes = plan
            .nodes
            .into_iter()
            .map(|node| match node.name.as_str() {
                "dave" => node.with(&["--reserved-only", &reserved]),
                _ => node,
            })
            .collect();
        let gateways = [(Hospital::A, "alice"), (Hospital::B, "dave")];
        let World {
            consortium,
            mut sites,
        } = topology::world(&environment, plan, &gateways).await?;
        let alice = consortium.chain("alice")?;
        for site in &mut sites {
            site.gateway.start().await?;
        }
        until_kind(&alice, &ALL, false, ROTATION, slots(HEALING)).await?;
        say("all are full");

        let from = alice.best_number().await? + 1;
        // Longer than the time in which an earlier anchor is fresh.
        let blocks = u32::try_from(FRESH)? + 2 * ROTATION;
        until(
            "blocks of a majority that withholds",
            slots(blocks * 2),
            async || Ok((alice.best_number().await? >= from + blocks).then_some(())),
        )
        .await?;
        let dave = accounts::stash("dave")?;
        let mut anchored = 0;
        for block in blocks_from(&alice, from).await? {
            check(&alice, &block).await?;
            ensure!(
                !block.kind.is_restricted(),
                "block {} is restricted",
                block.number
            );
            for extrinsic in tx::extrinsics(&alice, block.hash).await? {
                let proof = extrinsic.call == "HospitalAnchor.submit_finality_proof";
                if proof && extrinsic.arguments.starts_with(&Hospital::B.id()) {
                    ensure!(
                        block.author == dave,
                        "block {}: another took hospital B's anchor",
                        block.number
                    );
                    anchored += 1;
                }
            }
        }
        ensure!(
            anchored >= 2,
            "hospital B was anchored {anchored} times only"
        );
        say(format!("anchored {anchored} times by its own author alone"));
        Ok(())
    })
    .await
}
