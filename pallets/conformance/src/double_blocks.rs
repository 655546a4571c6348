// SPDX-License-Identifier: Apache-2.0
//! Two blocks of one author in one slot.

use crate::{pallet::*, types::OffenceKind};
use bspp_primitives::{
    conformance::{slot_of, AURA_ENGINE_ID},
    traits::AuthorStandings,
};
use codec::Encode;
use frame_support::ensure;
use frame_system::pallet_prelude::HeaderFor;
use sp_core::sr25519;
use sp_runtime::{
    generic::DigestItem,
    traits::{Header, Verify},
    DispatchResult,
};
use sp_staking::SessionIndex;

/// Maximum length of a reported header, in bytes.
///
/// The longest header announces a new set of 256 voters, in 10 KiB.
pub const MAX_HEADER_BYTES: usize = 16 * 1024;

/// A header without its seal.
struct Unsealed<T: Config> {
    slot: u64,
    /// The hash that the author signed.
    hash: <HeaderFor<T> as Header>::Hash,
    seal: sr25519::Signature,
}

impl<T: Config> Unsealed<T> {
    /// Takes the seal, the last item of the digest, off a header.
    fn open(mut header: HeaderFor<T>) -> Result<Self, Error<T>> {
        if header.encoded_size() > MAX_HEADER_BYTES {
            return Err(Error::<T>::InvalidHeaders);
        }
        let Some(DigestItem::Seal(AURA_ENGINE_ID, seal)) = header.digest_mut().pop() else {
            return Err(Error::<T>::InvalidHeaders);
        };
        Ok(Self {
            slot: slot_of(header.digest()).map_err(|_| Error::<T>::InvalidHeaders)?,
            hash: header.hash(),
            seal: sr25519::Signature::try_from(seal.as_slice())
                .map_err(|()| Error::<T>::InvalidHeaders)?,
        })
    }

    /// Whether this key made the seal.
    fn is_sealed_by(&self, key: &sr25519::Public) -> bool {
        let message: &[u8] = self.hash.as_ref();
        self.seal.verify(message, key)
    }
}

impl<T: Config> Pallet<T> {
    /// Judges two headers, which must be different blocks of one author in one slot.
    pub(crate) fn judge_double_blocks(
        session: SessionIndex,
        first: HeaderFor<T>,
        second: HeaderFor<T>,
    ) -> DispatchResult {
        let (first, second) = (Unsealed::<T>::open(first)?, Unsealed::<T>::open(second)?);
        // The hash that is signed counts: the same block with two seals is one block.
        ensure!(
            first.slot == second.slot && first.hash != second.hash,
            Error::<T>::InvalidHeaders
        );
        let authors = Self::authors_in(session).ok_or(Error::<T>::SessionNotFound)?;
        let offender = crate::gate::turn(&authors, first.slot).ok_or(Error::<T>::InvalidHeaders)?;
        ensure!(
            first.is_sealed_by(&offender.aura) && second.is_sealed_by(&offender.aura),
            Error::<T>::InvalidHeaders
        );
        let author = &offender.author;
        ensure!(
            !Self::is_suspended(author) && !NotedEquivocations::<T>::contains_key(author),
            Error::<T>::AlreadyExists
        );
        ensure!(
            SettledSlots::<T>::get(author).is_none_or(|settled| first.slot > settled),
            Error::<T>::AlreadySettled
        );
        Self::punish(author, offender.hospital, session, OffenceKind::Blocks);
        Ok(())
    }
}
