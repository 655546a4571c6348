// SPDX-License-Identifier: Apache-2.0
//! `bspp`: what patients, doctors, hospitals and the council do, as one command.
//!
//! Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused by a chain or a hospital, 4 nobody answers, 5 not found.

mod chain;
mod commands;
mod enrolment;
mod error;
mod files;
mod gateway_api;
mod grant_file;
mod keys;
mod matches;
mod output;
mod values;

use clap::{Parser, Subcommand};
use commands::{council, doctor, gateway, hospital, patient, status};
use error::CliResult;
use output::Output;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Privacy-preserving sharing of health records between hospitals.
#[derive(Parser)]
#[command(name = "bspp", version, propagate_version = true)]
struct Cli {
    /// Print one JSON document on standard output, and errors as one JSON line on standard error.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// A patient's wallet: keys, enrolment, grants, revocation.
    #[command(subcommand)]
    Patient(patient::Command),
    /// A doctor's work: request, search, prove, fetch, open.
    #[command(subcommand)]
    Doctor(doctor::Command),
    /// A hospital's administration: patients, delegates, ingest.
    #[command(subcommand)]
    Hospital(hospital::Command),
    /// Decisions of the consortium's council.
    #[command(subcommand)]
    Council(council::Command),
    /// A hospital's gateway: the daemon between its systems, its own chain and the consortium.
    #[command(subcommand)]
    Gateway(gateway::Command),
    /// How far the chains and a gateway are.
    Status(status::Arguments),
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("warn,bspp_gateway=info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .init();
    let output = Output { json: cli.json };
    match run(cli.command, output).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", error.line(cli.json));
            ExitCode::from(error.exit_code())
        }
    }
}

async fn run(command: Command, output: Output) -> CliResult<()> {
    match command {
        Command::Patient(command) => patient::run(command, output).await,
        Command::Doctor(command) => doctor::run(command, output).await,
        Command::Hospital(command) => hospital::run(command, output).await,
        Command::Council(command) => council::run(command, output).await,
        Command::Gateway(command) => gateway::run(command, output).await,
        Command::Status(arguments) => status::run(arguments, output).await,
    }
}
