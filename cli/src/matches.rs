// SPDX-License-Identifier: Apache-2.0
//! The file of matches that a search writes and the later steps read. It contains no secret.

use crate::{
    error::{CliError, CliResult},
    files,
    values::{hex0x, scale_hex, Hex32},
};
use bspp_rpc_types::FoundRecord;
use bspp_types::{Entry, EntryProof, RecordId, Sequence};
use codec::{DecodeAll, Encode};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, path::Path};

/// All matches of a search.
#[derive(Serialize, Deserialize)]
pub struct MatchFile {
    /// The matches; one record may be found by several keywords.
    pub matches: Vec<FoundMatch>,
}

/// One match.
#[derive(Clone, Serialize, Deserialize)]
pub struct FoundMatch {
    /// The record.
    pub rid: String,
    /// The position of the keyword among the distinct keywords of the grant.
    pub keyword: usize,
    /// The position of the trapdoor in the grant.
    pub query: usize,
    /// The counter of the tag in its batch.
    pub counter: u32,
    /// The tag that was found. It is public: the index has it.
    pub tag: String,
    /// The sequence number of the entry block.
    pub sequence: Sequence,
    /// The slot of the entry.
    pub slot: u8,
    entry: String,
    path: String,
}

/// The decoded part of a match.
pub struct Located {
    /// The record, computed from the entry.
    pub rid: RecordId,
    /// The index entry of the record.
    pub entry: Entry,
    /// The path to the registered root.
    pub path: EntryProof,
}

impl FoundMatch {
    /// Encodes a record that the node found.
    pub fn new(found: FoundRecord, query: usize, keyword: usize) -> Self {
        let tag = found
            .entry
            .slots
            .get(usize::from(found.slot))
            .map(|slot| hex0x(slot.tag))
            .unwrap_or_default();
        Self {
            rid: hex0x(found.rid),
            keyword,
            query,
            counter: found.counter,
            tag,
            sequence: found.sequence,
            slot: found.slot,
            entry: hex0x(found.entry.encode()),
            path: hex0x(found.path.encode()),
        }
    }

    /// Decodes entry and path. The record's identifier is computed from the entry.
    pub fn decode(&self) -> CliResult<Located> {
        let entry: Entry = decode_hex(&self.entry, "entry")?;
        let rid = entry.rid();
        let named: Hex32 = self.rid.parse().map_err(CliError::Usage)?;
        if named.hash() != rid {
            return Err(CliError::usage(
                "a match names another record than its entry; search again",
            ));
        }
        Ok(Located {
            rid,
            entry,
            path: decode_hex(&self.path, "path")?,
        })
    }
}

impl MatchFile {
    /// Reads the file.
    pub fn read(path: &Path) -> CliResult<Self> {
        files::read_json(path)
    }

    /// The matches without duplicates of a record.
    pub fn distinct(&self) -> impl Iterator<Item = &FoundMatch> {
        let mut seen = BTreeSet::new();
        self.matches
            .iter()
            .filter(move |found| seen.insert(found.rid.as_str()))
    }
}

/// Decodes SCALE in hex. It is an error if bytes remain.
fn decode_hex<T: DecodeAll>(text: &str, what: &str) -> CliResult<T> {
    scale_hex(text)
        .ok_or_else(|| CliError::Usage(format!("the file's {what} does not decode; search again")))
}
