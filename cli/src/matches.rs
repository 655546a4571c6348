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
use std::{collections::BTreeMap, path::Path};

/// All matches of a search.
#[derive(Serialize, Deserialize)]
pub struct MatchFile {
    /// The matches; one record may be found by several keywords.
    pub matches: Vec<FoundMatch>,
}

/// One match: a record that has all labels of one item of the grant.
#[derive(Clone, Serialize, Deserialize)]
pub struct FoundMatch {
    /// The record.
    pub rid: String,
    /// The position of the keywords among the distinct groups of keywords of the grant.
    pub keyword: usize,
    /// The position of the item in the grant.
    pub item: usize,
    /// The place of the item's first label, which a match proof shows.
    #[serde(flatten)]
    pub first: FoundSlot,
    /// The places of the item's other labels, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<FoundSlot>,
    /// The sequence number of the entry block.
    pub sequence: Sequence,
    entry: String,
    path: String,
}

/// The place of a label in an entry.
#[derive(Clone, Serialize, Deserialize)]
pub struct FoundSlot {
    /// The counter of the tag in its batch.
    pub counter: u32,
    /// The tag that was found. It is public: the index has it.
    pub tag: String,
    /// The slot of the entry.
    pub slot: u8,
}

impl From<&FoundRecord> for FoundSlot {
    fn from(found: &FoundRecord) -> Self {
        Self {
            counter: found.counter,
            tag: found
                .entry
                .slots
                .get(usize::from(found.slot))
                .map(|slot| hex0x(slot.tag))
                .unwrap_or_default(),
            slot: found.slot,
        }
    }
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
    /// Encodes a record that the node found by each label of an item. `None` without a label.
    pub fn new(found: &[&FoundRecord], item: usize, keyword: usize) -> Option<Self> {
        let (first, others) = found.split_first()?;
        Some(Self {
            rid: hex0x(first.rid),
            keyword,
            item,
            first: FoundSlot::from(*first),
            others: others.iter().map(|found| FoundSlot::from(*found)).collect(),
            sequence: first.sequence,
            entry: hex0x(first.entry.encode()),
            path: hex0x(first.path.encode()),
        })
    }

    /// The places of the item's labels, in their order.
    pub fn slots(&self) -> impl Iterator<Item = &FoundSlot> {
        core::iter::once(&self.first).chain(&self.others)
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

    /// One match for each record, by an item for which `prefers` holds if there is one.
    pub fn distinct(&self, prefers: impl Fn(&FoundMatch) -> bool) -> Vec<&FoundMatch> {
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        let mut chosen: Vec<&FoundMatch> = Vec::new();
        for found in &self.matches {
            match places.get(found.rid.as_str()) {
                None => {
                    places.insert(&found.rid, chosen.len());
                    chosen.push(found);
                }
                Some(place) => {
                    if let Some(other) = chosen.get_mut(*place) {
                        if !prefers(other) && prefers(found) {
                            *other = found;
                        }
                    }
                }
            }
        }
        chosen
    }
}

/// Decodes SCALE in hex. It is an error if bytes remain.
fn decode_hex<T: DecodeAll>(text: &str, what: &str) -> CliResult<T> {
    scale_hex(text)
        .ok_or_else(|| CliError::Usage(format!("the file's {what} does not decode; search again")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn found(rid: &str, item: usize) -> FoundMatch {
        FoundMatch {
            rid: rid.into(),
            keyword: 0,
            item,
            first: FoundSlot {
                counter: 3,
                tag: "0x00".into(),
                slot: 1,
            },
            others: Vec::new(),
            sequence: 0,
            entry: String::new(),
            path: String::new(),
        }
    }

    #[test]
    fn one_match_of_a_record_should_be_chosen_in_the_order_of_records() {
        let file = MatchFile {
            matches: vec![found("b", 0), found("a", 0), found("b", 1), found("b", 2)],
        };
        let chosen: Vec<_> = file
            .distinct(|found| found.item > 0)
            .iter()
            .map(|found| (found.rid.as_str(), found.item))
            .collect();
        assert_eq!(chosen, [("b", 1), ("a", 0)]);
    }

    #[test]
    fn match_should_be_read_as_written() {
        let mut written = found("a", 0);
        written.others.push(written.first.clone());
        let json = serde_json::to_value(&written).unwrap();
        assert_eq!(json["counter"], 3);
        let read: FoundMatch = serde_json::from_value(json).unwrap();
        assert_eq!(read.slots().count(), 2);
    }
}
