// SPDX-License-Identifier: Apache-2.0
//! What the runtime API reads.

use crate::{
    types::DisclosureOf, Call, Config, Disclosures, EntryBlockCount, EntryBlocks, Locations, Pallet,
};
use alloc::vec::Vec;
use bspp_primitives::{EntryBlock, RecordId, RecordLocation, RequestId, Sequence, StoredRecord};
use codec::{Decode, DecodeAll, Encode};
use frame_support::traits::IsSubType;
use sp_runtime::{traits::ExtrinsicCall, OpaqueExtrinsic};

impl<T: Config> Pallet<T> {
    /// Where a record stands.
    pub fn record_location(record: RecordId) -> Option<RecordLocation> {
        Locations::<T>::get(record)
    }

    /// Number of entry blocks so far.
    pub fn entry_block_count() -> Sequence {
        EntryBlockCount::<T>::get()
    }

    /// An entry block.
    pub fn entry_block(sequence: Sequence) -> Option<EntryBlock> {
        EntryBlocks::<T>::get(sequence)
    }

    /// A disclosure of a record under a request.
    pub fn disclosure(record: RecordId, request: RequestId) -> Option<DisclosureOf<T>> {
        Disclosures::<T>::get(record, request)
    }

    /// The records that were stored in this very block, in the order of their leaves, given its body. `Extrinsic` is the
    /// runtime's. Extrinsics that failed or that are no record are passed over.
    pub fn stored_records<Extrinsic>(body: Vec<OpaqueExtrinsic>) -> Vec<StoredRecord>
    where
        Extrinsic: Decode + ExtrinsicCall,
        Extrinsic::Call: IsSubType<Call<T>>,
    {
        let block = Self::block_number();
        let mut stored: Vec<StoredRecord> = body
            .into_iter()
            .enumerate()
            .filter_map(|(index, opaque)| {
                let extrinsic = Extrinsic::decode_all(&mut opaque.encode().as_slice()).ok()?;
                let Some(Call::store_record { record }) = extrinsic.call().is_sub_type() else {
                    return None;
                };
                let rid = record.entry.rid();
                let location = Self::record_location(rid)?;
                let here =
                    location.block == block && usize::try_from(location.extrinsic).ok()? == index;
                here.then(|| StoredRecord {
                    rid,
                    leaf: location.leaf,
                    record: record.clone(),
                })
            })
            .collect();
        stored.sort_unstable_by_key(|record| record.leaf);
        stored
    }
}
