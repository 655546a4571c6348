// SPDX-License-Identifier: Apache-2.0
//! Who may author the consortium's blocks: validators of active hospitals whose own chains are anchored and registered.

use crate::{
    configs::{governance::CouncilTwoThirds, OperationalCalls},
    Consortium, HospitalAnchor, PhiIndex, Runtime, RuntimeCall,
};
use bspp_primitives::{
    conformance::{evidence_commitment, Evidence, Shortfall, StandingFault},
    traits::{Anchorage, ConformancePolicy, CurrentSlot, RegisteredCount},
    AccountId,
};
use bspp_runtime_common::{AuraSlot, SessionAuthors, DAYS, HOURS, MAX_AUTHORITIES, SESSION_LENGTH};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use polkadot_sdk::frame_support::traits::{ConstU32, Contains};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// What the council may change about the gate. In slots of the consortium.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GateParameters {
    /// How long ago a hospital's chain may have been anchored. Never less than two rotations of all authors, or a hospital
    /// could grow stale before its anchor had a chance.
    pub max_anchor_age: u64,
    /// How long an entry block of it may stay unregistered once an anchor has shown it. Never less than two rotations. Who has
    /// made no full block for as long may make one, to register in.
    pub max_lag: u64,
}

impl Default for GateParameters {
    fn default() -> Self {
        Self {
            max_anchor_age: HOURS.into(),
            max_lag: HOURS.into(),
        }
    }
}

/// The consortium's policy: conformance belongs to the hospital whose validator the author is.
pub struct HospitalConformance;

impl ConformancePolicy<AccountId, RuntimeCall> for HospitalConformance {
    type Parameters = GateParameters;

    fn standing(author: &AccountId) -> Result<(), StandingFault> {
        Consortium::standing_of(author)
    }

    fn evidence(author: &AccountId, parameters: &GateParameters) -> Result<Evidence, Shortfall> {
        let hospital = Consortium::hospital_of_validator(author).ok_or(Shortfall::NotAnchored)?;
        let anchor = HospitalAnchor::anchored(&hospital)?;
        let registered = PhiIndex::registered(&hospital);
        let waiting = HospitalAnchor::waiting_since(&hospital, registered);
        let authors = pallet_conformance::Authorities::<Runtime>::decode_len().unwrap_or(0);
        let two_rotations = u64::try_from(authors)
            .unwrap_or(u64::MAX)
            .saturating_mul(2)
            .saturating_add(1);
        let fresh_until = anchor
            .anchored_slot
            .saturating_add(parameters.max_anchor_age.max(two_rotations));
        // Registrations want full blocks. A hospital that has made none for so long may make one, and register in it: hospitals
        // that all lag could never catch up otherwise, nor one whose registrations the others leave out.
        let max_lag = parameters.max_lag.max(two_rotations);
        let parent_slot = AuraSlot::<Runtime>::current_slot();
        let last_full = pallet_consortium::HospitalValidators::<Runtime>::get(hospital)
            .iter()
            .map(pallet_conformance::LastFullSlot::<Runtime>::get)
            .max()
            .unwrap_or(0);
        let excused = parent_slot > last_full.saturating_add(max_lag);
        let in_time_until = waiting
            .filter(|_| !excused)
            .map(|since| since.saturating_add(max_lag));
        let (valid_until, then) = match in_time_until {
            Some(until) if until < fresh_until => (until, Shortfall::RegistrationLag),
            _ => (fresh_until, Shortfall::AnchorStale),
        };
        Ok(Evidence {
            commitment: evidence_commitment(&(
                hospital, anchor, registered, waiting, last_full, excused,
            )),
            valid_until,
            then,
        })
    }

    fn is_operational(call: &RuntimeCall) -> bool {
        matches!(call, RuntimeCall::Timestamp(_)) || OperationalCalls::contains(call)
    }

    fn is_valid(parameters: &GateParameters) -> bool {
        let allowed = 1..=u64::from(30 * DAYS);
        allowed.contains(&parameters.max_anchor_age) && allowed.contains(&parameters.max_lag)
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn make_conformant(author: &AccountId) {
        use bspp_primitives::{traits::Membership, HospitalId};
        let hospital = HospitalId::repeat_byte(0xcf);
        let operator = AccountId::new([0xc1; 32]);
        let delegate = AccountId::new([0xc2; 32]);
        if !Consortium::is_active(&hospital) {
            Consortium::make_member(&hospital, &operator, &delegate);
        }
        pallet_consortium::Validators::<Runtime>::insert(author, hospital);
        let _ = pallet_hospital_anchor::benchmarking::anchor_state::<Runtime>(
            &hospital, b"key", b"value", 1,
        );
    }
}

impl pallet_conformance::Config for Runtime {
    type Parameters = GateParameters;
    type Policy = HospitalConformance;
    type Content = PhiIndex;
    type AuthorSets = SessionAuthors<Runtime>;
    type SuspendOrigin = CouncilTwoThirds;
    type MaxAuthors = ConstU32<MAX_AUTHORITIES>;
    type DefaultSessionLength = ConstU32<SESSION_LENGTH>;
    type WeightInfo = pallet_conformance::weights::SubstrateWeight<Runtime>;
}
