// SPDX-License-Identifier: Apache-2.0
//! The end of a grant: the patient revokes it, or closes it because it is done.

use super::{
    labels::HospitalArguments,
    supplement::{renew_all, WrittenSupplement},
};
use crate::{
    chain,
    error::{CliError, CliResult},
    output::Output,
    proved::proved,
    values::{hex0x, now, Hex32},
    wallet::{Enrolment, KeptGrant, Wallet, WalletArguments},
};
use bspp_client::calls;
use bspp_peks::{LabelVersion, PatientKeys};
use bspp_record::GrantKey;
use bspp_types::{day_start, HospitalId, RequestStatus, H256};
use clap::Args;
use serde::Serialize;
use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

/// The pause between two attempts to revoke.
const RETRY: Duration = Duration::from_secs(3);
/// The time in which a closing must be final and proved.
const CLOSE_PATIENCE: Duration = Duration::from_secs(120);

/// The grant that ends.
#[derive(Args)]
pub struct EndingArguments {
    #[command(flatten)]
    wallet: WalletArguments,
    /// RPC address of a consortium node.
    #[arg(long)]
    consortium: String,
    /// The request that the grant opens.
    #[arg(long)]
    request: Hex32,
}

/// The arguments of a revocation.
#[derive(Args)]
pub struct RevokeArguments {
    #[command(flatten)]
    ending: EndingArguments,
    #[command(flatten)]
    rest: RiseArguments,
    /// Leave the label version. The revoked trapdoors then find records that are filed later.
    #[arg(long)]
    keep_labels: bool,
}

/// The arguments of a revocation of all grants.
#[derive(Args)]
pub struct RevokeAllArguments {
    #[command(flatten)]
    wallet: WalletArguments,
    /// Identifier of the hospital.
    #[arg(long)]
    hospital_id: Hex32,
    #[command(flatten)]
    hospital: HospitalArguments,
    /// Seconds for which the command waits for the hospital's chain.
    #[arg(long, default_value_t = 120)]
    patience: u64,
}

/// The way to the hospital, and the place of supplements.
#[derive(Args)]
pub struct RiseArguments {
    #[command(flatten)]
    hospital: HospitalArguments,
    /// Folder for the supplements of the grants that stay.
    ///
    /// The default is in the wallet's folder.
    #[arg(long)]
    supplements: Option<PathBuf>,
    /// Seconds for which the command tries until the revocation holds everywhere.
    #[arg(long, default_value_t = 120)]
    patience: u64,
}

/// The progress of a revocation at one place.
enum Progress {
    /// It holds.
    Holds(Standing),
    /// It does not hold yet, for this reason.
    Waits(String),
}

/// The form in which a revocation holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Standing {
    /// The request is revoked.
    Revoked,
    /// The request was closed before.
    Closed,
    /// The request was never opened and cannot be opened.
    Tombstone,
    /// The grant had ended before.
    Expired,
}

#[derive(Serialize)]
struct Revoked {
    request: String,
    on_chain: Option<Standing>,
    /// The block of this command's revocation, if it sent one.
    block: Option<u32>,
    at_hospital: bool,
    label_version: Option<LabelVersion>,
    supplements: Vec<WrittenSupplement>,
    /// Reasons for which a part does not hold yet.
    failures: Vec<String>,
}

/// A grant that is being revoked.
struct Revocation<'a> {
    arguments: &'a RevokeArguments,
    wallet: &'a mut Wallet,
    enrolment: Enrolment,
    grant: KeptGrant,
    keys: PatientKeys,
    key: GrantKey,
    chain: H256,
    block: Option<u32>,
}

