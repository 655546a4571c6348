// SPDX-License-Identifier: Apache-2.0
#![cfg_attr(not(feature = "std"), no_std)]
#![doc = include_str!("../README.md")]

extern crate alloc;

mod admission;
mod anchorers;
mod council;
mod departures;
mod hospitals;
mod keys;
mod membership;
mod pause;
mod plan;
mod proposals;
mod quotas;
mod requesters;
mod roles;
mod try_state;
mod upgrades;
mod validators;

#[cfg(feature = "runtime-benchmarks")]
pub mod benchmark_helper;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub mod genesis;
pub mod types;
pub mod weights;

pub use pallet::*;
pub use types::*;
pub use validators::ValidatorOf;
pub use weights::WeightInfo;

// Items that FRAME's macros generate have no documentation.
#[allow(clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
    use super::*;
    // FRAME's prelude has another `Member`.
    use super::types::Member;
    use alloc::{boxed::Box, vec::Vec};
    use bspp_primitives::traits::{AuthorStandings, CallRules, SessionKeyStore};
    use bspp_types::{FilingMonth, HospitalId, Moment, X25519Key};
    use frame_support::{
        dispatch::GetDispatchInfo,
        pallet_prelude::*,
        traits::{
            ChangeMembers, ConstU32, Contains, InitializeMembers, IsSubType, Time,
            UnfilteredDispatchable, ValidatorRegistration, ValidatorSet,
        },
        BoundedBTreeSet,
    };
    use frame_system::pallet_prelude::*;
    use sp_core::H256;
    use sp_runtime::traits::{IdentifyAccount, Verify};

    /// Version of the storage's layout.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

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
        #[pallet::constant]
        type QuotaWeight: Get<u64>;
        /// Bytes of extrinsics that a hospital may use in a session.
        #[pallet::constant]
        type QuotaBytes: Get<u64>;
        /// Weight (`ref_time`) that one requester may use in a session.
        ///
        /// All requesters of a hospital together may use half of the hospital's quota.
        #[pallet::constant]
        type DelegateWeight: Get<u64>;
        /// Bytes of extrinsics that one requester may use in a session.
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
        type BenchmarkHelper: crate::benchmark_helper::BenchmarkHelper<
            Self::AccountId,
            Self::RequesterSignature,
            <Self as Config>::RuntimeCall,
        >;
    }

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    /// Hospitals by identifier, removed ones included.
    #[pallet::storage]
    pub type Hospitals<T: Config> =
        StorageMap<_, Blake2_128Concat, HospitalId, HospitalRecord<T::AccountId>>;

    /// Identifiers of all hospitals, in the order in which the council added them.
    #[pallet::storage]
    pub type HospitalIds<T: Config> =
        StorageValue<_, BoundedVec<HospitalId, T::MaxHospitals>, ValueQuery>;

    /// The role of each account. A removed account keeps an entry with the role `Removed`.
    #[pallet::storage]
    pub type Members<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, Member>;

    /// The account that sends each hospital's anchors besides its operator.
    #[pallet::storage]
    pub type Anchorers<T: Config> = StorageMap<_, Blake2_128Concat, HospitalId, T::AccountId>;

    /// The hospital of each validator.
    #[pallet::storage]
    pub type Validators<T: Config> =
        CountedStorageMap<_, Blake2_128Concat, T::AccountId, HospitalId>;

    /// The validators of each hospital, in the order of their admission.
    #[pallet::storage]
    pub type HospitalValidators<T: Config> = StorageMap<
        _,
        Blake2_128Concat,
        HospitalId,
        BoundedVec<T::AccountId, T::MaxValidatorsPerHospital>,
        ValueQuery,
    >;

    /// Accounts that each hospital proposes as validators, in the order of their proposals.
    ///
    /// A proposal gives an account no right: it cannot transact or set session keys. A proposal
    /// ends when the council admits the account, the hospital withdraws it or gets another
    /// operator, or the hospital is removed.
    #[pallet::storage]
    pub type ProposedValidators<T: Config> = StorageMap<
        _,
        Blake2_128Concat,
        HospitalId,
        BoundedVec<T::AccountId, T::MaxValidatorsPerHospital>,
        ValueQuery,
    >;

    /// Former validators whose session keys are not purged yet, in the order of their removal.
    ///
    /// The keys are purged when a session begins, once the account is in neither the set of that
    /// session nor of the next one.
    #[pallet::storage]
    pub type DepartedValidators<T: Config> =
        StorageValue<_, BoundedVec<T::AccountId, T::MaxValidators>, ValueQuery>;

    /// Blocks between the authorization of a runtime and its application, set at genesis.
    ///
    /// Zero means the runtime's default.
    #[pallet::storage]
    pub type UpgradeDelay<T: Config> = StorageValue<_, u32, ValueQuery>;

    /// Hash of the runtime that the council authorized, and the first block that may apply it.
    #[pallet::storage]
    pub type AuthorizedUpgrade<T: Config> = StorageValue<_, (T::Hash, BlockNumberFor<T>)>;

    /// The groups of calls that the council has paused.
    #[pallet::storage]
    pub type PausedCalls<T: Config> =
        StorageValue<_, BoundedBTreeSet<CallGroup, ConstU32<MAX_CALL_GROUPS>>, ValueQuery>;

    /// Hospitals' X25519 keys by the month from which each is in force.
    #[pallet::storage]
    pub type EncryptionKeys<T: Config> =
        StorageDoubleMap<_, Blake2_128Concat, HospitalId, Twox64Concat, FilingMonth, X25519Key>;

    /// The months from which a hospital's keys are in force, ascending.
    #[pallet::storage]
    pub type KeyFilingMonths<T: Config> = StorageMap<
        _,
        Blake2_128Concat,
        HospitalId,
        BoundedVec<FilingMonth, T::MaxKeys>,
        ValueQuery,
    >;

    /// X25519 keys of requesters, each signed by its requester. They are removed with the role.
    ///
    /// A requester of the genesis has no key until it registers one by `rotate_requester_key`.
    #[pallet::storage]
    pub type RequesterKeys<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, X25519Key>;

    /// Keys that a requester replaced. None of them comes back.
    ///
    /// An operator could otherwise remove the requester and add it again with an old signature, and
    /// so bring back a key that was replaced because it was stolen.
    #[pallet::storage]
    pub type ReplacedRequesterKeys<T: Config> =
        StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Blake2_128Concat, X25519Key, ()>;

    /// Council members, sorted, as the pallet last gave them to the collective.
    #[pallet::storage]
    pub type CouncilMembers<T: Config> =
        StorageValue<_, BoundedVec<T::AccountId, T::MaxCouncil>, ValueQuery>;

    /// The part of its quota that each hospital has used.
    #[pallet::storage]
    pub type UsedQuota<T: Config> = StorageMap<_, Blake2_128Concat, HospitalId, Usage, ValueQuery>;

    /// The part of its quota with which each hospital registered entry blocks.
    ///
    /// Registrations that failed, or had nothing new, are not in it.
    #[pallet::storage]
    pub type UsedByRegistrations<T: Config> =
        StorageMap<_, Blake2_128Concat, HospitalId, Usage, ValueQuery>;

    /// The part of its quota that the requesters of each hospital have used together.
    #[pallet::storage]
    pub type UsedByDelegates<T: Config> =
        StorageMap<_, Blake2_128Concat, HospitalId, Usage, ValueQuery>;

    /// The part of its hospital's quota that each requester has used.
    ///
    /// An entry stays after the role, so that an account does not get a new quota with it.
    #[pallet::storage]
    pub type UsedByDelegate<T: Config> =
        StorageMap<_, Blake2_128Concat, T::AccountId, Usage, ValueQuery>;

    /// The part of its operational quota that each account has used.
    ///
    /// An entry stays after the role, so that an account does not get a new quota with it.
    #[pallet::storage]
    pub type UsedOperationalQuota<T: Config> =
        StorageMap<_, Blake2_128Concat, T::AccountId, Usage, ValueQuery>;

    /// The part of the anchorers' operational quota that each hospital has used.
    #[pallet::storage]
    pub type UsedByAnchorers<T: Config> =
        StorageMap<_, Blake2_128Concat, HospitalId, Usage, ValueQuery>;

    /// Grants of the council, in addition to the quotas of hospitals.
    #[pallet::storage]
    pub type GrantedQuotas<T: Config> = StorageMap<_, Blake2_128Concat, HospitalId, Grant>;

    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A hospital became a member.
        HospitalAdded {
            /// Identifier.
            hospital: HospitalId,
            /// Account that acts for it.
            operator: T::AccountId,
        },
        /// A hospital was removed permanently. Its validators leave at the next session.
        HospitalRemoved {
            /// Identifier.
            hospital: HospitalId,
        },
        /// A hospital was suspended. Its validators leave at the next session.
        HospitalSuspended {
            /// Identifier.
            hospital: HospitalId,
        },
        /// A suspended hospital is in good standing again.
        ///
        /// Its validators return with the next set that is planned.
        HospitalReadmitted {
            /// Identifier.
            hospital: HospitalId,
        },
        /// Another account acts for a hospital.
        OperatorChanged {
            /// The hospital.
            hospital: HospitalId,
            /// Its new operator.
            operator: T::AccountId,
        },
        /// Another account, or none, sends a hospital's anchors besides its operator.
        AnchorerChanged {
            /// The hospital.
            hospital: HospitalId,
            /// Its new anchorer.
            anchorer: Option<T::AccountId>,
        },
        /// The council has new members.
        CouncilChanged {
            /// Number of members now.
            members: u32,
        },
        /// The council dispatched a call as root.
        RootDispatched {
            /// Its outcome.
            result: DispatchResult,
        },
        /// A hospital has a new requester.
        RequesterAdded {
            /// The hospital.
            hospital: HospitalId,
            /// The requester.
            requester: T::AccountId,
        },
        /// A requester has another X25519 key.
        RequesterKeyRotated {
            /// The requester.
            requester: T::AccountId,
            /// The public key.
            key: X25519Key,
        },
        /// An account is no longer a requester.
        RequesterRemoved {
            /// The hospital.
            hospital: HospitalId,
            /// The former requester.
            requester: T::AccountId,
        },
        /// A hospital announced its next X25519 key.
        EncryptionKeyRotated {
            /// The hospital.
            hospital: HospitalId,
            /// Month from which the key is in force.
            from_filing_month: FilingMonth,
            /// The public key.
            key: X25519Key,
        },
        /// A hospital proposed a validator, which the council may admit.
        ValidatorProposed {
            /// The hospital.
            hospital: HospitalId,
            /// The proposed account.
            validator: T::AccountId,
        },
        /// A hospital withdrew its proposal of a validator.
        ValidatorWithdrawn {
            /// The hospital.
            hospital: HospitalId,
            /// The account.
            validator: T::AccountId,
        },
        /// The council admitted a validator; it joins once it has session keys.
        ValidatorAdmitted {
            /// The hospital.
            hospital: HospitalId,
            /// The validator.
            validator: T::AccountId,
        },
        /// A validator was removed; it leaves at the next session.
        ValidatorRemoved {
            /// The hospital.
            hospital: HospitalId,
            /// The former validator.
            validator: T::AccountId,
        },
        /// The council authorized a runtime.
        UpgradeAuthorized {
            /// BLAKE2b-256 of the runtime.
            code_hash: T::Hash,
            /// First block that may apply it.
            due: BlockNumberFor<T>,
        },
        /// The council raised a hospital's quota. Zeros end an earlier grant.
        QuotaGranted {
            /// The hospital.
            hospital: HospitalId,
            /// The grant.
            grant: Grant,
        },
        /// The council paused groups of calls.
        CallsPaused {
            /// The groups that the call named.
            groups: CallGroupList,
        },
        /// The council ended the pause of groups of calls.
        CallsUnpaused {
            /// The groups that the call named.
            groups: CallGroupList,
        },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// The hospital, requester, validator or proposal does not exist.
        NotFound,
        /// The sender is not the operator of an active hospital.
        NotAuthorized,
        /// The hospital's identifier is or was in use, or the account already has a role.
        ///
        /// Also: the hospital has already proposed the account.
        AlreadyExists,
        /// The chain has the maximum number of hospitals.
        MaxHospitalsExceeded,
        /// The hospital has the maximum number of requesters.
        MaxRequestersExceeded,
        /// The hospital, or the chain, has the maximum number of validators or proposals.
        MaxValidatorsExceeded,
        /// The hospital's key history is full.
        MaxKeysExceeded,
        /// The requester did not sign this key.
        InvalidSignature,
        /// The list has more members than the council may have.
        MaxCouncilExceeded,
        /// The X25519 key is zero or of small order, or the requester has or had it already.
        InvalidEncryptionKey,
        /// The month has begun, is not after the last announced one, or is too far ahead.
        InvalidFilingMonth,
        /// The hospital's standing does not allow this.
        InvalidStatus,
        /// Too few validators, or none in good standing, would remain.
        ///
        /// Either the validators with session keys would be fewer than the minimum, or nobody in
        /// good standing would remain in the set of this session or of the next one.
        InvalidValidatorCount,
        /// The list is empty, names a member twice, or does not contain the prime.
        InvalidCouncil,
        /// The hospital would hold a third of the votes or more, and the council has not accepted
        /// it.
        VoteShareExceeded,
        /// The account was a validator, and its session keys are not purged yet.
        KeysNotPurged,
        /// The call is not among those that the council may dispatch as root.
        NotRootCall,
        /// The last session of the grant is over.
        SessionOver,
    }

    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// The first hospitals.
        pub hospitals: Vec<GenesisHospital<T::AccountId>>,
        /// The first council.
        pub council: Vec<T::AccountId>,
        /// Blocks between the authorization of a runtime and its application.
        ///
        /// Zero means the runtime's default.
        pub upgrade_delay: u32,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            if let Err(error) = Pallet::<T>::build_genesis(self) {
                // A genesis that breaks the pallet's rules must not start a chain.
                panic!("invalid consortium genesis: {error}");
            }
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn integrity_test() {
            assert!(T::MaxHospitals::get() > 0 && T::MaxCouncil::get() > 0);
            assert!(T::MinValidators::get() > 0, "a chain needs a validator");
            assert!(T::MaxValidators::get() >= T::MinValidators::get());
            assert!(T::QuotaWeight::get() > 0 && T::QuotaBytes::get() > 0);
            assert!(T::DelegateWeight::get() > 0 && T::DelegateBytes::get() > 0);
            assert!(T::MaxKeys::get() > 0 && T::MaxKeyNotice::get() > 0);
            assert!(
                T::DefaultUpgradeDelay::get() > 0,
                "members need time before an upgrade"
            );
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Adds a hospital with its operator and X25519 key, in force from the current month.
        ///
        /// Origin: the council. Errors: `AlreadyExists`, `MaxHospitalsExceeded`,
        /// `InvalidEncryptionKey`, `InvalidFilingMonth` (the clock is after the last month). Event:
        /// `HospitalAdded`.
        #[pallet::call_index(0)]
        #[pallet::weight((T::WeightInfo::add_hospital(), DispatchClass::Operational))]
        pub fn add_hospital(
            origin: OriginFor<T>,
            hospital: HospitalId,
            operator: T::AccountId,
            encryption_key: X25519Key,
        ) -> DispatchResult {
            T::CouncilOrigin::ensure_origin(origin)?;
            let filing_month = Self::current_filing_month()?;
            Self::do_add_hospital(hospital, operator.clone(), encryption_key, filing_month)?;
            Self::deposit_event(Event::HospitalAdded { hospital, operator });
            Ok(())
        }

        /// Removes a hospital permanently.
        ///
        /// Its accounts act for no hospital from then on. Its validators author no block from the
        /// next one on and leave the set at the next session.
        ///
        /// Origin: the council. Errors: `NotFound`, `InvalidStatus` (removed before),
        /// `InvalidValidatorCount`. Event: `HospitalRemoved`.
        #[pallet::call_index(1)]
        #[pallet::weight((
            T::WeightInfo::remove_hospital(T::MaxHospitals::get(), T::MaxValidators::get()),
            DispatchClass::Operational,
        ))]
        pub fn remove_hospital(origin: OriginFor<T>, hospital: HospitalId) -> DispatchResult {
            T::CouncilOrigin::ensure_origin(origin)?;
            Self::do_remove_hospital(hospital)?;
            Self::deposit_event(Event::HospitalRemoved { hospital });
            Ok(())
        }

        /// Suspends a hospital.
        ///
        /// The chain refuses its accounts. Its validators author no block from the next one on and
        /// leave the set at the next session.
        ///
        /// Origin: the council. Errors: `NotFound`, `InvalidStatus` (not active),
        /// `InvalidValidatorCount`. Event: `HospitalSuspended`.
        #[pallet::call_index(2)]
        #[pallet::weight((
            T::WeightInfo::suspend_hospital(T::MaxHospitals::get(), T::MaxValidators::get()),
            DispatchClass::Operational,
        ))]
        pub fn suspend_hospital(origin: OriginFor<T>, hospital: HospitalId) -> DispatchResult {
            T::CouncilOrigin::ensure_origin(origin)?;
            Self::do_suspend_hospital(hospital)?;
            Self::deposit_event(Event::HospitalSuspended { hospital });
            Ok(())
        }

        /// Readmits a suspended hospital.
        ///
        /// Its validators return with the next set that is planned.
        ///
        /// Origin: the council. Errors: `NotFound`, `InvalidStatus` (not suspended). Event:
        /// `HospitalReadmitted`.
        #[pallet::call_index(3)]
        #[pallet::weight((T::WeightInfo::readmit_hospital(), DispatchClass::Operational))]
        pub fn readmit_hospital(origin: OriginFor<T>, hospital: HospitalId) -> DispatchResult {
            T::CouncilOrigin::ensure_origin(origin)?;
            Self::do_readmit_hospital(hospital)?;
            Self::deposit_event(Event::HospitalReadmitted { hospital });
            Ok(())
        }

        /// Lets another account act for a hospital and removes the former operator.
        ///
        /// Origin: the council. Errors: `NotFound`, `InvalidStatus` (removed), `AlreadyExists`.
        /// Event: `OperatorChanged`.
        #[pallet::call_index(4)]
        #[pallet::weight((T::WeightInfo::change_operator(), DispatchClass::Operational))]
        pub fn change_operator(
            origin: OriginFor<T>,
            hospital: HospitalId,
            operator: T::AccountId,
        ) -> DispatchResult {
            T::CouncilOrigin::ensure_origin(origin)?;
            Self::do_change_operator(hospital, operator.clone())?;
            Self::deposit_event(Event::OperatorChanged { hospital, operator });
            Ok(())
        }

        /// Replaces the council. Members that the new list does not name lose their role.
        ///
        /// The prime's vote counts for members that did not vote.
        ///
        /// Origin: the council. Errors: `InvalidCouncil`, `MaxCouncilExceeded`, `AlreadyExists` (a
        /// new member has another role). Event: `CouncilChanged`.
        #[pallet::call_index(5)]
        #[pallet::weight((T::WeightInfo::set_council(T::MaxCouncil::get()), DispatchClass::Operational))]
        pub fn set_council(
            origin: OriginFor<T>,
            members: Vec<T::AccountId>,
            prime: Option<T::AccountId>,
        ) -> DispatchResult {
            T::CouncilOrigin::ensure_origin(origin)?;
            let members = Self::do_set_council(members, prime)?;
            Self::deposit_event(Event::CouncilChanged { members });
            Ok(())
        }

        /// Dispatches one of the root calls.
        ///
        /// They are calls that no pallet offers to the council, such as a restart of finality. None
        /// of them changes the code or the storage directly: a runtime is authorized by
        /// `authorize_upgrade`.
        ///
        /// Origin: the council. If the dispatched call fails, this call still succeeds. Errors:
        /// `NotRootCall` (the call is not among [`Config::RootCalls`]). Event: `RootDispatched`,
        /// with the outcome.
        #[pallet::call_index(6)]
        #[pallet::weight((
            T::WeightInfo::dispatch_as_root().saturating_add(call.get_dispatch_info().call_weight),
            DispatchClass::Operational,
        ))]
        pub fn dispatch_as_root(
            origin: OriginFor<T>,
            call: Box<<T as Config>::RuntimeCall>,
        ) -> DispatchResult {
            T::CouncilOrigin::ensure_origin(origin)?;
            Self::do_dispatch_as_root(*call)
        }

        /// Makes an account a requester of the sender's hospital.
        ///
        /// `key` is the requester's X25519 key, to which patients encrypt grants. `signature` is
        /// the requester's over [`bspp_types::messages::requester_key_message`], so that an
        /// operator cannot register a key of its own for a requester.
        ///
        /// Origin: the operator of an active hospital. Errors: `NotAuthorized`,
        /// `InvalidEncryptionKey`, `InvalidSignature`, `AlreadyExists`, `MaxRequestersExceeded`.
        /// Event: `RequesterAdded`.
        #[pallet::call_index(7)]
        #[pallet::weight(T::WeightInfo::add_requester())]
        pub fn add_requester(
            origin: OriginFor<T>,
            requester: T::AccountId,
            key: X25519Key,
            signature: T::RequesterSignature,
        ) -> DispatchResult {
            let hospital = Self::ensure_operator(origin)?;
            Self::check_requester_key(&hospital, &requester, &key, &signature)?;
            Self::do_add_requester(hospital, &requester)?;
            RequesterKeys::<T>::insert(&requester, key);
            Self::deposit_event(Event::RequesterAdded {
                hospital,
                requester,
            });
            Ok(())
        }

        /// Removes a requester of the sender's hospital, with its X25519 key.
        ///
        /// Origin: the operator of an active hospital. Errors: `NotAuthorized`, `NotFound`. Event:
        /// `RequesterRemoved`.
        #[pallet::call_index(8)]
        #[pallet::weight((T::WeightInfo::remove_requester(), DispatchClass::Operational))]
        pub fn remove_requester(origin: OriginFor<T>, requester: T::AccountId) -> DispatchResult {
            let hospital = Self::ensure_operator(origin)?;
            Self::do_remove_requester(hospital, &requester)?;
            Self::deposit_event(Event::RequesterRemoved {
                hospital,
                requester,
            });
            Ok(())
        }

        /// Announces the next X25519 key of the sender's hospital.
        ///
        /// The key is in force from a later month on.
        ///
        /// Origin: the operator of an active hospital. Errors: `NotAuthorized`,
        /// `InvalidEncryptionKey`, `InvalidFilingMonth`, `MaxKeysExceeded`. Event:
        /// `EncryptionKeyRotated`.
        #[pallet::call_index(9)]
        #[pallet::weight((T::WeightInfo::rotate_encryption_key(), DispatchClass::Operational))]
        pub fn rotate_encryption_key(
            origin: OriginFor<T>,
            from_filing_month: FilingMonth,
            key: X25519Key,
        ) -> DispatchResult {
            let hospital = Self::ensure_operator(origin)?;
            Self::do_rotate_encryption_key(hospital, from_filing_month, key)?;
            Self::deposit_event(Event::EncryptionKeyRotated {
                hospital,
                from_filing_month,
                key,
            });
            Ok(())
        }

        /// Proposes an account as a validator of the sender's hospital.
        ///
        /// The account stays without rights until the council admits it.
        ///
        /// Origin: the operator of an active hospital. Errors: `NotAuthorized`, `AlreadyExists`,
        /// `KeysNotPurged`, `MaxValidatorsExceeded`. Event: `ValidatorProposed`.
        #[pallet::call_index(10)]
        #[pallet::weight((T::WeightInfo::add_validator(), DispatchClass::Operational))]
        pub fn add_validator(origin: OriginFor<T>, validator: T::AccountId) -> DispatchResult {
            let hospital = Self::ensure_operator(origin)?;
            Self::do_propose_validator(hospital, &validator)?;
            Self::deposit_event(Event::ValidatorProposed {
                hospital,
                validator,
            });
            Ok(())
        }

        /// Removes a validator of the sender's hospital.
        ///
        /// It authors no block from the next one on and leaves the set at the next session. Its
        /// session keys are purged after its last session; then it may be proposed again.
        ///
        /// Origin: the operator of an active hospital. Errors: `NotAuthorized`, `NotFound`,
        /// `InvalidValidatorCount`. Event: `ValidatorRemoved`.
        #[pallet::call_index(11)]
        #[pallet::weight((
            T::WeightInfo::remove_validator(T::MaxHospitals::get(), T::MaxValidators::get()),
            DispatchClass::Operational,
        ))]
        pub fn remove_validator(origin: OriginFor<T>, validator: T::AccountId) -> DispatchResult {
            let hospital = Self::ensure_operator(origin)?;
            Self::do_remove_validator(hospital, &validator)?;
            Self::deposit_event(Event::ValidatorRemoved {
                hospital,
                validator,
            });
            Ok(())
        }

        /// Replaces the sender's own X25519 key.
        ///
        /// Grants that were encrypted to the former key stay valid until they expire, but no record
        /// is disclosed under them: a hospital asks for the key of the grant. The former key never
        /// comes back.
        ///
        /// Origin: a requester of an active hospital. Errors: `NotFound` (not such a requester),
        /// `InvalidEncryptionKey`. Event: `RequesterKeyRotated`.
        #[pallet::call_index(12)]
        #[pallet::weight(T::WeightInfo::rotate_requester_key())]
        pub fn rotate_requester_key(origin: OriginFor<T>, key: X25519Key) -> DispatchResult {
            let requester = ensure_signed(origin)?;
            Self::do_rotate_requester_key(&requester, key)?;
            Self::deposit_event(Event::RequesterKeyRotated { requester, key });
            Ok(())
        }

        /// Sets the account that sends the anchors of the sender's hospital besides its operator.
        ///
        /// `None` takes the role from the present one. The former anchorer loses its role.
        ///
        /// Origin: the operator of an active hospital. Errors: `NotAuthorized`, `AlreadyExists` (the
        /// account has a role). Event: `AnchorerChanged`.
        #[pallet::call_index(30)]
        #[pallet::weight((T::WeightInfo::set_anchorer(), DispatchClass::Operational))]
        pub fn set_anchorer(
            origin: OriginFor<T>,
            anchorer: Option<T::AccountId>,
        ) -> DispatchResult {
            let hospital = Self::ensure_operator(origin)?;
            Self::do_set_anchorer(hospital, anchorer.as_ref())?;
            Self::deposit_event(Event::AnchorerChanged { hospital, anchorer });
            Ok(())
        }

        /// Withdraws a proposal of a validator by the sender's hospital.
        ///
        /// Origin: the operator of an active hospital. Errors: `NotAuthorized`, `NotFound`. Event:
        /// `ValidatorWithdrawn`.
        #[pallet::call_index(13)]
        #[pallet::weight((T::WeightInfo::withdraw_validator(), DispatchClass::Operational))]
        pub fn withdraw_validator(origin: OriginFor<T>, validator: T::AccountId) -> DispatchResult {
            let hospital = Self::ensure_operator(origin)?;
            Self::do_withdraw_validator(hospital, &validator)?;
            Self::deposit_event(Event::ValidatorWithdrawn {
                hospital,
                validator,
            });
            Ok(())
        }

        /// Admits an account that a hospital has proposed as its validator.
        ///
        /// The account may set session keys from then on, and joins the set once it has them.
        /// `accept_share` is the council's word that the hospital may hold a third of the votes or
        /// more. The judgement counts all validators of the hospital, with this one, against those
        /// of the other active hospitals that could author.
        ///
        /// Origin: the council. Errors: `NotFound` (no such hospital or proposal), `InvalidStatus`
        /// (the hospital is not active), `VoteShareExceeded`, `AlreadyExists`, `KeysNotPurged`,
        /// `MaxValidatorsExceeded`. Event: `ValidatorAdmitted`.
        #[pallet::call_index(14)]
        #[pallet::weight((
            T::WeightInfo::admit_validator(T::MaxHospitals::get(), T::MaxValidators::get()),
            DispatchClass::Operational,
        ))]
        pub fn admit_validator(
            origin: OriginFor<T>,
            hospital: HospitalId,
            validator: T::AccountId,
            accept_share: bool,
        ) -> DispatchResult {
            T::CouncilOrigin::ensure_origin(origin)?;
            Self::do_admit_validator(hospital, &validator, accept_share)?;
            Self::deposit_event(Event::ValidatorAdmitted {
                hospital,
                validator,
            });
            Ok(())
        }

        /// Authorizes a runtime by its hash. Anybody may apply it after the delay.
        ///
        /// The runtime must have the same name and a higher version. An earlier authorization ends,
        /// so the council takes one back by the authorization of another hash, for example zero.
        ///
        /// Origin: the council. Events: `UpgradeAuthorized`, and the one of the system pallet.
        #[pallet::call_index(15)]
        #[pallet::weight((T::WeightInfo::authorize_upgrade(), DispatchClass::Operational))]
        pub fn authorize_upgrade(origin: OriginFor<T>, code_hash: T::Hash) -> DispatchResult {
            T::CouncilOrigin::ensure_origin(origin)?;
            let due = Self::do_authorize_upgrade(code_hash);
            Self::deposit_event(Event::UpgradeAuthorized { code_hash, due });
            Ok(())
        }

        /// Pauses groups of calls: the chain refuses them until the council ends the pause.
        ///
        /// Groups that are paused already stay so.
        ///
        /// Origin: the council. Event: `CallsPaused`.
        #[pallet::call_index(16)]
        #[pallet::weight((T::WeightInfo::pause(), DispatchClass::Operational))]
        pub fn pause(origin: OriginFor<T>, groups: CallGroupList) -> DispatchResult {
            T::CouncilOrigin::ensure_origin(origin)?;
            Self::do_pause(&groups);
            Self::deposit_event(Event::CallsPaused { groups });
            Ok(())
        }

        /// Ends the pause of groups of calls. Groups that are not paused stay so.
        ///
        /// Origin: the council. Event: `CallsUnpaused`.
        #[pallet::call_index(17)]
        #[pallet::weight((T::WeightInfo::pause(), DispatchClass::Operational))]
        pub fn unpause(origin: OriginFor<T>, groups: CallGroupList) -> DispatchResult {
            T::CouncilOrigin::ensure_origin(origin)?;
            Self::do_unpause(&groups);
            Self::deposit_event(Event::CallsUnpaused { groups });
            Ok(())
        }

        /// Raises the quota of a hospital for a bulk import.
        ///
        /// `weight` (picoseconds) and `bytes` are in addition to the hospital's quota in each
        /// session up to and including `until`. The grant replaces an earlier one; with zeros it
        /// only ends that one. It does not raise the share of requesters.
        ///
        /// Origin: the council. Errors: `NotFound` (no such hospital), `SessionOver`. Event:
        /// `QuotaGranted`.
        #[pallet::call_index(18)]
        #[pallet::weight((T::WeightInfo::grant_quota(), DispatchClass::Operational))]
        pub fn grant_quota(
            origin: OriginFor<T>,
            hospital: HospitalId,
            weight: u64,
            bytes: u64,
            until: u32,
        ) -> DispatchResult {
            T::CouncilOrigin::ensure_origin(origin)?;
            let grant = Grant {
                weight,
                bytes,
                until,
            };
            Self::do_grant_quota(hospital, grant)?;
            Self::deposit_event(Event::QuotaGranted { hospital, grant });
            Ok(())
        }
    }
}
