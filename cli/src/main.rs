// SPDX-License-Identifier: Apache-2.0
//! `bspp`: one command for patients, doctors, hospitals, validators and the council.
//!
//! Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused by a chain or a hospital, 4 no answer, 5
//! not found.

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
mod transport;
mod values;

use clap::{CommandFactory, Parser, Subcommand};
use commands::{council, doctor, gateway, hospital, patient, status, validator};
use error::CliResult;
use output::Output;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Privacy-preserving sharing of health records between hospitals.
#[derive(Parser)]
#[command(name = "bspp", version, propagate_version = true)]
struct Cli {
    /// Print one JSON document on standard output, and errors as a JSON line on standard error.
    #[arg(long, global = true)]
    json: bool,
    /// Allow http:// and ws:// to other machines than this one.
    ///
    /// Such connections are not encrypted: others on the way can read and change them.
    #[arg(long, global = true)]
    insecure_transport: bool,
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
    /// A hospital's administration: patients, requesters, ingest, its own chain's nodes.
    #[command(subcommand)]
    Hospital(hospital::Command),
    /// Decisions of the consortium's council.
    #[command(subcommand)]
    Council(council::Command),
    /// Commands about validators.
    ///
    /// They show authors and their standing, rotate session keys, and change the validators of a
    /// hospital.
    #[command(subcommand)]
    Validator(validator::Command),
    /// A hospital's gateway: the daemon between its systems, its own chain and the consortium.
    #[command(subcommand)]
    Gateway(gateway::Command),
    /// Shows the heights of chains and the state of a gateway.
    Status(status::Arguments),
    /// Prints the help of all commands as one Markdown page.
    #[command(hide = true)]
    MarkdownHelp,
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
    if cli.insecure_transport {
        transport::allow_insecure();
    }
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
        Command::Validator(command) => validator::run(command, output).await,
        Command::Gateway(command) => gateway::run(command, output).await,
        Command::Status(arguments) => status::run(arguments, output).await,
        Command::MarkdownHelp => {
            print!("{}", bspp_help::markdown(Cli::command()));
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::error::ErrorKind;

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
    fn markdown_help_should_hold_all_commands_but_itself() {
        let page = bspp_help::markdown(Cli::command());
        for heading in [
            "\n## bspp patient\n",
            "\n### bspp patient revoke\n",
            "\n### bspp council note-stalled\n",
            "\n### bspp validator rotate-keys\n",
            "\n#### bspp hospital credential issue\n",
            "\n## bspp status\n",
        ] {
            assert!(page.contains(heading), "{heading}");
        }
        assert!(page.starts_with("# bspp\n"));
        assert!(!page.contains("markdown-help"));
    }

    #[test]
    fn validators_commands_should_parse() {
        for words in [
            "validator status --node ws://n",
            "validator rotate-keys --node ws://n --key //Alice//stash",
            &format!("validator add-validator --consortium ws://n --key k --account {ACCOUNT}"),
            &format!("validator remove-validator --consortium ws://n --key k --account {ACCOUNT}"),
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
