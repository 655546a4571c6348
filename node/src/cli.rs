// SPDX-License-Identifier: Apache-2.0
//! The command line.

use bspp_types::limits::{MAX_SLOT_DURATION, MIN_SLOT_DURATION};
use polkadot_sdk::{sp_core::H256, *};
use std::path::PathBuf;

/// Arguments of the node.
#[derive(Debug, clap::Parser)]
pub struct Cli {
    /// The command. Without a command the node runs.
    #[command(subcommand)]
    pub subcommand: Option<Subcommand>,

    /// Options of the running node.
    #[clap(flatten)]
    pub run: sc_cli::RunCmd,

    /// Options of the tag index.
    #[clap(flatten)]
    pub tag_index: TagIndexParams,

    /// Options of a hospital's own chain.
    #[clap(flatten)]
    pub hospital: HospitalParams,

    /// Genesis hash of the consortium chain: 0x and 64 hex digits.
    ///
    /// The built-in hospital specs require it. A spec file already contains it.
    #[arg(
        long,
        global = true,
        value_name = "HASH",
        env = "BSPP_CONSORTIUM_GENESIS"
    )]
    pub consortium_genesis: Option<H256>,

    /// Slot length of a built-in chain spec, in milliseconds.
    ///
    /// It is part of the genesis, so all nodes of a chain must have the same one. A spec file
    /// already contains it.
    #[arg(
        long,
        global = true,
        value_name = "MILLIS",
        value_parser = clap::value_parser!(u64).range(MIN_SLOT_DURATION..=MAX_SLOT_DURATION)
    )]
    pub slot_duration: Option<u64>,
}

/// Options of the tag index. Only nodes of the consortium chain have one.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct TagIndexParams {
    /// Folder of the tag index.
    ///
    /// The default is `tag-index`, beside the chain's database.
    #[arg(long, value_name = "PATH")]
    pub tag_index_path: Option<PathBuf>,

    /// Drop the tag index and fill it again from the chain.
    #[arg(long)]
    pub rebuild_tag_index: bool,
}

/// Options of a hospital's own chain. Nodes of the consortium ignore them.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct HospitalParams {
    /// Number of the incarnation that this hospital chain is.
    ///
    /// The first chain of a hospital is 0. A chain that was rebuilt from nothing has the next number:
    /// the node may author it although the consortium's anchor is of the lost chain.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub incarnation: u32,

    /// File that names the hospital's PHI stores: the gateway's `phi_store`, or its `stores`.
    ///
    /// The author of a full block proves that it can read a stored payload. Without the file its
    /// blocks carry operational calls only, as soon as the chain has records. The credentials that
    /// the file names should only be able to read and list.
    #[arg(long, value_name = "FILE")]
    pub phi_stores: Option<PathBuf>,
}

/// Commands besides running the node.
#[derive(Debug, clap::Subcommand)]
pub enum Subcommand {
    /// Keys: generate, inspect, insert into a keystore, node keys.
    #[command(subcommand)]
    Key(sc_cli::KeySubcommand),

    /// Write a chain spec as JSON, plain or raw.
    ExportChainSpec(sc_cli::ExportChainSpecCmd),

    /// Print the hash of a chain spec's genesis block.
    GenesisHash(GenesisHashCmd),

    /// Validate a block.
    CheckBlock(sc_cli::CheckBlockCmd),

    /// Write blocks to a file.
    ExportBlocks(sc_cli::ExportBlocksCmd),

    /// Write a block's state as a chain spec.
    ExportState(sc_cli::ExportStateCmd),

    /// Read blocks from a file.
    ImportBlocks(sc_cli::ImportBlocksCmd),

    /// Remove a chain's database and tag index.
    PurgeChain(sc_cli::PurgeChainCmd),

    /// Revert the chain to an earlier block. Finalized blocks stay.
    Revert(sc_cli::RevertCmd),

    /// Show information about the chain's database.
    ChainInfo(sc_cli::ChainInfoCmd),

    /// Print the help of all commands as one Markdown page.
    #[command(hide = true)]
    MarkdownHelp,
}

/// Prints `0x` and the genesis hash.
#[derive(Debug, clap::Parser)]
pub struct GenesisHashCmd {
    /// Name of a built-in chain spec, or the path of a file.
    #[arg(long, default_value = "")]
    pub chain: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{CommandFactory, Parser};

    #[test]
    fn cli_should_be_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn consortium_genesis_should_be_read_when_it_stands_behind_a_command() {
        let hash = H256::repeat_byte(0xab);
        let cli = Cli::try_parse_from([
            "bspp-node",
            "export-chain-spec",
            "--chain",
            "hospital-a-local",
            "--consortium-genesis",
            &format!("{hash:?}"),
        ])
        .unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(cli.consortium_genesis, Some(hash));
    }

    #[test]
    fn slot_duration_should_be_read_when_it_stands_behind_a_command() {
        let cli =
            Cli::try_parse_from(["bspp-node", "export-chain-spec", "--slot-duration", "1000"])
                .unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(cli.slot_duration, Some(1_000));
    }

    #[test]
    fn slot_duration_should_be_refused_when_no_chain_may_have_it() {
        for millis in ["0", "499", "60001"] {
            assert!(Cli::try_parse_from(["bspp-node", "--slot-duration", millis]).is_err());
        }
    }

    #[test]
    fn consortium_genesis_should_be_refused_when_it_is_short() {
        assert!(Cli::try_parse_from(["bspp-node", "--consortium-genesis", "0xab"]).is_err());
    }

    #[test]
    fn incarnation_should_be_the_first_when_none_is_given() {
        let read = |arguments: &[&str]| {
            Cli::try_parse_from(arguments)
                .unwrap_or_else(|error| panic!("{error}"))
                .hospital
                .incarnation
        };
        assert_eq!(read(&["bspp-node"]), 0);
        assert_eq!(read(&["bspp-node", "--incarnation", "2"]), 2);
    }
}
