// SPDX-License-Identifier: Apache-2.0
//! The keys of the authors of the last sessions.
//!
//! An offence is attributed by these records, not by the present keys. So an author cannot escape
//! it: neither by a new session, nor by new keys, nor by leaving.

use crate::{pallet::*, types::RecordedAuthor, weights::WeightInfo};
use alloc::vec::Vec;
use bspp_primitives::traits::{AuthorKeys, ConformancePolicy, KeyOwner, KeyRecords};
use frame_support::{dispatch::DispatchClass, traits::Get, BoundedVec};
use sp_staking::SessionIndex;

/// Sessions that are removed when a session begins.
///
/// One is enough. The second lets the records shrink after an upgrade that keeps fewer sessions.
pub(crate) const PRUNED_PER_SESSION: u32 = 2;

impl<T: Config> Pallet<T> {
    /// The authors of a session with their keys, in the order of their turns.
    ///
    /// `None` if the session has not begun or is older than the records.
    pub fn authors_in(
        session: SessionIndex,
    ) -> Option<BoundedVec<RecordedAuthor<T::AccountId>, T::MaxAuthors>> {
        KeySets::<T>::get(KeySetOf::<T>::get(session)?)
    }

    /// Removes the sessions that are too old to be reported.
    fn prune(session: SessionIndex) {
        let kept = T::ReportableSessions::get().max(1);
        for _ in 0..PRUNED_PER_SESSION {
            let oldest = OldestSession::<T>::get();
            if session.saturating_sub(oldest) < kept {
                return;
            }
            let next = oldest.saturating_add(1);
            if let Some(set) = KeySetOf::<T>::take(oldest) {
                // Sessions with the same set follow each other, so the next one tells.
                if KeySetOf::<T>::get(next) != Some(set) {
                    KeySets::<T>::remove(set);
                }
            }
            OldestSession::<T>::put(next);
        }
    }
}

impl<T: Config> KeyRecords<T::AccountId> for Pallet<T> {
    fn record(session: SessionIndex, authors: Vec<AuthorKeys<T::AccountId>>) {
        let authors = authors
            .into_iter()
            .map(|keys| RecordedAuthor {
                hospital: T::Policy::hospital_of(&keys.author),
                author: keys.author,
                aura: keys.aura,
                grandpa: keys.grandpa,
            })
            .collect();
        // Aura, too, leaves out the authors beyond its maximum.
        let authors = BoundedVec::truncate_from(authors);
        let before = session.checked_sub(1).and_then(KeySetOf::<T>::get);
        let set = match before {
            Some(set) if KeySets::<T>::get(set).as_ref() == Some(&authors) => set,
            _ => {
                KeySets::<T>::insert(session, authors);
                session
            }
        };
        KeySetOf::<T>::insert(session, set);
        Self::prune(session);
        // The genesis is not a block.
        if session > 0 {
            frame_system::Pallet::<T>::register_extra_weight_unchecked(
                T::WeightInfo::record_session(T::MaxAuthors::get()),
                DispatchClass::Mandatory,
            );
        }
    }

    fn owner(session: SessionIndex, grandpa: &[u8]) -> Option<KeyOwner<T::AccountId>> {
        let authors = Self::authors_in(session)?;
        let count = u32::try_from(authors.len()).ok()?;
        let found = authors
            .into_iter()
            .find(|recorded| recorded.grandpa.0 == grandpa)?;
        Some(KeyOwner {
            // It is as recorded, so that two reports of one offence name the same offender.
            hospital: found.hospital,
            author: found.author,
            authors: count,
        })
    }
}