impl Revocation<'_> {
    /// Revokes on the consortium, if the request is open.
    ///
    /// The hospital files the tombstone of a request that was never opened.
    async fn on_chain(&mut self, at_hospital: bool) -> CliResult<Progress> {
        let url = &self.arguments.ending.consortium;
        let consortium = chain::consortium_of(url, &self.chain).await?;
        let request = self.key.request_id();
        // A revocation holds once it is final and proved: a node cannot pretend it.
        let state = proved(self.wallet, &consortium).await?;
        let Some(opened) = state.request(&request).await? else {
            if state.tombstone(&request).await?.is_some() {
                return Ok(Progress::Holds(Standing::Tombstone));
            }
            if let Some(made) = &self.grant.made {
                if state.now().await? >= day_start(made.expiry) {
                    return Ok(Progress::Holds(Standing::Expired));
                }
            }
            return Ok(Progress::Waits(if at_hospital {
                "the request is not opened, and the hospital has not filed the revocation yet"
                    .into()
            } else {
                "the request is not opened, so the hospital must file the revocation".into()
            }));
        };
        match opened.status {
            RequestStatus::Revoked => return Ok(Progress::Holds(Standing::Revoked)),
            RequestStatus::Closed => return Ok(Progress::Holds(Standing::Closed)),
            RequestStatus::Open => {}
        }
        if self.block.is_some() {
            return Ok(Progress::Waits(
                "the revocation is in a block that is not final yet".into(),
            ));
        }
        let (request, signature) = self.key.revocation(&self.chain);
        let call = calls::peks_search::revoke_request(request, signature);
        let included = consortium
            .submit_authorized(&call)
            .await?
            .in_block()
            .await?;
        self.block = Some(included.number);
        Ok(Progress::Waits(format!(
            "the revocation is in block {}, which is not final yet",
            included.number
        )))
    }

    /// Whether the consortium has the request, by proof. `None` if the node does not prove it.
    async fn is_opened(&mut self) -> Option<bool> {
        let url = &self.arguments.ending.consortium;
        let consortium = chain::consortium_of(url, &self.chain).await.ok()?;
        let state = proved(self.wallet, &consortium).await.ok()?;
        let request = state.request(&self.key.request_id()).await.ok()?;
        Some(request.is_some())
    }

    /// Revokes at the hospital. It takes effect there at once, independent of the chain.
    async fn at_hospital(&mut self) -> CliResult<()> {
        // A grant that was recovered from the chain was opened or revoked there.
        let is_opened = self.grant.made.is_none() || self.is_opened().await == Some(true);
        let gateway = self.arguments.rest.hospital.gateway(&self.enrolment)?;
        let (request, signature) = self.key.revocation(&self.chain);
        match &self.grant.made {
            // Without an answer of the consortium the hospital must treat the request as unopened:
            // its revocation also reaches a request that is opened in the meantime.
            Some(made) if !is_opened => {
                gateway
                    .revoke_unopened(&self.keys, &made.header()?, &self.key)
                    .await
            }
            _ => {
                gateway
                    .revoke(&request.0, &self.key.public(), &signature)
                    .await
            }
        }
    }
}

/// Revokes a grant on the consortium and at the hospital, and raises the label version.
pub(super) async fn revoke(arguments: &RevokeArguments, output: Output) -> CliResult<()> {
    let mut wallet = Wallet::change(&arguments.ending.wallet)?;
    let request = arguments.ending.request.hash();
    let grant = wallet.grant(&request)?.clone();
    let hospital = grant.hospital()?;
    let enrolment = wallet.enrolment(&hospital)?.clone();
    // The wallet notes the end first: a supplement must not renew the grant if this command breaks.
    wallet.grant_mut(&request)?.ended = true;
    wallet.save()?;
    let mut revocation = Revocation {
        chain: enrolment.card.chain()?,
        keys: wallet.keys(&hospital)?,
        key: wallet.grant_key(&request)?,
        arguments,
        wallet: &mut wallet,
        enrolment,
        grant,
        block: None,
    };
    let (on_chain, at_hospital, mut failures) = until_it_holds(&mut revocation).await;
    let block = revocation.block;
    wallet.save()?;
    let mut revoked = Revoked {
        request: hex0x(request),
        on_chain,
        block,
        at_hospital,
        label_version: None,
        supplements: Vec::new(),
        failures: Vec::new(),
    };
    let mut lines = vec![report(&revoked)];
    if !arguments.keep_labels {
        match raise_and_renew(&mut wallet, &hospital, arguments).await {
            Ok(renewed) => {
                lines.extend(renewed.note);
                lines.push(format!(
                    "Records that are filed from now on have labels of version {}.",
                    renewed.version
                ));
                lines.extend(renewed.supplements.iter().map(WrittenSupplement::line));
                revoked.label_version = Some(renewed.version);
                revoked.supplements = renewed.supplements;
            }
            Err(error) => failures.push(format!("the label version: {error}")),
        }
    }
    revoked.failures = failures;
    output.result(&revoked, &lines)?;
    if revoked.failures.is_empty() {
        return Ok(());
    }
    Err(CliError::Failed(format!(
        "the revocation does not hold everywhere yet; run the command again. {}",
        revoked.failures.join("; ")
    )))
}

