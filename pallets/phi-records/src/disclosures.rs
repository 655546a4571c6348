// SPDX-License-Identifier: Apache-2.0
//! The log of disclosures.

use crate::{types::Disclosure, Config, Disclosures, Error, Event, Locations, Pallet};
use bspp_types::{DisclosureGround, RecordId};
use frame_support::ensure;
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_log_disclosure(
        logged_by: T::AccountId,
        ground: DisclosureGround,
        record: RecordId,
        recipient: [u8; 32],
    ) -> DispatchResult {
        let location = Locations::<T>::get(record).ok_or(Error::<T>::RecordNotFound)?;
        ensure!(
            ground != DisclosureGround::OwnRecord || recipient == location.patient,
            Error::<T>::RecipientMismatch
        );
        ensure!(
            !Disclosures::<T>::contains_key(record, ground),
            Error::<T>::DisclosureAlreadyExists
        );
        let logged_at = Self::block_number();
        Disclosures::<T>::insert(
            record,
            ground,
            Disclosure {
                recipient,
                logged_by,
                logged_at,
            },
        );
        Self::deposit_event(Event::DisclosureLogged { record, ground });
        Ok(())
    }
}
