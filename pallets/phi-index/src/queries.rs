// SPDX-License-Identifier: Apache-2.0
//! Queries of other pallets and of the runtime API.

use crate::{
    pallet::{Call, Config, NextSequence, Pallet, RefusedLeaves, RegisteredBlocks, RegisteredBy},
    types::{RefusedEntries, Registered},
};
use alloc::vec::Vec;
use bspp_primitives::traits::RegisteredEntries;
use bspp_types::{
    verify_entry_proof, BlockNumber, Entry, EntryProof, HospitalId, RegisteredBlock, Registration,
    Sequence,
};
use sp_runtime::SaturatedConversion;

impl<T: Config> Pallet<T> {
    /// Sequence number of the entry block that must be registered next.
    pub fn next_sequence(hospital: &HospitalId) -> Sequence {
        NextSequence::<T>::get(hospital)
    }

    /// A registered entry block.
    pub fn registered_block(hospital: &HospitalId, sequence: Sequence) -> Option<RegisteredBlock> {
        RegisteredBlocks::<T>::get(hospital, sequence)
    }

    /// Entries of a registered block that do not belong to the index.
    pub fn refused(hospital: &HospitalId, sequence: Sequence) -> RefusedEntries {
        RefusedLeaves::<T>::get(hospital, sequence)
    }

    /// The registration by extrinsic `extrinsic` of the current block.
    pub(crate) fn registered_now(extrinsic: u32) -> Option<(Registered, RegisteredBlock)> {
        let now: BlockNumber = frame_system::Pallet::<T>::block_number().saturated_into();
        let by = RegisteredBy::<T>::get(extrinsic)?;
        let registered = RegisteredBlocks::<T>::get(by.hospital, by.sequence)?;
        (registered.registered_at == now && registered.extrinsic == extrinsic)
            .then_some((by, registered))
    }

    /// The registration that extrinsic `extrinsic` of the current block made by `call`.
    ///
    /// `None` if the call is another one or failed. Call this on the state after that block.
    pub fn registration_of(call: &Call<T>, extrinsic: u32) -> Option<Registration> {
        let Call::register_entries {
            sequence, entries, ..
        } = call
        else {
            return None;
        };
        let (by, registered) = Self::registered_now(extrinsic)?;
        (by.sequence == *sequence).then(|| Registration {
            hospital: by.hospital,
            sequence: by.sequence,
            number: registered.block.number,
            entries: entries.to_vec(),
            refused: Self::refused(&by.hospital, by.sequence)
                .iter()
                .map(|r| r.leaf)
                .collect(),
        })
    }

    /// All registrations of the current block.
    ///
    /// `calls` are this pallet's calls in the block's body, with their positions.
    pub fn registrations<'a>(
        calls: impl IntoIterator<Item = (u32, &'a Call<T>)>,
    ) -> Vec<Registration>
    where
        T: 'a,
    {
        let find = |(extrinsic, call)| Self::registration_of(call, extrinsic);
        calls.into_iter().filter_map(find).collect()
    }
}

impl<T: Config> RegisteredEntries for Pallet<T> {
    /// The root covers refused entries like all others, but they count as not registered.
    fn is_registered(
        hospital: &HospitalId,
        sequence: Sequence,
        entry: &Entry,
        path: &EntryProof,
    ) -> bool {
        let Some(registered) = RegisteredBlocks::<T>::get(hospital, sequence) else {
            return false;
        };
        path.leaf_count == registered.block.count
            && verify_entry_proof(&registered.block.root, entry, path)
            && !RefusedLeaves::<T>::get(hospital, sequence)
                .iter()
                .any(|refused| refused.leaf == path.leaf_index)
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn make_registered(hospital: &HospitalId, entries: &[Entry]) -> Sequence {
        use bspp_types::{entries_root, next_chain_hash, EntryCommitment};
        let sequence = NextSequence::<T>::get(hospital);
        let last = sequence
            .checked_sub(1)
            .and_then(|before| RegisteredBlocks::<T>::get(hospital, before))
            .map(|registered| registered.block);
        let (number, previous) = last.map_or_else(Default::default, |b| {
            (b.number.saturating_add(1), b.chain_hash)
        });
        let (count, root) = (entries.len().saturated_into(), entries_root(entries));
        let chain_hash = next_chain_hash(&previous, number, count, &root);
        let block = EntryCommitment {
            number,
            count,
            root,
            chain_hash,
        };
        let registered_at = frame_system::Pallet::<T>::block_number().saturated_into();
        RegisteredBlocks::<T>::insert(
            hospital,
            sequence,
            RegisteredBlock {
                block,
                registered_at,
                extrinsic: u32::MAX,
            },
        );
        NextSequence::<T>::insert(hospital, sequence.saturating_add(1));
        crate::pallet::TotalRegistrations::<T>::mutate(|total| *total = total.saturating_add(1));
        sequence
    }
}
