// SPDX-License-Identifier: Apache-2.0
#![cfg_attr(not(feature = "std"), no_std)]
#![doc = include_str!("../README.md")]

extern crate alloc;

mod admission;
mod council;
mod genesis;
mod hospitals;
mod keys;
mod membership;
mod requesters;
mod roles;
mod try_state;
mod validators;

#[cfg(feature = "runtime-benchmarks")]
pub mod benchmark_helper;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

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
    use bspp_primitives::traits::AuthorStandings;
    use bspp_types::{FilingMonth, HospitalId, Moment, X25519Key};
    use frame_support::{
        dispatch::GetDispatchInfo,
        pallet_prelude::*,
        traits::{
            ChangeMembers, Contains, InitializeMembers, Time, UnfilteredDispatchable,
            ValidatorRegistration, ValidatorSet,
        },
    };
    use frame_system::{pallet_prelude::*, RawOrigin};
    use sp_core::H256;
    use sp_runtime::traits::{IdentifyAccount, Verify};

    /// Version of the storage's layout.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
        /// A call of the runtime.
        type RuntimeCall: Parameter
            + UnfilteredDispatchable<RuntimeOrigin = <Self as frame_system::Config>::RuntimeOrigin>
            + GetDispatchInfo;
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
        /// The standing of single authors: suspensions, and the rule that one author always
        /// remains.
        type Authors: AuthorStandings<Self::AccountId>;
        /// The time, in milliseconds.
        type Time: Time<Moment = Moment>;
        /// Calls that keep the chain going: anchors, revocations, governance, session keys.
        type OperationalCalls: Contains<<Self as Config>::RuntimeCall>;
        /// Weight (`ref_time`) that a hospital may use in a session.
        #[pallet::constant]
        type QuotaWeight: Get<u64>;
        /// Bytes of extrinsics that a hospital may use in a session.
        #[pallet::constant]
        type QuotaBytes: Get<u64>;
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
        /// Signs as a requester, for benchmarks.
        #[cfg(feature = "runtime-benchmarks")]
        type BenchmarkHelper: crate::benchmark_helper::BenchmarkHelper<
            Self::AccountId,
            Self::RequesterSignature,
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

    /// The hospital of each validator.
    #[pallet::storage]
    pub type Validators<T: Config> =
        CountedStorageMap<_, Blake2_128Concat, T::AccountId, HospitalId>;

    /// The validators of each hospital, sorted.
    #[pallet::storage]
    pub type HospitalValidators<T: Config> = StorageMap<
        _,
        Blake2_128Concat,
        HospitalId,
        BoundedVec<T::AccountId, T::MaxValidatorsPerHospital>,
        ValueQuery,
    >;

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
        /// A hospital has a new validator; it joins once it has session keys.
        ValidatorAdded {
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
    }

    #[pallet::error]
    pub enum Error<T> {
        /// The hospital, requester or validator does not exist.
        NotFound,
        /// The sender is not the operator of an active hospital.
        NotAuthorized,
        /// The hospital's identifier is or was in use, or the account already has a role.
        AlreadyExists,
        /// The chain has the maximum number of hospitals.
        MaxHospitalsExceeded,
        /// The hospital has the maximum number of requesters.
        MaxRequestersExceeded,
        /// The hospital, or the chain, has the maximum number of validators.
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
    }

    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// The first hospitals.
        pub hospitals: Vec<GenesisHospital<T::AccountId>>,
        /// The first council.
        pub council: Vec<T::AccountId>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            if let Err(error) = Pallet::<T>::build_genesis(&self.hospitals, &self.council) {
                // A genesis that breaks the pallet's rules must not start a chain.
                panic!("invalid consortium genesis: {error:?}");
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
            assert!(T::MaxKeys::get() > 0 && T::MaxKeyNotice::get() > 0);
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

        /// Dispatches a call as root.
        ///
        /// The council needs this for runtime upgrades and for other calls that no pallet offers to
        /// it.
        ///
        /// Origin: the council. If the dispatched call fails, this call still succeeds. Event:
        /// `RootDispatched`, with the outcome.
        #[pallet::call_index(6)]
        #[pallet::weight({
            let info = call.get_dispatch_info();
            (T::WeightInfo::dispatch_as_root().saturating_add(info.call_weight), info.class)
        })]
        pub fn dispatch_as_root(
            origin: OriginFor<T>,
            call: Box<<T as Config>::RuntimeCall>,
        ) -> DispatchResult {
            T::CouncilOrigin::ensure_origin(origin)?;
            let result = call
                .dispatch_bypass_filter(RawOrigin::Root.into())
                .map(|_| ())
                .map_err(|error| error.error);
            Self::deposit_event(Event::RootDispatched { result });
            Ok(())
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
        #[pallet::weight(T::WeightInfo::remove_requester())]
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
        #[pallet::weight(T::WeightInfo::rotate_encryption_key())]
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

        /// Makes an account a validator of the sender's hospital.
        ///
        /// The validator joins the set once it has session keys.
        ///
        /// Origin: the operator of an active hospital. Errors: `NotAuthorized`, `AlreadyExists`,
        /// `MaxValidatorsExceeded`. Event: `ValidatorAdded`.
        #[pallet::call_index(10)]
        #[pallet::weight(T::WeightInfo::add_validator())]
        pub fn add_validator(origin: OriginFor<T>, validator: T::AccountId) -> DispatchResult {
            let hospital = Self::ensure_operator(origin)?;
            Self::do_add_validator(hospital, &validator)?;
            Self::deposit_event(Event::ValidatorAdded {
                hospital,
                validator,
            });
            Ok(())
        }

        /// Removes a validator of the sender's hospital.
        ///
        /// It authors no block from the next one on and leaves the set at the next session.
        ///
        /// Origin: the operator of an active hospital. Errors: `NotAuthorized`, `NotFound`,
        /// `InvalidValidatorCount`. Event: `ValidatorRemoved`.
        #[pallet::call_index(11)]
        #[pallet::weight(T::WeightInfo::remove_validator(
            T::MaxHospitals::get(),
            T::MaxValidators::get()
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
    }
}
