// SPDX-License-Identifier: Apache-2.0
//! Queries of other pallets and of the runtime API.

use crate::{
    pallet::{Config, NextSequence, Pallet, RefusedLeaves, RegisteredBlocks, RegisteredIn},
    types::{RefusedEntries, Registered},
};
use alloc::vec::Vec;
use bspp_primitives::traits::RegisteredEntries;
use bspp_types::{
    verify_entry_proof, BlockNumber, Entry, EntryProof, HospitalId, RegisteredBlock, Registration,
    Sequence,
};

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

    /// The registrations that succeeded in consortium block `number`, in order.
    ///
    /// `extrinsic_at` returns the encoded extrinsic at a position in that block's body. The state
    /// may be that of the block or of any later block. A registration whose extrinsic is not in the
    /// body, or is another one, is left out.
    pub fn registrations(
        number: BlockNumber,
        extrinsic_at: impl Fn(u32) -> Option<Vec<u8>>,
    ) -> Vec<Registration> {
        let mut found = Vec::new();
        for Registered {
            hospital,
            first,
            count,
        } in RegisteredIn::<T>::get(number)
        {
            let Some(extrinsic) = RegisteredBlocks::<T>::get(hospital, first)
                .and_then(|registered| extrinsic_at(registered.extrinsic))
            else {
                continue;
            };
            let sequences = first..first.saturating_add(count);
            found.extend(
                sequences.filter_map(|sequence| Self::registration(hospital, sequence, &extrinsic)),
            );
        }
        found
    }

    /// The registration of an entry block, whose entries are in `extrinsic`.
    fn registration(
        hospital: HospitalId,
        sequence: Sequence,
        extrinsic: &[u8],
    ) -> Option<Registration> {
        let registered = RegisteredBlocks::<T>::get(hospital, sequence)?;
        let entries = registered.entries_in(extrinsic)?;
        Some(Registration {
            hospital,
            sequence,
            number: registered.block.number,
            entries: entries.into_inner(),
            refused: Self::refused(&hospital, sequence)
                .iter()
                .map(|r| r.leaf)
                .collect(),
        })
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
        use sp_runtime::SaturatedConversion;
        let sequence = NextSequence::<T>::get(hospital);
        let last = sequence
            .checked_sub(1)
            .filter(|before| *before >= Self::incarnation(hospital).base)
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
                from_end: 0,
                len: 0,
            },
        );
        NextSequence::<T>::insert(hospital, sequence.saturating_add(1));
        crate::pallet::TotalRegistrations::<T>::mutate(|total| *total = total.saturating_add(1));
        sequence
    }
}
