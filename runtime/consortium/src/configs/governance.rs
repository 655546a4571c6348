// SPDX-License-Identifier: Apache-2.0
//! The council and the members.

use crate::{
    configs::{
        pausable::PausableCalls,
        quota::{
            DelegateBytes, DelegateWeight, QuotaBytes, QuotaWeight, RegistrationBytes,
            RegistrationWeight,
        },
        ChainId, ConsortiumCalls,
    },
    Conformance, Council, Runtime, RuntimeCall, RuntimeEvent, RuntimeOrigin, Session, Timestamp,
};
use bspp_primitives::{AccountId, Signature};
use bspp_runtime_common::{SessionAuthors, MAX_AUTHORITIES};
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

/// Calls that the council may dispatch as root: restarts of finality, and an end of motions.
///
/// No call among them sets the code or the storage. `authorize_upgrade` of the consortium pallet
/// authorizes a runtime, so that its delay holds.
pub struct RootCalls;

impl Contains<RuntimeCall> for RootCalls {
    fn contains(call: &RuntimeCall) -> bool {
        use polkadot_sdk::{pallet_collective::Call as Council, pallet_grandpa::Call as Grandpa};
        matches!(
            call,
            RuntimeCall::Grandpa(Grandpa::note_stalled { .. })
                | RuntimeCall::Council(Council::disapprove_proposal { .. } | Council::kill { .. })
        )
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
    type SessionKeys = SessionAuthors<Runtime>;
    type Authors = Conformance;
    type Time = Timestamp;
    type Calls = ConsortiumCalls;
    type RootCalls = RootCalls;
    type PausableCalls = PausableCalls;
    type DefaultUpgradeDelay = SlotsIn<Runtime, DAY_MS>;
    type QuotaWeight = QuotaWeight;
    type QuotaBytes = QuotaBytes;
    type RegistrationWeight = RegistrationWeight;
    type RegistrationBytes = RegistrationBytes;
    type DelegateWeight = DelegateWeight;
    type DelegateBytes = DelegateBytes;
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
    //! The requester and the root call that benchmarks of membership need.

    use crate::RuntimeCall;
    use bspp_primitives::{AccountId, Signature};
    use bspp_runtime_common::dev::benchmark_signer;
    use polkadot_sdk::pallet_grandpa;

    /// Signs with a fixed key.
    pub struct Signer;

    impl pallet_consortium::benchmark_helper::BenchmarkHelper<AccountId, Signature, RuntimeCall>
        for Signer
    {
        fn requester() -> AccountId {
            benchmark_signer::account()
        }

        fn sign(message: &[u8]) -> Signature {
            benchmark_signer::sign(message)
        }

        fn root_call() -> RuntimeCall {
            RuntimeCall::Grandpa(pallet_grandpa::Call::note_stalled {
                delay: 1,
                best_finalized_block_number: 0,
            })
        }
    }
}
