// SPDX-License-Identifier: Apache-2.0
//! Tombstones: revocations of requests that were not opened.

use crate::{Config, Error, Event, Pallet, Requests, TombstoneCount, Tombstones};
use bspp_primitives::traits::Membership;
use bspp_types::{messages, Authority, Day, Ed25519Signature, RequestId, Tombstone};
use frame_support::{ensure, traits::Get};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    /// The revocation of a request that was not opened.
    pub fn tombstone(request: RequestId) -> Option<Tombstone> {
        Tombstones::<T>::get(request)
    }

    pub(crate) fn do_file_tombstone(
        operator: T::AccountId,
        authority: Authority,
        expiry: Day,
        signature: Ed25519Signature,
    ) -> DispatchResult {
        let hospital = T::Membership::hospital_of(&operator)
            .filter(|hospital| T::Membership::is_operator(&operator, hospital))
            .ok_or(Error::<T>::NotAuthorized)?;
        Self::check_expiry(expiry)?;
        let request = messages::request_id(&authority);
        let message = messages::tombstone_message(&T::ChainId::get(), &request, expiry);
        ensure!(
            Self::is_signed(authority.key(), &message, &signature),
            Error::<T>::InvalidSignature
        );
        if Requests::<T>::contains_key(request) {
            return Self::do_revoke_request(request);
        }
        ensure!(
            !Tombstones::<T>::contains_key(request),
            Error::<T>::TombstoneAlreadyExists
        );
        let count = TombstoneCount::<T>::get(hospital);
        ensure!(
            count < T::MaxTombstonesPerHospital::get(),
            Error::<T>::MaxTombstonesExceeded
        );
        TombstoneCount::<T>::insert(hospital, count.saturating_add(1));
        Tombstones::<T>::insert(request, Tombstone { hospital, expiry });
        Self::note_expiry(expiry, request);
        Self::deposit_event(Event::TombstoneFiled { request, hospital });
        Ok(())
    }
}
