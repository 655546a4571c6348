// SPDX-License-Identifier: Apache-2.0
//! The log of disclosures.

use crate::{types::Disclosure, Config, Disclosures, Error, Event, Locations, Pallet};
use bspp_types::{RecordId, RequestId};
use frame_support::ensure;
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_log_disclosure(
        logged_by: T::AccountId,
        request: RequestId,
        record: RecordId,
        requester: [u8; 32],
    ) -> DispatchResult {
        ensure!(
            Locations::<T>::contains_key(record),
            Error::<T>::RecordNotFound
        );
        ensure!(
            !Disclosures::<T>::contains_key(record, request),
            Error::<T>::DisclosureAlreadyExists
        );
        let logged_at = Self::block_number();
        Disclosures::<T>::insert(
            record,
            request,
            Disclosure {
                requester,
                logged_by,
                logged_at,
            },
        );
        Self::deposit_event(Event::DisclosureLogged {
            record,
            request,
            requester,
        });
        Ok(())
    }
}
