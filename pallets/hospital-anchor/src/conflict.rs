// SPDX-License-Identifier: Apache-2.0
//! What is done with a hospital whose voters finalized two blocks at one height.

use crate::{
    finality,
    pallet::{Anchors, AuthoritySets, Config, Error, Event, Pallet},
    types::{Anchor, Justification},
};
use bspp_primitives::{traits::SuspendHospital, Header, HospitalId};
use frame_support::{ensure, storage::with_storage_layer};
use sp_runtime::{traits::Header as _, DispatchResult};

impl<T: Config> Pallet<T> {
    /// Verifies two finality proofs that cannot both be honest; halts the anchor and suspends the hospital.
    ///
    /// A proof stays valid for as long as the voters do. So that nobody can bring one up again after the council has dealt
    /// with it, none counts while the anchor is halted, and none at or below the head that it was started at.
    pub(crate) fn do_report_conflict(
        hospital: HospitalId,
        first: (&Header, &Justification),
        second: (&Header, &Justification),
    ) -> DispatchResult {
        for (header, justification) in [first, second] {
            Self::ensure_size(header, Some(justification))?;
        }
        let number = *first.0.number();
        ensure!(
            number == *second.0.number() && first.0.hash() != second.0.hash(),
            Error::<T>::NoConflict
        );
        let anchor = Anchors::<T>::get(hospital).ok_or(Error::<T>::NotFound)?;
        ensure!(!anchor.halted, Error::<T>::AnchorHalted);
        ensure!(number > anchor.started_at, Error::<T>::InvalidNumber);
        let set = AuthoritySets::<T>::get(hospital).ok_or(Error::<T>::NotFound)?;
        for (header, justification) in [first, second] {
            finality::verify::<T>(header, justification, set.clone().into())?;
        }

        Anchors::<T>::insert(
            hospital,
            Anchor {
                halted: true,
                ..anchor
            },
        );
        // The anchor stays halted whatever comes of this: its heads prove nothing any more.
        let suspended = with_storage_layer(|| T::OnConflict::suspend(&hospital)).is_ok();
        Self::deposit_event(Event::ConflictProved {
            hospital,
            number,
            suspended,
        });
        Ok(())
    }
}
