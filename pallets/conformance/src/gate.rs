// SPDX-License-Identifier: Apache-2.0
//! The gate before every slot, and the check of a block's digest against it.

use crate::{pallet::*, types::CapturedAuthor};
use alloc::vec::Vec;
use bspp_primitives::{
    conformance::{
        check_digest, AuthorStanding, BlockAttestation, Challenge, ConformanceId, Gate, Refusal,
        SuspensionReason,
    },
    traits::ConformancePolicy,
};
use frame_support::BoundedVec;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{traits::Zero, DigestItem};

/// A block's attestation and the challenge of its slot.
type CheckedBlock<AccountId> = (BlockAttestation<AccountId>, Option<Challenge>);

/// The element whose turn a slot is. Aura selects its authorities by the same rule.
pub(crate) fn turn<E>(list: &[E], slot: u64) -> Option<&E> {
    let count = u64::try_from(list.len()).ok()?;
    let index = slot.checked_rem(count)?;
    list.get(usize::try_from(index).ok()?)
}

impl<T: Config> Pallet<T> {
    /// The gate of a child of this block in `slot`. `None` if there are no authors.
    ///
    /// It reads the state only: no clock and no digest. After a change of the runtime's code it
    /// answers from the gate that the old code captured.
    pub fn gate(slot: u64) -> Option<Gate<T::AccountId>> {
        let facts = match Captured::<T>::get() {
            Some(captured) => turn(&captured, slot).cloned(),
            None => turn(&Authorities::<T>::get(), slot)
                .map(|(author, key)| Self::facts(author, key, &GateParameters::<T>::get())),
        }?;
        Some(facts.into_gate(slot, Self::challenge(slot)))
    }

    /// The authors of the current session in order, with their standing and evidence.
    pub fn authors() -> Vec<AuthorStanding<T::AccountId>> {
        Captured::<T>::get()
            .unwrap_or_else(Self::all_facts)
            .into_iter()
            .map(Into::into)
            .collect()
    }

    /// The reason for which an account is suspended from authoring, or `None`.
    pub fn suspension(author: &T::AccountId) -> Option<SuspensionReason> {
        Suspensions::<T>::get(author).map(|suspension| suspension.reason)
    }

    /// The attestation of this block's author. `None` for the genesis block.
    pub fn attestation() -> Option<BlockAttestation<T::AccountId>> {
        CurrentAttestation::<T>::get()
    }

    /// Checks the digest of the block that begins.
    ///
    /// The result includes the challenge of its slot.
    ///
    /// # Errors
    ///
    /// The reason for which the digest does not prove conformance.
    pub(crate) fn check_block() -> Result<CheckedBlock<T::AccountId>, Refusal> {
        let mut challenge = None;
        let attestation = check_digest(
            &frame_system::Pallet::<T>::digest(),
            &frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero()),
            &frame_system::Pallet::<T>::parent_hash(),
            |slot| {
                let gate = Self::gate(slot)?;
                challenge = gate.challenge;
                Some(gate)
            },
        )?;
        Ok((attestation, challenge))
    }

    /// Whether this block changes the code (or its environment) for the next one.
    pub(crate) fn code_changes() -> bool {
        frame_system::Pallet::<T>::digest()
            .logs()
            .contains(&DigestItem::RuntimeEnvironmentUpdated)
    }

    /// The facts that the state holds about all authors of the current session.
    pub(crate) fn all_facts() -> BoundedVec<CapturedAuthor<T::AccountId>, T::MaxAuthors> {
        let parameters = GateParameters::<T>::get();
        let facts = Authorities::<T>::get()
            .iter()
            .map(|(author, key)| Self::facts(author, key, &parameters))
            .collect();
        // There are as many facts as authorities, so nothing is cut off.
        BoundedVec::truncate_from(facts)
    }

    fn facts(
        author: &T::AccountId,
        key: &ConformanceId,
        parameters: &T::Parameters,
    ) -> CapturedAuthor<T::AccountId> {
        CapturedAuthor {
            author: author.clone(),
            key: key.clone(),
            standing: Self::standing(author),
            evidence: T::Policy::evidence(author, parameters),
        }
    }
}
