// SPDX-License-Identifier: Apache-2.0
//! New session keys for a running validator.

use crate::{
    accounts::{stash, stash_uri},
    chain::{bytes, Chain},
    tx::{self, call},
};
use anyhow::{ensure, Context, Result};
use serde_json::json;
use subxt::dynamic::Value;

/// Length of each of the session keys, which are for Aura, GRANDPA and `conf`.
const KEY: usize = 32;

/// Session keys that a node has made.
#[derive(Clone, Debug)]
pub struct Made {
    /// The public keys, for Aura, GRANDPA and `conf`.
    pub keys: Vec<u8>,
    /// The proof that the validator has the secret keys.
    pub proof: Vec<u8>,
}

/// Has a node make new session keys for its validator. Registers nothing.
///
/// # Errors
///
/// Fails if the node makes no keys.
pub async fn make(chain: &Chain, node: &str) -> Result<Made> {
    let owner = format!("0x{}", hex::encode(stash(node)?));
    let made = chain
        .request("author_rotateKeysWithOwner", json!([owner]))
        .await?;
    let keys = bytes(&made["keys"])?;
    let proof = bytes(&made["proof"]).context("a proof of possession")?;
    ensure!(
        keys.len() == 3 * KEY,
        "{} bytes of session keys",
        keys.len()
    );
    Ok(Made { keys, proof })
}

/// Has a node make new session keys and registers them for its validator.
///
/// Returns the new `conf` key.
///
/// # Errors
///
/// Fails if the node makes no keys or the chain refuses them.
pub async fn rotate(chain: &Chain, node: &str) -> Result<[u8; KEY]> {
    let Made { keys, proof } = make(chain, node).await?;
    let [aura, grandpa, conf] = [0, 1, 2].map(|place| &keys[place * KEY..(place + 1) * KEY]);
    let named = Value::named_composite([
        ("aura", Value::from_bytes(aura)),
        ("grandpa", Value::from_bytes(grandpa)),
        ("conf", Value::from_bytes(conf)),
    ]);
    let set = call(
        "Session",
        "set_keys",
        [("keys", named), ("proof", Value::from_bytes(&proof))],
    );
    tx::submit(chain, &set, &stash_uri(node)).await?;
    Ok(conf.try_into()?)
}
