// SPDX-License-Identifier: Apache-2.0
//! Incarnations of hospital chains: the sequence numbers of a chain that was rebuilt.
//!
//! A chain that was lost begins again at height and sequence number zero. Its sequence number on
//! the consortium is the base of its incarnation and its own number. So the registrations of
//! earlier incarnations stay as they are, and the new ones follow them without a gap.

use crate::pallet::{Bases, Config, Error, NextSequence, Pallet};
use bspp_primitives::traits::RegisteredCount;
use bspp_types::{HospitalId, Incarnation, Sequence};
use sp_runtime::{DispatchResult, SaturatedConversion};

impl<T: Config> Pallet<T> {
    /// The present incarnation of a hospital's chain.
    pub fn incarnation(hospital: &HospitalId) -> Incarnation {
        let bases = Bases::<T>::get(hospital);
        Incarnation {
            number: bases.len().saturated_into(),
            base: bases.last().copied().unwrap_or_default(),
        }
    }

    /// Starts an incarnation at the next sequence number.
    pub(crate) fn do_start_incarnation(hospital: &HospitalId) -> DispatchResult {
        let next = NextSequence::<T>::get(hospital);
        Bases::<T>::try_append(hospital, next).map_err(|()| Error::<T>::MaxIncarnationsExceeded)?;
        Ok(())
    }
}

impl<T: Config> RegisteredCount for Pallet<T> {
    fn registered(hospital: &HospitalId) -> Sequence {
        NextSequence::<T>::get(hospital)
    }

    fn base(hospital: &HospitalId) -> Sequence {
        Self::incarnation(hospital).base
    }
}
