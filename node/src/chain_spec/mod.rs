// SPDX-License-Identifier: Apache-2.0
//! Chain specs that the node knows by name. Every other name is the path of a spec file.

mod consortium;
mod genesis;
mod hospital;

use polkadot_sdk::{
    sc_chain_spec::{construct_genesis_block, resolve_state_version_from_wasm},
    sp_core::{storage::Storage, H256},
    sp_runtime::{
        traits::{Block as BlockT, Hash as _, HashingFor},
        StateVersion,
    },
    *,
};
use serde_json::json;
use std::path::{Path, PathBuf};

use crate::client::{new_plain_executor, HostFunctions};
use bspp_primitives::OpaqueBlock;
use bspp_types::limits::SS58_PREFIX;

/// A chain spec of either chain.
///
/// It names the host functions, because the genesis state may require the arithmetic of the curve.
pub type ChainSpec = sc_service::GenericChainSpec<sc_chain_spec::NoExtension, HostFunctions>;

/// Names of the built-in specs. They are also the names of the runtimes' genesis presets.
pub const NAMES: [&str; 3] = [consortium::LOCAL, hospital::LOCAL_A, hospital::LOCAL_B];

/// The properties that wallets and explorers read.
///
/// They are the number that begins addresses, and the symbol and decimals that the hash of the
/// metadata covers (`runtime/build-wasm.rs`). The chains have no token.
fn properties() -> sc_chain_spec::Properties {
    sc_chain_spec::Properties::from_iter([
        ("ss58Format".to_owned(), json!(SS58_PREFIX)),
        ("tokenSymbol".to_owned(), json!("NONE")),
        ("tokenDecimals".to_owned(), json!(0)),
    ])
}

/// Loads a spec by its name or from a file.
///
/// `consortium` is the genesis hash of the consortium chain. A built-in hospital spec requires it,
/// other specs ignore it. `slot_duration` is the slot length of a built-in spec in milliseconds.
/// Without a value the runtime's default applies.
///
/// # Errors
///
/// `NotFound` if `id` is neither a known name nor a file, `InvalidConsortiumGenesis` if the hash
/// for a built-in hospital spec is missing, `InvalidSlotDuration` if a slot length is given for a
/// file, `InvalidGenesis` with the field if the genesis in a file is wrong.
pub fn load(
    id: &str,
    consortium: Option<H256>,
    slot_duration: Option<u64>,
) -> Result<Box<dyn sc_service::ChainSpec>, String> {
    let patch = slot_duration.map_or_else(
        || json!({}),
        |millis| json!({ "slotDuration": { "slotDuration": millis } }),
    );
    let spec = match id {
        "" | consortium::LOCAL => consortium::local(patch)?,
        hospital::LOCAL_A | hospital::LOCAL_B => {
            let genesis = consortium.ok_or_else(|| {
                format!(
                    "InvalidConsortiumGenesis: the genesis of {id} contains the consortium's genesis hash; give \
                     --consortium-genesis 0x… (bspp-node genesis-hash --chain <consortium spec> prints it)"
                )
            })?;
            hospital::local(id, genesis, patch)?
        }
        path => {
            let path = PathBuf::from(path);
            if !path.is_file() {
                return Err(format!(
                    "NotFound: chain spec {id:?}; give one of {} or the path of a chain spec file",
                    NAMES.join(", ")
                ));
            }
            if slot_duration.is_some() {
                return Err(format!(
                    "InvalidSlotDuration: the genesis in {id:?} has its slot length; omit --slot-duration, or set \
                     slotDuration.slotDuration in the plain spec"
                ));
            }
            check_genesis(&path)?;
            ChainSpec::from_json_file(path)?
        }
    };
    Ok(Box::new(spec))
}

/// Checks the genesis in a spec file. A file that is not JSON is left to the SDK's reader.
fn check_genesis(path: &Path) -> Result<(), String> {
    let text = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_slice(&text).map_or(Ok(()), |spec| genesis::check(&spec))
}

/// The hash of the genesis block that a spec describes.
///
/// # Errors
///
/// The error that prevents the construction of the genesis state.
pub fn genesis_hash(spec: &dyn sc_service::ChainSpec) -> Result<H256, String> {
    let storage = spec.as_storage_builder().build_storage()?;
    let version = resolve_state_version_from_wasm::<_, HashingFor<OpaqueBlock>>(
        &storage,
        &new_plain_executor(),
    )
    .map_err(|error| error.to_string())?;
    let block: OpaqueBlock = construct_genesis_block(state_root(&storage, version), version);
    Ok(block.header().hash())
}

fn state_root(storage: &Storage, version: StateVersion) -> H256 {
    type Hashing = HashingFor<OpaqueBlock>;
    let children = storage.children_default.values().map(|child| {
        let root = Hashing::trie_root(child.data.clone().into_iter().collect(), version);
        (
            child.child_info.prefixed_storage_key().into_inner(),
            root.as_bytes().to_vec(),
        )
    });
    let top = storage.top.clone().into_iter().chain(children).collect();
    Hashing::trie_root(top, version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn load_should_name_the_choices_when_the_id_is_unknown() {
        let error = load("no-such-chain", None, None).err().unwrap_or_default();
        assert!(error.starts_with("NotFound"), "{error}");
        for name in NAMES {
            assert!(error.contains(name), "{error}");
        }
    }

    #[test]
    fn load_should_refuse_a_hospital_spec_when_the_consortium_genesis_is_missing() {
        let error = load(hospital::LOCAL_A, None, None)
            .err()
            .unwrap_or_default();
        assert!(error.starts_with("InvalidConsortiumGenesis"), "{error}");
    }

    #[test]
    fn load_should_refuse_a_slot_duration_when_the_spec_is_a_file() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        let error = load(file, None, Some(1_000)).err().unwrap_or_default();
        assert!(error.starts_with("InvalidSlotDuration"), "{error}");
    }

    #[test]
    fn properties_should_name_the_prefix_of_both_runtimes() {
        use polkadot_sdk::frame_support::traits::Get;
        let prefix = properties()["ss58Format"].as_u64();
        let consortium: u16 =
            <bspp_consortium_runtime::Runtime as frame_system::Config>::SS58Prefix::get();
        let hospital: u16 =
            <bspp_hospital_runtime::Runtime as frame_system::Config>::SS58Prefix::get();
        for runtime in [consortium, hospital] {
            assert_eq!(prefix, Some(u64::from(runtime)));
        }
    }

    /// Fault: a wallet computes another hash, and the chain refuses its signatures.
    #[test]
    fn properties_should_name_the_token_that_the_metadata_hash_covers() {
        let script = include_str!("../../../runtime/build-wasm.rs");
        let symbol = properties()["tokenSymbol"].as_str().map(str::to_owned);
        let call = format!(
            "enable_metadata_hash({:?}, {})",
            symbol.unwrap_or_default(),
            properties()["tokenDecimals"]
        );
        assert!(script.contains(&call), "{call}");
    }
}
