// SPDX-License-Identifier: Apache-2.0
//! The right to author: suspensions of single authors, and the author that must remain.

use crate::{pallet::*, types::Suspension};
use bspp_primitives::{
    conformance::{StandingFault, SuspensionReason},
    traits::{AuthorSets, AuthorStandings, ConformancePolicy},
};
use frame_support::ensure;
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    /// Whether an author may author.
    ///
    /// It may if it is not suspended itself and the policy grants it standing.
    ///
    /// # Errors
    ///
    /// The reason for which it may not author.
    pub fn standing(author: &T::AccountId) -> Result<(), StandingFault> {
        if let Some(Suspension { reason, .. }) = Suspensions::<T>::get(author) {
            return Err(StandingFault::Suspended { reason });
        }
        T::Policy::standing(author)
    }

    /// Whether an author of a set that is not among the `leaving` may author.
    pub(crate) fn keeps_somebody(set: &[T::AccountId], leaving: &[T::AccountId]) -> bool {
        set.iter()
            .any(|author| !leaving.contains(author) && Self::standing(author).is_ok())
    }

    pub(crate) fn do_suspend(author: T::AccountId, reason: SuspensionReason) -> DispatchResult {
        ensure!(
            !Suspensions::<T>::contains_key(&author),
            Error::<T>::AlreadyExists
        );
        let leaving = core::slice::from_ref(&author);
        ensure!(Self::may_leave(leaving), Error::<T>::TooFewAuthors);
        let since = frame_system::Pallet::<T>::block_number();
        Suspensions::<T>::insert(&author, Suspension { reason, since });
        T::AuthorSets::drop_queued(leaving);
        Self::deposit_event(Event::AuthorSuspended { author, reason });
        Ok(())
    }

    pub(crate) fn do_readmit(author: T::AccountId) -> DispatchResult {
        let suspended = Suspensions::<T>::take(&author).is_some();
        let noted = NotedEquivocations::<T>::take(&author).is_some();
        ensure!(suspended || noted, Error::<T>::NotFound);
        // The decision covers all that the author did until now.
        if let Some(attestation) = CurrentAttestation::<T>::get() {
            SettledSlots::<T>::insert(&author, attestation.slot);
        }
        Self::deposit_event(Event::AuthorReadmitted { author });
        Ok(())
    }
}

impl<T: Config> AuthorStandings<T::AccountId> for Pallet<T> {
    fn is_suspended(author: &T::AccountId) -> bool {
        Suspensions::<T>::contains_key(author)
    }

    fn may_leave(leaving: &[T::AccountId]) -> bool {
        Self::keeps_somebody(&T::AuthorSets::current(), leaving)
            && Self::keeps_somebody(&T::AuthorSets::queued(), leaving)
    }

    fn leave_next_session(leaving: &[T::AccountId]) {
        T::AuthorSets::drop_queued(leaving);
    }
}
