// SPDX-License-Identifier: Apache-2.0
//! Staff, nodes, patients and consents.

use crate::{Runtime, RuntimeCall, Session};
use bspp_runtime_common::HostBundleVerifier;
use polkadot_sdk::frame_support::traits::{ConstU32, Contains};

/// Calls that keep the chain going: session keys, finality, and what admins and patients decide.
pub struct OperationalCalls;

impl Contains<RuntimeCall> for OperationalCalls {
    fn contains(call: &RuntimeCall) -> bool {
        use pallet_enrolment::Call as Enrolment;
        match call {
            RuntimeCall::Session(_) | RuntimeCall::Grandpa(_) => true,
            RuntimeCall::Enrolment(call) => !matches!(
                call,
                Enrolment::enrol_patient { .. } | Enrolment::register_consent { .. }
            ),
            _ => false,
        }
    }
}

impl pallet_enrolment::Config for Runtime {
    type BundleVerifier = HostBundleVerifier;
    type SessionKeys = Session;
    type OperationalCalls = OperationalCalls;
    type MaxAdmins = ConstU32<16>;
    type MaxClinicians = ConstU32<16384>;
    type MaxNodes = ConstU32<64>;
    type WeightInfo = pallet_enrolment::weights::SubstrateWeight<Runtime>;
}
