// SPDX-License-Identifier: Apache-2.0
//! The authors of a hospital chain: its validators, with a credential of the admins.

use crate::{
    configs::{OperationalCalls, ReportableSessions},
    HospitalAdmin, PhiRecords, Runtime, RuntimeCall,
};
use bspp_primitives::{
    conformance::{evidence_commitment, Evidence, Shortfall, StandingFault},
    traits::{ConformancePolicy, HospitalChain},
    AccountId,
};
use bspp_runtime_common::{SessionAuthors, MAX_AUTHORITIES};
use bspp_types::limits::HOUR_MS;
use pallet_slot_duration::SlotsIn;
use polkadot_sdk::frame_support::traits::{ConstU32, Contains};

/// The hospital chain's policy.
pub struct NodeConformance;

impl ConformancePolicy<AccountId, RuntimeCall> for NodeConformance {
    type Parameters = ();

    // The gate asks only for authors in the session's set, and it stores suspensions itself.
    fn standing(_: &AccountId) -> Result<(), StandingFault> {
        Ok(())
    }

    fn evidence(author: &AccountId, _: &()) -> Result<Evidence, Shortfall> {
        let valid_until = HospitalAdmin::credential(author).ok_or(Shortfall::NoCredential)?;
        Ok(Evidence {
            commitment: evidence_commitment(&(HospitalAdmin::hospital(), author, valid_until)),
            valid_until,
            then: Shortfall::CredentialExpired,
            later: None,
        })
    }

    fn is_operational(call: &RuntimeCall) -> bool {
        matches!(call, RuntimeCall::Timestamp(_)) || OperationalCalls::contains(call)
    }

    fn is_valid(_: &()) -> bool {
        true
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn make_conformant(author: &AccountId) {
        pallet_hospital_admin::Credentials::<Runtime>::insert(author, u64::MAX);
    }
}

impl pallet_conformance::Config for Runtime {
    type Parameters = ();
    type Policy = NodeConformance;
    type Content = PhiRecords;
    type Storage = PhiRecords;
    type AuthorSets = SessionAuthors<Runtime>;
    type SuspendOrigin = pallet_hospital_admin::EnsureAdmin<Runtime>;
    type MaxAuthors = ConstU32<MAX_AUTHORITIES>;
    type DefaultSessionLength = SlotsIn<Runtime, HOUR_MS>;
    type ReportableSessions = ReportableSessions;
    type WeightInfo = pallet_conformance::weights::SubstrateWeight<Runtime>;
}
