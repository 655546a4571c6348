// SPDX-License-Identifier: Apache-2.0
//! Finality with lost validators.
//!
//! Finality continues without one of four validators and stops without two. The runbook restores
//! it, and no registration is lost.

use bspp_network::{
    accounts::{stash, Hospital},
    chain::Chain,
    conformance::{author_accounts, blocks_from, check, readmit, suspend},
    council::{self, as_root},
    environment::{run, say},
    records::{samples, Patient},
    state,
    topology::{self, ConsortiumPlan, Running, World},
    tx::call,
    wait::{exactly, minutes, slots, throughout, until_true},
    *,
};
use subxt::dynamic::Value;

/// Number of blocks in a session.
///
/// It is small, because the set of voters changes only with a session, and half of the slots are
/// empty in this test.
const SESSION: u32 = 8;
/// Number of blocks between the signal of the forced change and its effect.
///
/// On a live chain it must be so large that no reorganization can undo the signal.
const DELAY: u128 = 3;
const ALL: [&str; 4] = ["alice", "bob", "charlie", "dave"];
const ALIVE: [&str; 2] = ["alice", "bob"];
const DEAD: [&str; 2] = ["charlie", "dave"];
/// The pallets whose state must survive.
const PALLETS: [&str; 3] = ["Consortium", "HospitalAnchor", "PhiIndex"];
const EXCEPT: [&str; 5] = [
    "Consortium.UsedReserve",
    "Consortium.UsedByDelegate",
    "Consortium.UsedCommon",
    "Consortium.UsedByAnchorers",
    "Consortium.UsedOperationalQuota",
];

#[tokio::test(flavor = "multi_thread")]
async fn finality_should_come_back_when_half_of_the_validators_are_lost() -> Result<()> {
    run("finality", minutes(15), async |environment| {
        let plan = ConsortiumPlan::of_four().sessions_of(SESSION);
        let gateways = [(Hospital::A, "alice")];
        let World {
            consortium,
            mut sites,
        } = topology::world(&environment, plan, &gateways).await?;
        let alice = consortium.chain("alice")?;
        let mut site = sites.pop().context("the only hospital")?;
        site.gateway.start().await?;
        let patient = Patient::enrol(
            &environment,
            "patient",
            Hospital::A,
            (&site.chain, &alice),
            &site.gateway,
        )
        .await?;
        let [file] = samples()?;
        patient.ingest(&environment, &site.gateway, &file).await?;
        site.gateway.stop().await?;
        // Transactions that the gateway has sent must not be included later.
        until_true("an empty pool", slots(8), async || {
            let pending = alice
                .request("author_pendingExtrinsics", serde_json::json!([]))
                .await?;
            Ok(pending.as_array().is_some_and(Vec::is_empty))
        })
        .await?;
        let best = alice.best_number().await?;
        alice.until_finalized(best, slots(12)).await?;
        let registered = alice.finalized().await?;
        let before = state::snapshot(&alice, registered, &PALLETS, &EXCEPT).await?;
        ensure!(state::count_of(&alice, "PhiIndex", "NextSequence", &before).await? > 0);
        drop(site);
        say("a record is registered and final");

        consortium.kill("dave").await?;
        let best = alice.until_grown(4, slots(16)).await?;
        alice.until_finalized(best, slots(12)).await?;
        consortium.revive("dave").await?;
        consortium.until_agreed(&ALL, best + 4).await?;
        say("finality outlived one validator, which has caught up");

        for node in DEAD {
            consortium.kill(node).await?;
        }
        // Blocks with earlier votes may still be finalized.
        alice.until_grown(2, slots(12)).await?;
        let stalled = alice.finalized_number().await?;
        throughout("the stall", exactly(6), async || {
            Ok(alice.finalized_number().await? == stalled)
        })
        .await?;
        alice.until_grown(1, slots(8)).await?;
        say(format!("finality stalls at {stalled}"));

        runbook(&alice, stalled).await?;
        let best = alice.best_number().await?;
        for node in ALIVE {
            consortium
                .chain(node)?
                .until_finalized(best, slots(20))
                .await?;
        }
        consortium.until_agreed(&ALIVE, best).await?;
        let after = state::snapshot(&alice, alice.finalized().await?, &PALLETS, &EXCEPT).await?;
        let changed = state::difference(&before, &after);
        ensure!(
            changed.is_empty(),
            "the stall has changed what was registered: {changed:?}"
        );
        say("finality is back, and nothing registered is lost");

        comeback(&consortium, &alice).await?;
        for block in blocks_from(&alice, 1).await? {
            check(&alice, &block).await?;
        }
        Ok(())
    })
    .await
}

