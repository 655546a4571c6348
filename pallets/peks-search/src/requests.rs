// SPDX-License-Identifier: Apache-2.0
//! Requests: how they are opened, revoked and closed.

use crate::{types::RequestOf, Config, Error, Event, Pallet, Requests, Tombstones};
use bspp_primitives::traits::Membership;
use bspp_types::{
    day_start, messages, BlockNumber, Day, OpenRequest, Request, RequestId, RequestStatus,
};
use frame_support::{
    ensure,
    traits::{Get, Time},
};
use sp_runtime::{DispatchError, DispatchResult, SaturatedConversion};

impl<T: Config> Pallet<T> {
    /// A request.
    pub fn request(id: RequestId) -> Option<RequestOf<T>> {
        Requests::<T>::get(id)
    }

    pub(crate) fn do_open_request(requester: T::AccountId, open: OpenRequest) -> DispatchResult {
        let requester_hospital =
            T::Membership::hospital_of(&requester).ok_or(Error::<T>::NotAuthorized)?;
        ensure!(
            T::Membership::is_active(&open.hospital),
            Error::<T>::HospitalNotActive
        );
        Self::check_expiry(open.expiry)?;
        let id = messages::request_id(&open.authority);
        ensure!(
            !Requests::<T>::contains_key(id),
            Error::<T>::RequestAlreadyExists
        );
        ensure!(
            !Tombstones::<T>::contains_key(id),
            Error::<T>::RequestRevoked
        );
        let message = messages::grant_key_message(
            &T::ChainId::get(),
            &open.hospital,
            &requester.clone().into(),
            open.purpose,
            open.expiry,
            &open.header_hash,
        );
        ensure!(
            Self::is_signed(open.authority.key(), &message, &open.signature),
            Error::<T>::InvalidSignature
        );
        Requests::<T>::insert(
            id,
            Request {
                hospital: open.hospital,
                requester: requester.clone(),
                requester_hospital,
                authority: open.authority,
                purpose: open.purpose,
                expiry: open.expiry,
                header_hash: open.header_hash,
                status: RequestStatus::Open,
                opened_at: Self::block_number(),
                matches: 0,
            },
        );
        Self::note_expiry(open.expiry, id);
        Self::deposit_event(Event::RequestOpened {
            request: id,
            hospital: open.hospital,
            requester,
            purpose: open.purpose,
            expiry: open.expiry,
        });
        Ok(())
    }

    /// Checks that an expiry is in the future, and not too far ahead.
    pub(crate) fn check_expiry(expiry: Day) -> DispatchResult {
        let (now, end) = (T::Time::now(), day_start(expiry));
        ensure!(end > now, Error::<T>::RequestExpired);
        ensure!(
            end.saturating_sub(now) <= T::MaxGrantDuration::get(),
            Error::<T>::MaxGrantDurationExceeded
        );
        Ok(())
    }

    pub(crate) fn do_revoke_request(id: RequestId) -> DispatchResult {
        Self::end_request(id, RequestStatus::Revoked)?;
        Self::deposit_event(Event::RequestRevoked { request: id });
        Ok(())
    }

    pub(crate) fn do_close_request(id: RequestId) -> DispatchResult {
        Self::end_request(id, RequestStatus::Closed)?;
        Self::deposit_event(Event::RequestClosed { request: id });
        Ok(())
    }

    /// The request, if `requester` opened it.
    pub(crate) fn request_of(
        requester: &T::AccountId,
        id: RequestId,
    ) -> Result<RequestOf<T>, DispatchError> {
        let request = Self::request(id).ok_or(Error::<T>::RequestNotFound)?;
        ensure!(request.requester == *requester, Error::<T>::NotAuthorized);
        Ok(request)
    }

    /// Ends an open request. A revoked or closed request never changes again.
    fn end_request(id: RequestId, status: RequestStatus) -> DispatchResult {
        Requests::<T>::try_mutate(id, |request| {
            let request = request.as_mut().ok_or(Error::<T>::RequestNotFound)?;
            ensure!(
                request.status == RequestStatus::Open,
                Error::<T>::RequestNotOpen
            );
            request.status = status;
            Ok(())
        })
    }

    pub(crate) fn block_number() -> BlockNumber {
        frame_system::Pallet::<T>::block_number().saturated_into()
    }
}
