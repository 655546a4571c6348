// SPDX-License-Identifier: Apache-2.0
//! Registrations want full blocks, and blocks are full only if registrations do not lag. When everybody lags, who has waited long
//! enough may make one full block, and catches up in it.

use bspp_zombienet::{
    accounts::Hospital,
    chain::Chain,
    conformance::{blocks_from, check, gate, Shortfall, Verdict},
    environment::{run, say},
    records::{samples, Patient},
    state,
    topology::{self, ConsortiumPlan, World},
    wait::{minutes, slots, until_true},
    *,
};

#[tokio::test(flavor = "multi_thread")]
async fn registrations_should_catch_up_when_every_hospital_lags() -> Result<()> {
    run("lag", minutes(6), async |environment| {
        // The only author's hospital lags as soon as it can.
        let plan = ConsortiumPlan::of(&[("alice", Hospital::A)]).registered_within(1);
        let gateways = [(Hospital::A, "alice")];
        let World { consortium, mut sites } = topology::world(&environment, plan, &gateways).await?;
        let site = sites.first_mut().context("the only hospital")?;
        let alice = consortium.chain("alice")?;
        site.gateway.start().await?;
        let patient = Patient::enrol(&environment, "patient", Hospital::A, &site.chain).await?;
        let [file] = samples()?;
        {
            let ingest = patient.ingest(&environment, &site.gateway, &file);
            tokio::select! {
                done = ingest => bail!("registered before it was seen to be anchored: {done:?}"),
                seen = until_true("an anchored entry", slots(30), async || waits(&alice).await) => seen?,
            }
        }
        // It registers when the anchor is final, a few blocks later. It will not.
        site.gateway.kill().await?;
        let from = alice.best_number().await?;
        until_true("restricted blocks, then a full one", slots(20), async || {
            let lags = lags(&alice, from).await?;
            Ok(lags.iter().skip_while(|lags| !**lags).any(|lags| !lags))
        })
        .await?;
        ensure!(waits(&alice).await?, "registered without a gateway");
        say("blocks are restricted for lag, and now and then full");

        site.gateway.start().await?;
        until_true("the registration", slots(20), async || Ok(!waits(&alice).await?)).await?;
        let best = alice.until_grown(6, slots(12)).await?;
        for block in blocks_from(&alice, best - 4).await? {
            ensure!(!block.kind.is_restricted(), "block {} is restricted", block.number);
        }
        for block in blocks_from(&alice, 1).await? {
            check(&alice, &block).await?;
        }
        say("registered, and all is full again");
        Ok(())
    })
    .await
}

/// Whether an anchored entry block of hospital A waits for its registration.
async fn waits(alice: &Chain) -> Result<bool> {
    let keys = || vec![state::key(&Hospital::A.id())];
    let at = alice.best().await?;
    let waiting: Option<Vec<(u32, u64)>> =
        state::get(alice, at, "HospitalAnchor", "Waiting", keys()).await?;
    let next: Option<u32> = state::get(alice, at, "PhiIndex", "NextSequence", keys()).await?;
    let registered = next.unwrap_or(0);
    Ok(waiting
        .unwrap_or_default()
        .iter()
        .any(|(total, _)| *total > registered))
}

/// Which blocks, from a height on, were restricted for lag.
async fn lags(alice: &Chain, from: u32) -> Result<Vec<bool>> {
    let mut lags = Vec::new();
    for block in blocks_from(alice, from).await? {
        let verdict = gate(alice, block.parent, block.slot).await?.verdict;
        lags.push(verdict == Verdict::Restricted(Shortfall::RegistrationLag));
    }
    Ok(lags)
}
