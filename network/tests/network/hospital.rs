// SPDX-License-Identifier: Apache-2.0
//! A hospital chain whose credentials expire and whose only author's keys change.

use bspp_network::{
    accounts::{stash, Hospital},
    chain::Chain,
    conformance::{authors, blocks_from, check, until_kind},
    environment::{run, say},
    keys,
    records::{samples, Patient},
    state,
    topology::{self, ConsortiumPlan, Site, World},
    wait::{minutes, slots, until_true},
    *,
};
use subxt::dynamic::Value;

const AUTHOR: &str = "anna";

#[tokio::test(flavor = "multi_thread")]
async fn records_should_wait_when_every_credential_has_expired() -> Result<()> {
    run("hospital", minutes(10), async |environment| {
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
        say("a record is stored and registered");

        // All credentials expire at once: a credential with a shorter time replaces the only one.
        let log = network.log_from_now(AUTHOR)?;
        issue(own, 2).await?;
        until_kind(own, &[AUTHOR], true, 1, slots(12)).await?;
        log.wait_for(
            &["authoring restricted blocks", "credential_expired"],
            slots(4),
        )
        .await?;
        let from = own.best_number().await? + 1;
        let stored = entry_blocks(own).await?;
        let ingest = patient.ingest(&environment, gateway, &first);
        tokio::pin!(ingest);
        tokio::select! {
            done = &mut ingest => bail!("records entered without a credential: {done:?}"),
            grown = own.until_grown(8, slots(24)) => { grown?; }
        }
        for block in blocks_from(own, from).await? {
            ensure!(block.kind.is_restricted(), "block {} is full", block.number);
            let calls = tx::extrinsics(own, block.hash).await?;
            ensure!(
                !calls
                    .iter()
                    .any(|extrinsic| extrinsic.call.starts_with("PhiRecords.")),
                "block {}: {calls:?}",
                block.number
            );
        }
        ensure!(entry_blocks(own).await? == stored);
        say("without credentials blocks are restricted, and the record waits");

        issue(own, 10_000).await?;
        until_kind(own, &[AUTHOR], false, 1, slots(8)).await?;
        log.wait_for(&["authoring in full again"], slots(4)).await?;
        ensure!(ingest.await? > 0);
        ensure!(entry_blocks(own).await? > stored);
        say("with a new credential the record is stored and registered");

        rotation(own).await?;
        for block in blocks_from(own, 1).await? {
            check(own, &block).await?;
        }
        Ok(())
    })
    .await
}

/// Changes all session keys of the only author.
///
/// The old keys author until the new keys are in force.
async fn rotation(own: &Chain) -> Result<()> {
    let old = conf_key(own).await?;
    let new = keys::rotate(own, AUTHOR).await?;
    ensure!(conf_key(own).await? == old, "a new key is in force at once");
    until_true("the new key in force", slots(30), async || {
        Ok(conf_key(own).await? == new)
    })
    .await?;
    let best = own.until_grown(4, slots(12)).await?;
    own.until_finalized(best, slots(12)).await?;
    say("the chain goes on with the author's new keys");
    Ok(())
}

async fn conf_key(own: &Chain) -> Result<[u8; 32]> {
    let authors = authors(own, own.best().await?).await?;
    let account = stash(AUTHOR)?;
    let author = authors.iter().find(|author| author.author == account);
    Ok(author.context("the only author")?.key)
}

/// Has the admin issue a credential for the author that is valid for some slots from now.
async fn issue(own: &Chain, slots: u64) -> Result<()> {
    let header = own.header(own.best().await?).await?;
    let until = digest::slot(&header.digest)? + slots;
    let call = tx::call(
        "HospitalAdmin",
        "issue_credential",
        [
            ("node", Value::from_bytes(stash(AUTHOR)?)),
            ("expires_at", Value::u128(until.into())),
        ],
    );
    tx::submit(own, &call, Hospital::A.admin()).await?;
    Ok(())
}

async fn entry_blocks(own: &Chain) -> Result<u32> {
    let count = state::get(
        own,
        own.best().await?,
        "PhiRecords",
        "EntryBlockCount",
        Vec::new(),
    );
    Ok(count.await?.unwrap_or(0))
}
