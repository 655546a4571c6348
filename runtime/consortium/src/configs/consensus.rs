// SPDX-License-Identifier: Apache-2.0
//! Authoring, finality and sessions.

use crate::{
    Aura, Conformance, Consortium, Grandpa, Historical, Offences, Runtime, RuntimeCall,
    RuntimeEvent, RuntimeHoldReason, UncheckedExtrinsic,
};
use alloc::vec::Vec;
use bspp_primitives::AccountId;
use bspp_runtime_common::{Longevity, NoCurrency, SessionKeys, MAX_AUTHORITIES};
use bspp_types::limits::DAY_MS;
use pallet_slot_duration::SlotDurationOf;
use polkadot_sdk::{
    frame_support::traits::{ConstBool, ConstU128, ConstU32, Get},
    frame_system::offchain::{CreateBare, CreateTransactionBase},
    pallet_aura, pallet_authorship, pallet_grandpa, pallet_offences,
    pallet_session::{
        self,
        historical::{self, NoteHistoricalRoot},
    },
    sp_consensus_aura::sr25519::AuthorityId as AuraId,
    sp_runtime::traits::Convert,
    sp_session,
    sp_staking::SessionIndex,
};

/// Maximum of [`ReportableSessions`], because each costs an entry of the state.
const MAX_REPORTABLE_SESSIONS: u64 = 4_096;

/// Number of sessions for which an equivocation can be reported: those of one week.
///
/// It follows from the lengths of slots and sessions, which the genesis fixes.
pub struct ReportableSessions;

impl Get<u64> for ReportableSessions {
    fn get() -> u64 {
        let length = u64::from(pallet_conformance::SessionLengthOf::<Runtime>::get())
            .saturating_mul(SlotDurationOf::<Runtime>::get());
        (7 * DAY_MS)
            .checked_div(length)
            .unwrap_or(MAX_REPORTABLE_SESSIONS)
            .clamp(1, MAX_REPORTABLE_SESSIONS)
    }
}

/// Sessions, with the length that the gate stores.
type Sessions =
    pallet_session::PeriodicSessions<pallet_conformance::SessionLengthOf<Runtime>, ConstU32<0>>;

impl pallet_aura::Config for Runtime {
    type AuthorityId = AuraId;
    type DisabledValidators = ();
    type MaxAuthorities = ConstU32<MAX_AUTHORITIES>;
    type AllowMultipleBlocksPerSlot = ConstBool<false>;
    type SlotDuration = SlotDurationOf<Self>;
}

impl pallet_authorship::Config for Runtime {
    type FindAuthor = pallet_session::FindAccountFromAuthorIndex<Self, Aura>;
    type EventHandler = ();
}

impl pallet_session::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type ValidatorId = AccountId;
    type ValidatorIdOf = pallet_consortium::ValidatorOf<Self>;
    type ShouldEndSession = Sessions;
    type NextSessionRotation = Sessions;
    type SessionManager = NoteHistoricalRoot<Self, WithIdentity>;
    type SessionHandler = (Aura, Grandpa, Conformance);
    type Keys = SessionKeys;
    type DisablingStrategy = ();
    type WeightInfo = pallet_session::weights::SubstrateWeight<Runtime>;
    type Currency = NoCurrency<RuntimeHoldReason>;
    type KeyDeposit = ConstU128<0>;
}

/// The consortium pallet's sets. Only its account identifies a validator.
pub struct WithIdentity;

/// The identification of a validator besides its account: none.
pub struct Nothing;

impl Convert<AccountId, Option<()>> for Nothing {
    fn convert(_: AccountId) -> Option<()> {
        Some(())
    }
}

fn with_identity(set: Option<Vec<AccountId>>) -> Option<Vec<(AccountId, ())>> {
    set.map(|set| set.into_iter().map(|who| (who, ())).collect())
}

impl pallet_session::SessionManager<AccountId> for WithIdentity {
    fn new_session(index: SessionIndex) -> Option<Vec<AccountId>> {
        <Consortium as pallet_session::SessionManager<_>>::new_session(index)
    }

    fn new_session_genesis(index: SessionIndex) -> Option<Vec<AccountId>> {
        <Consortium as pallet_session::SessionManager<_>>::new_session_genesis(index)
    }

    fn start_session(index: SessionIndex) {
        <Consortium as pallet_session::SessionManager<_>>::start_session(index);
    }

    fn end_session(index: SessionIndex) {
        <Consortium as pallet_session::SessionManager<_>>::end_session(index);
    }
}

impl historical::SessionManager<AccountId, ()> for WithIdentity {
    fn new_session(index: SessionIndex) -> Option<Vec<(AccountId, ())>> {
        with_identity(<Self as pallet_session::SessionManager<_>>::new_session(
            index,
        ))
    }

    fn new_session_genesis(index: SessionIndex) -> Option<Vec<(AccountId, ())>> {
        with_identity(<Self as pallet_session::SessionManager<_>>::new_session_genesis(index))
    }

    fn start_session(index: SessionIndex) {
        <Self as pallet_session::SessionManager<_>>::start_session(index);
    }

    fn end_session(index: SessionIndex) {
        <Self as pallet_session::SessionManager<_>>::end_session(index);
    }
}

impl historical::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type FullIdentification = ();
    type FullIdentificationOf = Nothing;
}

impl pallet_offences::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type IdentificationTuple = historical::IdentificationTuple<Self>;
    type OnOffenceHandler = pallet_conformance::SuspendOffenders<Self>;
}

impl pallet_grandpa::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type WeightInfo = ();
    type MaxAuthorities = ConstU32<MAX_AUTHORITIES>;
    type MaxNominators = ConstU32<0>;
    type MaxSetIdSessionEntries = ReportableSessions;
    type KeyOwnerProof = sp_session::MembershipProof;
    type EquivocationReportSystem =
        pallet_grandpa::EquivocationReportSystem<Self, Offences, Historical, Longevity<Self>>;
}

// Nodes send reports of equivocations without a signature.
impl<C> CreateTransactionBase<C> for Runtime
where
    RuntimeCall: From<C>,
{
    type Extrinsic = UncheckedExtrinsic;
    type RuntimeCall = RuntimeCall;
}

impl<C> CreateBare<C> for Runtime
where
    RuntimeCall: From<C>,
{
    fn create_bare(call: RuntimeCall) -> UncheckedExtrinsic {
        UncheckedExtrinsic::new_bare(call)
    }
}
