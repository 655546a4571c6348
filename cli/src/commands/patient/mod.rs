// SPDX-License-Identifier: Apache-2.0
//! A patient's wallet. The seed and the one-time keys of grants never leave it.

mod grant;
mod log;

use crate::{
    chain,
    enrolment::{Enrolment, EnrolmentFile},
    error::{CliError, CliResult},
    files, gateway_api,
    keys::{self, SecretText},
    output::Output,
    values::{hex0x, purpose, Hex32, KeywordToken, Month},
};
use bspp_client::{calls, At, ConsortiumClient};
use bspp_primitives::{PurposeOfUse, RequestId};
use bspp_record::{GrantKey, SignedConsent};
use clap::Subcommand;
use grant::grant;
use log::log;
use rand::rngs::OsRng;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// A patient's wallet.
#[derive(Subcommand)]
pub enum Command {
    /// Makes a wallet with a fresh seed. Keep a copy: whoever has the seed is the patient.
    New {
        /// Folder of the wallet.
        #[arg(long)]
        wallet: PathBuf,
    },
    /// Makes the file with which a hospital enrols the patient: public keys and a signed consent.
    Enrol {
        /// Folder of the wallet.
        #[arg(long)]
        wallet: PathBuf,
        /// RPC address of a node of the hospital's chain, which says which hospital and consortium it is.
        #[arg(long)]
        hospital: String,
        /// First month of the consent, YYYY-MM.
        #[arg(long)]
        from: Month,
        /// Last month of the consent, YYYY-MM.
        #[arg(long)]
        until: Month,
        /// Where to write the file.
        #[arg(long)]
        out: PathBuf,
    },
    /// Grants a doctor some keywords of some months at one hospital.
    Grant(Box<GrantArguments>),
    /// Revokes a grant, on chain and, if its address is given, at the hospital at once.
    Revoke {
        /// Folder of the wallet.
        #[arg(long)]
        wallet: PathBuf,
        /// RPC address of a consortium node.
        #[arg(long)]
        consortium: String,
        /// The request that the grant opens.
        #[arg(long)]
        request: Hex32,
        /// Public address of the hospital's gateway.
        #[arg(long)]
        gateway: Option<String>,
    },
    /// Closes a request that is done.
    Close {
        /// Folder of the wallet.
        #[arg(long)]
        wallet: PathBuf,
        /// RPC address of a consortium node.
        #[arg(long)]
        consortium: String,
        /// The request.
        #[arg(long)]
        request: Hex32,
    },
    /// What has become of the wallet's grants: requests, matches, disclosures.
    Log {
        /// Folder of the wallet.
        #[arg(long)]
        wallet: PathBuf,
        /// RPC address of a consortium node.
        #[arg(long)]
        consortium: String,
    },
}

/// What a grant is made of.
#[derive(clap::Args)]
pub struct GrantArguments {
    /// Folder of the wallet.
    #[arg(long)]
    wallet: PathBuf,
    /// RPC address of a consortium node.
    #[arg(long)]
    consortium: String,
    /// The hospital that has the records.
    #[arg(long)]
    hospital_id: Hex32,
    /// The doctor's account.
    #[arg(long)]
    requester: Hex32,
    /// The doctor's X25519 key.
    #[arg(long)]
    requester_key: Hex32,
    /// A keyword, system|code. May be given many times.
    #[arg(long = "keyword")]
    keywords: Vec<KeywordToken>,
    /// All of the patient's records at this hospital.
    #[arg(long)]
    identity: bool,
    /// First month of filing, YYYY-MM. Records are filed when they are stored, not when the visit was.
    #[arg(long)]
    from: Month,
    /// Last month of filing, YYYY-MM.
    #[arg(long)]
    until: Month,
    /// HL7 purpose of use, for example TREAT.
    #[arg(long, value_parser = purpose)]
    purpose: PurposeOfUse,
    /// Days after which the grant ends. Fractions are allowed.
    #[arg(long, default_value = "30")]
    valid_days: f64,
    /// The doctor may find the records but not read them.
    #[arg(long)]
    find_only: bool,
    /// Where to write the grant for the doctor.
    #[arg(long)]
    out: PathBuf,
}

#[derive(Serialize)]
struct Made {
    wallet: String,
}

#[derive(Serialize)]
struct EnrolmentMade {
    account: String,
    hospital: String,
    file: String,
}

/// What the wallet keeps of a grant: the one-time key, and for what it was.
#[derive(Serialize, Deserialize)]
struct KeptGrant {
    request: String,
    hospital: String,
    requester: String,
    purpose: String,
    expiry: u64,
    grant_key: SecretText,
}

