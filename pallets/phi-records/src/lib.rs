// SPDX-License-Identifier: Apache-2.0
#![cfg_attr(not(feature = "std"), no_std)]
#![doc = include_str!("../README.md")]

extern crate alloc;

mod batches;
#[cfg(feature = "runtime-benchmarks")]
pub mod benchmark_helper;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod chunks;
mod disclosures;
mod entry_blocks;
#[cfg(test)]
mod mock;
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
        types::{ChunkOf, DisclosureOf},
        WeightInfo,
    };
    use alloc::vec::Vec;
    use bspp_peks::BatchHeader;
    use bspp_primitives::traits::{Consents, HospitalChain, Staff};
    use bspp_types::{
        BatchId, DisclosureGround, EntryCommitment, HospitalBatch, Moment, Record, RecordId,
        RecordLocation, Sequence, MAX_CHUNKS, MAX_CHUNK_BYTES, MAX_ENTRIES_PER_BLOCK,
    };
    use frame_support::{pallet_prelude::*, traits::Time};
    use frame_system::pallet_prelude::*;
    use sp_core::{ConstU32, H256};

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
        /// The chain's clock, in milliseconds.
        type Time: Time<Moment = Moment>;
        /// Maximum size of one record's ciphertext, in bytes.
        #[pallet::constant]
        type MaxRecordBytes: Get<u32>;
        /// Number of blocks in which a chunk that no record names cannot be dropped.
        #[pallet::constant]
        type ChunkLifetime: Get<BlockNumberFor<Self>>;
        /// Weights of calls and hooks.
        type WeightInfo: WeightInfo;
        /// Prepares the state of other pallets for benchmarks.
        #[cfg(feature = "runtime-benchmarks")]
        type BenchmarkHelper: crate::benchmark_helper::BenchmarkHelper;
    }

    /// Chunks in block bodies that no record has named yet, by BLAKE2b-256.
    #[pallet::storage]
    pub type Chunks<T: Config> = StorageMap<_, Blake2_128Concat, H256, ChunkOf<T>>;

    /// Hashes of patient, data-key commitment and chunks, by payload hash.
    ///
    /// A record with more keywords than an entry has slots has several entries over one payload.
    #[pallet::storage]
    pub type Payloads<T: Config> = StorageMap<_, Blake2_128Concat, H256, H256>;

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
        /// A chunk of ciphertext is in this block's body.
        ChunkStored {
            /// BLAKE2b-256 of the chunk.
            chunk: H256,
            /// Its size in bytes.
            len: u32,
        },
        /// A chunk that no record named was dropped.
        ChunkDropped {
            /// BLAKE2b-256 of the chunk.
            chunk: H256,
        },
        /// A record was stored.
        RecordStored {
            /// The record.
            record: RecordId,
            /// Sequence number of the entry block.
            sequence: Sequence,
            /// Position among the block's entries.
            leaf: u32,
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
        /// The transaction index could not point to it in the block body.
        InvalidContext,
        /// The chunk is empty.
        InvalidChunkSize,
        /// The chunk is larger than the maximum.
        MaxChunkBytesExceeded,
        /// The chunk already waits for a record: a record can name it without another copy.
        ChunkAlreadyExists,
        /// The chunk does not wait for a record.
        ChunkNotFound,
        /// The lifetime of the chunk is not over.
        ChunkNotExpired,
        /// The number of slots is not a slot class.
        InvalidSlotCount,
        /// Two slots have the same tag.
        DuplicateTag,
        /// The number of wraps differs from the number of slots.
        WrapCountMismatch,
        /// The record does not name a chunk or names one twice, or a chunk before the last one is
        /// not full.
        InvalidChunks,
        /// The chunks are together larger than the maximum for a record.
        MaxRecordBytesExceeded,
        /// The chunks are not the payload to which the entry commits.
        PayloadHashMismatch,
        /// The payload is already stored for another patient, with another key or with other
        /// chunks.
        PayloadMismatch,
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

        #[cfg(feature = "std")]
        fn integrity_test() {
            let largest = u64::from(MAX_CHUNK_BYTES) * u64::from(MAX_CHUNKS);
            assert!(
                u64::from(T::MaxRecordBytes::get()) <= largest,
                "chunks cannot hold a record"
            );
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Puts a chunk of ciphertext in the block body.
        ///
        /// The transaction index finds the chunk by its BLAKE2b-256.
        ///
        /// * Origin: signed by an account that may store records; in an extrinsic of its own, not
        ///   within another call.
        /// * Effect: the chunk waits for a record to name it. A chunk that waits is not stored
        ///   again, so a sender that does not know whether an earlier attempt succeeded can simply
        ///   repeat it.
        /// * Errors: `NotAuthorized`, `InvalidChunkSize`, `MaxChunkBytesExceeded`,
        ///   `InvalidContext`, `ChunkAlreadyExists`.
        /// * Events: `ChunkStored`.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::store_chunk(u32::try_from(data.len()).unwrap_or(u32::MAX)))]
        pub fn store_chunk(origin: OriginFor<T>, data: Vec<u8>) -> DispatchResult {
            // The index takes the last bytes of the extrinsic: `data` must stay the last argument.
            let uploader = Self::ensure_staff(origin)?;
            let (extrinsic, len, chunk) = Self::do_store_chunk(uploader, &data)?;
            // This is last, because the index entry is not undone when a call fails.
            sp_io::transaction_index::index(extrinsic, len, chunk.0);
            Ok(())
        }

        /// Stores a record whose chunks are in block bodies.
        ///
        /// * Origin: signed by the account that opened the batch, which may store records; in an
        ///   extrinsic of its own.
        /// * Effect: the record's entry is a leaf of this block; its chunks no longer wait; its
        ///   index and those below it are spent. The month of the batch judges the record, until
        ///   the grace period of that month is over.
        /// * Errors: `NotAuthorized`, `InvalidContext`, `InvalidSlotCount`, `DuplicateTag`,
        ///   `WrapCountMismatch`, `RecordAlreadyExists`, `BatchNotFound`, `InvalidFilingMonth`,
        ///   `FilingMonthClosed`, `ConsentNotFound`, `InvalidIndex`, `InvalidChunks`,
        ///   `PayloadMismatch`, `ChunkNotFound`, `PayloadHashMismatch`, `MaxRecordBytesExceeded`,
        ///   `MaxEntriesPerBlockExceeded`.
        /// * Events: `RecordStored`.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::store_record(
            u32::try_from(record.chunks.len()).unwrap_or(u32::MAX)
        ))]
        pub fn store_record(origin: OriginFor<T>, record: Record) -> DispatchResult {
            let who = Self::ensure_staff(origin)?;
            Self::do_store_record(who, record)
        }

        /// Drops a chunk that no record named within [`Config::ChunkLifetime`].
        ///
        /// Its bytes stay in the block body.
        ///
        /// * Origin: signed by an account that may store records.
        /// * Effect: no record can name the chunk until it is stored again.
        /// * Errors: `NotAuthorized`, `ChunkNotFound`, `ChunkNotExpired`.
        /// * Events: `ChunkDropped`.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::drop_chunk())]
        pub fn drop_chunk(origin: OriginFor<T>, chunk: H256) -> DispatchResult {
            Self::ensure_staff(origin)?;
            Self::do_drop_chunk(chunk)
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
        #[pallet::call_index(3)]
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
        #[pallet::call_index(4)]
        #[pallet::weight(T::WeightInfo::open_batch())]
        pub fn open_batch(
            origin: OriginFor<T>,
            header: BatchHeader,
            salt: [u8; 32],
        ) -> DispatchResult {
            let owner = Self::ensure_staff(origin)?;
            Self::do_open_batch(owner, &header, &salt)
        }
    }
}
