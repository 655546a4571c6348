// SPDX-License-Identifier: Apache-2.0
//! The hospital's identity.

use crate::{Config, ConsortiumChain, HospitalIdentity, Pallet};
use bspp_primitives::traits::HospitalChain;
use bspp_types::HospitalId;
use sp_core::H256;

impl<T: Config> HospitalChain for Pallet<T> {
    fn hospital() -> HospitalId {
        HospitalIdentity::<T>::get()
    }

    fn chain() -> H256 {
        ConsortiumChain::<T>::get()
    }
}
