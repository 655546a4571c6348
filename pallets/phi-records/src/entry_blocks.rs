// SPDX-License-Identifier: Apache-2.0
//! Entry blocks: leaves of this block's entries, and their place in the sequence.

use crate::{Config, EntryBlockCount, EntryCommitments, Error, Event, Pallet, PendingLeaves};
use bspp_primitives::{traits::BlockContent, ContentDigest};
use bspp_types::{leaves_root, next_chain_hash, EntryCommitment, MAX_ENTRIES_PER_BLOCK};
use sp_core::H256;
use sp_runtime::{DispatchError, SaturatedConversion};

impl<T: Config> BlockContent for Pallet<T> {
    fn content() -> ContentDigest {
        Self::block_content()
    }
}

impl<T: Config> Pallet<T> {
    /// The content of this block, which [`Self::seal_entry_block`] seals later.
    pub(crate) fn block_content() -> ContentDigest {
        let leaves = PendingLeaves::<T>::get().into_inner();
        let sealed = EntryBlockCount::<T>::get();
        let total = if leaves.is_empty() {
            sealed
        } else {
            sealed.saturating_add(1)
        };
        ContentDigest {
            total,
            count: leaves.len().saturated_into(),
            root: leaves_root(leaves),
        }
    }

    /// Appends this block's entries, if there are any, to the sequence of entry blocks.
    pub(crate) fn seal_entry_block() {
        let leaves = PendingLeaves::<T>::take();
        let Ok(count) = u32::try_from(leaves.len()) else {
            return;
        };
        if count == 0 {
            return;
        }
        let sequence = EntryBlockCount::<T>::get();
        let previous = sequence
            .checked_sub(1)
            .and_then(EntryCommitments::<T>::get)
            .map_or(H256::zero(), |block| block.chain_hash);
        let number = Self::block_number();
        let root = leaves_root(leaves.into_inner());
        let chain_hash = next_chain_hash(&previous, number, count, &root);
        EntryCommitments::<T>::insert(
            sequence,
            EntryCommitment {
                number,
                count,
                root,
                chain_hash,
            },
        );
        EntryBlockCount::<T>::put(sequence.saturating_add(1));
        Self::deposit_event(Event::EntryBlockSealed {
            sequence,
            count,
            root,
        });
    }

    /// Appends a leaf to this block's leaves and returns its position.
    pub(crate) fn push_leaf(leaf: H256) -> Result<u32, DispatchError> {
        let position = PendingLeaves::<T>::decode_len().unwrap_or(0);
        let position = u32::try_from(position)
            .ok()
            .filter(|position| *position < MAX_ENTRIES_PER_BLOCK)
            .ok_or(Error::<T>::MaxEntriesPerBlockExceeded)?;
        PendingLeaves::<T>::try_append(leaf)
            .map_err(|()| Error::<T>::MaxEntriesPerBlockExceeded)?;
        Ok(position)
    }
}
