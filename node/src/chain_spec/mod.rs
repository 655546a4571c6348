// SPDX-License-Identifier: Apache-2.0
//! Chain specs that the node knows by name. Every other name is the path of a spec file.

mod consortium;
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
use std::path::PathBuf;

use crate::service::{new_plain_executor, HostFunctions};
use bspp_primitives::OpaqueBlock;

/// A chain spec of either chain. Building the genesis may need the curve's host functions.
pub type ChainSpec = sc_service::GenericChainSpec<sc_chain_spec::NoExtension, HostFunctions>;

/// Names of the built-in specs. Each is the name of the runtime's genesis preset too.
pub const NAMES: [&str; 3] = [consortium::LOCAL, hospital::LOCAL_A, hospital::LOCAL_B];

/// Loads a spec by its name, or from a file.
///
/// `consortium` is the genesis hash of the consortium chain. A built-in hospital spec needs it; others ignore it.
///
/// # Errors
///
/// `NotFound` when the id is neither a known name nor a file, `InvalidConsortiumGenesis` when a hospital spec lacks the hash.
pub fn load(id: &str, consortium: Option<H256>) -> Result<Box<dyn sc_service::ChainSpec>, String> {
    let spec = match id {
        "" | consortium::LOCAL => consortium::local()?,
        hospital::LOCAL_A | hospital::LOCAL_B => {
            let genesis = consortium.ok_or_else(|| {
                format!(
                    "InvalidConsortiumGenesis: {id} is born with the consortium's genesis hash in it; give \
                     --consortium-genesis 0x… (bspp-node genesis-hash --chain <consortium spec> prints it)"
                )
            })?;
            hospital::local(id, genesis)?
        }
        path => {
            let path = PathBuf::from(path);
            if !path.is_file() {
                return Err(format!(
                    "NotFound: chain spec {id:?}; give one of {} or the path of a chain spec file",
                    NAMES.join(", ")
                ));
            }
            ChainSpec::from_json_file(path)?
        }
    };
    Ok(Box::new(spec))
}

/// The hash of the genesis block that a spec describes.
///
/// # Errors
///
/// Whatever stops the genesis state from being built.
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
        let error = load("no-such-chain", None).err().unwrap_or_default();
        assert!(error.starts_with("NotFound"), "{error}");
        for name in NAMES {
            assert!(error.contains(name), "{error}");
        }
    }

    #[test]
    fn load_should_refuse_a_hospital_spec_when_the_consortium_genesis_is_missing() {
        let error = load(hospital::LOCAL_A, None).err().unwrap_or_default();
        assert!(error.starts_with("InvalidConsortiumGenesis"), "{error}");
    }
}
