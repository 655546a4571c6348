// SPDX-License-Identifier: Apache-2.0
//! Anchorers: accounts that send a hospital's anchors besides its operator.
//!
//! An anchor from an account of its own is never behind a registration in the order of nonces.

use crate::pallet::*;
use bspp_types::{HospitalId, Role};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    /// The account that sends a hospital's anchors besides its operator.
    pub fn anchorer(hospital: &HospitalId) -> Option<T::AccountId> {
        Anchorers::<T>::get(hospital)
    }

    /// Changes the anchorer of a hospital.
    pub(crate) fn change_anchorer(
        hospital: HospitalId,
        anchorer: Option<T::AccountId>,
    ) -> DispatchResult {
        Self::do_set_anchorer(hospital, anchorer.as_ref())?;
        Self::deposit_event(Event::AnchorerChanged { hospital, anchorer });
        Ok(())
    }

    /// Sets the anchorer of a hospital, or takes the role from the present one. No event.
    pub(crate) fn do_set_anchorer(
        hospital: HospitalId,
        anchorer: Option<&T::AccountId>,
    ) -> DispatchResult {
        if let Some(former) = Anchorers::<T>::take(hospital) {
            Self::take_role(&former);
        }
        if let Some(anchorer) = anchorer {
            Self::give_role(anchorer, Role::Anchorer, Some(hospital))?;
            Anchorers::<T>::insert(hospital, anchorer);
        }
        Ok(())
    }
}
