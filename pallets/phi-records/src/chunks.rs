// SPDX-License-Identifier: Apache-2.0
//! Chunks of ciphertext that wait in block bodies for a record to name them.

use crate::{types::Chunk, Chunks, Config, Error, Event, Pallet};
use bspp_types::{payload_root, MAX_CHUNK_BYTES};
use frame_support::{ensure, traits::Get};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::{traits::Saturating, DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
    /// Checks a chunk and notes it.
    ///
    /// Returns the arguments of the transaction index: extrinsic, length and hash.
    pub(crate) fn do_store_chunk(
        uploader: T::AccountId,
        data: &[u8],
    ) -> Result<(u32, u32, H256), DispatchError> {
        ensure!(!data.is_empty(), Error::<T>::InvalidChunkSize);
        let len = u32::try_from(data.len()).map_err(|_| Error::<T>::MaxChunkBytesExceeded)?;
        ensure!(len <= MAX_CHUNK_BYTES, Error::<T>::MaxChunkBytesExceeded);
        let extrinsic = Self::extrinsic_index()?;
        let chunk = H256(blake2_256(data));
        ensure!(
            !Chunks::<T>::contains_key(chunk),
            Error::<T>::ChunkAlreadyExists
        );
        let stored_at = frame_system::Pallet::<T>::block_number();
        Chunks::<T>::insert(
            chunk,
            Chunk {
                len,
                root: payload_root(data),
                uploader,
                stored_at,
            },
        );
        Self::deposit_event(Event::ChunkStored { chunk, len });
        Ok((extrinsic, len, chunk))
    }

    pub(crate) fn do_drop_chunk(chunk: H256) -> DispatchResult {
        let known = Chunks::<T>::get(chunk).ok_or(Error::<T>::ChunkNotFound)?;
        let end = known.stored_at.saturating_add(T::ChunkLifetime::get());
        ensure!(
            frame_system::Pallet::<T>::block_number() > end,
            Error::<T>::ChunkNotExpired
        );
        Chunks::<T>::remove(chunk);
        Self::deposit_event(Event::ChunkDropped { chunk });
        Ok(())
    }
}
