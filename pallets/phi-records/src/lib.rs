// SPDX-License-Identifier: Apache-2.0
#![cfg_attr(not(feature = "std"), no_std)]
#![doc = include_str!("../README.md")]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;
mod impls;
#[cfg(test)]
mod mock;
mod queries;
#[cfg(test)]
mod tests;
mod try_state;
pub mod types;
pub mod weights;

pub use pallet::*;
pub use weights::WeightInfo;

// What the macros expand to uses `expect` on what they themselves made.
#[allow(clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
    //! Storage, events, errors and calls.

    use crate::{
        types::{ChunkOf, DisclosureOf},
        WeightInfo,
    };
    use alloc::vec::Vec;
    use bspp_primitives::{
        traits::{Consents, Staff},
        BatchId, EntryBlock, Moment, Record, RecordId, RecordLocation, RequestId, Sequence,
        MAX_CHUNKS, MAX_CHUNK_BYTES, MAX_ENTRIES_PER_BLOCK,
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

    /// What the pallet needs of its runtime.
    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
        /// Who may store.
        type Staff: Staff<Self::AccountId>;
        /// Patients' consents.
        type Consents: Consents;
        /// The chain's clock, in milliseconds.
        type Time: Time<Moment = Moment>;
        /// Ciphertext of one record at most, in bytes.
        #[pallet::constant]
        type MaxRecordBytes: Get<u32>;
        /// For how many blocks a chunk that no record names cannot be dropped.
        #[pallet::constant]
        type ChunkLifetime: Get<BlockNumberFor<Self>>;
        /// Weights of calls and hooks.
        type WeightInfo: WeightInfo;
        /// Makes what benchmarks find in other pallets.
        #[cfg(feature = "runtime-benchmarks")]
        type BenchmarkHelper: crate::benchmarking::BenchmarkHelper<Self::AccountId>;
    }

    /// Chunks that stand in a block body and that no record has named yet, by BLAKE2b-256.
    #[pallet::storage]
    pub type Chunks<T: Config> = StorageMap<_, Blake2_128Concat, H256, ChunkOf<T>>;

    /// What a payload belongs to: hash of patient, key commitment and chunks, by payload hash. A record with more
    /// keywords than an entry has slots has several entries over one payload.
    #[pallet::storage]
    pub type Payloads<T: Config> = StorageMap<_, Blake2_128Concat, H256, H256>;

    /// Index that the next entry of a batch must have at least.
    #[pallet::storage]
    pub type NextIndex<T: Config> = StorageMap<_, Blake2_128Concat, BatchId, u32, ValueQuery>;

    /// Where every record stands.
    #[pallet::storage]
    pub type Locations<T: Config> = StorageMap<_, Blake2_128Concat, RecordId, RecordLocation>;

    /// Blocks that stored entries, in an unbroken sequence. The consortium reads them by storage proof: see
    /// [`bspp_primitives::entry_block_storage`].
    #[pallet::storage]
    pub type EntryBlocks<T: Config> = StorageMap<_, Twox64Concat, Sequence, EntryBlock>;

    /// How many entry blocks there are: the sequence of the next one.
    #[pallet::storage]
    pub type EntryBlockCount<T: Config> = StorageValue<_, Sequence, ValueQuery>;

    /// Leaves of the entries stored in this block. Empty between blocks.
    #[pallet::storage]
    pub type PendingLeaves<T: Config> =
        StorageValue<_, BoundedVec<H256, ConstU32<MAX_ENTRIES_PER_BLOCK>>, ValueQuery>;

    /// Disclosures by record and request.
    #[pallet::storage]
    pub type Disclosures<T: Config> = StorageDoubleMap<
        _,
        Blake2_128Concat,
        RecordId,
        Blake2_128Concat,
        RequestId,
        DisclosureOf<T>,
    >;

    /// What happened. No event names a patient.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A chunk of ciphertext stands in this block's body.
        ChunkStored {
            /// BLAKE2b-256 of the chunk.
            chunk: H256,
            /// Its bytes.
            len: u32,
        },
        /// A chunk that no record named was given up.
        ChunkDropped {
            /// BLAKE2b-256 of the chunk.
            chunk: H256,
        },
        /// A record was stored.
        RecordStored {
            /// The record.
            record: RecordId,
            /// Entry block in the chain's sequence.
            sequence: Sequence,
            /// Position among the block's entries.
            leaf: u32,
        },
        /// A block that stored entries was sealed.
        EntryBlockSealed {
            /// Its place in the sequence.
            sequence: Sequence,
            /// Its entries.
            count: u32,
            /// Root over them.
            root: H256,
        },
        /// A record was disclosed under a request.
        DisclosureLogged {
            /// The record.
            record: RecordId,
            /// The request on the consortium chain.
            request: RequestId,
            /// The requester's account on the consortium chain.
            requester: [u8; 32],
        },
    }

    /// Why a call fails.
    #[pallet::error]
    pub enum Error<T> {
        /// The sender may not store.
        NotAuthorized,
        /// The call came from within another one or from a hook, so the block body does not have it where the
        /// transaction index would say.
        InvalidContext,
        /// The chunk has no bytes.
        InvalidChunkSize,
        /// The chunk has more bytes than one may have.
        MaxChunkBytesExceeded,
        /// The chunk is stored and no record has named it yet: name it, it need not be sent again.
        ChunkAlreadyExists,
        /// No such chunk is waiting for a record.
        ChunkNotFound,
        /// The chunk may yet be named by a record.
        ChunkNotExpired,
        /// The number of slots is none of the allowed ones.
        InvalidSlotCount,
        /// Two slots have the same tag.
        DuplicateTag,
        /// There is not one wrap for each slot.
        WrapCountMismatch,
        /// The record names no chunk, or one twice.
        InvalidChunks,
        /// The chunks have more bytes than a record may have.
        MaxRecordBytesExceeded,
        /// The one chunk is not the payload that the entry commits to.
        PayloadHashMismatch,
        /// The payload is known as another patient's, or with another key or other chunks.
        PayloadMismatch,
        /// The index is not above those of the batch's earlier entries.
        InvalidIndex,
        /// The patient has not consented to records of this month here, or has withdrawn.
        ConsentNotFound,
        /// The clock shows a month that cannot be counted.
        InvalidEpoch,
        /// The record is stored.
        RecordAlreadyExists,
        /// No such record.
        RecordNotFound,
        /// This block has as many entries as one may have.
        MaxEntriesPerBlockExceeded,
        /// This disclosure is logged.
        DisclosureAlreadyExists,
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
        /// Puts a chunk of ciphertext in the block body, found by its BLAKE2b-256 through the transaction index.
        ///
        /// * Origin: signed by an account that may store; an extrinsic of its own, not within another call.
        /// * Effect: the chunk waits for a record to name it. A chunk that is waiting is not taken again, so a
        ///   sender that does not know whether an earlier attempt succeeded can simply repeat it.
        /// * Errors: `NotAuthorized`, `InvalidChunkSize`, `MaxChunkBytesExceeded`, `InvalidContext`,
        ///   `ChunkAlreadyExists`.
        /// * Events: `ChunkStored`.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::store_chunk(u32::try_from(data.len()).unwrap_or(u32::MAX)))]
        pub fn store_chunk(origin: OriginFor<T>, data: Vec<u8>) -> DispatchResult {
            // The index takes the last bytes of the extrinsic: `data` must stay the last argument.
            let uploader = Self::ensure_staff(origin)?;
            let (extrinsic, len, chunk) = Self::do_store_chunk(uploader, &data)?;
            // Last, because the index is not undone when a call fails.
            sp_io::transaction_index::index(extrinsic, len, chunk.0);
            Ok(())
        }

        /// Stores a record whose chunks are in block bodies.
        ///
        /// * Origin: signed by an account that may store; an extrinsic of its own.
        /// * Effect: the record's entry is a leaf of this block; its chunks are used up.
        /// * Errors: `NotAuthorized`, `InvalidContext`, `InvalidSlotCount`, `DuplicateTag`, `WrapCountMismatch`,
        ///   `RecordAlreadyExists`, `InvalidIndex`, `InvalidEpoch`, `ConsentNotFound`, `InvalidChunks`,
        ///   `PayloadHashMismatch`, `PayloadMismatch`, `ChunkNotFound`, `MaxRecordBytesExceeded`,
        ///   `MaxEntriesPerBlockExceeded`.
        /// * Events: `RecordStored`.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::store_record(
            u32::try_from(record.chunks.len()).unwrap_or(u32::MAX)
        ))]
        pub fn store_record(origin: OriginFor<T>, record: Record) -> DispatchResult {
            Self::ensure_staff(origin)?;
            Self::do_store_record(record)
        }

        /// Gives up a chunk that no record named within [`Config::ChunkLifetime`]. Its bytes stay in the block body.
        ///
        /// * Origin: signed by an account that may store.
        /// * Effect: no record can name the chunk, unless it is stored again.
        /// * Errors: `NotAuthorized`, `ChunkNotFound`, `ChunkNotExpired`.
        /// * Events: `ChunkDropped`.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::drop_chunk())]
        pub fn drop_chunk(origin: OriginFor<T>, chunk: H256) -> DispatchResult {
            Self::ensure_staff(origin)?;
            Self::do_drop_chunk(chunk)
        }

        /// Logs that a record was disclosed under a request of the consortium chain.
        ///
        /// * Origin: signed by an account that may store: the gateway, which disclosed it.
        /// * Effect: the disclosure stands in the log for good.
        /// * Errors: `NotAuthorized`, `RecordNotFound`, `DisclosureAlreadyExists`.
        /// * Events: `DisclosureLogged`.
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::log_disclosure())]
        pub fn log_disclosure(
            origin: OriginFor<T>,
            request: RequestId,
            record: RecordId,
            requester: [u8; 32],
        ) -> DispatchResult {
            let logged_by = Self::ensure_staff(origin)?;
            Self::do_log_disclosure(logged_by, request, record, requester)
        }
    }
}
