// SPDX-License-Identifier: Apache-2.0
//! Queries of the runtime API.

use crate::{
    types::DisclosureOf, Batches, Call, Config, Disclosures, EntryBlockCount, EntryCommitments,
    Locations, Pallet,
};
use alloc::vec::Vec;
use bspp_types::{
    BatchId, DisclosureGround, EntryCommitment, HospitalBatch, RecordId, RecordLocation, Sequence,
    StoredRecord,
};
use codec::{Decode, DecodeAll, Encode};
use frame_support::traits::IsSubType;
use sp_runtime::{traits::ExtrinsicCall, OpaqueExtrinsic};

impl<T: Config> Pallet<T> {
    /// Location of a record.
    pub fn record_location(record: RecordId) -> Option<RecordLocation> {
        Locations::<T>::get(record)
    }

    /// Number of entry blocks so far.
    pub fn entry_block_count() -> Sequence {
        EntryBlockCount::<T>::get()
    }

    /// The commitment of an entry block.
    pub fn entry_commitment(sequence: Sequence) -> Option<EntryCommitment> {
        EntryCommitments::<T>::get(sequence)
    }

    /// A batch that was opened on this chain.
    pub fn batch(id: BatchId) -> Option<HospitalBatch<T::AccountId>> {
        Batches::<T>::get(id)
    }

    /// A disclosure of a record on a ground.
    pub fn disclosure(record: RecordId, ground: DisclosureGround) -> Option<DisclosureOf<T>> {
        Disclosures::<T>::get(record, ground)
    }

    /// The records that this block stored, in the order of their leaves.
    ///
    /// `body` is the block's body, and `Extrinsic` is the runtime's type. The function skips
    /// extrinsics that failed and extrinsics that do not store a record.
    pub fn stored_records<Extrinsic>(body: Vec<OpaqueExtrinsic>) -> Vec<StoredRecord>
    where
        Extrinsic: Decode + ExtrinsicCall,
        Extrinsic::Call: IsSubType<Call<T>>,
    {
        let block = Self::block_number();
        let mut stored: Vec<StoredRecord> = Vec::new();
        for (index, opaque) in (0u32..).zip(body) {
            let Ok(extrinsic) = Extrinsic::decode_all(&mut opaque.encode().as_slice()) else {
                continue;
            };
            let Some(Call::store_records { records }) = extrinsic.call().is_sub_type() else {
                continue;
            };
            for record in records {
                let rid = record.entry.rid();
                let Some(location) = Self::record_location(rid) else {
                    continue;
                };
                if location.block == block && location.extrinsic == index {
                    stored.push(StoredRecord {
                        rid,
                        leaf: location.leaf,
                        record: record.clone(),
                    });
                }
            }
        }
        stored.sort_unstable_by_key(|record| record.leaf);
        stored
    }
}
