// SPDX-License-Identifier: Apache-2.0
//! Proof of storage: the challenge of a slot, and the proof in the block.

use crate::pallet::*;
use bspp_primitives::{
    conformance::{
        drawn_payload, storage_draw, storage_response, storage_seed, AttestationKind,
        BlockAttestation, Challenge,
    },
    traits::StoredPayloads,
};
use bspp_types::PayloadProof;
use frame_support::ensure;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
    traits::{SaturatedConversion, Zero},
    DispatchResult,
};

impl<T: Config> Pallet<T> {
    /// The challenge of a child of this block in `slot`. `None` if the block needs no proof.
    ///
    /// Only payloads that the chain had when the session began are drawn, so that an author has a
    /// session's time to read what its store lacks. After a change of the code there is no challenge
    /// for one block, because the new code must not read other facts than the old one captured.
    pub fn challenge(slot: u64) -> Option<Challenge> {
        if Captured::<T>::exists() {
            return None;
        }
        let count = SessionPayloads::<T>::get().min(T::Storage::count());
        if count == 0 {
            return None;
        }
        let draw = storage_draw(&StorageSeed::<T>::get(), slot);
        let payload_hash = T::Storage::payload_at(drawn_payload(&draw, count)?)?;
        Some(Challenge { payload_hash, draw })
    }

    /// Draws the challenges of the session that begins with this block.
    pub(crate) fn begin_storage_session() {
        let genesis = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
        let parent = frame_system::Pallet::<T>::parent_hash();
        let height = frame_system::Pallet::<T>::block_number().saturated_into();
        StorageSeed::<T>::put(storage_seed(&genesis, height, &parent));
        SessionPayloads::<T>::put(T::Storage::count());
    }

    /// Notes the proof that this block must carry, if its author attested one.
    pub(crate) fn note_due_proof(
        attestation: &BlockAttestation<T::AccountId>,
        challenge: Option<Challenge>,
    ) {
        if let (AttestationKind::Proved { response, .. }, Some(challenge)) =
            (attestation.kind, challenge)
        {
            DueProof::<T>::put((challenge, response));
        }
    }

    pub(crate) fn do_prove_storage(proof: &PayloadProof) -> DispatchResult {
        let (challenge, response) = DueProof::<T>::take().ok_or(Error::<T>::ProofNotDue)?;
        ensure!(
            storage_response(proof) == response,
            Error::<T>::ResponseMismatch
        );
        ensure!(challenge.is_answered_by(proof), Error::<T>::InvalidProof);
        Ok(())
    }
}