/// Runs a patient command.
pub async fn run(command: Command, output: Output) -> CliResult<()> {
    match command {
        Command::New { wallet } => {
            keys::new_wallet(&wallet)?;
            let made = Made {
                wallet: wallet.display().to_string(),
            };
            output.result(
                &made,
                &[format!(
                    "A wallet is in {}. Keep a copy of its seed file.",
                    made.wallet
                )],
            )
        }
        Command::Enrol {
            wallet,
            hospital,
            from,
            until,
            out,
        } => enrol(&wallet, &hospital, from, until, &out, output).await,
        Command::Grant(arguments) => grant(&arguments, output).await,
        Command::Revoke {
            wallet,
            consortium,
            request,
            gateway,
        } => {
            revoke(
                &wallet,
                &consortium,
                request.hash(),
                gateway.as_deref(),
                output,
            )
            .await
        }
        Command::Close {
            wallet,
            consortium,
            request,
        } => {
            let key = kept(&wallet, &request.hash())?.1;
            let consortium = chain::consortium(&consortium).await?;
            let (request, signature) = key.closing(&consortium.chain());
            finish(
                &consortium,
                &calls::peks_search::close_request(request, signature),
                "closed",
                output,
            )
            .await
        }
        Command::Log { wallet, consortium } => log(&wallet, &consortium, output).await,
    }
}

async fn enrol(
    wallet: &Path,
    url: &str,
    from: Month,
    until: Month,
    out: &Path,
    output: Output,
) -> CliResult<()> {
    if from > until {
        return Err(CliError::usage(
            "the consent's first month is after its last",
        ));
    }
    let keys = keys::patient_keys(wallet)?;
    let client = chain::hospital(url).await?;
    let (chain, hospital) = (client.chain(), client.hospital_id(At::Best).await?);
    let bundle = keys.bundle(&chain.0, &hospital.0, &mut OsRng);
    let consent = SignedConsent::sign(&keys, &chain, &hospital, (from.0, until.0), &mut OsRng);
    let account = hex0x(bundle.account);
    let file = EnrolmentFile::new(
        &hospital.0,
        &Enrolment {
            bundle,
            terms: consent.terms,
            signature: consent.signature,
        },
    );
    files::write_json(out, &file)?;
    let made = EnrolmentMade {
        account,
        hospital: hex0x(hospital),
        file: out.display().to_string(),
    };
    let lines = [format!(
        "The enrolment for account {} is in {}.",
        made.account, made.file
    )];
    output.result(&made, &lines)
}

fn grant_path(wallet: &Path, request: &RequestId) -> PathBuf {
    wallet
        .join("grants")
        .join(format!("{}.json", hex::encode(request)))
}

fn kept(wallet: &Path, request: &RequestId) -> CliResult<(KeptGrant, GrantKey)> {
    let path = grant_path(wallet, request);
    if !path.exists() {
        return Err(CliError::NotFound(format!(
            "the wallet has no grant for request {}",
            hex0x(request)
        )));
    }
    let grant: KeptGrant = files::read_json(&path)?;
    let key = GrantKey::from_seed(&*grant.grant_key.bytes("grant_key")?);
    Ok((grant, key))
}

#[derive(Serialize)]
struct Finished {
    block: u32,
    at_hospital: bool,
}

async fn revoke(
    wallet: &Path,
    url: &str,
    request: RequestId,
    gateway: Option<&str>,
    output: Output,
) -> CliResult<()> {
    let key = kept(wallet, &request)?.1;
    let consortium = chain::consortium(url).await?;
    let (request, signature) = key.revocation(&consortium.chain());
    // At the hospital first: it counts from that moment, whatever the chain does.
    if let Some(gateway) = gateway {
        gateway_api::Gateway::new(gateway)?
            .revoke(&request.0, &key.public(), &signature)
            .await?;
    }
    let call = calls::peks_search::revoke_request(request, signature);
    let included = consortium
        .submit_authorized(&call)
        .await?
        .in_block()
        .await?;
    let finished = Finished {
        block: included.number,
        at_hospital: gateway.is_some(),
    };
    output.result(
        &finished,
        &[format!("Revoked in block {}.", finished.block)],
    )
}

async fn finish(
    consortium: &ConsortiumClient,
    call: &bspp_client::Call,
    what: &str,
    output: Output,
) -> CliResult<()> {
    let included = consortium.submit_authorized(call).await?.in_block().await?;
    output.result(
        &Finished {
            block: included.number,
            at_hospital: false,
        },
        &[format!("The request is {what}, block {}.", included.number)],
    )
}
