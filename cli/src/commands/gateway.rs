// SPDX-License-Identifier: Apache-2.0
//! A hospital's gateway: its configuration, and its run.

use crate::{
    chain,
    error::{CliError, CliResult},
    files,
    output::Output,
    values::hex0x,
};
use bspp_client::At;
use bspp_gateway::{
    config::{PhiStoreConfig, StoreConfig, TlsFiles},
    Gateway, GatewayConfig, Tuning,
};
use bspp_types::HospitalId;
use clap::{Args, Subcommand};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

/// The domain of X25519 secrets on development chains.
///
/// They are public: never use them for real data.
const DEV_X25519_DOMAIN: &[u8] = b"bspp-dev-x25519";

/// A hospital's gateway.
#[derive(Subcommand)]
pub enum Command {
    /// Prints a configuration for a gateway.
    ///
    /// For a development chain it also writes the keys to the gateway's data folder.
    Config(Box<ConfigArguments>),
    /// Runs a gateway until it receives a signal to stop.
    Run {
        /// The configuration file.
        #[arg(long)]
        config: PathBuf,
        /// Take a new medium for shares in place of a lost one, or leave one out, at this start.
        ///
        /// Without it the gateway refuses media that are not those of its last start: an empty folder
        /// may be a medium that is not mounted.
        #[arg(long)]
        admit_share_media: bool,
    },
}

/// The arguments of a configuration.
#[derive(Args)]
pub struct ConfigArguments {
    /// RPC address of the hospital's consortium node.
    #[arg(long)]
    consortium: String,
    /// RPC address of a node of the hospital's own chain.
    #[arg(long)]
    hospital: String,
    /// The operator's key: a key file, or a development name such as //HospitalA.
    #[arg(long)]
    key: String,
    /// Key file of the account that anchors the hospital's chain.
    ///
    /// Without it the operator anchors.
    #[arg(long)]
    anchor_key: Option<PathBuf>,
    /// File with the hospital's X25519 secret.
    #[arg(long, required_unless_present = "dev_x25519")]
    x25519: Vec<PathBuf>,
    /// Use the X25519 secret that development chains give to this hospital.
    ///
    /// Never use it with real data.
    #[arg(long, conflicts_with = "x25519")]
    dev_x25519: bool,
    /// Folder for the gateway's data.
    #[arg(long)]
    data: PathBuf,
    /// Folder for the shares of records. Name two or more, on different media.
    ///
    /// Without it, they are two folders below the gateway's data: for development only.
    #[arg(long)]
    shares: Vec<PathBuf>,
    /// Folder of a PHI store. Name several on different media; the first is store-1.
    ///
    /// Without it, it is a folder below the gateway's data: for development only. Edit the
    /// configuration for stores in S3 buckets.
    #[arg(long)]
    phi_store: Vec<PathBuf>,
    /// File with the key that encrypts shares and waiting records at rest.
    #[arg(long)]
    vault_key: Option<PathBuf>,
    /// Certificate chain (PEM) for TLS at the public address.
    #[arg(long, requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Private key (PEM) for TLS at the public address.
    #[arg(long, requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Address for requesters.
    #[arg(long)]
    public: SocketAddr,
    /// Loopback address for the hospital's own systems.
    #[arg(long)]
    local: SocketAddr,
    /// Milliseconds after which the gateway anchors a head of the hospital's chain without need.
    #[arg(long)]
    anchor_every_ms: Option<u64>,
}

/// Runs a gateway command.
pub async fn run(command: Command, output: Output) -> CliResult<()> {
    match command {
        Command::Config(arguments) => config(&arguments, output).await,
        Command::Run {
            config,
            admit_share_media,
        } => {
            let mut config = GatewayConfig::from_file(&config).map_err(CliError::usage)?;
            config.admit_share_media = admit_share_media;
            let gateway = Gateway::start(config).await.map_err(CliError::failed)?;
            gateway.run(stop_signal()).await.map_err(CliError::failed)
        }
    }
}

async fn config(arguments: &ConfigArguments, output: Output) -> CliResult<()> {
    let hospital = chain::hospital(&arguments.hospital)
        .await?
        .hospital_id(At::Best)
        .await?;
    let operator_key_file = if arguments.key.starts_with("//") {
        let path = arguments.data.join("operator.key");
        write_key(&path, &arguments.key)?;
        path
    } else {
        PathBuf::from(&arguments.key)
    };
    let x25519_secret_files = if arguments.dev_x25519 {
        let path = arguments.data.join("x25519.key");
        write_key(&path, hex0x(dev_x25519(&hospital)).trim_start_matches("0x"))?;
        vec![path]
    } else {
        arguments.x25519.clone()
    };
    let mut tuning = Tuning::default();
    if let Some(millis) = arguments.anchor_every_ms {
        tuning.anchor_every_ms = millis;
    }
    let config = GatewayConfig {
        consortium_url: arguments.consortium.clone(),
        hospital_url: arguments.hospital.clone(),
        hospital,
        operator_key_file,
        anchor_key_file: arguments.anchor_key.clone(),
        x25519_secret_files,
        share_dirs: if arguments.shares.is_empty() {
            // Two folders of one machine are not two media. The development chains do with them.
            vec![
                arguments.data.join("shares-a"),
                arguments.data.join("shares-b"),
            ]
        } else {
            arguments.shares.clone()
        },
        admit_share_media: false,
        phi_store: phi_store(arguments),
        vault_key_file: arguments
            .vault_key
            .clone()
            .unwrap_or_else(|| arguments.data.join("vault.key")),
        local_token_file: arguments.data.join("local.token"),
        tls: arguments
            .tls_cert
            .clone()
            .zip(arguments.tls_key.clone())
            .map(|(cert_file, key_file)| TlsFiles {
                cert_file,
                key_file,
            }),
        data_dir: arguments.data.clone(),
        public_address: arguments.public,
        local_address: arguments.local,
        tuning,
    };
    config.check().map_err(CliError::usage)?;
    let text = serde_json::to_string_pretty(&config).map_err(CliError::failed)?;
    output.result(&config, &[text])
}

/// The PHI stores of the arguments. More than half of them must have a payload.
fn phi_store(arguments: &ConfigArguments) -> PhiStoreConfig {
    let folders = if arguments.phi_store.is_empty() {
        vec![arguments.data.join("phi")]
    } else {
        arguments.phi_store.clone()
    };
    let quorum = folders.len() / 2 + 1;
    let stores = (1..).zip(folders);
    PhiStoreConfig {
        stores: stores
            .map(|(number, folder)| StoreConfig::folder(format!("store-{number}"), folder))
            .collect(),
        quorum,
        journal: arguments.data.join("phi-journal.redb"),
    }
}

fn dev_x25519(hospital: &HospitalId) -> [u8; 32] {
    bspp_peks::blake2b_256(&[DEV_X25519_DOMAIN, hospital.as_bytes()].concat())
}

fn write_key(path: &Path, text: &str) -> CliResult<()> {
    files::write_secret(path, text.as_bytes())
}

/// Waits for Ctrl-C or a request to terminate.
async fn stop_signal() {
    let interrupted = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminated) => tokio::select! {
            _ = interrupted => {},
            _ = terminated.recv() => {},
        },
        Err(_) => {
            let _ = interrupted.await;
        }
    }
}
