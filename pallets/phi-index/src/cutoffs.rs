// SPDX-License-Identifier: Apache-2.0
//! The last hospital block whose entries a month takes.
//!
//! The first anchor after the grace period of a month fixes it. So entries of an ended month are
//! registered however late the registration is, and none is added to the month afterwards.
//!
//! A hospital chain stores records of a month until the end of the grace period by its own clock.
//! The anchor comes later than the block, and anybody may send it: with [`CUTOFF_MARGIN_MS`] a
//! record that was stored in time is in an anchored block before the month closes.

use crate::{
    pallet::{Config, Cutoffs, Event, Pallet},
    types::{Cutoff, CUTOFF_MARGIN_MS, MAX_CUTOFFS},
};
use bspp_primitives::traits::OnAnchored;
use bspp_types::{filing_month_at, FilingMonth, HospitalId, Moment, FILING_GRACE_MS};
use frame_support::{
    traits::{ConstU32, Get, Time},
    weights::Weight,
    BoundedVec,
};
use sp_runtime::DispatchResult;

/// The cutoffs of a hospital, by month, ascending.
pub(crate) type CutoffsOf = BoundedVec<Cutoff, ConstU32<MAX_CUTOFFS>>;

/// The last month that the next anchor closes.
fn closed_month(now: Moment) -> Option<FilingMonth> {
    let delay = FILING_GRACE_MS.saturating_add(CUTOFF_MARGIN_MS);
    filing_month_at(now.checked_sub(delay)?)?.checked_sub(1)
}

impl<T: Config> OnAnchored for Pallet<T> {
    fn on_anchored(hospital: &HospitalId, number: u32) {
        Self::close_months(hospital, number);
    }

    /// Starts an incarnation, from which the months that have ended take nothing.
    ///
    /// The heights of the rebuilt chain begin again, so that the cutoffs of the former chain would
    /// let its blocks into ended months.
    fn on_incarnation(hospital: &HospitalId) -> DispatchResult {
        Self::do_start_incarnation(hospital)?;
        Self::close_months(hospital, 0);
        Cutoffs::<T>::mutate_exists(hospital, |cutoffs| {
            for cutoff in cutoffs.iter_mut().flat_map(|cutoffs| cutoffs.iter_mut()) {
                cutoff.number = 0;
            }
        });
        Ok(())
    }

    fn weight() -> Weight {
        T::DbWeight::get().reads_writes(3, 2)
    }
}

impl<T: Config> Pallet<T> {
    /// Fixes the cutoff of the months that have ended since the last one.
    fn close_months(hospital: &HospitalId, number: u32) {
        let Some(filing_month) = closed_month(T::Time::now()) else {
            return;
        };
        let mut cutoffs = Cutoffs::<T>::get(hospital);
        if cutoffs
            .last()
            .is_some_and(|last| last.filing_month >= filing_month)
        {
            return;
        }
        // Several months may have ended since the last anchor. They share the newest cutoff, as the
        // oldest months do if there are more cutoffs than the chain keeps.
        if cutoffs.is_full() {
            cutoffs.remove(0);
        }
        let cutoff = Cutoff {
            filing_month,
            number,
        };
        if cutoffs.try_push(cutoff).is_ok() {
            Cutoffs::<T>::insert(hospital, cutoffs);
            Self::deposit_event(Event::FilingMonthClosed {
                hospital: *hospital,
                filing_month,
                number,
            });
        }
    }

    /// The last hospital block whose entries a month takes. `None` if it is not fixed yet.
    pub fn cutoff(hospital: &HospitalId, filing_month: FilingMonth) -> Option<u32> {
        cutoff_in(&Cutoffs::<T>::get(hospital), filing_month)
    }
}

/// The cutoff of a month among those of its hospital.
///
/// Without a cutoff the month takes every block that can be proved: all heads were anchored before
/// the month closed.
pub(crate) fn cutoff_in(cutoffs: &CutoffsOf, filing_month: FilingMonth) -> Option<u32> {
    cutoffs
        .iter()
        .find(|cutoff| cutoff.filing_month >= filing_month)
        .map(|cutoff| cutoff.number)
}
