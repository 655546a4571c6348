// SPDX-License-Identifier: Apache-2.0
//! The content that a block registered.
//!
//! The block's header contains it, so that a light client does not need more than the header.

use crate::{
    pallet::{BlockRegistrations, Config, Error, NextSequence, Pallet, TotalRegistrations},
    types::MAX_REGISTRATIONS_PER_BLOCK,
};
use bspp_peks::domain;
use bspp_primitives::{
    traits::{BlockContent, RegisteredCount},
    ContentDigest,
};
use bspp_types::{root_over, EntryCommitment, HospitalId, Sequence};
use codec::Encode;
use frame_support::ensure;
use sp_core::H256;
use sp_runtime::{
    traits::{BlakeTwo256, Hash},
    DispatchResult, SaturatedConversion,
};

/// The leaf of a registration.
///
/// It is the BLAKE2b-256 hash over a domain, the hospital, and the entry block's sequence number,
/// root and count. The leaves of a consortium block, in the order of its extrinsics, have the root
/// in its content digest.
pub fn registration_leaf(
    hospital: &HospitalId,
    sequence: Sequence,
    root: &H256,
    count: u32,
) -> H256 {
    let mut bytes = domain::REGISTRATION_LEAF.to_vec();
    (hospital, sequence, root, count).encode_to(&mut bytes);
    BlakeTwo256::hash(&bytes)
}

impl<T: Config> Pallet<T> {
    /// Checks that this block has room for one more registration, before any costly work.
    pub(crate) fn ensure_block_takes_more() -> DispatchResult {
        let count: u32 = BlockRegistrations::<T>::decode_len()
            .unwrap_or(0)
            .saturated_into();
        ensure!(
            count < MAX_REGISTRATIONS_PER_BLOCK,
            Error::<T>::MaxRegistrationsExceeded
        );
        Ok(())
    }

    /// Adds a registration to this block's registrations.
    pub(crate) fn note_registration(
        hospital: &HospitalId,
        sequence: Sequence,
        block: &EntryCommitment,
    ) -> DispatchResult {
        let leaf = registration_leaf(hospital, sequence, &block.root, block.count);
        BlockRegistrations::<T>::try_append(leaf)
            .map_err(|()| Error::<T>::MaxRegistrationsExceeded)?;
        TotalRegistrations::<T>::mutate(|total| *total = total.saturating_add(1));
        Ok(())
    }
}

impl<T: Config> RegisteredCount for Pallet<T> {
    fn registered(hospital: &HospitalId) -> Sequence {
        NextSequence::<T>::get(hospital)
    }
}

impl<T: Config> BlockContent for Pallet<T> {
    fn content() -> ContentDigest {
        let leaves = BlockRegistrations::<T>::get().into_inner();
        ContentDigest {
            total: TotalRegistrations::<T>::get(),
            count: leaves.len().saturated_into(),
            root: root_over(domain::REGISTRATION_NODE, leaves),
        }
    }
}
