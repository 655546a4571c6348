// SPDX-License-Identifier: Apache-2.0
//! Admins, staff, nodes and credentials.

use crate::{
    configs::{quota::StaffQuota, HospitalCalls},
    Conformance, Runtime, RuntimeCall, Session,
};
use bspp_runtime_common::AuraSlot;
use bspp_types::limits::{DAY_MS, MAX_CREDENTIAL_DAYS, MAX_HOSPITAL_NODES};
use pallet_slot_duration::SlotsIn;
use polkadot_sdk::frame_support::traits::{ConstU32, Contains};

/// Calls that an admin may dispatch as root: runtime upgrades, and restarts of finality.
pub struct RootCalls;

impl Contains<RuntimeCall> for RootCalls {
    fn contains(call: &RuntimeCall) -> bool {
        use polkadot_sdk::{frame_system::Call as System, pallet_grandpa::Call as Grandpa};
        matches!(
            call,
            RuntimeCall::System(System::authorize_upgrade { .. } | System::set_code { .. })
                | RuntimeCall::Grandpa(Grandpa::note_stalled { .. })
        )
    }
}

/// Maximum validity of a credential, in milliseconds.
const MAX_CREDENTIAL_MS: u64 = MAX_CREDENTIAL_DAYS as u64 * DAY_MS;

impl pallet_hospital_admin::Config for Runtime {
    type RuntimeCall = RuntimeCall;
    type SessionKeys = Session;
    type Session = Session;
    type Authors = Conformance;
    type Slot = AuraSlot<Runtime>;
    type RootCalls = RootCalls;
    type MaxCredentialSlots = SlotsIn<Runtime, MAX_CREDENTIAL_MS>;
    type Calls = HospitalCalls;
    type StaffQuota = StaffQuota;
    type MaxAdmins = ConstU32<16>;
    type MaxStaff = ConstU32<16384>;
    type MaxNodes = ConstU32<MAX_HOSPITAL_NODES>;
    type WeightInfo = pallet_hospital_admin::weights::SubstrateWeight<Runtime>;
}
