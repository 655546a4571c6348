// SPDX-License-Identifier: Apache-2.0
//! The changes that one block makes.

use crate::{
    error::IndexError,
    keys::{block_key, further_tag_key, tag_key, STATUS},
    place::{Location, Place},
    status::Status,
    store::{Change, Column, Store},
};
use bspp_types::Registration;
use codec::{DecodeAll, Encode};
use std::collections::HashMap;

/// The changes of a block with these registrations, and the status after it.
///
/// `status` is the status of the block, with the number of entries before it.
///
/// # Errors
///
/// Fails if the store cannot be read.
pub fn stage(
    store: &dyn Store,
    mut status: Status,
    registrations: &[Registration],
) -> Result<(Vec<Change>, Status), IndexError> {
    let mut changes = Vec::new();
    let mut tags = Tags {
        store,
        heads: HashMap::new(),
    };
    for registration in registrations {
        let key = block_key(&registration.hospital, registration.sequence);
        // The chain registers a sequence number once. A stored entry block does not change.
        if store.has(Column::Blocks, &key)? {
            continue;
        }
        for (leaf, entry) in (0u32..).zip(&registration.entries) {
            // The consortium does not accept a match with a refused entry, so a search must not
            // find it.
            if registration.refused.contains(&leaf) {
                continue;
            }
            let location = Location {
                hospital: registration.hospital,
                sequence: registration.sequence,
                leaf,
            };
            changes.push((
                Column::Records,
                entry.rid().as_bytes().to_vec(),
                location.encode(),
            ));
            for (slot, content) in (0u8..).zip(&entry.slots) {
                let place = Place {
                    sequence: registration.sequence,
                    leaf,
                    slot,
                    match_key: content.match_key,
                };
                tags.add(tag_key(&entry.batch, &content.tag), place, &mut changes)?;
            }
            status.entries = status.entries.saturating_add(1);
        }
        changes.push((Column::Blocks, key, registration.encode()));
    }
    tags.finish(&mut changes);
    changes.push((Column::Meta, STATUS.to_vec(), status.encode()));
    Ok((changes, status))
}

/// Numbers the places of equal tags while the changes of a block are collected.
struct Tags<'a> {
    store: &'a dyn Store,
    heads: HashMap<Vec<u8>, (u32, Place)>,
}

impl Tags<'_> {
    fn add(
        &mut self,
        key: Vec<u8>,
        place: Place,
        changes: &mut Vec<Change>,
    ) -> Result<(), IndexError> {
        let known = match self.heads.get(&key) {
            Some(head) => Some(*head),
            None => self.stored(&key)?,
        };
        let head = match known {
            None => (1, place),
            Some((count, first)) => {
                changes.push((Column::Tags, further_tag_key(&key, count), place.encode()));
                (count.saturating_add(1), first)
            }
        };
        self.heads.insert(key, head);
        Ok(())
    }

    fn stored(&self, key: &[u8]) -> Result<Option<(u32, Place)>, IndexError> {
        self.store
            .get(Column::Tags, key)?
            .map(|bytes| {
                <(u32, Place)>::decode_all(&mut &bytes[..]).map_err(|_| IndexError::InvalidValue)
            })
            .transpose()
    }

    fn finish(self, changes: &mut Vec<Change>) {
        changes.extend(
            self.heads
                .into_iter()
                .map(|(key, head)| (Column::Tags, key, head.encode())),
        );
    }
}
