// SPDX-License-Identifier: Apache-2.0
#![cfg_attr(not(feature = "std"), no_std)]
#![doc = include_str!("../README.md")]

extern crate alloc;

mod adapters;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod credentials;
mod genesis;
mod impls;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;
mod try_state;
pub mod types;
pub mod weights;
mod withdrawal;

pub use adapters::EnsureAdmin;
pub use pallet::*;
pub use weights::WeightInfo;

// What the macros expand to uses `expect` on what they themselves made. A call with a bundle is large, but never kept.
#[allow(clippy::expect_used, clippy::large_enum_variant)]
#[frame_support::pallet]
pub mod pallet {
    //! Storage, events, errors and calls.

    use crate::WeightInfo;
    use alloc::{boxed::Box, vec::Vec};
    use bspp_primitives::{
        traits::{AuthorStandings, BundleVerifier, CurrentSlot},
        Consent, ConsentId, ConsentTerms, Ed25519Signature, HospitalId, Patient, PatientBundle,
    };
    use frame_support::{
        dispatch::GetDispatchInfo,
        pallet_prelude::*,
        traits::{Contains, UnfilteredDispatchable, ValidatorRegistration, ValidatorSet},
    };
    use frame_system::{ensure_authorized, pallet_prelude::*};
    use sp_core::H256;

