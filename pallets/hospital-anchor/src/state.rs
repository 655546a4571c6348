// SPDX-License-Identifier: Apache-2.0
//! Reads of a hospital chain's state by proof.

use crate::pallet::{Anchors, Config, Error, Heads, Pallet};
use alloc::vec::Vec;
use bp_runtime::StorageProofChecker;
use bspp_primitives::{traits::AnchoredState, Hashing};
use bspp_types::HospitalId;
use frame_support::ensure;
use sp_core::H256;

impl<T: Config> AnchoredState for Pallet<T> {
    type Error = Error<T>;

    /// Reads a value by proof. The proof must contain exactly the nodes on the key's path.
    ///
    /// Hospital chains have state version 1. A read by proof is the same for version 0, so the
    /// function also finds a value that was written before a migration.
    fn read(
        hospital: &HospitalId,
        head: &H256,
        proof: Vec<Vec<u8>>,
        key: &[u8],
    ) -> Result<Vec<u8>, Self::Error> {
        let anchor = Anchors::<T>::get(hospital).ok_or(Error::<T>::NotFound)?;
        ensure!(!anchor.halted, Error::<T>::AnchorHalted);
        let head = Heads::<T>::get(hospital, head).ok_or(Error::<T>::UnknownHead)?;
        let mut checker = StorageProofChecker::<Hashing>::new(head.state_root, proof)
            .map_err(|_| Error::<T>::InvalidProof)?;
        let value = checker
            .read_value(key)
            .map_err(|_| Error::<T>::InvalidProof)?;
        checker
            .ensure_no_unused_nodes()
            .map_err(|_| Error::<T>::InvalidProof)?;
        value.ok_or(Error::<T>::ValueAbsent)
    }
}
