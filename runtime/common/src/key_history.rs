// SPDX-License-Identifier: Apache-2.0
//! Proofs that a GRANDPA key was an author's in a past session.
//!
//! The proof names the session. The state has the keys of the last sessions, so the proof also holds
//! after the session has ended, the keys were rotated or the author was removed.

use alloc::vec::Vec;
use bspp_primitives::traits::{AuthorKeys, KeyRecords};
use bspp_types::{limits::DAY_MS, BlockNumber, HospitalId};
use codec::{Decode, DecodeWithMemTracking, Encode};
use core::marker::PhantomData;
use pallet_slot_duration::SlotDurationOf;
use polkadot_sdk::{
    frame_support::traits::{Get, KeyOwnerProofSystem},
    pallet_grandpa, pallet_session,
    sp_consensus_grandpa::SetId,
    sp_core::{
        crypto::{key_types, KeyTypeId},
        ed25519, sr25519,
    },
    sp_runtime::traits::OpaqueKeys,
    sp_session::{GetSessionNumber, GetValidatorCount, ValidatorCount},
    sp_staking::SessionIndex,
};
use scale_info::TypeInfo;

/// Maximum of [`ReportableSessions`], because each costs entries of the state.
const MAX_REPORTABLE_SESSIONS: u64 = 4_096;

/// Number of sessions for which an offence can be reported: those of one week.
///
/// It follows from the lengths of slots and sessions, which the genesis fixes. `Length` is the
/// length of a session in blocks.
pub struct ReportableSessions<T, Length>(PhantomData<(T, Length)>);

impl<T, Length> Get<u64> for ReportableSessions<T, Length>
where
    T: pallet_slot_duration::Config,
    Length: Get<BlockNumber>,
{
    fn get() -> u64 {
        let length = u64::from(Length::get()).saturating_mul(SlotDurationOf::<T>::get());
        (7 * DAY_MS)
            .checked_div(length)
            .unwrap_or(MAX_REPORTABLE_SESSIONS)
            .clamp(1, MAX_REPORTABLE_SESSIONS)
    }
}

impl<T, Length> Get<u32> for ReportableSessions<T, Length>
where
    T: pallet_slot_duration::Config,
    Length: Get<BlockNumber>,
{
    fn get() -> u32 {
        u32::try_from(<Self as Get<u64>>::get()).unwrap_or(u32::MAX)
    }
}

/// The proof: the session in which the key was an author's, and its number of authors.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct KeyProof {
    /// The session.
    pub session: SessionIndex,
    /// Number of authors in the session.
    pub authors: u32,
}

impl GetSessionNumber for KeyProof {
    fn session(&self) -> SessionIndex {
        self.session
    }
}

impl GetValidatorCount for KeyProof {
    fn validator_count(&self) -> ValidatorCount {
        self.authors
    }
}

/// Makes and checks [`KeyProof`]s by `Records`, on the chain `T`.
pub struct KeyHistory<T, Records>(PhantomData<(T, Records)>);

impl<T, Records> KeyHistory<T, Records>
where
    T: pallet_session::Config + pallet_grandpa::Config,
    Records: KeyRecords<T::AccountId>,
{
    /// The proof for a key that votes in a set of GRANDPA.
    ///
    /// `None` if the set is too old, or if the key does not vote in it. All sessions of a set have
    /// the same keys, so the set's last session proves it.
    pub fn prove_in_set(set: SetId, key: &[u8]) -> Option<KeyProof> {
        prove::<T::AccountId, Records>(pallet_grandpa::SetIdSession::<T>::get(set)?, key)
    }
}

fn prove<AccountId, Records: KeyRecords<AccountId>>(
    session: SessionIndex,
    key: &[u8],
) -> Option<KeyProof> {
    Records::owner(session, key).map(|owner| KeyProof {
        session,
        authors: owner.authors,
    })
}

impl<T, Records, Key> KeyOwnerProofSystem<(KeyTypeId, Key)> for KeyHistory<T, Records>
where
    T: pallet_session::Config,
    Records: KeyRecords<T::AccountId>,
    Key: AsRef<[u8]>,
{
    type Proof = KeyProof;
    type IdentificationTuple = (T::AccountId, Option<HospitalId>);

    fn prove((kind, key): (KeyTypeId, Key)) -> Option<KeyProof> {
        if kind != key_types::GRANDPA {
            return None;
        }
        let session = pallet_session::CurrentIndex::<T>::get();
        prove::<T::AccountId, Records>(session, key.as_ref())
    }

    fn check_proof(
        (kind, key): (KeyTypeId, Key),
        proof: KeyProof,
    ) -> Option<Self::IdentificationTuple> {
        if kind != key_types::GRANDPA {
            return None;
        }
        let owner = Records::owner(proof.session, key.as_ref())?;
        (owner.authors == proof.authors).then_some((owner.author, owner.hospital))
    }
}

/// Gives every session that begins to `Handlers`, and its keys to `Records`.
pub struct RecordedSessions<T, Handlers, Records>(PhantomData<(T, Handlers, Records)>);

impl<T, Handlers, Records> RecordedSessions<T, Handlers, Records>
where
    T: pallet_session::Config,
    Records: KeyRecords<T::AccountId>,
{
    fn record<Keys: OpaqueKeys>(authors: &[(T::AccountId, Keys)]) {
        let authors: Vec<_> = authors
            .iter()
            .filter_map(|(author, keys)| {
                Some(AuthorKeys {
                    author: author.clone(),
                    aura: keys.get::<sr25519::Public>(key_types::AURA)?,
                    grandpa: keys.get::<ed25519::Public>(key_types::GRANDPA)?,
                })
            })
            .collect();
        Records::record(pallet_session::CurrentIndex::<T>::get(), authors);
    }
}

impl<T, Handlers, Records> pallet_session::SessionHandler<T::AccountId>
    for RecordedSessions<T, Handlers, Records>
where
    T: pallet_session::Config,
    Handlers: pallet_session::SessionHandler<T::AccountId>,
    Records: KeyRecords<T::AccountId>,
{
    const KEY_TYPE_IDS: &'static [KeyTypeId] = Handlers::KEY_TYPE_IDS;

    fn on_genesis_session<Keys: OpaqueKeys>(authors: &[(T::AccountId, Keys)]) {
        Handlers::on_genesis_session::<Keys>(authors);
        Self::record(authors);
    }

    fn on_new_session<Keys: OpaqueKeys>(
        changed: bool,
        authors: &[(T::AccountId, Keys)],
        queued: &[(T::AccountId, Keys)],
    ) {
        Handlers::on_new_session::<Keys>(changed, authors, queued);
        Self::record(authors);
    }

    fn on_before_session_ending() {
        Handlers::on_before_session_ending();
    }

    fn on_disabled(author: u32) {
        Handlers::on_disabled(author);
    }
}
