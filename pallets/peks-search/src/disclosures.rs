// SPDX-License-Identifier: Apache-2.0
//! Disclosures: the status of each match, and the count of unanswered ones.

use crate::{Config, Contested, Error, Event, Matches, Pallet, Unanswered};
use bspp_primitives::traits::Membership;
use bspp_types::{DisclosureStatus, HospitalId, RecordId, RequestId, RequestStatus};
use frame_support::{
    ensure,
    traits::{Get, Time},
};
use sp_core::H256;
use sp_runtime::{DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
    /// Number of matches that a hospital left unanswered.
    pub fn unanswered(hospital: HospitalId) -> u32 {
        Unanswered::<T>::get(hospital)
    }

    /// Number of claims of a hospital that requesters contest.
    pub fn contested(hospital: HospitalId) -> u32 {
        Contested::<T>::get(hospital)
    }

    pub(crate) fn do_ask_disclosure(
        requester: T::AccountId,
        id: RequestId,
        record: RecordId,
        ask_hash: H256,
    ) -> DispatchResult {
        let request = Self::request_of(&requester, id)?;
        ensure!(
            T::Membership::hospital_of(&requester).is_some(),
            Error::<T>::NotAuthorized
        );
        ensure!(
            request.status == RequestStatus::Open,
            Error::<T>::RequestNotOpen
        );
        let now = T::Time::now();
        ensure!(request.expires_at() > now, Error::<T>::RequestExpired);
        Matches::<T>::try_mutate(id, record, |matched| {
            let matched = matched.as_mut().ok_or(Error::<T>::MatchNotFound)?;
            // Once only: a requester cannot make the hospital answer, or flag it, again and again.
            ensure!(
                matched.disclosure == DisclosureStatus::Pending,
                Error::<T>::InvalidDisclosureStatus
            );
            matched.disclosure = DisclosureStatus::Asked;
            matched.asked_on = Some(now);
            matched.ask_hash = Some(ask_hash);
            Ok::<(), DispatchError>(())
        })?;
        Self::deposit_event(Event::DisclosureAsked {
            request: id,
            record,
            ask_hash,
        });
        Ok(())
    }

    pub(crate) fn do_refuse_disclosure(
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
            &[DisclosureStatus::Asked],
            DisclosureStatus::Refused,
        )?;
        Self::deposit_event(Event::DisclosureRefused {
            request: id,
            record,
        });
        Ok(())
    }

    pub(crate) fn do_contest_claim(
        requester: T::AccountId,
        id: RequestId,
        record: RecordId,
    ) -> DispatchResult {
        let request = Self::request_of(&requester, id)?;
        Self::advance(
            id,
            record,
            &[DisclosureStatus::Claimed],
            DisclosureStatus::Contested,
        )?;
        let hospital = request.hospital;
        Contested::<T>::mutate(hospital, |count| *count = count.saturating_add(1));
        Self::deposit_event(Event::DisclosureContested {
            request: id,
            record,
            hospital,
        });
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
            &[
                DisclosureStatus::Pending,
                DisclosureStatus::Asked,
                DisclosureStatus::Refused,
                DisclosureStatus::Unanswered,
                DisclosureStatus::Contested,
            ],
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
            &[
                DisclosureStatus::Pending,
                DisclosureStatus::Asked,
                DisclosureStatus::Claimed,
                DisclosureStatus::Contested,
            ],
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
        // A hospital must not disclose after a revocation: its silence is then correct.
        ensure!(
            request.status == RequestStatus::Open,
            Error::<T>::RequestNotOpen
        );
        let matched = Self::matched(id, record).ok_or(Error::<T>::MatchNotFound)?;
        ensure!(
            matched.disclosure == DisclosureStatus::Asked,
            Error::<T>::InvalidDisclosureStatus
        );
        let asked_on = matched.asked_on.unwrap_or(matched.proved_on);
        let due = asked_on.saturating_add(T::AnswerPeriod::get());
        ensure!(due <= request.expires_at(), Error::<T>::RequestExpired);
        ensure!(T::Time::now() > due, Error::<T>::AnswerPeriodNotOver);
        Self::advance(
            id,
            record,
            &[DisclosureStatus::Asked],
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

    /// Advances a disclosure from one of the states `from` to `to`.
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
}
