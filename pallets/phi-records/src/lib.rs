// SPDX-License-Identifier: Apache-2.0
#![cfg_attr(not(feature = "std"), no_std)]
#![doc = include_str!("../README.md")]

extern crate alloc;

mod batches;
#[cfg(feature = "runtime-benchmarks")]
pub mod benchmark_helper;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod disclosures;
mod entry_blocks;
#[cfg(test)]
mod mock;
mod payloads;
mod queries;
mod records;
#[cfg(test)]
mod tests;
mod try_state;
pub mod types;
pub mod weights;

pub use pallet::*;
pub use weights::WeightInfo;

// FRAME's macros expand to `expect`s on constant metadata. The logic is in the other modules.
#[allow(clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
    //! Storage, events, errors and calls.

    use crate::{
        types::{DisclosureOf, Payload},
        WeightInfo,
    };
    use bspp_peks::BatchHeader;
    use bspp_primitives::traits::{Consents, HospitalChain, Staff};
    use bspp_types::{
        BatchId, DisclosureGround, EntryCommitment, HospitalBatch, Moment, RecordId,
        RecordLocation, Records, Sequence, MAX_ENTRIES_PER_BLOCK, MAX_RECORDS_PER_CALL,
    };
    use frame_support::{pallet_prelude::*, traits::Time};
    use frame_system::pallet_prelude::*;
    use sp_core::{ConstU32, H256};

    // A block holds the records of one call.
    const _: () = assert!(MAX_RECORDS_PER_CALL <= MAX_ENTRIES_PER_BLOCK);

    /// Only the newest layout is in use.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    /// The pallet.
    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    /// Configuration of the pallet by a runtime.
    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
        /// Tells the hospital of this chain, and its consortium chain.
        type Chain: HospitalChain;
        /// Tells the accounts that may store records.
        type Staff: Staff<Self::AccountId>;
        /// Patients' consents.
        type Consents: Consents;
        /// The origin that writes off payloads: the hospital's admins.
        type AdminOrigin: EnsureOrigin<Self::RuntimeOrigin>;
        /// The chain's clock, in milliseconds.
        type Time: Time<Moment = Moment>;
        /// Weights of calls and hooks.
        type WeightInfo: WeightInfo;
        /// Prepares the state of other pallets for benchmarks.
        #[cfg(feature = "runtime-benchmarks")]
        type BenchmarkHelper: crate::benchmark_helper::BenchmarkHelper;
    }

    /// The payloads of all records, by payload hash.
    ///
    /// Their bytes are in the hospital's PHI store.
    ///
    /// A record with more keywords than an entry has slots has several entries over one payload.
    #[pallet::storage]
    pub type Payloads<T: Config> = StorageMap<_, Blake2_128Concat, H256, Payload>;

    /// The payloads by position, without a gap. Proof of storage draws one of them.
    #[pallet::storage]
    pub type Live<T: Config> = StorageMap<_, Twox64Concat, u32, H256>;

    /// Number of payloads, which is the position of the next one.
    #[pallet::storage]
    pub type LiveCount<T: Config> = StorageValue<_, u32, ValueQuery>;

    /// Batches with their owners, months and next indices.
    #[pallet::storage]
    pub type Batches<T: Config> =
        StorageMap<_, Blake2_128Concat, BatchId, HospitalBatch<T::AccountId>>;

    /// Location of every record.
    #[pallet::storage]
    pub type Locations<T: Config> = StorageMap<_, Blake2_128Concat, RecordId, RecordLocation>;

    /// Commitments of the entry blocks, in a sequence without a gap.
    ///
    /// The consortium reads them by storage proof: see
    /// [`bspp_primitives::entry_commitment_storage`].
    #[pallet::storage]
    pub type EntryCommitments<T: Config> = StorageMap<_, Twox64Concat, Sequence, EntryCommitment>;

    /// Number of entry blocks, which is the sequence number of the next one.
    #[pallet::storage]
    pub type EntryBlockCount<T: Config> = StorageValue<_, Sequence, ValueQuery>;

    /// Leaves of the entries stored in this block. Empty between blocks.
    #[pallet::storage]
    pub type PendingLeaves<T: Config> =
        StorageValue<_, BoundedVec<H256, ConstU32<MAX_ENTRIES_PER_BLOCK>>, ValueQuery>;

    /// Disclosures by record and ground.
    #[pallet::storage]
    pub type Disclosures<T: Config> = StorageDoubleMap<
        _,
        Blake2_128Concat,
        RecordId,
        Blake2_128Concat,
        DisclosureGround,
        DisclosureOf<T>,
    >;

    /// Events of the pallet. No event names a patient.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A record was stored.
        RecordStored {
            /// The record.
            record: RecordId,
            /// Sequence number of the entry block.
            sequence: Sequence,
            /// Position among the block's entries.
            leaf: u32,
        },
        /// A record of a call was not stored. The other records of the call are not affected.
        RecordRefused {
            /// The record.
            record: RecordId,
            /// The reason: an error of this pallet.
            error: DispatchError,
        },
        /// A payload is lost. No author has to prove it any more.
        PayloadWrittenOff {
            /// Its hash.
            payload: H256,
        },
        /// A block that stored entries was sealed.
        EntryBlockSealed {
            /// Its sequence number.
            sequence: Sequence,
            /// Number of its entries.
            count: u32,
            /// Root over the entries.
            root: H256,
        },
        /// A batch was opened.
        BatchOpened {
            /// The batch.
            batch: BatchId,
        },
        /// A record was disclosed.
        DisclosureLogged {
            /// The record.
            record: RecordId,
            /// The ground: a request on the consortium chain, or the patient's own wish.
            ground: DisclosureGround,
        },
    }

    /// Errors of the calls.
    #[pallet::error]
    pub enum Error<T> {
        /// The sender may not store records, or is not the owner of the batch.
        NotAuthorized,
        /// The call does not run in an extrinsic.
        ///
        /// The location of a record could not point to it in the block body.
        InvalidContext,
        /// The call has no record.
        EmptyCall,
        /// The number of slots is not a slot class.
        InvalidSlotCount,
        /// Two slots have the same tag.
        DuplicateTag,
        /// The number of wraps differs from the number of slots.
        WrapCountMismatch,
        /// The payload is already stored for another patient, or with another key.
        PayloadMismatch,
        /// The chain has as many payloads as it can count.
        MaxPayloadsExceeded,
        /// No record has this payload.
        PayloadNotFound,
        /// The payload is written off already.
        AlreadyWrittenOff,
        /// The header is for another hospital.
        HospitalMismatch,
        /// The batch is already open.
        BatchAlreadyExists,
        /// The batch was not opened on this chain.
        BatchNotFound,
        /// The grace period of the batch's month is over.
        FilingMonthClosed,
        /// The index is not above the indices of the batch's earlier entries.
        InvalidIndex,
        /// The consent does not cover records of this patient and month, or is withdrawn.
        ConsentNotFound,
        /// The header is not of the present month, or the clock does not show a filing month.
        InvalidFilingMonth,
        /// The record is already stored.
        RecordAlreadyExists,
        /// The record does not exist.
        RecordNotFound,
        /// This block already has the maximum number of entries.
        MaxEntriesPerBlockExceeded,
        /// This disclosure is already logged.
        DisclosureAlreadyExists,
        /// Somebody else than the patient is said to have received the own record.
        RecipientMismatch,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn on_initialize(_: BlockNumberFor<T>) -> Weight {
            T::WeightInfo::on_finalize()
        }

        fn on_finalize(_: BlockNumberFor<T>) {
            Self::seal_entry_block();
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Stores records whose payloads are in the hospital's PHI store.
        ///
        /// The chain cannot see whether a store has them: proof of storage shows it later.
        ///
        /// * Origin: signed by the account that opened the batches, which may store records; in an
        ///   extrinsic of its own, not within another call.
        /// * Effect: the entries of the records are leaves of this block, in their order; the index
        ///   of each and those below it are spent. The month of a batch judges its records, until
        ///   the grace period of that month is over. Each record is judged by itself: one that is
        ///   refused changes nothing, and does not hold up those behind it.
        /// * Errors: `NotAuthorized`, `InvalidContext`, `EmptyCall`. Of single records, in events:
        ///   `NotAuthorized`, `InvalidSlotCount`, `DuplicateTag`, `WrapCountMismatch`,
        ///   `RecordAlreadyExists`, `BatchNotFound`, `InvalidFilingMonth`, `FilingMonthClosed`,
        ///   `ConsentNotFound`, `InvalidIndex`, `PayloadMismatch`, `MaxPayloadsExceeded`,
        ///   `MaxEntriesPerBlockExceeded`.
        /// * Events: `RecordStored` or `RecordRefused` for each record.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::store_records(
            u32::try_from(records.len()).unwrap_or(u32::MAX)
        ))]
        pub fn store_records(origin: OriginFor<T>, records: Records) -> DispatchResult {
            let who = Self::ensure_staff(origin)?;
            Self::do_store_records(who, records)
        }

        /// Logs that a record was disclosed.
        ///
        /// * Origin: signed by an account that may store records: the gateway, which disclosed it.
        /// * Effect: the disclosure stays in the log for ever, once for each ground. `recipient` is
        ///   the requester's account on the consortium chain. For an own record it is the account
        ///   of the record's patient on this chain.
        /// * Errors: `NotAuthorized`, `RecordNotFound`, `RecipientMismatch`,
        ///   `DisclosureAlreadyExists`.
        /// * Events: `DisclosureLogged`.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::log_disclosure())]
        pub fn log_disclosure(
            origin: OriginFor<T>,
            ground: DisclosureGround,
            record: RecordId,
            recipient: [u8; 32],
        ) -> DispatchResult {
            let logged_by = Self::ensure_staff(origin)?;
            Self::do_log_disclosure(logged_by, ground, record, recipient)
        }

        /// Opens a batch: its owner, and the month by which its records are judged.
        ///
        /// * Origin: signed by the account that the header names (`enc`), which may store records.
        ///   `salt` shows that the header names it.
        /// * Effect: only this account spends the indices of the batch, from 0 on. The proof in the
        ///   header is not checked: the consortium checks it when the batch is registered there.
        /// * Errors: `NotAuthorized`, `HospitalMismatch`, `InvalidFilingMonth`,
        ///   `BatchAlreadyExists`.
        /// * Events: `BatchOpened`.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::open_batch())]
        pub fn open_batch(
            origin: OriginFor<T>,
            header: BatchHeader,
            salt: [u8; 32],
        ) -> DispatchResult {
            let owner = Self::ensure_staff(origin)?;
            Self::do_open_batch(owner, &header, &salt)
        }

        /// Writes off a payload that is lost in every store.
        ///
        /// Otherwise authors that cannot prove it would make restricted blocks for ever, whenever it
        /// is drawn. The loss is public on this chain.
        ///
        /// * Origin: [`Config::AdminOrigin`].
        /// * Effect: proof of storage does not draw the payload any more. Its records stay.
        /// * Errors: `PayloadNotFound`, `AlreadyWrittenOff`.
        /// * Events: `PayloadWrittenOff`.
        #[pallet::call_index(3)]
        #[pallet::weight((T::WeightInfo::write_off(), DispatchClass::Operational))]
        pub fn write_off(origin: OriginFor<T>, payload: H256) -> DispatchResult {
            T::AdminOrigin::ensure_origin(origin)?;
            Self::do_write_off(payload)
        }
    }
}
