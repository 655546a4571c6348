// SPDX-License-Identifier: Apache-2.0
//! The council and the members.

use crate::{
    configs::system::RuntimeBlockWeights, Conformance, Council, Runtime, RuntimeCall, RuntimeEvent,
    RuntimeOrigin, Session, Timestamp,
};
use bspp_primitives::AccountId;
use bspp_runtime_common::{
    is_authorized_upgrade, DAYS, MAX_AUTHORITIES, MAX_BLOCK_WEIGHT, SESSION_LENGTH,
};
use polkadot_sdk::{
    frame_support::{
        parameter_types,
        traits::{ConstU16, ConstU32, Contains, NeverEnsureOrigin},
        weights::Weight,
    },
    frame_system::EnsureRoot,
    pallet_collective::{self, EnsureProportionAtLeast, Instance1},
    sp_runtime::Perbill,
};

/// Two thirds of the council.
pub type CouncilTwoThirds = EnsureProportionAtLeast<AccountId, Instance1, 2, 3>;

/// Council members at most.
const MAX_COUNCIL: u32 = 32;

/// Share of the computation in a session that one hospital may use.
const QUOTA_SHARE: u64 = 8;

parameter_types! {
    pub MaxProposalWeight: Weight = Perbill::from_percent(50) * RuntimeBlockWeights::get().max_block;
    /// An eighth of what a session's normal extrinsics may use together: with 100 hospitals not all can use all, and what
    /// one leaves another may take.
    pub const QuotaWeight: u64 =
        MAX_BLOCK_WEIGHT.ref_time() / 4 * 3 * SESSION_LENGTH as u64 / QUOTA_SHARE;
    /// 128 MiB a session: 3 GiB a day, about a million full entries.
    pub const QuotaBytes: u64 = 128 * 1024 * 1024;
}

impl pallet_collective::Config<Instance1> for Runtime {
    type RuntimeOrigin = RuntimeOrigin;
    type Proposal = RuntimeCall;
    type RuntimeEvent = RuntimeEvent;
    type MotionDuration = ConstU32<{ 7 * DAYS }>;
    type MaxProposals = ConstU32<20>;
    type MaxMembers = ConstU32<MAX_COUNCIL>;
    type DefaultVote = pallet_collective::PrimeDefaultVote;
    type WeightInfo = pallet_collective::weights::SubstrateWeight<Runtime>;
    // Members are set by the consortium pallet only, or roles would not follow.
    type SetMembersOrigin = NeverEnsureOrigin<()>;
    type MaxProposalWeight = MaxProposalWeight;
    type DisapproveOrigin = EnsureRoot<AccountId>;
    type KillOrigin = EnsureRoot<AccountId>;
    type Consideration = ();
}

/// Calls that keep the chain going. Operators, validators and the council send them free of quota.
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
            // Only the code that the council has authorized: it would be a way to fill blocks otherwise.
            RuntimeCall::System(System::apply_authorized_upgrade { code }) => {
                is_authorized_upgrade::<Runtime>(code)
            }
            // A new delegate is no emergency.
            RuntimeCall::Consortium(call) => !matches!(call, Members::add_delegate { .. }),
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
    type CouncilOrigin = CouncilTwoThirds;
    type Council = Council;
    type Session = Session;
    type Authors = Conformance;
    type Time = Timestamp;
    type OperationalCalls = OperationalCalls;
    type QuotaWeight = QuotaWeight;
    type QuotaBytes = QuotaBytes;
    type MaxHospitals = ConstU32<256>;
    type MaxDelegates = ConstU32<4096>;
    type MaxValidatorsPerHospital = ConstU32<8>;
    type MaxValidators = ConstU32<MAX_AUTHORITIES>;
    // A consortium that wants to survive a faulty validator runs four or more; the chain itself needs one.
    type MinValidators = ConstU32<1>;
    type MaxKeys = ConstU32<600>;
    type MaxKeyNotice = ConstU16<12>;
    type MaxCouncil = ConstU32<MAX_COUNCIL>;
    type WeightInfo = pallet_consortium::weights::SubstrateWeight<Runtime>;
}
