// SPDX-License-Identifier: Apache-2.0
//! Authoring, finality and sessions.

use crate::{Aura, Conformance, Grandpa, HospitalAdmin, Runtime, RuntimeEvent, RuntimeHoldReason};
use bspp_primitives::AccountId;
use bspp_runtime_common::{NoCurrency, SessionKeys, MAX_AUTHORITIES};
use pallet_slot_duration::SlotDurationOf;
use polkadot_sdk::{
    frame_support::traits::{ConstBool, ConstU128, ConstU32, ConstU64},
    pallet_aura, pallet_authorship, pallet_grandpa, pallet_session,
    sp_consensus_aura::sr25519::AuthorityId as AuraId,
    sp_core,
    sp_runtime::traits::ConvertInto,
};

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
    // A hospital owns its nodes, so its admins suspend them without reports.
    type MaxSetIdSessionEntries = ConstU64<0>;
    type KeyOwnerProof = sp_core::Void;
    type EquivocationReportSystem = ();
}