/// Tries both places until the revocation holds at both, or the patience ends.
///
/// The result is the standing on the chain, whether it holds at the hospital, and the last reasons
/// against.
async fn until_it_holds(revocation: &mut Revocation<'_>) -> (Option<Standing>, bool, Vec<String>) {
    let patience = Duration::from_secs(revocation.arguments.rest.patience);
    let start = Instant::now();
    let (mut on_chain, mut at_hospital) = (None, false);
    loop {
        let mut failures = Vec::new();
        // The hospital comes first: it obeys at once.
        if !at_hospital {
            match revocation.at_hospital().await {
                Ok(()) => at_hospital = true,
                Err(error) => failures.push(format!("at the hospital: {error}")),
            }
        }
        if on_chain.is_none() {
            match revocation.on_chain(at_hospital).await {
                Ok(Progress::Holds(standing)) => on_chain = Some(standing),
                Ok(Progress::Waits(reason)) => {
                    failures.push(format!("on the consortium: {reason}"))
                }
                Err(error) => failures.push(format!("on the consortium: {error}")),
            }
        }
        // A grant that has ended by itself gives no right that a hospital could still refuse.
        if on_chain == Some(Standing::Expired) {
            return (on_chain, at_hospital, Vec::new());
        }
        if failures.is_empty() || start.elapsed() >= patience {
            return (on_chain, at_hospital, failures);
        }
        tokio::time::sleep(RETRY).await;
    }
}

fn report(revoked: &Revoked) -> String {
    let chain = match (revoked.on_chain, revoked.block) {
        (Some(Standing::Revoked), Some(block)) => {
            format!("revoked on the consortium in block {block}")
        }
        (Some(Standing::Revoked), None) => "revoked on the consortium before".into(),
        (Some(Standing::Closed), _) => "closed on the consortium before".into(),
        (Some(Standing::Tombstone), _) => "revoked on the consortium before its opening".into(),
        (Some(Standing::Expired), _) => "expired before".into(),
        (None, _) => "NOT revoked on the consortium".into(),
    };
    let hospital = if revoked.at_hospital {
        "revoked at the hospital"
    } else {
        "NOT revoked at the hospital"
    };
    format!("The grant is {chain}, and {hospital}.")
}

/// The label version after a revocation, and the supplements of the grants that stay.
struct Renewed {
    version: LabelVersion,
    supplements: Vec<WrittenSupplement>,
    /// The line for people, if another device raised the version meanwhile.
    note: Option<String>,
}

/// Raises the label version, and writes supplements for the grants that stay.
async fn raise_and_renew(
    wallet: &mut Wallet,
    hospital: &HospitalId,
    arguments: &RevokeArguments,
) -> CliResult<Renewed> {
    let rest = &arguments.rest;
    let patience = Duration::from_secs(rest.patience);
    let request = arguments.ending.request.hash();
    // A command that runs again after a failure must not raise the version again.
    let (state, note) = if wallet.grant(&request)?.labels_raised {
        let state = rest.hospital.known_label_state(wallet, hospital).await?;
        (state, None)
    } else {
        let risen = rest
            .hospital
            .raise(wallet, hospital, None, patience)
            .await?;
        wallet.grant_mut(&request)?.labels_raised = true;
        let note = risen.line();
        (risen.state, note)
    };
    wallet.save()?;
    let folder = rest
        .supplements
        .clone()
        .unwrap_or_else(|| arguments.ending.wallet.wallet.join("supplements"));
    let url = &arguments.ending.consortium;
    let supplements = renew_all(wallet, hospital, &state, url, &folder).await?;
    wallet.save()?;
    Ok(Renewed {
        version: state.version,
        supplements,
        note,
    })
}

#[derive(Serialize)]
struct AllRevoked {
    hospital: String,
    revoke_before: u64,
    label_version: LabelVersion,
}

