// SPDX-License-Identifier: Apache-2.0
//! The effects of the calls, after the checks of origin and bounds.

use crate::{
    finality,
    pallet::{Anchors, AuthoritySets, Config, Error, Event, HeadRing, Heads, Pallet},
    types::{Anchor, Authorities, Justification, TrackedSet},
};
use bspp_primitives::{
    conformance::slot_of,
    traits::{CurrentSlot, OnAnchored, RegisteredCount},
    ContentDigest, Header,
};
use bspp_types::{AnchoredHead, HospitalId, Sequence};
use frame_support::{ensure, traits::Get};
use sp_consensus_grandpa::SetId;
use sp_core::H256;
use sp_runtime::{traits::Header as _, DispatchError, DispatchResult, SaturatedConversion};

impl<T: Config> Pallet<T> {
    /// The newest anchored head of a hospital chain.
    pub fn best_head(hospital: &HospitalId) -> Option<AnchoredHead> {
        Anchors::<T>::get(hospital).map(|anchor| anchor.best)
    }

    /// The number of the authority set that signs after the newest anchored head.
    pub fn current_set_id(hospital: &HospitalId) -> Option<SetId> {
        AuthoritySets::<T>::get(hospital).map(|set| set.set_id)
    }

    /// The newest head and the set number, for the runtime API `anchored_head`.
    pub fn anchored_head(hospital: &HospitalId) -> Option<(AnchoredHead, SetId)> {
        Self::best_head(hospital).zip(Self::current_set_id(hospital))
    }

    /// A head that the pallet still remembers.
    pub fn head(hospital: &HospitalId, hash: &H256) -> Option<AnchoredHead> {
        Heads::<T>::get(hospital, hash)
    }

    /// Whether this anchor is halted.
    pub fn is_halted(hospital: &HospitalId) -> bool {
        Anchors::<T>::get(hospital).is_some_and(|anchor| anchor.halted)
    }

    /// Starts an anchor at `header` and forgets all earlier heads of the hospital.
    pub(crate) fn do_start(
        hospital: HospitalId,
        header: &Header,
        authorities: Authorities<T::MaxAuthorities>,
        set_id: SetId,
    ) -> Result<AnchoredHead, DispatchError> {
        Self::ensure_size(header, None)?;
        ensure!(
            finality::is_valid_set(&authorities),
            Error::<T>::InvalidAuthorities
        );
        for (_, hash) in HeadRing::<T>::drain_prefix(hospital) {
            Heads::<T>::remove(hospital, hash);
        }
        AuthoritySets::<T>::insert(
            hospital,
            TrackedSet {
                set_id,
                authorities,
            },
        );
        let best = Self::to_head(&hospital, header, 0);
        Self::restart_waiting(hospital, &best);
        let anchor = Anchor {
            best,
            started_at: best.number,
            next_slot: 0,
            halted: false,
        };
        Self::remember(hospital, anchor, best);
        Ok(best)
    }

    /// Starts the anchor of a rebuilt chain, whose sequence numbers follow the registered ones.
    ///
    /// A vote binds no chain, only the number of the set. So the new chain must have voters that
    /// never signed for the former one's set: otherwise proofs of the former chain were valid.
    pub(crate) fn do_start_incarnation(
        hospital: HospitalId,
        header: &Header,
        authorities: Authorities<T::MaxAuthorities>,
        set_id: SetId,
    ) -> Result<AnchoredHead, DispatchError> {
        let former = AuthoritySets::<T>::get(hospital).ok_or(Error::<T>::NotFound)?;
        let reused = authorities
            .iter()
            .any(|(voter, _)| former.authorities.iter().any(|(known, _)| known == voter));
        ensure!(!reused, Error::<T>::VoterReused);
        T::OnAnchored::on_incarnation(&hospital)?;
        Self::do_start(hospital, header, authorities, set_id)
    }