    /// Only the newest layout is in use.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    /// The pallet.
    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    /// What the pallet needs of its runtime.
    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
        /// A call of the runtime.
        type RuntimeCall: Parameter
            + UnfilteredDispatchable<RuntimeOrigin = <Self as frame_system::Config>::RuntimeOrigin>
            + GetDispatchInfo;
        /// Verifies points, proofs of possession and signature of a patient's bundle.
        type BundleVerifier: BundleVerifier;
        /// Which accounts have registered session keys.
        type SessionKeys: ValidatorRegistration<Self::AccountId>;
        /// The session pallet: which validators are in force.
        type Session: ValidatorSet<Self::AccountId, ValidatorId = Self::AccountId>;
        /// Suspensions of single nodes.
        type Authors: AuthorStandings<Self::AccountId>;
        /// The slot of this block, from which a credential's time is counted.
        type Slot: CurrentSlot;
        /// Calls that keep the chain going: all that a node's account may send.
        type OperationalCalls: Contains<<Self as frame_system::Config>::RuntimeCall>;
        /// Calls that an admin may dispatch as root: runtime upgrades and `grandpa.note_stalled`, no more.
        type RootCalls: Contains<<Self as Config>::RuntimeCall>;
        /// Admins at most.
        #[pallet::constant]
        type MaxAdmins: Get<u32>;
        /// Clinicians at most, gateways counted.
        #[pallet::constant]
        type MaxClinicians: Get<u32>;
        /// Nodes at most, and so validators.
        #[pallet::constant]
        type MaxNodes: Get<u32>;
        /// For how many slots a credential is issued at most.
        #[pallet::constant]
        type MaxCredentialSlots: Get<u64>;
        /// Weights of the calls.
        type WeightInfo: WeightInfo;
    }

    /// The hospital's identifier on the consortium chain. Set at genesis.
    #[pallet::storage]
    pub type HospitalIdentity<T: Config> = StorageValue<_, HospitalId, ValueQuery>;

    /// Genesis hash of the consortium chain: `chain` in every signed message. Set at genesis.
    #[pallet::storage]
    pub type ConsortiumChain<T: Config> = StorageValue<_, H256, ValueQuery>;

    /// Who manages the hospital. Any one of them may act. Never empty once it was not.
    #[pallet::storage]
    pub type Admins<T: Config> =
        StorageValue<_, BoundedBTreeSet<T::AccountId, T::MaxAdmins>, ValueQuery>;

    /// Who may store records: clinicians' workstations and the gateway.
    #[pallet::storage]
    pub type Clinicians<T: Config> =
        CountedStorageMap<_, Blake2_128Concat, T::AccountId, (), OptionQuery>;

    /// Accounts of the hospital's nodes.
    #[pallet::storage]
    pub type Nodes<T: Config> =
        CountedStorageMap<_, Blake2_128Concat, T::AccountId, (), OptionQuery>;

    /// Nodes that author and finalize blocks.
    #[pallet::storage]
    pub type Validators<T: Config> =
        StorageValue<_, BoundedVec<T::AccountId, T::MaxNodes>, ValueQuery>;

    /// Credentials of nodes: the last slot in which each is good. Who has none authors restricted blocks.
    #[pallet::storage]
    pub type Credentials<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, u64>;

    /// Patients by their account here, a pseudonym that no other hospital sees.
    #[pallet::storage]
    pub type Patients<T: Config> = StorageMap<_, Blake2_128Concat, [u8; 32], Patient>;

    /// Consents, withdrawn ones too.
    #[pallet::storage]
    pub type Consents<T: Config> = StorageMap<_, Blake2_128Concat, ConsentId, Consent>;

    /// State at the chain's birth.
    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// The hospital's identifier on the consortium chain.
        pub hospital: HospitalId,
        /// Genesis hash of the consortium chain.
        pub chain: H256,
        /// Admins.
        pub admins: Vec<T::AccountId>,
        /// Clinicians and the gateway.
        pub clinicians: Vec<T::AccountId>,
        /// Nodes that author from the start. Their session keys stand in the session's genesis.
        pub validators: Vec<T::AccountId>,
        /// Last slot in which their credentials are good; 0 if they have none.
        pub credentials_until: u64,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            Pallet::<T>::build_genesis(self);
        }
    }

    /// What happened. Patients appear by their account here, nothing else of them.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// An admin was added.
        AdminAdded {
            /// The account.
            account: T::AccountId,
        },
        /// An admin was removed.
        AdminRemoved {
            /// The account.
            account: T::AccountId,
        },
        /// A clinician was added.
        ClinicianAdded {
            /// The account.
            account: T::AccountId,
        },
        /// A clinician was removed.
        ClinicianRemoved {
            /// The account.
            account: T::AccountId,
        },
        /// A node was added.
        NodeAdded {
            /// The account.
            account: T::AccountId,
        },
        /// A node was removed.
        NodeRemoved {
            /// The account.
            account: T::AccountId,
        },
        /// Other validators will author from the session after next.
        ValidatorsSet {
            /// How many they are.
            count: u32,
        },
        /// A patient was enrolled.
        PatientEnrolled {
            /// The patient's account here.
            patient: [u8; 32],
        },
        /// A patient's consent was registered.
        ConsentRegistered {
            /// The consent.
            consent: ConsentId,
            /// The patient's account here.
            patient: [u8; 32],
        },
        /// A patient withdrew a consent.
        ConsentWithdrawn {
            /// The consent.
            consent: ConsentId,
        },
        /// A node has a credential; it replaces an older one.
        CredentialIssued {
            /// The node.
            account: T::AccountId,
            /// Last slot in which it is good.
            expires_at: u64,
        },
        /// A node has no credential any more.
        CredentialRevoked {
            /// The node.
            account: T::AccountId,
        },
        /// An admin dispatched a call as root.
        RootDispatched {
            /// Its outcome.
            result: DispatchResult,
        },
    }

    /// Why a call fails.
    #[pallet::error]
    pub enum Error<T> {
        /// The sender has not the role that the call needs, or no admin may dispatch that call as root.
        NotAuthorized,
        /// The account is an admin.
        AdminAlreadyExists,
        /// The account is no admin.
        AdminNotFound,
        /// There must always be an admin.
        LastAdmin,
        /// There are as many admins as there may be.
        MaxAdminsExceeded,
        /// The account is a clinician.
        ClinicianAlreadyExists,
        /// The account is no clinician.
        ClinicianNotFound,
        /// There are as many clinicians as there may be.
        MaxCliniciansExceeded,
        /// The account is a node.
        NodeAlreadyExists,
        /// The account is no node.
        NodeNotFound,
        /// There are as many nodes as there may be.
        MaxNodesExceeded,
        /// The node is a validator.
        NodeIsValidator,
        /// No validators, or one twice.
        InvalidValidators,
        /// A validator's account has no session keys.
        SessionKeysNotFound,
        /// The account is enrolled.
        PatientAlreadyExists,
        /// No such patient.
        PatientNotFound,
        /// A point, a proof of possession or the signature of the bundle does not hold for this chain and hospital.
        InvalidBundle,
        /// The very same consent is registered.
        ConsentAlreadyExists,
        /// No such consent.
        ConsentNotFound,
        /// The consent is withdrawn.
        ConsentWithdrawn,
        /// The consent ends before it begins.
        InvalidConsentPeriod,
        /// The signature is not the patient's over the expected message.
        InvalidSignature,
        /// A validator's account is suspended.
        NodeSuspended,
        /// The credential would end by now, or lies too far ahead.
        InvalidExpiry,
        /// The node has no credential.
        CredentialNotFound,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        #[cfg(feature = "std")]
        fn integrity_test() {
            assert!(T::MaxAdmins::get() > 0, "there must be room for an admin");
            assert!(T::MaxNodes::get() > 0, "there must be room for a node");
            assert!(T::MaxCredentialSlots::get() > 0, "a credential needs time");
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Adds an admin.
        ///
        /// * Origin: signed by an admin.
        /// * Effect: the account may manage the hospital.
        /// * Errors: `NotAuthorized`, `AdminAlreadyExists`, `MaxAdminsExceeded`.
        /// * Events: `AdminAdded`.
        #[pallet::call_index(0)]
        #[pallet::weight((T::WeightInfo::add_admin(), DispatchClass::Operational))]
        pub fn add_admin(origin: OriginFor<T>, account: T::AccountId) -> DispatchResult {
            Self::ensure_admin(origin)?;
            Self::do_add_admin(account)
        }

        /// Removes an admin, not the last one.
        ///
        /// * Origin: signed by an admin.
        /// * Effect: the account may manage no longer. It keeps its reference: old transactions must not be replayed.
        /// * Errors: `NotAuthorized`, `AdminNotFound`, `LastAdmin`.
        /// * Events: `AdminRemoved`.
        #[pallet::call_index(1)]
        #[pallet::weight((T::WeightInfo::remove_admin(), DispatchClass::Operational))]
        pub fn remove_admin(origin: OriginFor<T>, account: T::AccountId) -> DispatchResult {
            Self::ensure_admin(origin)?;
            Self::do_remove_admin(account)
        }

        /// Adds a clinician, or a gateway.
        ///
        /// * Origin: signed by an admin.
        /// * Effect: the account may enrol patients and store records.
        /// * Errors: `NotAuthorized`, `ClinicianAlreadyExists`, `MaxCliniciansExceeded`.
        /// * Events: `ClinicianAdded`.
        #[pallet::call_index(2)]
        #[pallet::weight((T::WeightInfo::add_clinician(), DispatchClass::Operational))]
        pub fn add_clinician(origin: OriginFor<T>, account: T::AccountId) -> DispatchResult {
            Self::ensure_admin(origin)?;
            Self::do_add_clinician(account)
        }

        /// Removes a clinician.
        ///
        /// * Origin: signed by an admin.
        /// * Effect: the account may store no longer. It keeps its reference.
        /// * Errors: `NotAuthorized`, `ClinicianNotFound`.
        /// * Events: `ClinicianRemoved`.
        #[pallet::call_index(3)]
        #[pallet::weight((T::WeightInfo::remove_clinician(), DispatchClass::Operational))]
        pub fn remove_clinician(origin: OriginFor<T>, account: T::AccountId) -> DispatchResult {
            Self::ensure_admin(origin)?;
            Self::do_remove_clinician(account)
        }

        /// Adds a node's account.
        ///
        /// * Origin: signed by an admin.
        /// * Effect: the account may register session keys and be made a validator.
        /// * Errors: `NotAuthorized`, `NodeAlreadyExists`, `MaxNodesExceeded`.
        /// * Events: `NodeAdded`.
        #[pallet::call_index(4)]
        #[pallet::weight((T::WeightInfo::add_node(), DispatchClass::Operational))]
        pub fn add_node(origin: OriginFor<T>, account: T::AccountId) -> DispatchResult {
            Self::ensure_admin(origin)?;
            Self::do_add_node(account)
        }

        /// Removes a node's account that is no validator.
        ///
        /// * Origin: signed by an admin.
        /// * Effect: the account may transact no longer and has no credential. It keeps its references.
        /// * Errors: `NotAuthorized`, `NodeNotFound`, `NodeIsValidator`.
        /// * Events: `NodeRemoved`.
        #[pallet::call_index(5)]
        #[pallet::weight((T::WeightInfo::remove_node(), DispatchClass::Operational))]
        pub fn remove_node(origin: OriginFor<T>, account: T::AccountId) -> DispatchResult {
            Self::ensure_admin(origin)?;
            Self::do_remove_node(account)
        }

        /// Names the nodes that author and finalize blocks.
        ///
        /// * Origin: signed by an admin.
        /// * Effect: they take over with the next session that is planned, whoever is suspended by then left out.
        /// * Errors: `NotAuthorized`, `InvalidValidators`, `NodeNotFound`, `NodeSuspended`, `SessionKeysNotFound`.
        /// * Events: `ValidatorsSet`.
        #[pallet::call_index(6)]
        #[pallet::weight((
            T::WeightInfo::set_validators(u32::try_from(validators.len()).unwrap_or(u32::MAX)),
            DispatchClass::Operational
        ))]
        pub fn set_validators(
            origin: OriginFor<T>,
            validators: BoundedVec<T::AccountId, T::MaxNodes>,
        ) -> DispatchResult {
            Self::ensure_admin(origin)?;
            Self::do_set_validators(validators)
        }

        /// Enrols a patient with the public keys in the bundle.
        ///
        /// * Origin: signed by a clinician or an admin.
        /// * Effect: consents of this patient can be registered.
        /// * Errors: `NotAuthorized`, `PatientAlreadyExists`, `InvalidBundle`.
        /// * Events: `PatientEnrolled`.
        #[pallet::call_index(7)]
        #[pallet::weight(T::WeightInfo::enrol_patient())]
        pub fn enrol_patient(origin: OriginFor<T>, bundle: PatientBundle) -> DispatchResult {
            Self::ensure_staff(origin)?;
            Self::do_enrol_patient(bundle)
        }

        /// Registers what an enrolled patient signed: that records filed in these months may be stored and indexed.
        ///
        /// * Origin: signed by a clinician or an admin.
        /// * Effect: records may name the consent.
        /// * Errors: `NotAuthorized`, `PatientNotFound`, `InvalidConsentPeriod`, `ConsentAlreadyExists`, `InvalidSignature`.
        /// * Events: `ConsentRegistered`.
        #[pallet::call_index(8)]
        #[pallet::weight(T::WeightInfo::register_consent())]
        pub fn register_consent(
            origin: OriginFor<T>,
            terms: ConsentTerms,
            signature: Ed25519Signature,
        ) -> DispatchResult {
            Self::ensure_staff(origin)?;
            Self::do_register_consent(terms, signature)
        }

        /// Withdraws a consent. No record is stored under it any more.
        ///
        /// * Origin: whoever has the patient's signature over
        ///   [`bspp_primitives::messages::consent_withdrawal_message`]; patients transact not.
        /// * Effect: the consent is withdrawn, for good.
        /// * Errors: `ConsentNotFound`, `ConsentWithdrawn`. In the pool: [`crate::types::CONSENT_NOT_FOUND`],
        ///   `Stale`, `BadProof`.
        /// * Events: `ConsentWithdrawn`.
        #[pallet::call_index(9)]
        #[pallet::weight((T::WeightInfo::withdraw_consent(), DispatchClass::Operational))]
        #[pallet::weight_of_authorize(T::WeightInfo::authorize_withdrawal())]
        #[pallet::authorize(Self::authorize_withdrawal)]
        pub fn withdraw_consent(
            origin: OriginFor<T>,
            consent: ConsentId,
            _signature: Ed25519Signature,
        ) -> DispatchResult {
            ensure_authorized(origin)?;
            Self::do_withdraw_consent(consent)
        }

        /// Issues a node's credential: the evidence with which it authors blocks that may carry anything.
        ///
        /// * Origin: signed by an admin.
        /// * Effect: the credential is good up to and including slot `expires_at`. It replaces an older one.
        /// * Errors: `NotAuthorized`, `NodeNotFound`, `InvalidExpiry`.
        /// * Events: `CredentialIssued`.
        #[pallet::call_index(10)]
        #[pallet::weight((T::WeightInfo::issue_credential(), DispatchClass::Operational))]
        pub fn issue_credential(
            origin: OriginFor<T>,
            node: T::AccountId,
            expires_at: u64,
        ) -> DispatchResult {
            Self::ensure_admin(origin)?;
            Self::do_issue_credential(node, expires_at)
        }

        /// Revokes a node's credential before its time.
        ///
        /// * Origin: signed by an admin.
        /// * Effect: the node authors restricted blocks from the next block on.
        /// * Errors: `NotAuthorized`, `CredentialNotFound`.
        /// * Events: `CredentialRevoked`.
        #[pallet::call_index(11)]
        #[pallet::weight((T::WeightInfo::revoke_credential(), DispatchClass::Operational))]
        pub fn revoke_credential(origin: OriginFor<T>, node: T::AccountId) -> DispatchResult {
            Self::ensure_admin(origin)?;
            Self::do_revoke_credential(node)
        }

        /// Dispatches one of few calls as root: a runtime upgrade, or a restart of stalled finality.
        ///
        /// * Origin: signed by an admin.
        /// * Effect: the call's. Its failure is no failure of this one.
        /// * Errors: `NotAuthorized` (no admin, or none of [`Config::RootCalls`]).
        /// * Events: `RootDispatched`, with the outcome.
        #[pallet::call_index(12)]
        #[pallet::weight({
            let info = call.get_dispatch_info();
            (T::WeightInfo::dispatch_as_root().saturating_add(info.call_weight), info.class)
        })]
        pub fn dispatch_as_root(
            origin: OriginFor<T>,
            call: Box<<T as Config>::RuntimeCall>,
        ) -> DispatchResult {
            Self::ensure_admin(origin)?;
            Self::do_dispatch_as_root(*call)
        }
    }
}
