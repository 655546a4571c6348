// SPDX-License-Identifier: Apache-2.0
//! Equivocation: an operator runs a validator's keys twice.
//!
//! The validator votes twice. The nodes report it, and the chain suspends it.

use bspp_network::{
    accounts::stash,
    conformance::{author_accounts, blocks_from, suspension, SuspensionReason},
    environment::{run, say},
    faults::Impostor,
    keys,
    topology::{self, ConsortiumPlan},
    wait::{exactly, minutes, slots, throughout, until, until_true},
    *,
};

const HONEST: [&str; 3] = ["alice", "bob", "charlie"];
/// The validator whose keys run twice.
const DOUBLE: &str = "dave";
const SESSION: u32 = 8;

#[tokio::test(flavor = "multi_thread")]
async fn validator_should_be_suspended_when_it_votes_twice() -> Result<()> {
    twice("equivocation", Meanwhile::Nothing).await
}

/// The set of voters stays while finality stalls, and the session of the votes ends.
#[tokio::test(flavor = "multi_thread")]
async fn validator_should_be_suspended_when_a_session_has_ended_meanwhile() -> Result<()> {
    twice("equivocation-session", Meanwhile::SessionEnds).await
}

/// The validator no longer owns the key with which it votes twice.
#[tokio::test(flavor = "multi_thread")]
async fn validator_should_be_suspended_when_it_has_rotated_its_keys_meanwhile() -> Result<()> {
    twice("equivocation-rotated", Meanwhile::KeysRotate).await
}

/// The events while the round is open in which the validator votes twice.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meanwhile {
    Nothing,
    SessionEnds,
    KeysRotate,
}

async fn twice(name: &str, meanwhile: Meanwhile) -> Result<()> {
    run(name, minutes(12), async move |environment| {
        let plan = ConsortiumPlan::of_four().sessions_of(SESSION);
        let consortium = topology::consortium(&environment, plan).await?;
        let alice = consortium.chain("alice")?;
        // Without two of the four validators a round stays open while the chain grows, so the two
        // votes of one round differ for certain.
        let away = ["bob", "charlie"];
        for node in away {
            consortium.stop(node).await?;
        }
        alice.until_grown(4, slots(20)).await?;
        let stalled = alice.finalized_number().await?;
        throughout("the open round", exactly(3), async || {
            Ok(alice.finalized_number().await? == stalled)
        })
        .await?;
        if meanwhile == Meanwhile::KeysRotate {
            keys::rotate(&consortium.chain(DOUBLE)?, DOUBLE).await?;
        }
        if meanwhile != Meanwhile::Nothing {
            // Half of the slots are empty. New keys are in force after two sessions.
            alice.until_grown(SESSION * 3, slots(SESSION * 6)).await?;
            say("sessions have ended");
        }
        let from = alice.best_number().await?;
        let twin = Impostor::twin(&environment, &consortium, DOUBLE).await?;
        say("the keys run twice");

        let reason = until("a suspension", minutes(4), async || {
            suspension(&alice, DOUBLE).await
        })
        .await?;
        ensure!(
            matches!(reason, SuspensionReason::Equivocation { .. }),
            "suspended for another reason: {reason:?}"
        );
        let mut reports = 0;
        for block in blocks_from(&alice, from).await? {
            let calls = tx::extrinsics(&alice, block.hash).await?;
            reports += calls
                .iter()
                .filter(|extrinsic| extrinsic.call.starts_with("Grandpa.report_equivocation"))
                .count();
        }
        ensure!(reports > 0, "no report of the equivocation in any block");
        say("it was reported and suspended");

        for node in away {
            consortium.revive(node).await?;
        }
        let account = stash(DOUBLE)?;
        until_true("a set without it", slots(SESSION * 2), async || {
            Ok(!author_accounts(&alice).await?.contains(&account))
        })
        .await?;
        twin.stop().await?;
        let best = alice.until_grown(3, slots(12)).await?;
        consortium.until_agreed(&HONEST, best).await?;
        for node in HONEST {
            ensure!(
                suspension(&alice, node).await?.is_none(),
                "{node} is suspended too"
            );
        }
        say("it has left, and the others finalize");
        Ok(())
    })
    .await
}
