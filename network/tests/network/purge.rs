// SPDX-License-Identifier: Apache-2.0
//! Validators that lose their databases never vote twice.
//!
//! In each turn a validator hangs, so that rounds stay open. Another one crashes, loses its database
//! and starts again in the round in which it has voted already.

use bspp_network::{
    accounts::{stash, Hospital},
    chain::Chain,
    conformance::suspension,
    environment::{run, say},
    state::{self, key},
    topology::{self, ConsortiumPlan, Running},
    wait::{exactly, minutes, seconds, slots, until_true},
    *,
};
use std::{env, time::Instant};

const THREE: [&str; 3] = ["alice", "bob", "charlie"];
const FOUR: [&str; 4] = ["alice", "bob", "charlie", "dave"];
/// Variable with the number of turns.
const TURNS: &str = "BSPP_PURGES";
/// The number of turns of a full run. They share one network.
const FULL: usize = 20;

/// The number of turns: two, or what the variable says. A full run has 20.
fn turns() -> Result<usize> {
    match env::var(TURNS) {
        Ok(count) => count.parse().with_context(|| format!("{TURNS}={count}")),
        Err(_) => Ok(2),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn purged_validator_should_not_vote_twice_among_four() -> Result<()> {
    run("purge-four", limit()?, async |environment| {
        let consortium = topology::consortium(&environment, ConsortiumPlan::of_four()).await?;
        all_turns(&consortium, &FOUR).await
    })
    .await
}

/// Among three the purged validator's own votes are needed, so they must come back.
#[tokio::test(flavor = "multi_thread")]
async fn purged_validator_should_not_vote_twice_among_three() -> Result<()> {
    run("purge-three", limit()?, async |environment| {
        let [a, b] = [Hospital::A, Hospital::B];
        let plan = ConsortiumPlan::of(&[("alice", a), ("bob", a), ("charlie", b)]);
        let consortium = topology::consortium(&environment, plan).await?;
        all_turns(&consortium, &THREE).await
    })
    .await
}

/// The limit of a run: five minutes for each turn, and two for the start.
fn limit() -> Result<core::time::Duration> {
    Ok(minutes(2 + 5 * u64::try_from(turns()?)?))
}

async fn all_turns(consortium: &Running, voters: &[&str]) -> Result<()> {
    let turns = turns()?;
    for count in 0..turns {
        let of = |place: usize| {
            let place = (count + place).checked_rem(voters.len());
            place
                .and_then(|place| voters.get(place).copied())
                .context("a voter")
        };
        let begun = Instant::now();
        turn(consortium, voters, [of(0)?, of(1)?, of(2)?]).await?;
        let (number, among) = (count.saturating_add(1), voters.len());
        let took = begun.elapsed().as_secs();
        say(format!(
            "purge {number} of {turns} among {among} validators: one vote, {took} s"
        ));
    }
    let among = voters.len();
    let scale = if turns < FULL {
        "reduced run"
    } else {
        "full run"
    };
    say(format!(
        "{turns} purges among {among} validators ({scale}): nobody voted twice"
    ));
    Ok(())
}

async fn turn(
    consortium: &Running,
    voters: &[&str],
    [hung, lost, witness]: [&str; 3],
) -> Result<()> {
    let chain = consortium.chain(witness)?;
    let best = chain.until_grown(2, slots(8)).await?;
    chain.until_finalized(best, slots(12)).await?;

    consortium.pause(hung, true).await?;
    // Enough for the others to vote in the round that is open.
    tokio::time::sleep(exactly(3)).await;
    consortium.kill(lost).await?;
    consortium.purge(lost)?;
    consortium.revive(lost).await?;
    say(format!("{hung} hangs, {lost} has lost its database"));
    tokio::time::sleep(exactly(6)).await;
    consortium.pause(hung, false).await?;

    let best = chain.best_number().await?.saturating_add(2);
    for name in voters {
        let what = format!("finality of block {best} on {name}");
        // A validator that has reached its own votes stops once, and a supervisor starts it again.
        until_true(&what, seconds(240), async || {
            consortium.supervise(lost).await?;
            Ok(consortium.chain(name)?.finalized_number().await? >= best)
        })
        .await?;
    }
    for name in voters {
        nobody_equivocated(&chain, name).await?;
    }
    say(format!("all finalize, and {lost} has voted once"));
    Ok(())
}

async fn nobody_equivocated(chain: &Chain, name: &str) -> Result<()> {
    let suspended = suspension(chain, name).await?;
    ensure!(suspended.is_none(), "{name} is suspended: {suspended:?}");
    let keys = vec![key(&stash(name)?)];
    let at = chain.best().await?;
    let noted: Option<u32> =
        state::get(chain, at, "Conformance", "NotedEquivocations", keys).await?;
    ensure!(noted.is_none(), "an equivocation of {name} is noted");
    Ok(())
}
