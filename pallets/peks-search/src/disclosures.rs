// SPDX-License-Identifier: Apache-2.0
//! Disclosures: the status of each match, and the count of unanswered ones.

use crate::{Config, Error, Event, Matches, Pallet, Unanswered};
use bspp_primitives::traits::Membership;
use bspp_types::{DisclosureStatus, HospitalId, RecordId, RequestId, RequestStatus};
use frame_support::{
    ensure,
    traits::{Get, Time},
};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    /// Number of matches that a hospital left unanswered.
    pub fn unanswered(hospital: HospitalId) -> u32 {
        Unanswered::<T>::get(hospital)
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
        // A hospital must not disclose after a revocation: its silence is then correct.
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
