// SPDX-License-Identifier: Apache-2.0
//! The configuration of the pallet, as a section that `pallet` imports.

use frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod config {
    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
        /// A call of the runtime.
        type RuntimeCall: Parameter
            + UnfilteredDispatchable<RuntimeOrigin = <Self as frame_system::Config>::RuntimeOrigin>
            + GetDispatchInfo
            + IsSubType<frame_system::Call<Self>>;
        /// The consortium chain's genesis hash, which is `chain` in every signed message.
        type ChainId: Get<H256>;
        /// Signatures by accounts of this chain.
        type RequesterSignature: Parameter
            + Verify<Signer: IdentifyAccount<AccountId = Self::AccountId>>;
        /// The origin that governs membership: two thirds of the council.
        type CouncilOrigin: EnsureOrigin<<Self as frame_system::Config>::RuntimeOrigin>;
        /// The collective that votes. Only this pallet sets its members.
        type Council: ChangeMembers<Self::AccountId> + InitializeMembers<Self::AccountId>;
        /// The session pallet: the validators in force and those with session keys.
        type Session: ValidatorSet<Self::AccountId, ValidatorId = Self::AccountId>
            + ValidatorRegistration<Self::AccountId>;
        /// The session keys of former validators.
        type SessionKeys: SessionKeyStore<Self::AccountId>;
        /// The standing of single authors: suspensions, and the rule that one author always
        /// remains.
        type Authors: AuthorStandings<Self::AccountId>;
        /// The time, in milliseconds.
        type Time: Time<Moment = Moment>;
        /// The calls that each part may send, and those that keep the chain going.
        type Calls: CallRules<Self::AccountId, Sender, <Self as Config>::RuntimeCall>;
        /// The calls that the council may dispatch as root.
        ///
        /// They contain no call that changes the code or the storage directly.
        type RootCalls: Contains<<Self as Config>::RuntimeCall>;
        /// The groups of calls that the council may pause.
        type PausableCalls: CallGroups<<Self as Config>::RuntimeCall>;
        /// Number of blocks between the authorization of a runtime and its application, if the
        /// genesis does not set another one.
        #[pallet::constant]
        type DefaultUpgradeDelay: Get<u32>;
        /// Weight (`ref_time`) that a hospital may use in a session.
        ///
        /// Three quarters are the reserve of its registrations, and a quarter is common.
        #[pallet::constant]
        type QuotaWeight: Get<u64>;
        /// Bytes of extrinsics that a hospital may use in a session, in the same parts.
        #[pallet::constant]
        type QuotaBytes: Get<u64>;
        /// Weight (`ref_time`) of the largest registration. The reserve has room for two.
        #[pallet::constant]
        type RegistrationWeight: Get<u64>;
        /// Bytes of the largest registration. The reserve has room for two.
        #[pallet::constant]
        type RegistrationBytes: Get<u64>;
        /// Weight (`ref_time`) of one requester in a session: its share of the common quarter.
        ///
        /// It has room for the heaviest call of a requester.
        #[pallet::constant]
        type DelegateWeight: Get<u64>;
        /// Bytes of one requester in a session: its share of the common quarter.
        ///
        /// It has room for the longest call of a requester.
        #[pallet::constant]
        type DelegateBytes: Get<u64>;
        /// Maximum number of hospitals, removed ones included.
        #[pallet::constant]
        type MaxHospitals: Get<u32>;
        /// Maximum number of requesters of one hospital.
        #[pallet::constant]
        type MaxRequesters: Get<u32>;
        /// Maximum number of validators of one hospital.
        #[pallet::constant]
        type MaxValidatorsPerHospital: Get<u32>;
        /// Maximum number of validators of all hospitals together.
        ///
        /// It is not greater than the maximum of the consensus pallets.
        #[pallet::constant]
        type MaxValidators: Get<u32>;
        /// Minimum number of validators with session keys that must remain.
        #[pallet::constant]
        type MinValidators: Get<u32>;
        /// Maximum number of keys in a hospital's history.
        #[pallet::constant]
        type MaxKeys: Get<u32>;
        /// Maximum number of months between the announcement of a key and its first month.
        #[pallet::constant]
        type MaxKeyNotice: Get<FilingMonth>;
        /// Maximum number of council members.
        #[pallet::constant]
        type MaxCouncil: Get<u32>;
        /// Weights of the calls.
        type WeightInfo: WeightInfo;
        /// Signs as a requester and names a root call, for benchmarks.
        #[cfg(feature = "runtime-benchmarks")]
        type BenchmarkHelper: super::benchmark_helper::BenchmarkHelper<
            Self::AccountId,
            Self::RequesterSignature,
            <Self as Config>::RuntimeCall,
        >;
    }
}
