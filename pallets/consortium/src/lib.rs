// SPDX-License-Identifier: Apache-2.0
#![cfg_attr(not(feature = "std"), no_std)]
#![doc = include_str!("../README.md")]

extern crate alloc;

mod admission;
mod impls;
mod membership;
mod validators;

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

// What the macros expand to.
#[allow(clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
    use super::*;
    // FRAME's prelude has another `Member`.
    use super::types::Member;
    use alloc::{boxed::Box, vec::Vec};
    use bspp_primitives::{traits::AuthorStandings, Epoch, HospitalId, Moment, X25519Key};
    use frame_support::{
        dispatch::GetDispatchInfo,
        pallet_prelude::*,
        traits::{
            ChangeMembers, Contains, InitializeMembers, Time, UnfilteredDispatchable,
            ValidatorRegistration, ValidatorSet,
        },
    };
    use frame_system::{pallet_prelude::*, RawOrigin};

    /// Version of the storage's layout.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
        /// A call of the runtime.
        type RuntimeCall: Parameter
            + UnfilteredDispatchable<RuntimeOrigin = <Self as frame_system::Config>::RuntimeOrigin>
            + GetDispatchInfo;
        /// Who governs membership: two thirds of the council.
        type CouncilOrigin: EnsureOrigin<<Self as frame_system::Config>::RuntimeOrigin>;
        /// The collective that votes. Its members are set from here only.
        type Council: ChangeMembers<Self::AccountId> + InitializeMembers<Self::AccountId>;
        /// The session pallet: which validators are in force and which have session keys.
        type Session: ValidatorSet<Self::AccountId, ValidatorId = Self::AccountId>
            + ValidatorRegistration<Self::AccountId>;
        /// Suspensions of single validators, and who may leave so that somebody may still author.
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
        /// Hospitals at most, removed ones counted.
        #[pallet::constant]
        type MaxHospitals: Get<u32>;
        /// Delegates of a hospital at most.
        #[pallet::constant]
        type MaxDelegates: Get<u32>;
        /// Validators of a hospital at most.
        #[pallet::constant]
        type MaxValidatorsPerHospital: Get<u32>;
        /// Validators of all hospitals together at most. No more than the consensus pallets take.
        #[pallet::constant]
        type MaxValidators: Get<u32>;
        /// Validators with session keys that must remain.
        #[pallet::constant]
        type MinValidators: Get<u32>;
        /// Keys in a hospital's history at most.
        #[pallet::constant]
        type MaxKeys: Get<u32>;
        /// How many months ahead a key may be announced.
        #[pallet::constant]
        type MaxKeyNotice: Get<Epoch>;
        /// Council members at most.
        #[pallet::constant]
        type MaxCouncil: Get<u32>;
        /// Weights.
        type WeightInfo: WeightInfo;
    }

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    /// Hospitals by identifier, removed ones too.
    #[pallet::storage]
    pub type Hospitals<T: Config> =
        StorageMap<_, Blake2_128Concat, HospitalId, HospitalRecord<T::AccountId>>;

    /// Identifiers of all hospitals in the order of their adding.
    #[pallet::storage]
    pub type HospitalIds<T: Config> =
        StorageValue<_, BoundedVec<HospitalId, T::MaxHospitals>, ValueQuery>;

    /// What each account is. Removed accounts stay, as removed.
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
        StorageDoubleMap<_, Blake2_128Concat, HospitalId, Twox64Concat, Epoch, X25519Key>;

    /// The months from which a hospital's keys are in force, ascending.
    #[pallet::storage]
    pub type KeyEpochs<T: Config> =
        StorageMap<_, Blake2_128Concat, HospitalId, BoundedVec<Epoch, T::MaxKeys>, ValueQuery>;

    /// Council members, sorted: what the collective was last given.
    #[pallet::storage]
    pub type CouncilMembers<T: Config> =
        StorageValue<_, BoundedVec<T::AccountId, T::MaxCouncil>, ValueQuery>;

    /// What each hospital has used of its quota.
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
        /// A hospital was removed for good. Its validators leave at the next session.
        HospitalRemoved {
            /// Identifier.
            hospital: HospitalId,
        },
        /// A hospital was suspended. Its validators leave at the next session.
        HospitalSuspended {
            /// Identifier.
            hospital: HospitalId,
        },
        /// A suspended hospital is in good standing again. Its validators return with the next set that is planned.
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
            /// How many there are now.
            members: u32,
        },
        /// The council dispatched a call as root.
        RootDispatched {
            /// Its outcome.
            result: DispatchResult,
        },
        /// A hospital has a new delegate.
        DelegateAdded {
            /// The hospital.
            hospital: HospitalId,
            /// The delegate.
            delegate: T::AccountId,
        },
        /// An account is no longer a delegate.
        DelegateRemoved {
            /// The hospital.
            hospital: HospitalId,
            /// The former delegate.
            delegate: T::AccountId,
        },
        /// A hospital announced its next X25519 key.
        EncryptionKeyRotated {
            /// The hospital.
            hospital: HospitalId,
            /// Month from which it is in force.
            from_epoch: Epoch,
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
        /// No such hospital, delegate or validator.
        NotFound,
        /// The sender is not the operator of an active hospital.
        NotAuthorized,
        /// The hospital's identifier is or was in use, or the account already has a role.
        AlreadyExists,
        /// There are as many hospitals as there may be.
        MaxHospitalsExceeded,
        /// The hospital has as many delegates as it may have.
        MaxDelegatesExceeded,
        /// The hospital, or the chain, has as many validators as it may have.
        MaxValidatorsExceeded,
        /// The hospital's key history is full.
        MaxKeysExceeded,
        /// More council members than there may be.
        MaxCouncilExceeded,
        /// The X25519 key is zero or of small order.
        InvalidEncryptionKey,
        /// The month has begun, does not follow the last announced one, or lies too far ahead.
        InvalidEpoch,
        /// The hospital's standing does not allow this.
        InvalidStatus,
        /// Too few validators with session keys would remain, or nobody in good standing in this or the next session.
        InvalidValidatorCount,
        /// No member, a member named twice, or a prime that is no member.
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
            Self::do_try_state().map_err(Into::into)
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Adds a hospital with its operator and X25519 key, in force from the current month.
        ///
        /// Origin: the council. Errors: `AlreadyExists`, `MaxHospitalsExceeded`, `InvalidEncryptionKey`. Event: `HospitalAdded`.
        #[pallet::call_index(0)]
        #[pallet::weight((T::WeightInfo::add_hospital(), DispatchClass::Operational))]
        pub fn add_hospital(
            origin: OriginFor<T>,
            hospital: HospitalId,
            operator: T::AccountId,
            encryption_key: X25519Key,
        ) -> DispatchResult {
            T::CouncilOrigin::ensure_origin(origin)?;
            let epoch = Self::current_epoch()?;
            Self::do_add_hospital(hospital, operator.clone(), encryption_key, epoch)?;
            Self::deposit_event(Event::HospitalAdded { hospital, operator });
            Ok(())
        }

        /// Removes a hospital for good. Its accounts act for nobody from now on; its validators author no block from now
        /// on and leave the set at the next session.
        ///
        /// Origin: the council. Errors: `NotFound`, `InvalidStatus` (removed before), `InvalidValidatorCount`. Event:
        /// `HospitalRemoved`.
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

        /// Suspends a hospital: its accounts are refused, its validators author no block and leave at the next session.
        ///
        /// Origin: the council. Errors: `NotFound`, `InvalidStatus` (not active), `InvalidValidatorCount`. Event:
        /// `HospitalSuspended`.
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
        /// Origin: the council. Errors: `NotFound`, `InvalidStatus` (not suspended). Event: `HospitalReadmitted`.
        #[pallet::call_index(3)]
        #[pallet::weight((T::WeightInfo::readmit_hospital(), DispatchClass::Operational))]
        pub fn readmit_hospital(origin: OriginFor<T>, hospital: HospitalId) -> DispatchResult {
            T::CouncilOrigin::ensure_origin(origin)?;
            Self::do_readmit_hospital(hospital)?;
            Self::deposit_event(Event::HospitalReadmitted { hospital });
            Ok(())
        }

        /// Lets another account act for a hospital. The former one is removed.
        ///
        /// Origin: the council. Errors: `NotFound`, `InvalidStatus` (removed), `AlreadyExists`. Event: `OperatorChanged`.
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

        /// Replaces the council. Who is not named is removed. The prime's vote counts for who did not vote.
        ///
        /// Origin: the council. Errors: `InvalidCouncil`, `MaxCouncilExceeded`, `AlreadyExists` (has another role). Event:
        /// `CouncilChanged`.
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

        /// Dispatches a call as root: runtime upgrades and what else no pallet offers to the council.
        ///
        /// Origin: the council. The call's failure is no failure of this one. Event: `RootDispatched`, with the outcome.
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

        /// Makes an account a delegate (doctor) of the sender's hospital.
        ///
        /// Origin: the operator of an active hospital. Errors: `NotAuthorized`, `AlreadyExists`, `MaxDelegatesExceeded`.
        /// Event: `DelegateAdded`.
        #[pallet::call_index(7)]
        #[pallet::weight(T::WeightInfo::add_delegate())]
        pub fn add_delegate(origin: OriginFor<T>, delegate: T::AccountId) -> DispatchResult {
            let hospital = Self::ensure_operator(origin)?;
            Self::do_add_delegate(hospital, &delegate)?;
            Self::deposit_event(Event::DelegateAdded { hospital, delegate });
            Ok(())
        }

        /// Removes a delegate of the sender's hospital.
        ///
        /// Origin: the operator of an active hospital. Errors: `NotAuthorized`, `NotFound`. Event: `DelegateRemoved`.
        #[pallet::call_index(8)]
        #[pallet::weight(T::WeightInfo::remove_delegate())]
        pub fn remove_delegate(origin: OriginFor<T>, delegate: T::AccountId) -> DispatchResult {
            let hospital = Self::ensure_operator(origin)?;
            Self::do_remove_delegate(hospital, &delegate)?;
            Self::deposit_event(Event::DelegateRemoved { hospital, delegate });
            Ok(())
        }

        /// Announces the X25519 key of the sender's hospital that is in force from a later month on.
        ///
        /// Origin: the operator of an active hospital. Errors: `NotAuthorized`, `InvalidEncryptionKey`, `InvalidEpoch`,
        /// `MaxKeysExceeded`. Event: `EncryptionKeyRotated`.
        #[pallet::call_index(9)]
        #[pallet::weight(T::WeightInfo::rotate_encryption_key())]
        pub fn rotate_encryption_key(
            origin: OriginFor<T>,
            from_epoch: Epoch,
            key: X25519Key,
        ) -> DispatchResult {
            let hospital = Self::ensure_operator(origin)?;
            Self::do_rotate_encryption_key(hospital, from_epoch, key)?;
            Self::deposit_event(Event::EncryptionKeyRotated {
                hospital,
                from_epoch,
                key,
            });
            Ok(())
        }

        /// Makes an account a validator of the sender's hospital. It joins the set once it has session keys.
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

        /// Removes a validator of the sender's hospital. It authors no block and leaves the set at the next session.
        ///
        /// Origin: the operator of an active hospital. Errors: `NotAuthorized`, `NotFound`, `InvalidValidatorCount`.
        /// Event: `ValidatorRemoved`.
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
    }
}
