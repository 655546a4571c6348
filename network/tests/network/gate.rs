// SPDX-License-Identifier: Apache-2.0
//! Attacks on the gate: blocks with a faulty proof of conformance.
//!
//! Every honest node refuses such a block, and the peer that sent it loses reputation.

use bspp_network::{
    chain::Hash,
    conformance::{author_accounts, blocks_from, check, suspend, suspension, SuspensionReason},
    council,
    environment::{run, say, Environment},
    faults::Impostor,
    logs::Log,
    topology::{self, ConsortiumPlan, Running},
    wait::{minutes, seconds, slots, until, until_true},
    *,
};

/// The honest nodes.
const HONEST: [&str; 3] = ["alice", "bob", "charlie"];
/// The node of the attacker.
const FAULTY: &str = "dave";
/// Number of blocks in a session.
///
/// The attack without standing must fit into one session.
const SESSION: u32 = 16;

/// The faults of the attacker's blocks, and the reasons why nodes refuse them.
const FAULTS: [(&str, &str); 8] = [
    ("omit", "missing"),
    ("double", "duplicate"),
    ("forge", "bad_signature"),
    ("replay-parent", "bad_signature"),
    ("replay-slot", "bad_signature"),
    ("replay-chain", "bad_signature"),
    ("borrow", "author_mismatch"),
    ("overstate", "overstated"),
];

#[tokio::test(flavor = "multi_thread")]
async fn blocks_should_be_refused_when_their_proof_is_faulty() -> Result<()> {
    run("gate", minutes(15), async |environment| {
        let plan = ConsortiumPlan::of_four().sessions_of(SESSION);
        let consortium = topology::consortium(&environment, plan).await?;
        consortium.stop(FAULTY).await?;
        let mut refused = Vec::new();
        for (fault, reason) in FAULTS {
            let blocks = attack(&environment, &consortium, fault, reason).await;
            refused.extend(blocks.with_context(|| format!("the attack {fault:?}"))?);
        }
        // The same program with the same keys and without a fault shows that the faults were the
        // reason.
        behave(&environment, &consortium).await?;
        refused.extend(without_standing(&environment, &consortium).await?);
        nobody_keeps(&consortium, &refused).await?;
        everything_proved(&consortium).await
    })
    .await
}

/// Runs the attacker with a fault until a faulty block was made and refused.
///
/// The reason must be the expected one, and the sender must lose reputation. Returns the faulty
/// blocks.
async fn attack(
    environment: &Environment,
    consortium: &Running,
    fault: &str,
    reason: &str,
) -> Result<Vec<(u32, Hash)>> {
    let before = refused(consortium, reason).await?;
    let logs = HONEST
        .iter()
        .map(|node| consortium.log_from_now(node))
        .collect::<Result<Vec<_>>>()?;
    let mut attacker = Impostor::faulty(environment, consortium, FAULTY, fault).await?;
    let (_, hash) = until("a faulty block", seconds(90), async || {
        Ok(attacker.faulty_blocks()?.first().copied())
    })
    .await?;
    until_true("a refusal in the metrics", seconds(60), async || {
        Ok(refused(consortium, reason).await? > before)
    })
    .await?;
    let hash_text = format!("{hash:?}");
    let refusal = format!("proof of conformance refused: {reason}");
    until_true(
        "a refusal of that block in a log",
        seconds(30),
        async || {
            any_line(
                &logs,
                &["Verification failed", &hash_text, attacker.peer(), &refusal],
            )
        },
    )
    .await?;
    let report = format!("Report {}: -", attacker.peer());
    until_true("a loss of reputation", seconds(30), async || {
        any_line(&logs, &[&report, "Block verification failed"])
    })
    .await?;
    let blocks = attacker.faulty_blocks()?;
    attacker.stop().await?;
    say(format!("{fault}: {} refused as {reason}", blocks.len()));
    Ok(blocks)
}

/// No honest node keeps a faulty block, and finality has passed their heights.
///
/// The blocks are neither in the best chain of a node nor in another branch.
async fn nobody_keeps(consortium: &Running, faulty: &[(u32, Hash)]) -> Result<()> {
    let highest = faulty
        .iter()
        .map(|(number, _)| *number)
        .max()
        .context("faulty blocks")?;
    consortium.until_agreed(&HONEST, highest + 1).await?;
    for node in HONEST {
        let chain = consortium.chain(node)?;
        for (number, hash) in faulty {
            ensure!(
                chain.block_at(*number).await? != Some(*hash)
                    && chain.try_header(*hash).await?.is_none(),
                "{node} keeps the faulty block {number} {hash:?}"
            );
        }
    }
    say(format!(
        "nobody keeps any of {} faulty blocks",
        faulty.len()
    ));
    Ok(())
}

/// Without a fault all nodes accept the blocks of the same program.
async fn behave(environment: &Environment, consortium: &Running) -> Result<()> {
    let node = Impostor::faulty(environment, consortium, FAULTY, "none").await?;
    let alice = consortium.chain("alice")?;
    let from = alice.best_number().await?;
    let account = accounts::stash(FAULTY)?;
    let number = until("a block of the reformed", seconds(90), async || {
        let blocks = blocks_from(&alice, from).await?;
        Ok(blocks
            .iter()
            .find(|block| block.author == account)
            .map(|block| block.number))
    })
    .await?;
    consortium.until_agreed(&HONEST, number).await?;
    node.stop().await?;
    say("none: accepted and final");
    Ok(())
}

/// Nodes refuse a suspended author's blocks at once, and it leaves the set with the session.
async fn without_standing(
    environment: &Environment,
    consortium: &Running,
) -> Result<Vec<(u32, Hash)>> {
    let alice = consortium.chain("alice")?;
    until_true(
        "the beginning of a session",
        slots(SESSION + 4),
        async || Ok((1..=3).contains(&(alice.best_number().await? % SESSION))),
    )
    .await?;
    let session = alice.best_number().await? / SESSION;
    council::enact(&alice, &[suspend(FAULTY)?]).await?;
    ensure!(suspension(&alice, FAULTY).await? == Some(SuspensionReason::Decision));
    let blocks = attack(environment, consortium, "suspended", "no_standing").await?;
    let faulty = accounts::stash(FAULTY)?;
    ensure!(
        alice.best_number().await? / SESSION > session
            || author_accounts(&alice).await?.contains(&faulty),
        "the suspended author left before the session's end"
    );
    alice
        .until_finalized((session + 1) * SESSION + 1, slots(2 * SESSION))
        .await?;
    ensure!(
        !author_accounts(&alice).await?.contains(&faulty),
        "the suspended author is in the next session's set"
    );
    say("the suspended author has left");
    Ok(blocks)
}

/// Every block of the best chain has the attestation that its parent's state requires.
async fn everything_proved(consortium: &Running) -> Result<()> {
    let alice = consortium.chain("alice")?;
    for block in blocks_from(&alice, 1).await? {
        check(&alice, &block).await?;
    }
    Ok(())
}

async fn refused(consortium: &Running, reason: &str) -> Result<f64> {
    let mut sum = 0.0;
    for node in HONEST {
        sum += consortium
            .metric(node, "bspp_conformance_refused_total", ("reason", reason))
            .await?;
    }
    Ok(sum)
}

fn any_line(logs: &[Log], words: &[&str]) -> Result<bool> {
    for log in logs {
        if log.line_with(words)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}
