// SPDX-License-Identifier: Apache-2.0
//! Admins, staff, nodes and credentials.

use crate::{Conformance, Runtime, RuntimeCall, Session};
use bspp_runtime_common::{is_authorized_upgrade, AuraSlot};
use bspp_types::limits::{DAY_MS, MAX_CREDENTIAL_DAYS, MAX_HOSPITAL_NODES};
use pallet_slot_duration::SlotsIn;
use polkadot_sdk::frame_support::traits::{ConstU32, Contains};

/// Calls that keep the chain going.
///
/// They are those about session keys, finality and conformance, those of the admin pallet, and
/// those that a patient signs: a withdrawal of consent and a rise of the label version.
pub struct OperationalCalls;

impl Contains<RuntimeCall> for OperationalCalls {
    fn contains(call: &RuntimeCall) -> bool {
        use pallet_patients::Call as Patients;
        use polkadot_sdk::frame_system::Call as System;
        match call {
            RuntimeCall::Session(_)
            | RuntimeCall::Grandpa(_)
            | RuntimeCall::Conformance(_)
            | RuntimeCall::HospitalAdmin(_)
            | RuntimeCall::Patients(
                Patients::withdraw_consent { .. } | Patients::raise_label_version { .. },
            ) => true,
            // Only the code that an admin has authorized is operational. Any other code would fill
            // blocks.
            RuntimeCall::System(System::apply_authorized_upgrade { code }) => {
                is_authorized_upgrade::<Runtime>(code)
            }
            _ => false,
        }
    }
}

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
    type OperationalCalls = OperationalCalls;
    type MaxAdmins = ConstU32<16>;
    type MaxStaff = ConstU32<16384>;
    type MaxNodes = ConstU32<MAX_HOSPITAL_NODES>;
    type WeightInfo = pallet_hospital_admin::weights::SubstrateWeight<Runtime>;
}
