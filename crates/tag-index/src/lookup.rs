// SPDX-License-Identifier: Apache-2.0
//! Look-ups in the index.

use crate::{
    error::IndexError,
    index::TagIndexDb,
    keys::{block_key, further_tag_key, tag_key},
    place::{Location, Place},
    store::Column,
};
use bspp_peks::{Hit, TagIndex};
use bspp_types::{
    entry_proof, BatchId, Entry, EntryProof, HospitalId, RecordId, Registration, Sequence, Tag,
};
use codec::DecodeAll;

impl TagIndexDb {
    /// All slots of a batch with this tag, in the order of their registration.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read or holds a wrong value.
    pub fn places(&self, batch: &BatchId, tag: &Tag) -> Result<Vec<Place>, IndexError> {
        let key = tag_key(batch, tag);
        let Some((count, first)) = self.value::<(u32, Place)>(Column::Tags, &key)? else {
            return Ok(Vec::new());
        };
        let mut places = vec![first];
        for n in 1..count {
            let further = self.value(Column::Tags, &further_tag_key(&key, n))?;
            places.push(further.ok_or(IndexError::InvalidValue)?);
        }
        Ok(places)
    }

    /// A registered entry block with its entries.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read or holds a wrong value.
    pub fn registration(
        &self,
        hospital: &HospitalId,
        sequence: Sequence,
    ) -> Result<Option<Registration>, IndexError> {
        self.value(Column::Blocks, &block_key(hospital, sequence))
    }

    /// The place of a record's entry.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read or holds a wrong value.
    pub fn locate(&self, record: &RecordId) -> Result<Option<Location>, IndexError> {
        self.value(Column::Records, record.as_bytes())
    }

    /// An entry and its path to the registered root.
    ///
    /// `None` if the location is empty or the entry was refused.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read or holds a wrong value.
    pub fn entry(&self, location: &Location) -> Result<Option<(Entry, EntryProof)>, IndexError> {
        let Some(block) = self.registration(&location.hospital, location.sequence)? else {
            return Ok(None);
        };
        if block.refused.contains(&location.leaf) {
            return Ok(None);
        }
        let path = entry_proof(&block.entries, location.leaf);
        let entry = usize::try_from(location.leaf)
            .ok()
            .and_then(|leaf| block.entries.get(leaf));
        Ok(entry.cloned().zip(path))
    }

    fn value<T: DecodeAll>(&self, column: Column, key: &[u8]) -> Result<Option<T>, IndexError> {
        self.store()
            .get(column, key)?
            .map(|bytes| T::decode_all(&mut &bytes[..]).map_err(|_| IndexError::InvalidValue))
            .transpose()
    }
}

impl TagIndex for TagIndexDb {
    type Entry = Place;
    type Error = IndexError;

    fn lookup(
        &self,
        batch: &bspp_peks::BatchId,
        tag: &bspp_peks::Tag,
    ) -> Result<Vec<Hit<Place>>, IndexError> {
        let places = self.places(&BatchId::from(*batch), tag)?;
        Ok(places
            .into_iter()
            .map(|entry| Hit {
                match_public: entry.match_key,
                entry,
            })
            .collect())
    }
}
