// SPDX-License-Identifier: Apache-2.0
//! The content that a block registered.
//!
//! The block's header contains it, so that a light client does not need more than the header.

use crate::{
    pallet::{BlockRegistrations, Config, Error, Pallet, RegisteredIn, TotalRegistrations},
    types::{Registered, MAX_CALLS_PER_BLOCK, MAX_REGISTRATIONS_PER_BLOCK},
};
use bspp_peks::domain;
use bspp_primitives::{traits::BlockContent, ContentDigest};
use bspp_types::{root_over, BlockNumber, EntryCommitment, HospitalId, Sequence};
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
/// root and count. The leaves of a consortium block have the root in its content digest. They are
/// in the order of its extrinsics, and in each extrinsic in the order of the entry blocks.
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
    /// Checks that this block has room for `more` registrations, before any costly work.
    pub(crate) fn ensure_block_takes_more(more: u32) -> DispatchResult {
        let count: u32 = BlockRegistrations::<T>::decode_len()
            .unwrap_or(0)
            .saturated_into();
        let calls: u32 = RegisteredIn::<T>::decode_len(Self::now())
            .unwrap_or(0)
            .saturated_into();
        ensure!(
            count.saturating_add(more) <= MAX_REGISTRATIONS_PER_BLOCK
                && calls < MAX_CALLS_PER_BLOCK,
            Error::<T>::MaxRegistrationsExceeded
        );
        Ok(())
    }

    /// Adds a call to this block's calls.
    pub(crate) fn note_call(registered: Registered) -> DispatchResult {
        RegisteredIn::<T>::try_append(Self::now(), registered)
            .map_err(|()| Error::<T>::MaxRegistrationsExceeded)?;
        Ok(())
    }

    fn now() -> BlockNumber {
        frame_system::Pallet::<T>::block_number().saturated_into()
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