/// Revokes all grants at a hospital that were made before now.
///
/// The hospital refuses them by their time, so the wallet need not know them.
pub(super) async fn revoke_all(arguments: &RevokeAllArguments, output: Output) -> CliResult<()> {
    let mut wallet = Wallet::change(&arguments.wallet)?;
    let hospital = arguments.hospital_id.hash();
    let now = now()?.saturating_sub(CLOCK_MARGIN_MS);
    let mut ended = Vec::new();
    for grant in wallet.grants() {
        let is_older = grant.made.as_ref().is_none_or(|made| made.issued_at < now);
        if grant.hospital()? == hospital && is_older {
            ended.push(grant.request()?);
        }
    }
    let patience = Duration::from_secs(arguments.patience);
    let risen = arguments
        .hospital
        .raise(&mut wallet, &hospital, Some(now), patience)
        .await?;
    for request in ended {
        wallet.grant_mut(&request)?.ended = true;
    }
    wallet.save()?;
    let revoked = AllRevoked {
        hospital: hex0x(hospital),
        revoke_before: risen.state.revoke_before,
        label_version: risen.state.version,
    };
    let mut lines = Vec::from_iter(risen.line());
    lines.push(format!(
        "The hospital refuses all grants that were made before {} ms since 1970. Labels have version {}.",
        revoked.revoke_before, revoked.label_version
    ));
    output.result(&revoked, &lines)
}

/// The time by which this device's clock may be ahead of the hospital's chain.
///
/// The chain refuses a time in its future, and its time is that of its last block.
const CLOCK_MARGIN_MS: u64 = 60_000;

#[derive(Serialize)]
struct Closed {
    /// The block of this command's transaction, if the request was still open.
    block: Option<u32>,
}

/// Closes the request of a grant, and waits until the closing is final and proved.
pub(super) async fn close(arguments: &EndingArguments, output: Output) -> CliResult<()> {
    let mut wallet = Wallet::change(&arguments.wallet)?;
    let request = arguments.request.hash();
    let key = wallet.grant_key(&request)?;
    let hospital = wallet.grant(&request)?.hospital()?;
    let chain = wallet.enrolment(&hospital)?.card.chain()?;
    let consortium = chain::consortium_of(&arguments.consortium, &chain).await?;
    let start = Instant::now();
    let mut block = None;
    loop {
        // A node cannot pretend that the request is closed.
        let state = proved(&mut wallet, &consortium).await?;
        let status = state.request(&request).await?.map(|opened| opened.status);
        if status.is_some_and(|status| status != RequestStatus::Open) {
            break;
        }
        match block {
            None => {
                let (request, signature) = key.closing(&chain);
                let call = calls::peks_search::close_request(request, signature);
                let included = consortium
                    .submit_authorized(&call)
                    .await?
                    .in_block()
                    .await?;
                block = Some(included.number);
            }
            Some(block) if start.elapsed() >= CLOSE_PATIENCE => {
                return Err(CliError::Failed(format!(
                    "the closing is in block {block}, but the node does not prove it yet; run the command again"
                )));
            }
            Some(_) => tokio::time::sleep(RETRY).await,
        }
    }
    wallet.grant_mut(&request)?.ended = true;
    wallet.save()?;
    let line = match block {
        Some(block) => format!("The request is closed, block {block}."),
        None => "The request was closed or revoked before.".into(),
    };
    output.result(&Closed { block }, &[line])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn revoked(on_chain: Option<Standing>, block: Option<u32>, at_hospital: bool) -> Revoked {
        Revoked {
            request: String::new(),
            on_chain,
            block,
            at_hospital,
            label_version: None,
            supplements: Vec::new(),
            failures: Vec::new(),
        }
    }

    #[test]
    fn report_should_name_each_place_where_the_revocation_does_not_hold() {
        let both = report(&revoked(Some(Standing::Revoked), Some(7), true));
        assert!(both.contains("block 7") && !both.contains("NOT"), "{both}");
        let chain_only = report(&revoked(Some(Standing::Tombstone), None, false));
        assert!(
            chain_only.contains("NOT revoked at the hospital"),
            "{chain_only}"
        );
        let hospital_only = report(&revoked(None, None, true));
        assert!(
            hospital_only.contains("NOT revoked on the consortium"),
            "{hospital_only}"
        );
    }
}
