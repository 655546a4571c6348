// SPDX-License-Identifier: Apache-2.0
#![cfg_attr(not(feature = "std"), no_std)]
#![doc = include_str!("../README.md")]

extern crate alloc;

mod admission;
mod anchorers;
mod config;
mod council;
mod departures;
mod errors;
mod events;
mod hospitals;
mod integrity;
mod keys;
mod membership;
mod pause;
mod plan;
mod proposals;
mod quotas;
mod requesters;
mod roles;
mod state;
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

// An imported section finds this macro by its bare name only.
use frame_support::pallet_macros::import_section;

// Items that FRAME's macros generate have no documentation.
#[allow(clippy::expect_used)]
#[import_section(config::config)]
#[import_section(state::state)]
#[import_section(events::events)]
#[import_section(errors::errors)]
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

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

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
            Self::check_config();
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
            Self::found_hospital(hospital, operator, encryption_key)
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
            Self::do_remove_hospital(hospital)
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
            Self::do_suspend_hospital(hospital)
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
            Self::do_readmit_hospital(hospital)
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
            Self::do_change_operator(hospital, operator)
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
            Self::replace_council(members, prime)
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
            Self::add_requester_with_key(hospital, requester, key, &signature)
        }

        /// Removes a requester of the sender's hospital, with its X25519 key.
        ///
        /// Origin: the operator of an active hospital. Errors: `NotAuthorized`, `NotFound`. Event:
        /// `RequesterRemoved`.
        #[pallet::call_index(8)]
        #[pallet::weight((T::WeightInfo::remove_requester(), DispatchClass::Operational))]
        pub fn remove_requester(origin: OriginFor<T>, requester: T::AccountId) -> DispatchResult {
            let hospital = Self::ensure_operator(origin)?;
            Self::do_remove_requester(hospital, requester)
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
            Self::do_rotate_encryption_key(hospital, from_filing_month, key)
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
            Self::do_propose_validator(hospital, validator)
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
            Self::do_remove_validator(hospital, validator)
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
            Self::do_rotate_requester_key(requester, key)
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
            Self::change_anchorer(hospital, anchorer)
        }

        /// Withdraws a proposal of a validator by the sender's hospital.
        ///
        /// Origin: the operator of an active hospital. Errors: `NotAuthorized`, `NotFound`. Event:
        /// `ValidatorWithdrawn`.
        #[pallet::call_index(13)]
        #[pallet::weight((T::WeightInfo::withdraw_validator(), DispatchClass::Operational))]
        pub fn withdraw_validator(origin: OriginFor<T>, validator: T::AccountId) -> DispatchResult {
            let hospital = Self::ensure_operator(origin)?;
            Self::do_withdraw_validator(hospital, validator)
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
            Self::do_admit_validator(hospital, validator, accept_share)
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
            Self::do_authorize_upgrade(code_hash);
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
            Self::do_pause(groups);
            Ok(())
        }

        /// Ends the pause of groups of calls. Groups that are not paused stay so.
        ///
        /// Origin: the council. Event: `CallsUnpaused`.
        #[pallet::call_index(17)]
        #[pallet::weight((T::WeightInfo::pause(), DispatchClass::Operational))]
        pub fn unpause(origin: OriginFor<T>, groups: CallGroupList) -> DispatchResult {
            T::CouncilOrigin::ensure_origin(origin)?;
            Self::do_unpause(groups);
            Ok(())
        }

        /// Raises the reserve of a hospital for a bulk import.
        ///
        /// `weight` (picoseconds) and `bytes` are in addition to the hospital's reserve in each
        /// session up to and including `until`. The grant replaces an earlier one; with zeros it
        /// only ends that one. It does not raise the common quota.
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
            Self::do_grant_quota(hospital, weight, bytes, until)
        }
    }
}
