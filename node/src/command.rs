// SPDX-License-Identifier: Apache-2.0
//! Runs the commands of the command line.

use crate::{
    chain_spec,
    cli::{Cli, Subcommand},
    service::{self, Authorship},
};
use bspp_primitives::{Hash, OpaqueBlock};
use bspp_types::limits::SS58_PREFIX;
use clap::CommandFactory;
use polkadot_sdk::{
    sc_cli::{DatabasePruningMode, ImportParams, SharedParams, SubstrateCli},
    sc_network::config::NetworkBackendType,
    sc_service::PartialComponents,
    sp_core::crypto::{set_default_ss58_version, Ss58AddressFormat},
    *,
};

/// Log targets that would print whole RPC requests, with trapdoors, at trace level.
const QUIET: [&str; 4] = [
    "rpc_metrics=info",
    "jsonrpsee-server=info",
    "jsonrpsee_server=info",
    "jsonrpsee_core=info",
];

impl SubstrateCli for Cli {
    fn impl_name() -> String {
        "BSPP node".into()
    }

    fn impl_version() -> String {
        format!("{}-{}", env!("CARGO_PKG_VERSION"), env!("BSPP_COMMIT"))
    }

    fn description() -> String {
        env!("CARGO_PKG_DESCRIPTION").into()
    }

    fn author() -> String {
        env!("CARGO_PKG_AUTHORS").into()
    }

    fn support_url() -> String {
        "the project's README".into()
    }

    fn copyright_start_year() -> i32 {
        2026
    }

    fn load_spec(&self, id: &str) -> Result<Box<dyn sc_service::ChainSpec>, String> {
        chain_spec::load(id, self.consortium_genesis, self.slot_duration)
    }
}

/// Parses the command line and runs it. `authorship` says how the node authors.
///
/// # Errors
///
/// The error that stops the command.
pub fn run(authorship: impl Authorship) -> sc_cli::Result<()> {
    set_default_ss58_version(Ss58AddressFormat::custom(SS58_PREFIX));
    let mut cli = Cli::from_args();
    set_defaults(&mut cli);
    match &cli.subcommand {
        None => {
            let (params, hospital) = (cli.tag_index.clone(), cli.hospital.clone());
            cli.create_runner(&cli.run)?
                .run_node_until_exit(|config| async move {
                    let task_manager = match config.network.network_backend {
                        NetworkBackendType::Libp2p => {
                            service::new_full::<sc_network::NetworkWorker<OpaqueBlock, Hash>, _>(
                                config, params, hospital, authorship,
                            )
                        }
                        NetworkBackendType::Litep2p => {
                            service::new_full::<sc_network::Litep2pNetworkBackend, _>(
                                config, params, hospital, authorship,
                            )
                        }
                    };
                    task_manager.map_err(sc_cli::Error::Service)
                })
        }
        Some(Subcommand::MarkdownHelp) => {
            let command = Cli::command().about(env!("CARGO_PKG_DESCRIPTION"));
            print!("{}", bspp_help::markdown(command));
            Ok(())
        }
        Some(Subcommand::Key(cmd)) => cmd.run(&cli),
        Some(Subcommand::ExportChainSpec(cmd)) => cmd.run(cli.load_spec(&cmd.chain)?),
        Some(Subcommand::GenesisHash(cmd)) => {
            let hash = chain_spec::genesis_hash(&*cli.load_spec(&cmd.chain)?)?;
            println!("{hash:?}");
            Ok(())
        }
        Some(Subcommand::PurgeChain(cmd)) => cli
            .create_runner(cmd)?
            .sync_run(|config| purge(cmd, &cli, config)),
        Some(Subcommand::ChainInfo(cmd)) => cli
            .create_runner(cmd)?
            .sync_run(|config| cmd.run::<OpaqueBlock>(&config)),
        Some(Subcommand::CheckBlock(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
            let PartialComponents {
                client,
                task_manager,
                import_queue,
                ..
            } = service::new_partial(&config)?;
            Ok((cmd.run(client, import_queue), task_manager))
        }),
        Some(Subcommand::ExportBlocks(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
            let PartialComponents {
                client,
                task_manager,
                ..
            } = service::new_partial(&config)?;
            Ok((cmd.run(client, config.database), task_manager))
        }),
        Some(Subcommand::ExportState(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
            let PartialComponents {
                client,
                task_manager,
                ..
            } = service::new_partial(&config)?;
            Ok((cmd.run(client, config.chain_spec), task_manager))
        }),
        Some(Subcommand::ImportBlocks(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
            let PartialComponents {
                client,
                task_manager,
                import_queue,
                ..
            } = service::new_partial(&config)?;
            Ok((cmd.run(client, import_queue), task_manager))
        }),
        Some(Subcommand::Revert(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
            let PartialComponents {
                client,
                task_manager,
                backend,
                ..
            } = service::new_partial(&config)?;
            let aux_revert = Box::new(|client, _, blocks| {
                sc_consensus_grandpa::revert(client, blocks)?;
                Ok(())
            });
            Ok((cmd.run(client, backend, Some(aux_revert)), task_manager))
        }),
    }
}

/// Sets defaults that differ from those of the SDK.
fn set_defaults(cli: &mut Cli) {
    keep_states(&mut cli.run.import_params);
    quiet(&mut cli.run.shared_params);
    match &mut cli.subcommand {
        Some(Subcommand::ImportBlocks(cmd)) => keep_states(&mut cmd.import_params),
        Some(Subcommand::CheckBlock(cmd)) => keep_states(&mut cmd.import_params),
        _ => {}
    }
}

/// Keeps all states, unless the command line says otherwise.
///
/// The tag index reads each block's own state, and storage proofs refer to heads that were anchored
/// long ago.
fn keep_states(params: &mut ImportParams) {
    params
        .pruning_params
        .state_pruning
        .get_or_insert(DatabasePruningMode::Archive);
}

/// Keeps requests out of the log at every log level.
///
/// Later filters have precedence over earlier ones.
fn quiet(params: &mut SharedParams) {
    params.log.extend(QUIET.map(String::from));
}

/// Removes the database and, if that succeeded, the tag index beside it.
fn purge(
    cmd: &sc_cli::PurgeChainCmd,
    cli: &Cli,
    config: sc_service::Configuration,
) -> sc_cli::Result<()> {
    let index = cli
        .tag_index
        .tag_index_path
        .clone()
        .unwrap_or_else(|| service::default_index_path(&config));
    let database = config.database.path().map(ToOwned::to_owned);
    cmd.run(config.database)?;
    // The command asks for confirmation first, and the user may have declined.
    if database.is_some_and(|path| path.exists()) {
        return Ok(());
    }
    bspp_tag_index::ParityStore::remove(&index).map_err(|error| error.to_string().into())
}
