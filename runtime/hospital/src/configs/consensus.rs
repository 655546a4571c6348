// SPDX-License-Identifier: Apache-2.0
//! Authoring, finality and sessions.

use crate::{
    Aura, Conformance, Grandpa, HospitalAdmin, Offences, Runtime, RuntimeCall, RuntimeEvent,
    RuntimeHoldReason, UncheckedExtrinsic,
};
use bspp_primitives::AccountId;
use bspp_runtime_common::{
    KeyHistory, KeyProof, Longevity, NoCurrency, RecordedSessions, SessionKeys, MAX_AUTHORITIES,
};
use bspp_types::HospitalId;
use pallet_slot_duration::SlotDurationOf;
use polkadot_sdk::{
    frame_support::traits::{ConstBool, ConstU128, ConstU32},
    frame_system::offchain::{CreateBare, CreateTransactionBase},
    pallet_aura, pallet_authorship, pallet_grandpa, pallet_offences, pallet_session,
    sp_consensus_aura::sr25519::AuthorityId as AuraId,
    sp_runtime::traits::ConvertInto,
};

/// Number of sessions for which an equivocation can be reported.
pub type ReportableSessions =
    bspp_runtime_common::ReportableSessions<Runtime, pallet_conformance::SessionLengthOf<Runtime>>;

/// Proofs of the keys of past sessions.
pub type Keys = KeyHistory<Runtime, Conformance>;

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
    // Admission lets only nodes send session calls. The admins decide which of them author.
    type ValidatorIdOf = ConvertInto;
    type ShouldEndSession = Sessions;
    type NextSessionRotation = Sessions;
    type SessionManager = HospitalAdmin;
    type SessionHandler = RecordedSessions<Self, (Aura, Grandpa, Conformance), Conformance>;
    type Keys = SessionKeys;
    type DisablingStrategy = ();
    type WeightInfo = pallet_session::weights::SubstrateWeight<Runtime>;
    type Currency = NoCurrency<RuntimeHoldReason>;
    type KeyDeposit = ConstU128<0>;
}

impl pallet_offences::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    // The offender. All nodes are this hospital's.
    type IdentificationTuple = (AccountId, Option<HospitalId>);
    type OnOffenceHandler = pallet_conformance::SuspendOffenders<Self>;
}

impl pallet_grandpa::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type WeightInfo = ();
    type MaxAuthorities = ConstU32<MAX_AUTHORITIES>;
    type MaxNominators = ConstU32<0>;
    type MaxSetIdSessionEntries = ReportableSessions;
    type KeyOwnerProof = KeyProof;
    type EquivocationReportSystem =
        pallet_grandpa::EquivocationReportSystem<Self, Offences, Keys, Longevity<Self>>;
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
