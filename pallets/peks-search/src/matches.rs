// SPDX-License-Identifier: Apache-2.0
//! Matches: proofs that a registered record matches a requester's search.

use crate::{Config, Error, Event, Matches, Pallet, Requests};
use alloc::vec::Vec;
use bspp_peks::MatchStatement;
use bspp_primitives::traits::{Membership, RegisteredEntries};
use bspp_types::{
    DisclosureStatus, Match, MatchProof, MatchedRecord, RecordId, RequestId, RequestStatus,
};
use frame_support::{
    ensure,
    traits::{Get, Time},
};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    /// A match of a request.
    pub fn matched(request: RequestId, record: RecordId) -> Option<Match> {
        Matches::<T>::get(request, record)
    }

    /// All matches of a request, maximum `MaxMatchesPerRequest`.
    pub fn matches(request: RequestId) -> Vec<MatchedRecord> {
        Matches::<T>::iter_prefix(request)
            .map(|(record, matched)| MatchedRecord { record, matched })
            .collect()
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
        ensure!(request.expires_at() > now, Error::<T>::RequestExpired);
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
                asked_on: None,
                ask_hash: None,
                disclosure: DisclosureStatus::Pending,
            },
        );
        Self::deposit_event(Event::MatchProved {
            request: proof.request,
            record,
        });
        Ok(())
    }
}
