// SPDX-License-Identifier: Apache-2.0
//! Payloads: which ciphertexts belong to records, and their positions for proof of storage.

use crate::{types::Payload, Config, Error, Event, Live, LiveCount, Pallet, Payloads};
use bspp_primitives::traits::StoredPayloads;
use bspp_types::Record;
use codec::Encode;
use frame_support::ensure;
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::DispatchResult;

impl<T: Config> StoredPayloads for Pallet<T> {
    fn count() -> u32 {
        Self::payload_count()
    }

    fn payload_at(position: u32) -> Option<H256> {
        Live::<T>::get(position)
    }
}

impl<T: Config> Pallet<T> {
    /// Number of payloads on the chain.
    pub fn payload_count() -> u32 {
        LiveCount::<T>::get()
    }

    /// Counts an entry over its payload.
    ///
    /// The first entry gives the payload a position. A payload that was written off does not come
    /// back.
    pub(crate) fn add_entry_of_payload(record: &Record) -> DispatchResult {
        let hash = record.entry.payload_hash;
        let owner = H256((record.patient, record.entry.key_commitment).using_encoded(blake2_256));
        let payload = match Payloads::<T>::get(hash) {
            Some(known) => {
                ensure!(known.owner == owner, Error::<T>::PayloadMismatch);
                Payload {
                    entries: known
                        .entries
                        .checked_add(1)
                        .ok_or(Error::<T>::MaxPayloadsExceeded)?,
                    ..known
                }
            }
            None => {
                let position = LiveCount::<T>::get();
                let count = position
                    .checked_add(1)
                    .ok_or(Error::<T>::MaxPayloadsExceeded)?;
                LiveCount::<T>::put(count);
                Live::<T>::insert(position, hash);
                Payload {
                    owner,
                    position: Some(position),
                    entries: 1,
                }
            }
        };
        Payloads::<T>::insert(hash, payload);
        Ok(())
    }

    /// Takes a payload out of proof of storage. The last position moves to the freed one.
    pub(crate) fn do_write_off(hash: H256) -> DispatchResult {
        let mut payload = Payloads::<T>::get(hash).ok_or(Error::<T>::PayloadNotFound)?;
        let freed = payload
            .position
            .take()
            .ok_or(Error::<T>::AlreadyWrittenOff)?;
        let last = LiveCount::<T>::get().saturating_sub(1);
        if let Some(moved) = Live::<T>::take(last).filter(|_| last != freed) {
            Payloads::<T>::mutate_extant(moved, |payload| payload.position = Some(freed));
            Live::<T>::insert(freed, moved);
        }
        LiveCount::<T>::put(last);
        Payloads::<T>::insert(hash, payload);
        Self::deposit_event(Event::PayloadWrittenOff { payload: hash });
        Ok(())
    }
}
