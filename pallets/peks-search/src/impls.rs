// SPDX-License-Identifier: Apache-2.0
//! What the calls do, and what the runtime API reads.

use crate::{types::RequestOf, Config, Error, Event, Matches, Pallet, Requests, Unanswered};
use alloc::vec::Vec;
use bspp_peks::MatchStatement;
use bspp_primitives::{
    messages,
    traits::{Membership, RegisteredEntries},
    DisclosureStatus, HospitalId, Match, MatchProof, MatchedRecord, OpenRequest, RecordId, Request,
    RequestId, RequestStatus,
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

    /// A match of a request.
    pub fn matched(request: RequestId, record: RecordId) -> Option<Match> {
        Matches::<T>::get(request, record)
    }

    /// All matches of a request, at most `MaxMatchesPerRequest`.
    pub fn matches(request: RequestId) -> Vec<MatchedRecord> {
        Matches::<T>::iter_prefix(request)
            .map(|(record, matched)| MatchedRecord { record, matched })
            .collect()
    }

    /// How many matches a hospital left unanswered.
    pub fn unanswered(hospital: HospitalId) -> u32 {
        Unanswered::<T>::get(hospital)
    }

    pub(crate) fn do_open_request(requester: T::AccountId, open: OpenRequest) -> DispatchResult {
        let requester_hospital =
            T::Membership::hospital_of(&requester).ok_or(Error::<T>::NotAuthorized)?;
        ensure!(
            T::Membership::is_active(&open.hospital),
            Error::<T>::HospitalNotActive
        );
        let now = T::Time::now();
        ensure!(open.expiry > now, Error::<T>::RequestExpired);
        ensure!(
            open.expiry.saturating_sub(now) <= T::MaxGrantDuration::get(),
            Error::<T>::MaxGrantDurationExceeded
        );
        let id = messages::request_id(&open.grant_key);
        ensure!(
            !Requests::<T>::contains_key(id),
            Error::<T>::RequestAlreadyExists
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
            Self::is_signed(&open.grant_key, &message, &open.signature),
            Error::<T>::InvalidSignature
        );
        Requests::<T>::insert(
            id,
            Request {
                hospital: open.hospital,
                requester: requester.clone(),
                requester_hospital,
                grant_key: open.grant_key,
                purpose: open.purpose,
                expiry: open.expiry,
                header_hash: open.header_hash,
                status: RequestStatus::Open,
                opened_at: Self::block_number(),
                matches: 0,
            },
        );
        Self::deposit_event(Event::RequestOpened {
            request: id,
            hospital: open.hospital,
            requester,
            purpose: open.purpose,
            expiry: open.expiry,
        });
        Ok(())
    }

    pub(crate) fn do_prove_match(requester: T::AccountId, proof: MatchProof) -> DispatchResult {
        let mut request = Self::request_of(&requester, proof.request)?;
        ensure!(
            T::Membership::hospital_of(&requester).is_some(),
            Error::<T>::NotAuthorized
        );
        ensure!(
            request.status == RequestStatus::Open,
            Error::<T>::RequestNotOpen
        );
        let now = T::Time::now();
        ensure!(request.expiry > now, Error::<T>::RequestExpired);
        let record = proof.entry.rid();
        ensure!(
            !Matches::<T>::contains_key(proof.request, record),
            Error::<T>::MatchAlreadyExists
        );
        ensure!(
            request.matches < T::MaxMatchesPerRequest::get(),
            Error::<T>::MaxMatchesPerRequestExceeded
        );
        let slot = proof
            .entry
            .slots
            .get(usize::from(proof.slot))
            .ok_or(Error::<T>::InvalidSlot)?;
        ensure!(
            T::RegisteredEntries::is_registered(
                &request.hospital,
                proof.sequence,
                &proof.entry,
                &proof.path
            ),
            Error::<T>::EntryNotRegistered
        );
        MatchStatement {
            chain: T::ChainId::get().0,
            request: proof.request.0,
            rid: record.0,
            tag: slot.tag,
            requester: requester.into(),
        }
        .verify(&slot.match_key, &proof.signature)
        .map_err(|_| Error::<T>::InvalidSignature)?;
        request.matches = request.matches.saturating_add(1);
        Requests::<T>::insert(proof.request, request);
        Matches::<T>::insert(
            proof.request,
            record,
            Match {
                proved_at: Self::block_number(),
                proved_on: now,
                disclosure: DisclosureStatus::Pending,
            },
        );
        Self::deposit_event(Event::MatchProved {
            request: proof.request,
            record,
        });
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

    pub(crate) fn do_claim_disclosure(
        operator: T::AccountId,
        id: RequestId,
        record: RecordId,
    ) -> DispatchResult {
        let request = Self::request(id).ok_or(Error::<T>::RequestNotFound)?;
        ensure!(
            T::Membership::is_operator(&operator, &request.hospital),
            Error::<T>::NotAuthorized
        );
        Self::advance(
            id,
            record,
            &[DisclosureStatus::Pending, DisclosureStatus::Unanswered],
            DisclosureStatus::Claimed,
        )?;
        Self::deposit_event(Event::DisclosureClaimed {
            request: id,
            record,
        });
        Ok(())
    }

    pub(crate) fn do_confirm_disclosure(
        requester: T::AccountId,
        id: RequestId,
        record: RecordId,
    ) -> DispatchResult {
        Self::request_of(&requester, id)?;
        Self::advance(
            id,
            record,
            &[DisclosureStatus::Pending, DisclosureStatus::Claimed],
            DisclosureStatus::Confirmed,
        )?;
        Self::deposit_event(Event::DisclosureConfirmed {
            request: id,
            record,
        });
        Ok(())
    }

    pub(crate) fn do_flag_unanswered(
        requester: T::AccountId,
        id: RequestId,
        record: RecordId,
    ) -> DispatchResult {
        let request = Self::request_of(&requester, id)?;
        // A hospital that sees a revocation must refuse: its silence is then right.
        ensure!(
            request.status == RequestStatus::Open,
            Error::<T>::RequestNotOpen
        );
        let matched = Self::matched(id, record).ok_or(Error::<T>::MatchNotFound)?;
        ensure!(
            matched.disclosure == DisclosureStatus::Pending,
            Error::<T>::InvalidDisclosureStatus
        );
        let due = matched.proved_on.saturating_add(T::AnswerPeriod::get());
        ensure!(due <= request.expiry, Error::<T>::RequestExpired);
        ensure!(T::Time::now() > due, Error::<T>::AnswerPeriodNotOver);
        Self::advance(
            id,
            record,
            &[DisclosureStatus::Pending],
            DisclosureStatus::Unanswered,
        )?;
        Unanswered::<T>::mutate(request.hospital, |count| *count = count.saturating_add(1));
        Self::deposit_event(Event::DisclosureUnanswered {
            request: id,
            record,
            hospital: request.hospital,
        });
        Ok(())
    }

    /// The request, if `requester` is who opened it.
    fn request_of(requester: &T::AccountId, id: RequestId) -> Result<RequestOf<T>, DispatchError> {
        let request = Self::request(id).ok_or(Error::<T>::RequestNotFound)?;
        ensure!(request.requester == *requester, Error::<T>::NotAuthorized);
        Ok(request)
    }

    /// Ends an open request. Revoked and closed are final.
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

    /// Takes a disclosure from one of the states `from` to `to`.
    fn advance(
        id: RequestId,
        record: RecordId,
        from: &[DisclosureStatus],
        to: DisclosureStatus,
    ) -> DispatchResult {
        Matches::<T>::try_mutate(id, record, |matched| {
            let matched = matched.as_mut().ok_or(Error::<T>::MatchNotFound)?;
            ensure!(
                from.contains(&matched.disclosure),
                Error::<T>::InvalidDisclosureStatus
            );
            matched.disclosure = to;
            Ok(())
        })
    }

    fn block_number() -> bspp_primitives::BlockNumber {
        frame_system::Pallet::<T>::block_number().saturated_into()
    }
}
