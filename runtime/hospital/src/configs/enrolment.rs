// SPDX-License-Identifier: Apache-2.0
//! Staff, nodes, patients and consents.

use crate::{Conformance, Runtime, RuntimeCall, Session};
use bspp_runtime_common::{is_authorized_upgrade, AuraSlot, HostBundleVerifier, DAYS};
use polkadot_sdk::frame_support::traits::{ConstU32, ConstU64, Contains};

/// Calls that keep the chain going: session keys, finality, and what admins and patients decide.
pub struct OperationalCalls;

impl Contains<RuntimeCall> for OperationalCalls {
    fn contains(call: &RuntimeCall) -> bool {
        use pallet_enrolment::Call as Enrolment;
        use polkadot_sdk::frame_system::Call as System;
        match call {
            RuntimeCall::Session(_) | RuntimeCall::Grandpa(_) | RuntimeCall::Conformance(_) => true,
            // Only the code that an admin has authorized: it would be a way to fill blocks otherwise.
            RuntimeCall::System(System::apply_authorized_upgrade { code }) => {
                is_authorized_upgrade::<Runtime>(code)
            }
            RuntimeCall::Enrolment(call) => !matches!(
                call,
                Enrolment::enrol_patient { .. } | Enrolment::register_consent { .. }
            ),
            _ => false,
        }
    }
}

/// What an admin may have dispatched as root: runtime upgrades, and the way out of a finality stall.
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

/// A year of slots: no credential is issued for longer.
const MAX_CREDENTIAL_SLOTS: u64 = 366 * DAYS as u64;

impl pallet_enrolment::Config for Runtime {
    type RuntimeCall = RuntimeCall;
    type BundleVerifier = HostBundleVerifier;
    type SessionKeys = Session;
    type Session = Session;
    type Authors = Conformance;
    type Slot = AuraSlot<Runtime>;
    type RootCalls = RootCalls;
    type MaxCredentialSlots = ConstU64<MAX_CREDENTIAL_SLOTS>;
    type OperationalCalls = OperationalCalls;
    type MaxAdmins = ConstU32<16>;
    type MaxClinicians = ConstU32<16384>;
    type MaxNodes = ConstU32<64>;
    type WeightInfo = pallet_enrolment::weights::SubstrateWeight<Runtime>;
}
