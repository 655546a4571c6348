// SPDX-License-Identifier: Apache-2.0
#![cfg_attr(not(feature = "std"), no_std)]
#![doc = include_str!("../README.md")]

extern crate alloc;

mod admins;
mod admission;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod credentials;
mod genesis;
mod identity;
#[cfg(test)]
mod mock;
mod nodes;
mod quotas;
mod references;
mod root;
mod session;
mod staff;
#[cfg(test)]
mod tests;
mod try_state;
mod validators;
pub mod weights;

pub use admins::EnsureAdmin;
pub use admission::Sender;
pub use pallet::*;
pub use weights::WeightInfo;

// FRAME's macros expand to `expect`s on constant metadata. The logic is in the other modules.
#[allow(clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
    //! Storage, events, errors and calls.

    use crate::{Sender, WeightInfo};
    use alloc::{boxed::Box, vec::Vec};
    use bspp_primitives::{
        quota::{Quota, Usage},
        traits::{AuthorStandings, CallRules, CurrentSlot},
    };
    use bspp_types::HospitalId;
    use frame_support::{
        dispatch::GetDispatchInfo,
        pallet_prelude::*,
        traits::{Contains, UnfilteredDispatchable, ValidatorRegistration, ValidatorSet},
    };
    use frame_system::pallet_prelude::*;
    use sp_core::H256;

    /// Only the newest layout is in use.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    /// The pallet.
    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    /// Configuration of the pallet by a runtime.
    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
        /// A call of the runtime.
        type RuntimeCall: Parameter
            + UnfilteredDispatchable<RuntimeOrigin = <Self as frame_system::Config>::RuntimeOrigin>
            + GetDispatchInfo;
        /// Tells the accounts that have registered session keys.
        type SessionKeys: ValidatorRegistration<Self::AccountId>;
        /// The session pallet, which tells the validators in force.
        type Session: ValidatorSet<Self::AccountId, ValidatorId = Self::AccountId>;
        /// Suspensions of single nodes.
        type Authors: AuthorStandings<Self::AccountId>;
        /// The slot of this block, from which a credential's time is counted.
        type Slot: CurrentSlot;
        /// The calls that each part may send, and those that keep the chain going.
        type Calls: CallRules<Self::AccountId, Sender, <Self as frame_system::Config>::RuntimeCall>;
        /// Room in the blocks of a session for the ordinary calls of one admin or staff account.
        ///
        /// An admin can give an account another quota.
        #[pallet::constant]
        type StaffQuota: Get<Quota>;
        /// Calls that an admin may dispatch as root: runtime upgrades and `grandpa.note_stalled`.
        type RootCalls: Contains<<Self as Config>::RuntimeCall>;
        /// Maximum number of admins.
        #[pallet::constant]
        type MaxAdmins: Get<u32>;
        /// Maximum number of staff accounts, including gateways.
        #[pallet::constant]
        type MaxStaff: Get<u32>;
        /// Maximum number of nodes, and therefore of validators.
        #[pallet::constant]
        type MaxNodes: Get<u32>;
        /// Maximum number of slots for which a credential is issued.
        #[pallet::constant]
        type MaxCredentialSlots: Get<u64>;
        /// Weights of the calls.
        type WeightInfo: WeightInfo;
    }

    /// The hospital's identifier on the consortium chain. Set at genesis.
    #[pallet::storage]
    pub type HospitalIdentity<T: Config> = StorageValue<_, HospitalId, ValueQuery>;

    /// Genesis hash of the consortium chain, which is `chain` in every signed message. Set at
    /// genesis.
    #[pallet::storage]
    pub type ConsortiumChain<T: Config> = StorageValue<_, H256, ValueQuery>;

    /// Accounts that manage the hospital. Any one may act. The last one cannot be removed.
    #[pallet::storage]
    pub type Admins<T: Config> =
        StorageValue<_, BoundedBTreeSet<T::AccountId, T::MaxAdmins>, ValueQuery>;

    /// Accounts that may store records and enrol patients: clinicians and the gateway.
    #[pallet::storage]
    pub type Staff<T: Config> =
        CountedStorageMap<_, Blake2_128Concat, T::AccountId, (), OptionQuery>;

    /// Accounts of the hospital's nodes.
    #[pallet::storage]
    pub type Nodes<T: Config> =
        CountedStorageMap<_, Blake2_128Concat, T::AccountId, (), OptionQuery>;

    /// Nodes that author and finalize blocks.
    #[pallet::storage]
    pub type Validators<T: Config> =
        StorageValue<_, BoundedVec<T::AccountId, T::MaxNodes>, ValueQuery>;

    /// Credentials of nodes: the last slot in which each is valid.
    ///
    /// A node without a credential authors restricted blocks.
    #[pallet::storage]
    pub type Credentials<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, u64>;

    /// Quotas that differ from [`Config::StaffQuota`], such as the gateway's.
    #[pallet::storage]
    pub type Quotas<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, Quota>;

    /// The part of its quota that each account has used.
    ///
    /// An entry stays after the role, so that an account does not get a new quota with it.
    #[pallet::storage]
    pub type UsedQuota<T: Config> =
        StorageMap<_, Blake2_128Concat, T::AccountId, Usage, ValueQuery>;

    /// The part of its operational quota that each account has used.
    ///
    /// An entry stays after the role, so that an account does not get a new quota with it.
    #[pallet::storage]
    pub type UsedOperationalQuota<T: Config> =
        StorageMap<_, Blake2_128Concat, T::AccountId, Usage, ValueQuery>;

    /// State of the chain at genesis.
    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// The hospital's identifier on the consortium chain.
        pub hospital: HospitalId,
        /// Genesis hash of the consortium chain.
        pub chain: H256,
        /// Admins.
        pub admins: Vec<T::AccountId>,
        /// Staff: clinicians and the gateway.
        pub staff: Vec<T::AccountId>,
        /// Nodes that author from the start. The session's genesis has their session keys.
        pub validators: Vec<T::AccountId>,
        /// Last slot in which the validators' credentials are valid; 0 if they have none.
        pub credentials_until: u64,
        /// Quotas of single admins and staff, for each session: account, weight (picoseconds),
        /// bytes.
        ///
        /// The gateway needs one for bulk ingest. Others have the runtime's quota of staff.
        pub quotas: Vec<(T::AccountId, u64, u64)>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            Pallet::<T>::build_genesis(self);
        }
    }

    /// Events of the pallet.
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
        /// An account was added to the staff.
        StaffAdded {
            /// The account.
            account: T::AccountId,
        },
        /// An account was removed from the staff.
        StaffRemoved {
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
        /// An admin named the validators, which author from the session after next.
        ValidatorsSet {
            /// Number of validators.
            count: u32,
        },
        /// An admin issued a node's credential. It replaces an older one.
        CredentialIssued {
            /// The node.
            account: T::AccountId,
            /// Last slot in which it is valid.
            expires_at: u64,
        },
        /// The credential of a node was revoked.
        CredentialRevoked {
            /// The node.
            account: T::AccountId,
        },
        /// An admin gave an account a quota of its own, or took it.
        QuotaSet {
            /// The account.
            account: T::AccountId,
            /// Its quota; `None` for the quota of all staff.
            quota: Option<Quota>,
        },
        /// An admin dispatched a call as root.
        RootDispatched {
            /// Its outcome.
            result: DispatchResult,
        },
    }

    /// Errors of the calls.
    #[pallet::error]
    pub enum Error<T> {
        /// The sender is not an admin, or the call is not among the root calls.
        NotAuthorized,
        /// The account is already an admin.
        AdminAlreadyExists,
        /// The account is not an admin.
        AdminNotFound,
        /// The last admin cannot be removed.
        LastAdmin,
        /// The hospital already has the maximum number of admins.
        MaxAdminsExceeded,
        /// The account is already staff.
        StaffAlreadyExists,
        /// The account is not staff, or for a quota: not staff or an admin.
        StaffNotFound,
        /// The hospital already has the maximum number of staff accounts.
        MaxStaffExceeded,
        /// The account is already a node.
        NodeAlreadyExists,
        /// The account is not a node.
        NodeNotFound,
        /// The hospital already has the maximum number of nodes.
        MaxNodesExceeded,
        /// The node is a validator.
        NodeIsValidator,
        /// The call names no validators, or one twice.
        InvalidValidators,
        /// A validator's account has no session keys.
        SessionKeysNotFound,
        /// A validator's account is suspended.
        NodeSuspended,
        /// The last slot of the credential is not in the future, or is too late.
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
            let quota = T::StaffQuota::get();
            assert!(
                quota.number > 0 && quota.weight > 0 && quota.bytes > 0,
                "staff needs a quota"
            );
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

        /// Removes an admin who is not the last one.
        ///
        /// * Origin: signed by an admin.
        /// * Effect: the account may no longer manage the hospital. It keeps its reference, because
        ///   old transactions must not be replayed.
        /// * Errors: `NotAuthorized`, `AdminNotFound`, `LastAdmin`.
        /// * Events: `AdminRemoved`.
        #[pallet::call_index(1)]
        #[pallet::weight((T::WeightInfo::remove_admin(), DispatchClass::Operational))]
        pub fn remove_admin(origin: OriginFor<T>, account: T::AccountId) -> DispatchResult {
            Self::ensure_admin(origin)?;
            Self::do_remove_admin(account)
        }

        /// Adds an account to the staff: a clinician's or the gateway's.
        ///
        /// * Origin: signed by an admin.
        /// * Effect: the account may enrol patients and store records.
        /// * Errors: `NotAuthorized`, `StaffAlreadyExists`, `MaxStaffExceeded`.
        /// * Events: `StaffAdded`.
        #[pallet::call_index(2)]
        #[pallet::weight((T::WeightInfo::add_staff(), DispatchClass::Operational))]
        pub fn add_staff(origin: OriginFor<T>, account: T::AccountId) -> DispatchResult {
            Self::ensure_admin(origin)?;
            Self::do_add_staff(account)
        }

        /// Removes an account from the staff.
        ///
        /// * Origin: signed by an admin.
        /// * Effect: the account may no longer enrol patients or store records. It keeps its
        ///   reference.
        /// * Errors: `NotAuthorized`, `StaffNotFound`.
        /// * Events: `StaffRemoved`.
        #[pallet::call_index(3)]
        #[pallet::weight((T::WeightInfo::remove_staff(), DispatchClass::Operational))]
        pub fn remove_staff(origin: OriginFor<T>, account: T::AccountId) -> DispatchResult {
            Self::ensure_admin(origin)?;
            Self::do_remove_staff(account)
        }

        /// Adds a node's account.
        ///
        /// * Origin: signed by an admin.
        /// * Effect: the account may register session keys, and admins may make it a validator.
        /// * Errors: `NotAuthorized`, `NodeAlreadyExists`, `MaxNodesExceeded`.
        /// * Events: `NodeAdded`.
        #[pallet::call_index(4)]
        #[pallet::weight((T::WeightInfo::add_node(), DispatchClass::Operational))]
        pub fn add_node(origin: OriginFor<T>, account: T::AccountId) -> DispatchResult {
            Self::ensure_admin(origin)?;
            Self::do_add_node(account)
        }

        /// Removes a node's account that is not a validator.
        ///
        /// * Origin: signed by an admin.
        /// * Effect: the account may no longer transact and has no credential. It keeps its
        ///   references.
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
        /// * Effect: these nodes take over with the next planned session, without those that are
        ///   suspended by then.
        /// * Errors: `NotAuthorized`, `InvalidValidators`, `NodeNotFound`, `NodeSuspended`,
        ///   `SessionKeysNotFound`.
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

        /// Issues a node's credential, which is the evidence for full blocks.
        ///
        /// * Origin: signed by an admin.
        /// * Effect: the credential is valid up to and including slot `expires_at`. It replaces an
        ///   older one.
        /// * Errors: `NotAuthorized`, `NodeNotFound`, `InvalidExpiry`.
        /// * Events: `CredentialIssued`.
        #[pallet::call_index(7)]
        #[pallet::weight((T::WeightInfo::issue_credential(), DispatchClass::Operational))]
        pub fn issue_credential(
            origin: OriginFor<T>,
            node: T::AccountId,
            expires_at: u64,
        ) -> DispatchResult {
            Self::ensure_admin(origin)?;
            Self::do_issue_credential(node, expires_at)
        }

        /// Revokes a node's credential before its expiry.
        ///
        /// * Origin: signed by an admin.
        /// * Effect: the node authors restricted blocks from the next block on.
        /// * Errors: `NotAuthorized`, `CredentialNotFound`.
        /// * Events: `CredentialRevoked`.
        #[pallet::call_index(8)]
        #[pallet::weight((T::WeightInfo::revoke_credential(), DispatchClass::Operational))]
        pub fn revoke_credential(origin: OriginFor<T>, node: T::AccountId) -> DispatchResult {
            Self::ensure_admin(origin)?;
            Self::do_revoke_credential(node)
        }

        /// Dispatches one of the root calls: a runtime upgrade, or a restart of finality.
        ///
        /// * Origin: signed by an admin.
        /// * Effect: the effect of the dispatched call. This call succeeds even if that one fails.
        /// * Errors: `NotAuthorized` (the sender is not an admin, or the call is not among
        ///   [`Config::RootCalls`]).
        /// * Events: `RootDispatched`, with the outcome.
        #[pallet::call_index(9)]
        #[pallet::weight((
            T::WeightInfo::dispatch_as_root().saturating_add(call.get_dispatch_info().call_weight),
            DispatchClass::Operational,
        ))]
        pub fn dispatch_as_root(
            origin: OriginFor<T>,
            call: Box<<T as Config>::RuntimeCall>,
        ) -> DispatchResult {
            Self::ensure_admin(origin)?;
            Self::do_dispatch_as_root(*call)
        }

        /// Gives an admin or staff account a quota of its own, or takes it.
        ///
        /// * Origin: signed by an admin.
        /// * Effect: in each session blocks take ordinary calls of the account up to this weight
        ///   (picoseconds) and these bytes. `None` returns it to [`Config::StaffQuota`]. More of
        ///   its transactions may then wait in the pool.
        /// * Errors: `NotAuthorized`, `StaffNotFound` (the account is not admin or staff).
        /// * Events: `QuotaSet`.
        #[pallet::call_index(10)]
        #[pallet::weight((T::WeightInfo::set_quota(), DispatchClass::Operational))]
        pub fn set_quota(
            origin: OriginFor<T>,
            account: T::AccountId,
            quota: Option<(u64, u64)>,
        ) -> DispatchResult {
            Self::ensure_admin(origin)?;
            Self::do_set_quota(account, quota)
        }
    }
}
