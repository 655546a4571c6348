// SPDX-License-Identifier: Apache-2.0
//! The items of a header's digest, decoded from their bytes.
//!
//! This module uses no code of the node or the runtime.

use crate::accounts::Account;
use anyhow::{anyhow, bail, Result};
use subxt::ext::codec::{self, Decode};

const AURA: [u8; 4] = *b"aura";
const CONFORMANCE: [u8; 4] = *b"conf";

/// An item of a digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// An item without an engine.
    Other,
    /// A message from an engine in the runtime to the node.
    Consensus([u8; 4], Vec<u8>),
    /// A seal.
    Seal([u8; 4]),
    /// A message of the author for an engine, made before the block is executed.
    PreRuntime([u8; 4], Vec<u8>),
    /// The block changed the runtime.
    RuntimeUpdated,
}

impl Item {
    /// Decodes an item.
    ///
    /// # Errors
    ///
    /// Fails if the bytes are not an item.
    pub fn decode(mut bytes: &[u8]) -> Result<Self> {
        let input = &mut bytes;
        let item = match u8::decode(input)? {
            0 => Self::Other,
            4 => {
                let (engine, data) = Decode::decode(input)?;
                Self::Consensus(engine, data)
            }
            5 => {
                let (engine, _): (_, Vec<u8>) = Decode::decode(input)?;
                Self::Seal(engine)
            }
            6 => {
                let (engine, data) = Decode::decode(input)?;
                Self::PreRuntime(engine, data)
            }
            8 => Self::RuntimeUpdated,
            other => bail!("no digest item has the index {other}"),
        };
        Ok(item)
    }
}

/// The reason why an author lacks evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Decode)]
#[codec(crate = codec)]
#[allow(missing_docs)]
pub enum Shortfall {
    NotAnchored,
    AnchorHalted,
    AnchorStale,
    RegistrationLag,
    NoCredential,
    CredentialExpired,
    AnchorStaleAndLag,
}

/// The kind of an attestation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Decode)]
#[codec(crate = codec)]
pub enum Kind {
    /// Standing and evidence, with the commitment to the evidence.
    Full([u8; 32]),
    /// Standing only, with what is lacking.
    Restricted(Shortfall),
    /// Standing and evidence, with the commitments to the evidence and to the proof of storage.
    Proved([u8; 32], [u8; 32]),
    /// Standing and evidence, without an answer to the challenge.
    Unproved,
}

impl Kind {
    /// Whether the block carries operational calls only, or registrations of a lagging hospital.
    pub const fn is_restricted(&self) -> bool {
        matches!(self, Self::Restricted(_) | Self::Unproved)
    }
}

/// The attestation of an author.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
#[codec(crate = codec)]
pub struct Attestation {
    /// The author.
    pub author: Account,
    /// The kind.
    pub kind: Kind,
    /// Signature by the author's `conf` key.
    pub signature: [u8; 64],
}

/// The content that a block registered or stored.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
#[codec(crate = codec)]
pub struct Content {
    /// Number of registrations, or of entry blocks, so far.
    pub total: u32,
    /// Number of registrations, or of entries, in this block.
    pub count: u32,
    /// Merkle root over the registrations, or the entries, of this block.
    pub root: [u8; 32],
}

/// The slot. A digest has exactly one.
///
/// # Errors
///
/// Fails if the digest does not have exactly one, or the item does not decode.
pub fn slot(items: &[Item]) -> Result<u64> {
    Ok(u64::decode(&mut only("slot", items, pre_runtime(AURA))?)?)
}

/// The attestation. A digest has exactly one.
///
/// # Errors
///
/// Fails if the digest does not have exactly one, or the item does not decode.
pub fn attestation(items: &[Item]) -> Result<Attestation> {
    let mut input = only("attestation", items, pre_runtime(CONFORMANCE))?;
    let attestation = Attestation::decode(&mut input)?;
    if !input.is_empty() {
        bail!("an attestation with {} bytes to spare", input.len());
    }
    Ok(attestation)
}

/// The content. A digest has exactly one.
///
/// # Errors
///
/// Fails if the digest does not have exactly one, or the item does not decode.
pub fn content(items: &[Item]) -> Result<Content> {
    let consensus = |item| match item {
        &Item::Consensus(CONFORMANCE, ref data) => Some(data.as_slice()),
        _ => None,
    };
    Ok(Content::decode(&mut only("content", items, consensus)?)?)
}

fn pre_runtime(engine: [u8; 4]) -> impl Fn(&Item) -> Option<&[u8]> {
    move |item| match item {
        Item::PreRuntime(of, data) if *of == engine => Some(data),
        _ => None,
    }
}

fn only<'a>(
    what: &str,
    items: &'a [Item],
    pick: impl Fn(&'a Item) -> Option<&'a [u8]>,
) -> Result<&'a [u8]> {
    let mut found = items.iter().filter_map(pick);
    let first = found
        .next()
        .ok_or_else(|| anyhow!("no {what} in the digest"))?;
    match found.next() {
        None => Ok(first),
        Some(_) => bail!("more than one {what} in the digest"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(index: u8, engine: &[u8; 4], data: &[u8]) -> Result<Item> {
        let length = u8::try_from(data.len())?;
        // The compact encoding of a length below 64, or below 2^14.
        let length = if length < 64 {
            vec![length << 2]
        } else {
            ((u16::from(length) << 2) | 1).to_le_bytes().to_vec()
        };
        Item::decode(&[&[index], engine.as_slice(), &length, data].concat())
    }

    #[test]
    fn attestation_should_be_read_from_its_bytes() -> Result<()> {
        let restricted = [[7; 32].as_slice(), &[1, 2], &[9; 64]].concat();
        let items = [
            item(6, b"aura", &5u64.to_le_bytes())?,
            item(6, b"conf", &restricted)?,
            item(5, b"aura", &[0; 64])?,
        ];
        assert_eq!(slot(&items)?, 5);
        let found = attestation(&items)?;
        let stale = Kind::Restricted(Shortfall::AnchorStale);
        assert_eq!((found.author, found.kind), ([7; 32], stale));
        assert!(content(&items).is_err());
        Ok(())
    }

    #[test]
    fn attestation_should_be_refused_when_it_is_not_the_only_one() -> Result<()> {
        let full = [[7; 32].as_slice(), &[0], &[3; 32], &[9; 64]].concat();
        let items = [item(6, b"conf", &full)?, item(6, b"conf", &full)?];
        assert!(attestation(&items).is_err());
        assert_eq!(attestation(&items[..1])?.kind, Kind::Full([3; 32]));
        Ok(())
    }
}
