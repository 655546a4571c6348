// SPDX-License-Identifier: Apache-2.0
//! The heights of chains and the state of a gateway.

use crate::{
    chain,
    error::{CliError, CliResult},
    gateway_api,
    output::Output,
    values::hex0x,
};
use bspp_client::{At, ChainClient};
use clap::Args;
use serde::Serialize;

/// The nodes and the gateway to query: at least one of the three.
#[derive(Args)]
pub struct Arguments {
    /// RPC address of a consortium node.
    #[arg(long)]
    consortium: Option<String>,
    /// RPC address of a node of a hospital's chain.
    #[arg(long)]
    hospital: Option<String>,
    /// Public address of a gateway.
    #[arg(long)]
    gateway: Option<String>,
}

#[derive(Serialize, Default)]
struct Status {
    #[serde(skip_serializing_if = "Option::is_none")]
    consortium: Option<ChainStatus>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hospitals: Vec<HospitalStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hospital: Option<ChainStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gateway: Option<serde_json::Value>,
}

#[derive(Serialize)]
struct ChainStatus {
    name: String,
    genesis: String,
    best: u32,
    finalized: u32,
}

#[derive(Serialize)]
struct HospitalStatus {
    id: String,
    active: bool,
    anchored: Option<u32>,
    registered_blocks: u32,
}

/// Queries and prints the status.
pub async fn run(arguments: Arguments, output: Output) -> CliResult<()> {
    let mut status = Status::default();
    let mut lines = Vec::new();
    if let Some(url) = &arguments.consortium {
        let consortium = chain::consortium(url).await?;
        status.consortium = Some(chain_status(&consortium, &mut lines).await?);
        for id in consortium.hospitals(At::Finalized).await? {
            let active = consortium
                .hospital(At::Finalized, id)
                .await?
                .is_some_and(|hospital| hospital.active);
            let anchored = consortium
                .anchored_head(At::Finalized, id)
                .await?
                .map(|(head, _)| head.number);
            let registered_blocks = consortium.next_sequence(At::Finalized, id).await?;
            let hospital = HospitalStatus {
                id: hex0x(id),
                active,
                anchored,
                registered_blocks,
            };
            let head = anchored.map_or("not anchored".into(), |number| {
                format!("anchored at block {number}")
            });
            let standing = if active { "active" } else { "not active" };
            lines.push(format!(
                "  hospital {}: {standing}, {head}, {registered_blocks} entry blocks",
                hospital.id
            ));
            status.hospitals.push(hospital);
        }
    }
    if let Some(url) = &arguments.hospital {
        let hospital = chain::hospital(url).await?;
        status.hospital = Some(chain_status(&hospital, &mut lines).await?);
    }
    if let Some(url) = &arguments.gateway {
        let answer = gateway_api::Gateway::new(url)?.status().await?;
        lines.push(format!("gateway {url}: {answer}"));
        status.gateway = Some(answer);
    }
    if lines.is_empty() {
        return Err(CliError::usage(
            "name a chain or a gateway: --consortium, --hospital, --gateway",
        ));
    }
    output.result(&status, &lines)
}

async fn chain_status(client: &ChainClient, lines: &mut Vec<String>) -> CliResult<ChainStatus> {
    let status = ChainStatus {
        name: client.chain_name().await?,
        genesis: hex0x(client.genesis_hash()),
        best: client.best_number().await?,
        finalized: client.finalized_number().await?,
    };
    lines.push(format!(
        "{}: best block {}, finalized {}",
        status.name, status.best, status.finalized
    ));
    Ok(status)
}
