// SPDX-License-Identifier: Apache-2.0
//! Authoring, finality and sessions.

use crate::{Aura, Conformance, Enrolment, Grandpa, Runtime, RuntimeEvent, RuntimeHoldReason};
use bspp_primitives::AccountId;
use bspp_runtime_common::{NoCurrency, SessionKeys, MAX_AUTHORITIES, SLOT_DURATION_MS};
use polkadot_sdk::{
    frame_support::traits::{ConstBool, ConstU128, ConstU32, ConstU64},
    pallet_aura, pallet_authorship, pallet_grandpa, pallet_session,
    sp_consensus_aura::sr25519::AuthorityId as AuraId,
    sp_core,
    sp_runtime::traits::ConvertInto,
};

/// Sessions of the length that the gate keeps.
type Sessions =
    pallet_session::PeriodicSessions<pallet_conformance::SessionLengthOf<Runtime>, ConstU32<0>>;

impl pallet_aura::Config for Runtime {
    type AuthorityId = AuraId;
    type DisabledValidators = ();
    type MaxAuthorities = ConstU32<MAX_AUTHORITIES>;
    type AllowMultipleBlocksPerSlot = ConstBool<false>;
    type SlotDuration = ConstU64<SLOT_DURATION_MS>;
}

impl pallet_authorship::Config for Runtime {
    type FindAuthor = pallet_session::FindAccountFromAuthorIndex<Self, Aura>;
    type EventHandler = ();
}

impl pallet_session::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type ValidatorId = AccountId;
    // Only nodes are admitted to send session calls; which of them author, the admins say.
    type ValidatorIdOf = ConvertInto;
    type ShouldEndSession = Sessions;
    type NextSessionRotation = Sessions;
    type SessionManager = Enrolment;
    type SessionHandler = (Aura, Grandpa, Conformance);
    type Keys = SessionKeys;
    type DisablingStrategy = ();
    type WeightInfo = pallet_session::weights::SubstrateWeight<Runtime>;
    type Currency = NoCurrency<RuntimeHoldReason>;
    type KeyDeposit = ConstU128<0>;
}

impl pallet_grandpa::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type WeightInfo = ();
    type MaxAuthorities = ConstU32<MAX_AUTHORITIES>;
    type MaxNominators = ConstU32<0>;
    // A hospital's nodes are its own: its admins suspend, without reports.
    type MaxSetIdSessionEntries = ConstU64<0>;
    type KeyOwnerProof = sp_core::Void;
    type EquivocationReportSystem = ();
}
