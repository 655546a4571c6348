// SPDX-License-Identifier: Apache-2.0
//! The invariants of the pallet's storage.

#![cfg(any(test, feature = "try-runtime", feature = "std"))]

use crate::pallet::*;
use alloc::{collections::BTreeSet, vec::Vec};
use bspp_primitives::traits::{AuthorSets, ConformancePolicy};
use frame_support::ensure;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Checks the authors and the parameters.
    ///
    /// The authors are the session's, each of them once. Somebody may author in this session and in
    /// the next one. The parameters are valid.
    pub fn do_try_state() -> Result<(), TryRuntimeError> {
        ensure!(
            T::Policy::is_valid(&GateParameters::<T>::get()),
            "parameters are not valid"
        );
        Self::try_records()?;
        let authors: Vec<T::AccountId> = Authorities::<T>::get()
            .into_iter()
            .map(|(author, _)| author)
            .collect();
        if authors.is_empty() {
            return Ok(());
        }
        let distinct: BTreeSet<&T::AccountId> = authors.iter().collect();
        ensure!(
            distinct.len() == authors.len(),
            "an author has two turns in a round"
        );
        ensure!(
            authors == T::AuthorSets::current(),
            "authors are not the session's, or in another order"
        );
        ensure!(
            Self::keeps_somebody(&authors, &[]),
            "nobody may author in this session"
        );
        ensure!(
            Self::keeps_somebody(&T::AuthorSets::queued(), &[]),
            "nobody may author in the next session"
        );
        Ok(())
    }

    /// Checks the recorded sessions: each has a set, and each set has a session.
    fn try_records() -> Result<(), TryRuntimeError> {
        let oldest = OldestSession::<T>::get();
        let mut named = BTreeSet::new();
        for (session, set) in KeySetOf::<T>::iter() {
            ensure!(session >= oldest, "a session is older than the oldest");
            ensure!(set <= session, "a set is younger than its session");
            ensure!(
                KeySets::<T>::contains_key(set),
                "a session's set is missing"
            );
            named.insert(set);
        }
        ensure!(
            KeySets::<T>::iter_keys().all(|set| named.contains(&set)),
            "no session has a recorded set"
        );
        Ok(())
    }
}
