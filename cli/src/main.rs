// SPDX-License-Identifier: Apache-2.0
//! `bspp`: one command for patients, doctors, hospitals, validators and the council.
//!
//! Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused by a chain or a hospital, 4 no answer, 5
//! not found.

mod card;
mod chain;
mod checkpoints;
mod commands;
mod enrolment;
mod error;
mod files;
mod gateway_api;
mod grant_file;
mod grant_numbers;
mod keys;
mod matches;
mod output;
mod passphrase;
mod plaintext;
mod proved;
mod refusals;
mod requester_key;
mod root_calls;
mod slots;
mod transport;
mod values;
mod wallet;
mod words;

use bspp_types::limits::SS58_PREFIX;
use clap::{CommandFactory, Parser, Subcommand};
use commands::{council, doctor, gateway, hospital, patient, status, validator};
use error::CliResult;
use output::Output;
use sp_core::crypto::{set_default_ss58_version, Ss58AddressFormat};
use std::{path::PathBuf, process::ExitCode};
use tracing_subscriber::EnvFilter;

/// Privacy-preserving sharing of health records between hospitals.
#[derive(Parser)]
#[command(name = "bspp", version, propagate_version = true)]
struct Cli {
    /// Print one JSON document on standard output, and errors as a JSON line on standard error.
    #[arg(long, global = true)]
    json: bool,
    /// Permit connections to other machines that are not encrypted: ws:// and http://.
    #[arg(long, global = true)]
    insecure_transport: bool,
    /// File with the certificates (PEM) of an authority that signs the certificates of gateways.
    ///
    /// The public authorities of the web are trusted without it.
    #[arg(long, global = true)]
    tls_root: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// A patient's wallet: keys, enrolment, grants, revocation.
    #[command(subcommand)]
    Patient(patient::Command),
    /// A doctor's work: request, search, prove, get.
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
    set_default_ss58_version(Ss58AddressFormat::custom(SS58_PREFIX));
    let cli = Cli::parse();
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("warn,bspp_gateway=info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .init();
    let output = Output { json: cli.json };
    let result = match transport::configure(cli.insecure_transport, cli.tls_root.as_deref()) {
        Ok(()) => run(cli.command, output).await,
        Err(error) => Err(error),
    };
    match result {
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

    fn parse_all(commands: &[String]) {
        for words in commands {
            let words: Vec<_> = words.split(' ').collect();
            assert_eq!(parses(&words), Ok(()), "{words:?}");
        }
    }

    #[test]
    fn patients_commands_should_parse() {
        let wallet = "--wallet w --passphrase-file p";
        let grant = format!(
            "patient grant {wallet} --consortium ws://n --hospital-id {ACCOUNT} --requester {ACCOUNT} \
             --from 2026-10 --to 2026-11 --purpose TREAT --out g"
        );
        parse_all(&[
            format!("patient new {wallet}"),
            format!("patient restore {wallet} --words -"),
            format!("patient recover {wallet} --card c --consortium ws://n"),
            format!("patient show {wallet} --reveal"),
            format!("patient enrol {wallet} --card c --from 2026-10 --until 2026-11 --out e"),
            format!("patient withdraw-consent {wallet} --hospital-id {ACCOUNT} --consent {ACCOUNT} --out w"),
            format!("{grant} --identity --until 2026-12-31"),
            format!("{grant} --keyword a|1 --all-of a|1$b|2 --find-only --gateway http://g"),
            format!("patient supplement {wallet} --consortium ws://n --request {ACCOUNT} --out s"),
            format!("patient revoke {wallet} --consortium ws://n --request {ACCOUNT} --keep-labels"),
            format!("patient revoke-all {wallet} --hospital-id {ACCOUNT} --hospital-node ws://h"),
            format!("patient close {wallet} --consortium ws://n --request {ACCOUNT}"),
            format!("patient log {wallet} --consortium ws://n"),
            format!(
                "patient records list {wallet} --consortium ws://n --hospital-id {ACCOUNT} --from 2026-10 --to 2026-11"
            ),
            format!(
                "patient records get {wallet} --consortium ws://n --hospital-id {ACCOUNT} --out o {ACCOUNT}"
            ),
        ]);
    }

    #[test]
    fn withdrawal_should_be_refused_when_it_goes_nowhere() {
        let words = format!(
            "patient withdraw-consent --wallet w --hospital-id {ACCOUNT} --consent {ACCOUNT}"
        );
        let words: Vec<_> = words.split(' ').collect();
        assert_eq!(parses(&words), Err(ErrorKind::MissingRequiredArgument));
    }

    #[test]
    fn doctors_commands_should_parse() {
        let key = "--key k --passphrase-file p";
        let common = format!("--consortium ws://n {key} --grant g --supplement s");
        let answer = format!("--consortium ws://n {key} --request {ACCOUNT} --record {ACCOUNT}");
        parse_all(&[
            "doctor new --out k --passphrase-file p".into(),
            format!("doctor whoami {key}"),
            format!("doctor requester-key {key} --card c --out s"),
            format!("doctor inspect-grant {key} --grant g --reveal"),
            format!("doctor request {common}"),
            format!("doctor search {common} --out m"),
            format!("doctor prove {common} --matches m --again"),
            format!("doctor fetch {common} --matches m --gateway http://g --ask --out f"),
            format!("doctor open {common} --matches m --in f --out o"),
            format!("doctor get {common} --matches m --gateway http://g --out o"),
            format!("doctor ask {common} --matches m --record {ACCOUNT}"),
            format!("doctor contest {answer}"),
            format!("doctor flag {answer}"),
            "hospital add-requester --consortium ws://n --key k --statement s".into(),
            "hospital card --hospital ws://n --consortium ws://n --name A --gateway https://g --out c".into(),
            "hospital withdraw-consent --hospital ws://n --withdrawal w".into(),
            "--insecure-transport --tls-root r status --consortium ws://n".into(),
        ]);
    }

    #[test]
    fn validators_commands_should_parse() {
        for words in [
            "validator status --node ws://n",
            "validator rotate-keys --node ws://n --key //Alice//stash",
            &format!(
                "validator report-blocks --node ws://n --key k --first {ACCOUNT} --second {ACCOUNT}"
            ),
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
