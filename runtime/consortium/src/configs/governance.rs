// SPDX-License-Identifier: Apache-2.0
//! The council and the members.

use crate::{
    configs::{
        quota::{QuotaBytes, QuotaWeight},
        ChainId,
    },
    Conformance, Council, Runtime, RuntimeCall, RuntimeEvent, RuntimeOrigin, Session, Timestamp,
};
use bspp_primitives::{AccountId, Signature};
use bspp_runtime_common::{is_authorized_upgrade, MAX_AUTHORITIES};
use bspp_types::limits::{max_proposal_time, DAY_MS};
use pallet_slot_duration::{SlotDurationOf, SlotsIn};
use polkadot_sdk::{
    frame_support::{
        parameter_types,
        traits::{ConstU16, ConstU32, Contains, Get, NeverEnsureOrigin},
        weights::Weight,
    },
    frame_system::EnsureRoot,
    pallet_collective::{self, EnsureProportionAtLeast, Instance1},
};

/// Two thirds of the council.
pub type CouncilTwoThirds = EnsureProportionAtLeast<AccountId, Instance1, 2, 3>;

/// Maximum number of council members.
const MAX_COUNCIL: u32 = 32;

parameter_types! {
    // Clients close votes with this bound.
    pub MaxProposalWeight: Weight =
        Weight::from_parts(max_proposal_time(SlotDurationOf::<Runtime>::get()), u64::MAX);
}

impl pallet_collective::Config<Instance1> for Runtime {
    type RuntimeOrigin = RuntimeOrigin;
    type Proposal = RuntimeCall;
    type RuntimeEvent = RuntimeEvent;
    type MotionDuration = SlotsIn<Runtime, { 7 * DAY_MS }>;
    type MaxProposals = ConstU32<20>;
    type MaxMembers = ConstU32<MAX_COUNCIL>;
    type DefaultVote = pallet_collective::PrimeDefaultVote;
    type WeightInfo = pallet_collective::weights::SubstrateWeight<Runtime>;
    // Only the consortium pallet sets the members; otherwise roles would not follow.
    type SetMembersOrigin = NeverEnsureOrigin<()>;
    type MaxProposalWeight = MaxProposalWeight;
    type DisapproveOrigin = EnsureRoot<AccountId>;
    type KillOrigin = EnsureRoot<AccountId>;
    type Consideration = ();
}

/// Calls that keep the chain going.
///
/// They do not count against the quota if operators, validators or the council send them.
pub struct OperationalCalls;

impl Contains<RuntimeCall> for OperationalCalls {
    fn contains(call: &RuntimeCall) -> bool {
        use pallet_consortium::Call as Members;
        use pallet_peks_search::Call as Search;
        use polkadot_sdk::frame_system::Call as System;
        match call {
            RuntimeCall::HospitalAnchor(_)
            | RuntimeCall::Council(_)
            | RuntimeCall::Session(_)
            | RuntimeCall::Grandpa(_)
            | RuntimeCall::Conformance(_) => true,
            // Only the code that the council has authorized is operational. Any other code would
            // fill blocks.
            RuntimeCall::System(System::apply_authorized_upgrade { code }) => {
                is_authorized_upgrade::<Runtime>(code)
            }
            // A new requester is not urgent, and requesters' calls must not fill restricted blocks.
            RuntimeCall::Consortium(call) => !matches!(
                call,
                Members::add_requester { .. } | Members::rotate_requester_key { .. }
            ),
            RuntimeCall::PeksSearch(call) => {
                matches!(
                    call,
                    Search::revoke_request { .. } | Search::close_request { .. }
                )
            }
            _ => false,
        }
    }
}

impl pallet_consortium::Config for Runtime {
    type RuntimeCall = RuntimeCall;
    type ChainId = ChainId;
    type RequesterSignature = Signature;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = benchmarks::Signer;
    type CouncilOrigin = CouncilTwoThirds;
    type Council = Council;
    type Session = Session;
    type Authors = Conformance;
    type Time = Timestamp;
    type OperationalCalls = OperationalCalls;
    type QuotaWeight = QuotaWeight;
    type QuotaBytes = QuotaBytes;
    type MaxHospitals = ConstU32<256>;
    type MaxRequesters = ConstU32<4096>;
    type MaxValidatorsPerHospital = ConstU32<8>;
    type MaxValidators = ConstU32<MAX_AUTHORITIES>;
    // The chain needs one validator. A consortium that wants to tolerate a faulty one runs four or
    // more.
    type MinValidators = ConstU32<1>;
    type MaxKeys = ConstU32<600>;
    type MaxKeyNotice = ConstU16<12>;
    type MaxCouncil = ConstU32<MAX_COUNCIL>;
    type WeightInfo = pallet_consortium::weights::SubstrateWeight<Runtime>;
}

#[cfg(feature = "runtime-benchmarks")]
mod benchmarks {
    //! The requester that benchmarks of membership need.

    use bspp_primitives::{AccountId, Signature};
    use bspp_runtime_common::dev::benchmark_signer;

    /// Signs with a fixed key.
    pub struct Signer;

    impl pallet_consortium::benchmark_helper::BenchmarkHelper<AccountId, Signature> for Signer {
        fn requester() -> AccountId {
            benchmark_signer::account()
        }

        fn sign(message: &[u8]) -> Signature {
            benchmark_signer::sign(message)
        }
    }
}