/// The steps of the council in the runbook, all within one session.
///
/// The council suspends the lost validators and forces the change to the next session's voters.
async fn runbook(alice: &Chain, stalled: u32) -> Result<()> {
    until_true(
        "the beginning of a session",
        slots(4 * SESSION),
        async || Ok(alice.best_number().await? % SESSION < 2),
    )
    .await?;
    let session = alice.best_number().await? / SESSION;
    let stall = call(
        "Grandpa",
        "note_stalled",
        [
            ("delay", Value::u128(DELAY)),
            ("best_finalized_block_number", Value::u128(stalled.into())),
        ],
    );
    council::enact(
        alice,
        &[suspend(DEAD[0])?, suspend(DEAD[1])?, as_root(stall)],
    )
    .await?;
    ensure!(
        alice.best_number().await? / SESSION == session,
        "the council was too slow for one session"
    );
    say("the council has decided");
    let alive = ALIVE
        .iter()
        .map(|node| stash(node))
        .collect::<Result<Vec<_>>>()?;
    until_true("a set of the living", slots(6 * SESSION), async || {
        Ok(author_accounts(alice).await? == alive)
    })
    .await?;
    until_true(
        "finality beyond the stall",
        slots(6 * SESSION),
        async || Ok(alice.finalized_number().await? > stalled),
    )
    .await
}

/// The lost nodes start again, catch up, are readmitted, and author as before.
async fn comeback(consortium: &Running, alice: &Chain) -> Result<()> {
    for node in DEAD {
        consortium.revive(node).await?;
    }
    let best = alice.best_number().await?;
    consortium.until_agreed(&ALL, best).await?;
    say("the lost nodes have caught up");
    council::enact(alice, &[readmit(DEAD[0])?, readmit(DEAD[1])?]).await?;
    // Each session takes one of them back.
    until_true("a set of all four", slots(8 * SESSION), async || {
        Ok(author_accounts(alice).await?.len() == ALL.len())
    })
    .await?;
    let from = alice.best_number().await?;
    let dead = DEAD
        .iter()
        .map(|node| stash(node))
        .collect::<Result<Vec<_>>>()?;
    until_true("blocks of the readmitted", slots(20), async || {
        let blocks = blocks_from(alice, from).await?;
        Ok(dead
            .iter()
            .all(|author| blocks.iter().any(|block| block.author == *author)))
    })
    .await?;
    let best = alice.best_number().await?;
    consortium.until_agreed(&ALL, best).await?;
    same_set(consortium).await?;
    say("the readmitted author, and all finalize");
    Ok(())
}

/// The nodes and the runtime have the same set number of the voters.
///
/// Otherwise an equivocation could not be attributed to its set.
async fn same_set(consortium: &Running) -> Result<()> {
    for node in ALL {
        let chain = consortium.chain(node)?;
        let what = format!("the runtime's set of voters on {node}");
        until_true(&what, slots(8), async || {
            let state = chain
                .request("grandpa_roundState", serde_json::json!([]))
                .await?;
            let at = chain.finalized().await?;
            let set: Option<u64> =
                state::get(&chain, at, "Grandpa", "CurrentSetId", Vec::new()).await?;
            Ok(state["setId"].as_u64() == Some(set.unwrap_or(0)))
        })
        .await?;
    }
    Ok(())
}
