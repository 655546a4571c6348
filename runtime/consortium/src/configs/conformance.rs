// SPDX-License-Identifier: Apache-2.0
//! The authors of the consortium's blocks: validators of conformant hospitals.
//!
//! Such a hospital is active, and its own chain is anchored and registered.

use crate::{
    configs::{
        consensus::ReportableSessions, governance::CouncilTwoThirds, phi::NoRegistrations,
        OperationalCalls,
    },
    Consortium, HospitalAnchor, PhiIndex, Runtime, RuntimeCall,
};
use bspp_primitives::{
    conformance::{
        evidence_commitment, lag_limit, CallClass, Evidence, Expiry, Shortfall, StandingFault,
    },
    traits::{Anchorage, ConformancePolicy, RegisteredCount},
    AccountId,
};
use bspp_runtime_common::{SessionAuthors, MAX_AUTHORITIES};
use bspp_types::{
    limits::{DAY_MS, DEFAULT_SLOT_DURATION, HOUR_MS, REGISTRATION_MORTALITY},
    HospitalId,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use pallet_slot_duration::{slots_in, SlotsIn};
use polkadot_sdk::frame_support::traits::{ConstU32, Contains, Get};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// The parameters of the gate that the council may change, in slots of the consortium.
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
    /// Maximum age of the anchor of a hospital's chain.
    ///
    /// It is never less than two rotations of all authors and the mortality of a gateway's
    /// transaction. Otherwise an anchor could become stale before the hospital had a chance to renew
    /// it: an anchor may be as old as its mortality when it enters a block.
    pub max_anchor_age: u64,
    /// Maximum time for which an entry block may stay unregistered after an anchor has shown it.
    ///
    /// It is never less than two rotations, and not less than four mortalities: two gateways lose
    /// calls to each other for up to three. The time in which the hospital may not register does not
    /// count: its reserve has no room, or the council has paused registrations.
    pub max_lag: u64,
}

impl GateParameters {
    /// Sets both limits to this number of slots.
    const fn of(slots: u64) -> Self {
        Self {
            max_anchor_age: slots,
            max_lag: slots,
        }
    }

    /// Both limits, raised to what the number of authors and the mortality of transactions need.
    pub(crate) fn raised(self, authors: usize) -> Self {
        let two_rotations = u64::try_from(authors)
            .unwrap_or(u64::MAX)
            .saturating_mul(2)
            .saturating_add(1);
        Self {
            max_anchor_age: self
                .max_anchor_age
                .max(two_rotations.saturating_add(REGISTRATION_MORTALITY)),
            max_lag: self.max_lag.max(two_rotations).max(MIN_LAG),
        }
    }
}

/// Least limit of lag in slots: four mortalities of a registration.
///
/// The model of anchors and registrations needs three beside a second gateway.
const MIN_LAG: u64 = REGISTRATION_MORTALITY.saturating_mul(4);

/// One hour of slots of the default length.
///
/// A genesis counts slots of its own length: [`HospitalConformance::genesis_parameters`].
impl Default for GateParameters {
    fn default() -> Self {
        Self::of(slots_in(HOUR_MS, DEFAULT_SLOT_DURATION))
    }
}

/// The consortium's policy: the conformance of an author is that of its hospital.
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
        let GateParameters {
            max_anchor_age,
            max_lag,
        } = parameters.raised(authors);
        let fresh_until = anchor.anchored_slot.saturating_add(max_anchor_age);
        // An author that lags makes blocks that admit registrations, and its hospital can register
        // in them. So hospitals catch up if all of them lag, or if others leave registrations out.
        let stands = NoRegistrations::contains(&hospital);
        let expiry = Expiry::of(fresh_until, lag_limit(waiting, stands, max_lag));
        Ok(Evidence {
            commitment: evidence_commitment(&(hospital, anchor, registered, waiting, stands)),
            valid_until: expiry.valid_until,
            then: expiry.then,
            later: expiry.later,
        })
    }

    fn is_operational(call: &RuntimeCall) -> bool {
        matches!(call, RuntimeCall::Timestamp(_)) || OperationalCalls::contains(call)
    }

    fn class_of(call: &RuntimeCall) -> CallClass {
        match call {
            RuntimeCall::PhiIndex(pallet_phi_index::Call::register_blocks { .. }) => {
                CallClass::Registration
            }
            call if Self::is_operational(call) => CallClass::Operational,
            _ => CallClass::Ordinary,
        }
    }

    fn genesis_parameters() -> GateParameters {
        GateParameters::of(SlotsIn::<Runtime, HOUR_MS>::get())
    }

    fn is_valid(parameters: &GateParameters) -> bool {
        let month: u64 = SlotsIn::<Runtime, { 30 * DAY_MS }>::get();
        let allowed = 1..=month;
        allowed.contains(&parameters.max_anchor_age) && allowed.contains(&parameters.max_lag)
    }

    fn hospital_of(author: &AccountId) -> Option<HospitalId> {
        Consortium::hospital_of_validator(author)
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn make_conformant(author: &AccountId) {
        use bspp_primitives::traits::Membership;
        let hospital = HospitalId::repeat_byte(0xcf);
        let operator = AccountId::new([0xc1; 32]);
        let requester = AccountId::new([0xc2; 32]);
        if !Consortium::is_active(&hospital) {
            Consortium::make_member(&hospital, &operator, &requester);
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
    // The consortium keeps no ciphertext.
    type Storage = ();
    type AuthorSets = SessionAuthors<Runtime>;
    type SuspendOrigin = CouncilTwoThirds;
    type MaxAuthors = ConstU32<MAX_AUTHORITIES>;
    type DefaultSessionLength = SlotsIn<Runtime, HOUR_MS>;
    type ReportableSessions = ReportableSessions;
    type WeightInfo = pallet_conformance::weights::SubstrateWeight<Runtime>;
}
