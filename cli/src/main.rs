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
mod root_calls;
mod slots;
mod values;

use clap::{Parser, Subcommand};
use commands::{council, doctor, gateway, hospital, operator, patient, status};
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
    /// A hospital's administration: patients, delegates, ingest, its own chain's nodes.
    #[command(subcommand)]
    Hospital(hospital::Command),
    /// Decisions of the consortium's council.
    #[command(subcommand)]
    Council(council::Command),
    /// A validator's operation: who may author, session keys, validators of the own hospital.
    #[command(subcommand)]
    Operator(operator::Command),
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
        Command::Operator(command) => operator::run(command, output).await,
        Command::Gateway(command) => gateway::run(command, output).await,
        Command::Status(arguments) => status::run(arguments, output).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{error::ErrorKind, CommandFactory};

    const ACCOUNT: &str = "0x0101010101010101010101010101010101010101010101010101010101010101";

    fn parses(words: &[&str]) -> Result<(), ErrorKind> {
        Cli::try_parse_from(std::iter::once("bspp").chain(words.iter().copied()))
            .map(|_| ())
            .map_err(|error| error.kind())
    }

    #[test]
    fn cli_should_be_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn operators_commands_should_parse() {
        for words in [
            "operator status --node ws://n",
            "operator rotate-keys --node ws://n --key //Alice//stash",
            &format!("operator add-validator --consortium ws://n --key k --account {ACCOUNT}"),
            &format!("operator remove-validator --consortium ws://n --key k --account {ACCOUNT}"),
        ] {
            let words: Vec<_> = words.split(' ').collect();
            assert_eq!(parses(&words), Ok(()), "{words:?}");
        }
    }

    #[test]
    fn councils_commands_should_parse() {
        let council = "--consortium ws://n --key a --key b";
        for words in [
            format!("council suspend-author {council} --author {ACCOUNT}"),
            format!("council readmit-author {council} --author {ACCOUNT}"),
            format!("council suspend-hospital {council} --hospital-id {ACCOUNT}"),
            format!("council readmit-hospital {council} --hospital-id {ACCOUNT}"),
            format!("council halt-anchor {council} --hospital-id {ACCOUNT}"),
            format!("council resume-anchor {council} --hospital-id {ACCOUNT}"),
            format!("council set-parameters {council} --max-anchor-age 24 --max-lag 40"),
            format!("council note-stalled {council} --delay 100 --best-finalized 7"),
            format!("council authorize-upgrade {council} --code runtime.wasm"),
            "council apply-upgrade --consortium ws://n --key a --code runtime.wasm".into(),
        ] {
            let words: Vec<_> = words.split(' ').collect();
            assert_eq!(parses(&words), Ok(()), "{words:?}");
        }
    }

    #[test]
    fn hospitals_commands_should_parse() {
        let admin = "--hospital ws://n --key k";
        for words in [
            format!("hospital credential issue {admin} --node {ACCOUNT} --days 90"),
            format!("hospital credential issue {admin} --node {ACCOUNT} --until-slot 9"),
            format!("hospital credential revoke {admin} --node {ACCOUNT}"),
            format!("hospital add-node {admin} --account {ACCOUNT}"),
            format!("hospital remove-node {admin} --account {ACCOUNT}"),
            format!("hospital set-validators {admin} --validator {ACCOUNT}"),
            format!("hospital suspend-author {admin} --author {ACCOUNT}"),
            format!("hospital readmit-author {admin} --author {ACCOUNT}"),
            format!("hospital note-stalled {admin} --delay 100 --anyway"),
            format!("hospital authorize-upgrade {admin} --code runtime.wasm"),
            format!("hospital apply-upgrade {admin} --code runtime.wasm"),
        ] {
            let words: Vec<_> = words.split(' ').collect();
            assert_eq!(parses(&words), Ok(()), "{words:?}");
        }
    }

    #[test]
    fn credential_should_be_refused_when_it_has_no_end_or_two() {
        let issue = format!("hospital credential issue --hospital ws://n --key k --node {ACCOUNT}");
        let words: Vec<_> = issue.split(' ').collect();
        assert_eq!(parses(&words), Err(ErrorKind::MissingRequiredArgument));
        let both = [&words[..], &["--days", "1", "--until-slot", "2"]].concat();
        assert_eq!(parses(&both), Err(ErrorKind::ArgumentConflict));
    }
}
