// SPDX-License-Identifier: Apache-2.0
//! The consequences of a proved equivocation.

use crate::{pallet::*, types::OffenceKind, weights::WeightInfo};
use bspp_primitives::{
    conformance::SuspensionReason,
    traits::{AuthorSets, AuthorStandings, ConformancePolicy},
};
use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};
use sp_core::H256;
use sp_runtime::Perbill;
use sp_staking::{
    offence::{OffenceDetails, OnOffenceHandler},
    SessionIndex,
};

/// Suspends offenders, as the handler of `pallet-offences`.
///
/// An offender is an author and its hospital in the session of the offence. The handler ignores the
/// fraction that would be slashed. It does not suspend a third or more of the voters, nor an author
/// that the chain cannot spare. It notes such equivocations and leaves them to the council.
pub struct SuspendOffenders<T>(PhantomData<T>);

impl<T, Reporter> OnOffenceHandler<Reporter, (T::AccountId, Option<H256>), Weight>
    for SuspendOffenders<T>
where
    T: Config,
{
    fn on_offence(
        offenders: &[OffenceDetails<Reporter, (T::AccountId, Option<H256>)>],
        _slash_fraction: &[Perbill],
        session: SessionIndex,
    ) -> Weight {
        for offence in offenders {
            let (author, hospital) = &offence.offender;
            Pallet::<T>::punish(author, *hospital, session, OffenceKind::Votes);
        }
        // The report also names earlier offenders, so it does not bound their number.
        let count = u64::try_from(offenders.len()).unwrap_or(u64::MAX);
        T::WeightInfo::punish_offender(T::MaxAuthors::get()).saturating_mul(count)
    }
}

impl<T: Config> Pallet<T> {
    /// Suspends an offender, or notes its offence.
    ///
    /// An author that has left the sets is suspended all the same, so that it cannot come back.
    pub(crate) fn punish(
        offender: &T::AccountId,
        hospital: Option<H256>,
        session: SessionIndex,
        kind: OffenceKind,
    ) {
        if Self::is_suspended(offender) {
            return;
        }
        let reason = SuspensionReason::Equivocation { session };
        let spared = Self::is_minor() || !Self::is_voter(offender);
        let suspended = spared && Self::do_suspend(offender.clone(), reason).is_ok();
        if !suspended {
            if NotedEquivocations::<T>::contains_key(offender) {
                return;
            }
            NotedEquivocations::<T>::insert(offender, session);
            Self::deposit_event(Event::EquivocationNoted {
                author: offender.clone(),
                session,
            });
        }
        Self::deposit_event(Event::EquivocationProved {
            author: offender.clone(),
            // The genesis records its authors before it knows their hospitals.
            hospital: hospital.or_else(|| T::Policy::hospital_of(offender)),
            session,
            kind,
        });
    }

    /// Whether an account is an author of this session or of the next one.
    fn is_voter(who: &T::AccountId) -> bool {
        T::AuthorSets::current().contains(who) || T::AuthorSets::queued().contains(who)
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
