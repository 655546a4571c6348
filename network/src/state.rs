// SPDX-License-Identifier: Apache-2.0
//! Storage of a chain, read by the names in its metadata.

use crate::{
    accounts::Account,
    chain::{bytes, Chain, Hash},
};
use anyhow::{Context, Result};
use serde_json::json;
use std::collections::BTreeMap;
use subxt::{
    dynamic::{storage, Value},
    ext::codec::Decode,
    storage::DynamicAddress,
};

/// Maximum number of keys in one answer.
const PAGE: u32 = 1_000;

/// The raw bytes of an entry, if it exists. `keys` are the keys of a map.
///
/// # Errors
///
/// Fails if the metadata does not have the entry or the node does not answer.
pub async fn raw(
    chain: &Chain,
    at: Hash,
    pallet: &str,
    entry: &str,
    keys: Vec<Value>,
) -> Result<Option<Vec<u8>>> {
    let client = chain.client_at(at).await?;
    let key = client
        .storage()
        .entry(address(pallet, entry))?
        .fetch_key(keys)?;
    // subxt answers with the default value if there is none.
    let key = format!("0x{}", hex::encode(key));
    match chain.request("state_getStorage", json!([key, at])).await? {
        serde_json::Value::Null => Ok(None),
        value => Ok(Some(bytes(&value)?)),
    }
}

fn address(pallet: &str, entry: &str) -> DynamicAddress {
    storage(pallet, entry)
}

/// The decoded value of an entry, if it exists.
///
/// # Errors
///
/// The errors of [`raw`]. Fails also if the bytes do not decode to `T`.
pub async fn get<T: Decode>(
    chain: &Chain,
    at: Hash,
    pallet: &str,
    entry: &str,
    keys: Vec<Value>,
) -> Result<Option<T>> {
    let found = raw(chain, at, pallet, entry, keys).await?;
    let decoded = found.map(|bytes| T::decode(&mut &bytes[..])).transpose();
    decoded.with_context(|| format!("{pallet}.{entry}"))
}

/// An account as a key of a map.
pub fn key(account: &[u8]) -> Value {
    Value::from_bytes(account)
}

/// The raw keys and values of all storage of some pallets after a block.
///
/// Entries in `except` (`Pallet.Entry`) are left out.
///
/// # Errors
///
/// Fails if the metadata does not have a pallet or the node does not answer.
pub async fn snapshot(
    chain: &Chain,
    at: Hash,
    pallets: &[&str],
    except: &[&str],
) -> Result<BTreeMap<Vec<u8>, Vec<u8>>> {
    let client = chain.client_at(at).await?;
    let metadata = client.metadata_ref();
    let mut all = BTreeMap::new();
    for name in pallets {
        let pallet = metadata
            .pallet_by_name(name)
            .with_context(|| format!("the pallet {name}"))?;
        let entries = pallet.storage().context("a pallet with storage")?.entries();
        for entry in entries {
            if except.contains(&format!("{name}.{}", entry.name()).as_str()) {
                continue;
            }
            let entry = client.storage().entry(address(name, entry.name()))?;
            let prefix = entry.key_prefix();
            collect(chain, at, &prefix, &mut all).await?;
        }
    }
    Ok(all)
}

/// The number of keys of one entry in a snapshot.
///
/// # Errors
///
/// Fails if the node does not return its metadata.
pub async fn count_of(
    chain: &Chain,
    pallet: &str,
    entry: &str,
    snapshot: &BTreeMap<Vec<u8>, Vec<u8>>,
) -> Result<usize> {
    let client = chain.client_at(chain.best().await?).await?;
    let prefix = client.storage().entry(address(pallet, entry))?.key_prefix();
    Ok(snapshot
        .keys()
        .filter(|key| key.starts_with(&prefix))
        .count())
}

/// The keys, in hexadecimal digits, whose values differ.
pub fn difference(
    one: &BTreeMap<Vec<u8>, Vec<u8>>,
    other: &BTreeMap<Vec<u8>, Vec<u8>>,
) -> Vec<String> {
    let keys = one
        .keys()
        .chain(other.keys().filter(|key| !one.contains_key(*key)));
    keys.filter(|key| one.get(*key) != other.get(*key))
        .map(hex::encode)
        .collect()
}

async fn collect(
    chain: &Chain,
    at: Hash,
    prefix: &[u8],
    all: &mut BTreeMap<Vec<u8>, Vec<u8>>,
) -> Result<()> {
    let prefix = format!("0x{}", hex::encode(prefix));
    let mut last = serde_json::Value::Null;
    loop {
        let keys = chain
            .request("state_getKeysPaged", json!([prefix, PAGE, last, at]))
            .await?;
        let keys = keys.as_array().context("a list of keys")?.clone();
        for key in &keys {
            let value = chain.request("state_getStorage", json!([key, at])).await?;
            all.insert(bytes(key)?, bytes(&value)?);
        }
        match keys.last() {
            Some(key) => last = key.clone(),
            None => return Ok(()),
        }
    }
}

/// The validators of the current session, in the session's order.
///
/// # Errors
///
/// Fails if the node does not answer.
pub async fn session_validators(chain: &Chain, at: Hash) -> Result<Vec<Account>> {
    let found = get(chain, at, "Session", "Validators", Vec::new()).await?;
    Ok(found.unwrap_or_default())
}
