// SPDX-License-Identifier: Apache-2.0
//! The storage of the pallet, as a section that `pallet` imports.

use frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod state {
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

    /// The part of its reserve that each hospital has used.
    #[pallet::storage]
    pub type UsedReserve<T: Config> =
        StorageMap<_, Blake2_128Concat, HospitalId, Usage, ValueQuery>;

    /// The part of its reserve with which each hospital registered batches and entry blocks.
    ///
    /// Registrations that failed, or had nothing new, are not in it.
    #[pallet::storage]
    pub type UsedByRegistrations<T: Config> =
        StorageMap<_, Blake2_128Concat, HospitalId, Usage, ValueQuery>;

    /// The part of its common quota that each hospital has used.
    #[pallet::storage]
    pub type UsedCommon<T: Config> = StorageMap<_, Blake2_128Concat, HospitalId, Usage, ValueQuery>;

    /// The part of its share of the common quota that each requester has used.
    ///
    /// An entry stays after the role, so that an account does not get a new share with it.
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

    /// Grants of the council, in addition to the reserves of hospitals.
    #[pallet::storage]
    pub type GrantedQuotas<T: Config> = StorageMap<_, Blake2_128Concat, HospitalId, Grant>;
}
