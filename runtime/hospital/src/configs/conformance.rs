// SPDX-License-Identifier: Apache-2.0
//! Who may author a hospital chain's blocks: its validators, with a credential of the admins.

use crate::{configs::OperationalCalls, Enrolment, PhiRecords, Runtime, RuntimeCall};
use bspp_primitives::{
    conformance::{evidence_commitment, Evidence, Shortfall, StandingFault},
    traits::ConformancePolicy,
    AccountId,
};
use bspp_runtime_common::{SessionAuthors, MAX_AUTHORITIES, SESSION_LENGTH};
use polkadot_sdk::frame_support::traits::{ConstU32, Contains};

/// The hospital chain's policy.
pub struct NodeConformance;

impl ConformancePolicy<AccountId, RuntimeCall> for NodeConformance {
    type Parameters = ();

    // Who is asked for stands in the session's set; suspensions are the gate's own.
    fn standing(_: &AccountId) -> Result<(), StandingFault> {
        Ok(())
    }

    fn evidence(author: &AccountId, _: &()) -> Result<Evidence, Shortfall> {
        let valid_until = Enrolment::credential(author).ok_or(Shortfall::NoCredential)?;
        Ok(Evidence {
            commitment: evidence_commitment(&(Enrolment::hospital(), author, valid_until)),
            valid_until,
            then: Shortfall::CredentialExpired,
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
        pallet_enrolment::Credentials::<Runtime>::insert(author, u64::MAX);
    }
}

impl pallet_conformance::Config for Runtime {
    type Parameters = ();
    type Policy = NodeConformance;
    type Content = PhiRecords;
    type AuthorSets = SessionAuthors<Runtime>;
    type SuspendOrigin = pallet_enrolment::EnsureAdmin<Runtime>;
    type MaxAuthors = ConstU32<MAX_AUTHORITIES>;
    type DefaultSessionLength = ConstU32<SESSION_LENGTH>;
    type WeightInfo = pallet_conformance::weights::SubstrateWeight<Runtime>;
}
