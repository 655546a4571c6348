// SPDX-License-Identifier: Apache-2.0
//! The calls that each member may send, and those that keep the chain going.

use crate::{
    configs::{hospital_admin::RootCalls, quota::operational_quota, system::MAX_BLOCK_BYTES},
    Runtime, RuntimeCall,
};
use bspp_primitives::{quota::Quota, refusal, traits::CallRules, AccountId};
use bspp_runtime_common::is_authorized_upgrade;
use codec::Encode;
use pallet_conformance::{Call as Gate, MAX_HEADER_BYTES};
use pallet_hospital_admin::{Call as Admin, Sender};
use pallet_patients::Call as Patients;
use pallet_phi_records::Call as Records;
use polkadot_sdk::{
    frame_support::{traits::Contains, weights::Weight},
    frame_system::Call as SystemCall,
    pallet_grandpa::Call as Finality,
    pallet_session::Call as Keys,
    sp_runtime::traits::OpaqueKeys,
};

/// Maximum length of signature, account, extensions and small arguments, in bytes.
const ENVELOPE_BYTES: u32 = 2 * 1024;

/// Calls that keep the chain going.
///
/// They are those about session keys, finality and conformance, those of the admin pallet, and
/// those that a patient signs: a withdrawal of consent and a rise of the label version. Restricted
/// blocks carry them. Admission refuses them of accounts that [`exempt`] does not name.
pub struct OperationalCalls;

impl Contains<RuntimeCall> for OperationalCalls {
    fn contains(call: &RuntimeCall) -> bool {
        match call {
            RuntimeCall::Session(_)
            | RuntimeCall::Grandpa(_)
            | RuntimeCall::Conformance(_)
            | RuntimeCall::HospitalAdmin(_)
            | RuntimeCall::PhiRecords(Records::write_off { .. })
            | RuntimeCall::Patients(
                Patients::withdraw_consent { .. } | Patients::raise_label_version { .. },
            ) => true,
            // Only the code that an admin has authorized is operational. Any other code would fill
            // blocks.
            RuntimeCall::System(SystemCall::apply_authorized_upgrade { code }) => {
                is_authorized_upgrade::<Runtime>(code)
            }
            _ => false,
        }
    }
}

/// Whether an account with these parts may send an operational call.
///
/// The rule follows the origin of each call, so that a call that can only fail takes no room.
pub fn exempt(sender: &Sender, call: &RuntimeCall) -> bool {
    match call {
        RuntimeCall::Session(Keys::set_keys { .. }) => sender.node,
        RuntimeCall::Grandpa(Finality::report_equivocation { .. })
        | RuntimeCall::Conformance(Gate::report_double_authoring { .. }) => {
            sender.admin || sender.node
        }
        RuntimeCall::Conformance(_)
        | RuntimeCall::HospitalAdmin(_)
        | RuntimeCall::PhiRecords(Records::write_off { .. })
        | RuntimeCall::System(SystemCall::apply_authorized_upgrade { .. }) => sender.admin,
        _ => false,
    }
}

/// The rules of admission on a hospital chain.
pub struct HospitalCalls;

impl CallRules<AccountId, Sender, RuntimeCall> for HospitalCalls {
    fn is_operational(call: &RuntimeCall) -> bool {
        OperationalCalls::contains(call)
    }

    fn may_be_bare(call: &RuntimeCall) -> bool {
        use polkadot_sdk::{frame_system::Call as System, pallet_grandpa::Call as Grandpa};
        matches!(
            call,
            RuntimeCall::System(System::apply_authorized_upgrade { .. })
                | RuntimeCall::Grandpa(Grandpa::report_equivocation_unsigned { .. })
        )
    }

    fn exempt(sender: &Sender, call: &RuntimeCall) -> bool {
        exempt(sender, call)
    }

    fn permitted(sender: &Sender, call: &RuntimeCall) -> bool {
        match call {
            RuntimeCall::PhiRecords(_) => sender.staff,
            RuntimeCall::Patients(_) => sender.staff || sender.admin,
            _ => false,
        }
    }

    fn check_bounds(who: &AccountId, call: &RuntimeCall, len: u32) -> Result<(), u8> {
        if Self::is_operational(call) && len > max_length(call) {
            return Err(refusal::OUT_OF_BOUNDS);
        }
        match call {
            RuntimeCall::Session(Keys::set_keys { keys, proof })
                if !who.using_encoded(|owner| keys.ownership_proof_is_valid(owner, proof)) =>
            {
                Err(refusal::INVALID_KEY_PROOF)
            }
            RuntimeCall::HospitalAdmin(Admin::dispatch_as_root { call })
                if !RootCalls::contains(call) =>
            {
                Err(refusal::CALL_NOT_AUTHORIZED)
            }
            _ => Ok(()),
        }
    }

    fn operational_quota(sender: &Sender) -> Quota {
        operational_quota(sender)
    }

    fn weight(call: &RuntimeCall) -> Weight {
        /// Verification of the three signatures of a proof of session keys: 1 ms.
        const KEY_PROOF: u64 = 1_000_000_000;
        /// Hashing of a byte of a runtime, three times.
        const CODE_BYTE: u64 = 6_000;

        match call {
            RuntimeCall::Session(Keys::set_keys { .. }) => Weight::from_parts(KEY_PROOF, 0),
            RuntimeCall::System(SystemCall::apply_authorized_upgrade { code }) => {
                let bytes = u64::try_from(code.len()).unwrap_or(u64::MAX);
                Weight::from_parts(CODE_BYTE.saturating_mul(bytes), 0)
            }
            _ => Weight::zero(),
        }
    }
}

/// Maximum length of a transaction with an operational call, in bytes.
fn max_length(call: &RuntimeCall) -> u32 {
    let arguments = match call {
        // Both bring the code of a runtime.
        RuntimeCall::HospitalAdmin(Admin::dispatch_as_root { .. })
        | RuntimeCall::System(SystemCall::apply_authorized_upgrade { .. }) => MAX_BLOCK_BYTES,
        RuntimeCall::Conformance(Gate::report_double_authoring { .. }) => {
            u32::try_from(MAX_HEADER_BYTES)
                .unwrap_or(u32::MAX)
                .saturating_mul(2)
        }
        _ => ENVELOPE_BYTES,
    };
    arguments.saturating_add(ENVELOPE_BYTES)
}
