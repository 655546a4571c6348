// SPDX-License-Identifier: Apache-2.0
//! The consequences of a proved equivocation.

use crate::{pallet::*, weights::WeightInfo};
use bspp_primitives::{conformance::SuspensionReason, traits::AuthorStandings};
use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};
use sp_runtime::Perbill;
use sp_staking::{
    offence::{OffenceDetails, OnOffenceHandler},
    SessionIndex,
};

/// Suspends offenders, as the handler of `pallet-offences`.
///
/// It ignores the fraction that would be slashed. It does not suspend a third or more of the
/// voters, nor an author that the chain cannot spare. It notes such equivocations and leaves them
/// to the council.
pub struct SuspendOffenders<T>(PhantomData<T>);

impl<T, Reporter, Full> OnOffenceHandler<Reporter, (T::AccountId, Full), Weight>
    for SuspendOffenders<T>
where
    T: Config,
{
    fn on_offence(
        offenders: &[OffenceDetails<Reporter, (T::AccountId, Full)>],
        _slash_fraction: &[Perbill],
        session: SessionIndex,
    ) -> Weight {
        for offence in offenders {
            Pallet::<T>::punish(&offence.offender.0, session);
        }
        // The report also names earlier offenders, so it does not bound their number.
        let count = u64::try_from(offenders.len()).unwrap_or(u64::MAX);
        T::WeightInfo::punish_offender(T::MaxAuthors::get()).saturating_mul(count)
    }
}

impl<T: Config> Pallet<T> {
    fn punish(offender: &T::AccountId, session: SessionIndex) {
        if Self::is_suspended(offender) {
            return;
        }
        let reason = SuspensionReason::Equivocation { session };
        if Self::is_minor() && Self::do_suspend(offender.clone(), reason).is_ok() {
            return;
        }
        if NotedEquivocations::<T>::contains_key(offender) {
            return;
        }
        NotedEquivocations::<T>::insert(offender, session);
        Self::deposit_event(Event::EquivocationNoted {
            author: offender.clone(),
            session,
        });
    }

    /// Whether fewer than a third of the voters lack standing after one more suspension.
    ///
    /// The reason for which a voter lacks standing does not matter.
    fn is_minor() -> bool {
        let authorities = Authorities::<T>::get();
        let suspended = authorities
            .iter()
            .filter(|(author, _)| Self::standing(author).is_err())
            .count();
        suspended.saturating_add(1).saturating_mul(3) < authorities.len()
    }
}