    /// Verifies a finality proof, moves the anchor and applies a change of authorities.
    pub(crate) fn do_submit(
        hospital: HospitalId,
        header: &Header,
        justification: &Justification,
    ) -> DispatchResult {
        Self::ensure_size(header, Some(justification))?;
        let anchor = Anchors::<T>::get(hospital).ok_or(Error::<T>::NotFound)?;
        ensure!(!anchor.halted, Error::<T>::AnchorHalted);
        ensure!(
            *header.number() > anchor.best.number,
            Error::<T>::InvalidNumber
        );
        let set = AuthoritySets::<T>::get(hospital).ok_or(Error::<T>::NotFound)?;
        let set_id = set.set_id;
        finality::verify::<T>(header, justification, set.into())?;

        if let Some(next) = finality::authority_change::<T>(header)? {
            ensure!(
                finality::is_valid_set(&next),
                Error::<T>::InvalidAuthorities
            );
            let authorities = Authorities::<T::MaxAuthorities>::try_from(next)
                .map_err(|_| Error::<T>::MaxAuthoritiesExceeded)?;
            let set_id = set_id
                .checked_add(1)
                .ok_or(Error::<T>::InvalidAuthorityChange)?;
            let count = authorities.len().saturated_into();
            AuthoritySets::<T>::insert(
                hospital,
                TrackedSet {
                    set_id,
                    authorities,
                },
            );
            Self::deposit_event(Event::AuthoritiesChanged {
                hospital,
                set_id,
                count,
            });
        }

        let head = Self::to_head(&hospital, header, anchor.best.entry_blocks);
        Self::note_waiting(hospital, anchor.best.entry_blocks, &head);
        Self::remember(hospital, anchor, head);
        T::OnAnchored::on_anchored(&hospital, head.number);
        Self::deposit_event(Event::HeadAnchored {
            hospital,
            number: head.number,
            hash: head.hash,
        });
        Ok(())
    }

    /// Halts or resumes an anchor.
    pub(crate) fn do_set_halted(hospital: HospitalId, halted: bool) -> DispatchResult {
        Anchors::<T>::try_mutate(hospital, |anchor| {
            let anchor = anchor.as_mut().ok_or(Error::<T>::NotFound)?;
            let refusal = if halted {
                Error::<T>::AnchorHalted
            } else {
                Error::<T>::NotHalted
            };
            ensure!(anchor.halted != halted, refusal);
            anchor.halted = halted;
            // Nobody could register entry blocks while the anchor was halted.
            if !halted {
                Self::restart_waiting(hospital, &anchor.best);
            }
            Ok(())
        })
    }

    pub(crate) fn ensure_size(
        header: &Header,
        justification: Option<&Justification>,
    ) -> DispatchResult {
        use codec::Encode;
        let mut size = header.encoded_size();
        if let Some(justification) = justification {
            let votes: u32 = justification.commit.precommits.len().saturated_into();
            ensure!(
                votes <= T::MaxAuthorities::get(),
                Error::<T>::MaxVotesExceeded
            );
            let ancestries: u32 = justification.votes_ancestries.len().saturated_into();
            ensure!(
                ancestries <= T::MaxAncestries::get(),
                Error::<T>::MaxAncestriesExceeded
            );
            size = size.saturating_add(justification.encoded_size());
        }
        let size: u32 = size.saturated_into();
        ensure!(
            size <= T::MaxProofSize::get(),
            Error::<T>::MaxProofSizeExceeded
        );
        Ok(())
    }

    /// The head of `header`, with `at_least` as the minimum number of entry blocks.
    ///
    /// The number of a chain's entry blocks never falls. If a header states no number, or less than
    /// an earlier header, the number of the earlier header counts. The header counts the entry
    /// blocks of its own incarnation only.
    fn to_head(hospital: &HospitalId, header: &Header, at_least: Sequence) -> AnchoredHead {
        let own = ContentDigest::find(header.digest()).map_or(0, |content| content.total);
        let entry_blocks = T::Registered::base(hospital).saturating_add(own);
        let now = T::Slot::current_slot();
        // A head is as fresh as its block is young, so a late anchoring does not make an old
        // backlog fresh. The slot of a header is in the future if a clock is wrong, or if the
        // chain's slots are shorter than the consortium's. In the second case any backlog would
        // look fresh, so such a header never is.
        let anchored_slot = match slot_of(header.digest()) {
            Ok(authored) if authored > now.saturating_add(T::MaxSlotDrift::get()) => 0,
            Ok(authored) => authored.min(now),
            Err(_) => now,
        };
        AnchoredHead {
            number: *header.number(),
            hash: header.hash(),
            state_root: *header.state_root(),
            anchored_at: frame_system::Pallet::<T>::block_number().saturated_into(),
            anchored_slot,
            entry_blocks: entry_blocks.max(at_least),
        }
    }

    /// Puts `head` into the ring and makes it the best. A full ring loses its oldest head.
    pub(crate) fn remember(hospital: HospitalId, anchor: Anchor, head: AnchoredHead) {
        let slot = anchor.next_slot;
        if let Some(oldest) = HeadRing::<T>::get(hospital, slot) {
            Heads::<T>::remove(hospital, oldest);
        }
        HeadRing::<T>::insert(hospital, slot, head.hash);
        Heads::<T>::insert(hospital, head.hash, head);
        let next = slot.saturating_add(1);
        let next_slot = if next >= T::MaxHeads::get() { 0 } else { next };
        Anchors::<T>::insert(
            hospital,
            Anchor {
                best: head,
                next_slot,
                ..anchor
            },
        );
    }
}
