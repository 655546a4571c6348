// SPDX-License-Identifier: Apache-2.0
//! The consequences for a hospital whose voters finalized two blocks at one height.

use crate::{
    finality,
    pallet::{Anchors, AuthoritySets, Config, Error, Event, Pallet},
    types::{Anchor, Justification},
};
use bspp_primitives::{traits::SuspendHospital, Header};
use bspp_types::HospitalId;
use frame_support::{ensure, storage::with_storage_layer};
use sp_runtime::{traits::Header as _, DispatchResult};

impl<T: Config> Pallet<T> {
    /// Verifies two conflicting finality proofs, halts the anchor and suspends the hospital.
    ///
    /// A proof is valid for as long as the voters are. After the council has settled a conflict,
    /// nobody may use its proofs again. So no proof counts while the anchor is halted, or at or
    /// below the head at which the anchor was started.
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
        // The anchor stays halted even if the suspension fails, because its heads no longer prove
        // anything.
        let suspended = with_storage_layer(|| T::OnConflict::suspend(&hospital)).is_ok();
        Self::deposit_event(Event::ConflictProved {
            hospital,
            number,
            suspended,
        });
        Ok(())
    }
}
