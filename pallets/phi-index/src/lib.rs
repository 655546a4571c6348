// SPDX-License-Identifier: Apache-2.0
#![cfg_attr(not(feature = "std"), no_std)]
#![doc = include_str!("../README.md")]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used))]

extern crate alloc;

mod batches;
#[cfg(feature = "runtime-benchmarks")]
pub mod benchmark_helper;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod content;
mod cutoffs;
mod entries;
mod incarnations;
#[cfg(test)]
mod mock;
mod queries;
#[cfg(test)]
mod tests;
mod try_state;
pub mod types;
pub mod weights;

pub use content::registration_leaf;
pub use pallet::*;
pub use types::{Refusal, Refused, Registered, Size};
pub use weights::WeightInfo;

/// Registration of PHI indexes.
// FRAME's macros expand to `expect`s on constant metadata. The logic is in the other modules.
#[allow(clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use crate::types::{
        Cutoff, EntryBlocks, RefusedEntries, StorageProof, MAX_CALLS_PER_BLOCK, MAX_CUTOFFS,
        MAX_INCARNATIONS, MAX_REGISTRATIONS_PER_BLOCK,
    };
    use bspp_peks::BatchHeader;
    use bspp_primitives::traits::{AnchoredState, BatchVerifier, Membership, QuotaRoom};
    use bspp_types::{
        Batch, BatchId, BlockNumber, FilingMonth, HospitalId, Moment, RegisteredBlock, Sequence,
    };
    use frame_support::{pallet_prelude::*, traits::Time};
    use frame_system::pallet_prelude::*;
    use sp_core::H256;
    use sp_runtime::SaturatedConversion;

    /// Version of the storage's layout.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    /// Configuration of the pallet by a runtime.
    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
        /// Tells the hospital whose operator the signer is.
        type Membership: Membership<Self::AccountId>;
        /// Reads the state of hospital chains by proof.
        type AnchoredState: AnchoredState;
        /// Checks a batch's point and proof of knowledge.
        type BatchVerifier: BatchVerifier;
        /// The consortium chain's genesis hash, which the protocol calls `chain`.
        type ChainId: Get<H256>;
        /// The chain's clock, in milliseconds since 1970: `pallet_timestamp`.
        type Time: Time<Moment = Moment>;
        /// Maximum number of batches of a hospital and month, because each batch adds to the cost
        /// of a search.
        #[pallet::constant]
        type MaxBatchesPerFilingMonth: Get<u32>;
        /// Learns of registrations: the lag of a hospital depends on them.
        type Quota: QuotaRoom;
        /// Weights of the calls.
        type WeightInfo: WeightInfo;
        /// Makes valid arguments for benchmarks.
        #[cfg(feature = "runtime-benchmarks")]
        type BenchmarkHelper: crate::benchmark_helper::BenchmarkHelper;
    }

    /// The pallet.
    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    /// Batches by identifier.
    #[pallet::storage]
    pub type Batches<T: Config> = StorageMap<_, Blake2_128Concat, BatchId, Batch>;

    /// The batch to which each point `R` belongs. A point belongs to one batch.
    #[pallet::storage]
    pub type UsedPoints<T: Config> = StorageMap<_, Blake2_128Concat, [u8; 48], BatchId>;

    /// Number of batches of a hospital and month.
    #[pallet::storage]
    pub type BatchCount<T: Config> = StorageDoubleMap<
        _,
        Blake2_128Concat,
        HospitalId,
        Twox64Concat,
        FilingMonth,
        u32,
        ValueQuery,
    >;

    /// Batches of a hospital and month in the order of registration.
    #[pallet::storage]
    pub type BatchesOfFilingMonth<T: Config> = StorageNMap<
        _,
        (
            NMapKey<Blake2_128Concat, HospitalId>,
            NMapKey<Twox64Concat, FilingMonth>,
            NMapKey<Twox64Concat, u32>,
        ),
        BatchId,
    >;

    /// Sequence number of the entry block that a hospital must register next.
    #[pallet::storage]
    pub type NextSequence<T: Config> =
        StorageMap<_, Blake2_128Concat, HospitalId, Sequence, ValueQuery>;

    /// Registered entry blocks. Their entries are in the registering extrinsic.
    #[pallet::storage]
    pub type RegisteredBlocks<T: Config> =
        StorageDoubleMap<_, Blake2_128Concat, HospitalId, Twox64Concat, Sequence, RegisteredBlock>;

    /// Entries of registered blocks that do not belong to the index.
    #[pallet::storage]
    pub type RefusedLeaves<T: Config> = StorageDoubleMap<
        _,
        Blake2_128Concat,
        HospitalId,
        Twox64Concat,
        Sequence,
        RefusedEntries,
        ValueQuery,
    >;

    /// The registrations of each consortium block, in the order of its extrinsics.
    ///
    /// With it the entries of any block are found in its body without the state of that block.
    #[pallet::storage]
    pub type RegisteredIn<T: Config> = StorageMap<
        _,
        Twox64Concat,
        BlockNumber,
        BoundedVec<Registered, ConstU32<MAX_CALLS_PER_BLOCK>>,
        ValueQuery,
    >;

    /// The last extrinsic of this block that registered entries.
    #[pallet::storage]
    pub type LastExtrinsic<T: Config> = StorageValue<_, u32>;

    /// Sequence numbers at which the incarnations of a hospital's chain begin, after the first.
    ///
    /// They never fall. Two are equal if an incarnation registered nothing.
    #[pallet::storage]
    pub type Bases<T: Config> = StorageMap<
        _,
        Blake2_128Concat,
        HospitalId,
        BoundedVec<Sequence, ConstU32<MAX_INCARNATIONS>>,
        ValueQuery,
    >;

    /// Leaves of this block's registrations, in order. They stay until the next block.
    #[pallet::storage]
    pub type BlockRegistrations<T: Config> =
        StorageValue<_, BoundedVec<H256, ConstU32<MAX_REGISTRATIONS_PER_BLOCK>>, ValueQuery>;

    /// Number of registrations of all hospitals so far.
    #[pallet::storage]
    pub type TotalRegistrations<T: Config> = StorageValue<_, u32, ValueQuery>;

    /// The last hospital block that each ended month of a hospital takes, by month, ascending.
    #[pallet::storage]
    pub type Cutoffs<T: Config> = StorageMap<
        _,
        Blake2_128Concat,
        HospitalId,
        BoundedVec<Cutoff, ConstU32<MAX_CUTOFFS>>,
        ValueQuery,
    >;

    /// Events of the pallet.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A batch was registered.
        BatchRegistered {
            /// The hospital that registered.
            hospital: HospitalId,
            /// Month of filing.
            filing_month: FilingMonth,
            /// Its identifier.
            batch: BatchId,
        },
        /// All entries of a hospital block were registered.
        EntriesRegistered {
            /// The hospital that registered.
            hospital: HospitalId,
            /// Sequence number of the entry block.
            sequence: Sequence,
            /// Height of the hospital block.
            number: u32,
            /// Number of entries in it, including the refused ones.
            count: u32,
        },
        /// The first anchor after a month's end fixed the last hospital block that it takes.
        FilingMonthClosed {
            /// The hospital whose block was anchored.
            hospital: HospitalId,
            /// The month. Earlier months without a cutoff of their own are closed too.
            filing_month: FilingMonth,
            /// Height of the last hospital block whose entries the month takes.
            number: u32,
        },
        /// Entries of the block that was just registered do not enter the index.
        EntriesRefused {
            /// The hospital that registered.
            hospital: HospitalId,
            /// Sequence number of the entry block.
            sequence: Sequence,
            /// The refused entries, with the reasons.
            refused: RefusedEntries,
        },
    }

    /// Errors of the calls. Reading a hospital's state by proof adds the anchor's own errors.
    #[pallet::error]
    pub enum Error<T> {
        /// The signer is not an operator of an active hospital.
        NotAuthorized,
        /// The header names a hospital other than the signer's.
        HospitalMismatch,
        /// The header's month is not the current one.
        FilingMonthMismatch,
        /// The clock shows no month.
        InvalidTime,
        /// The hospital already has the maximum number of batches this month.
        MaxBatchesPerFilingMonthExceeded,
        /// The point already belongs to a batch.
        AlreadyExists,
        /// The point is invalid, or the proof of knowledge of its secret does not hold.
        InvalidBatchProof,
        /// The entry blocks are not consecutive, or one before them is not registered.
        SequenceMismatch,
        /// The call has too many entries, or they are too long.
        MaxEntriesExceeded,
        /// This block would have more than the maximum number of registrations.
        MaxRegistrationsExceeded,
        /// The sequence has reached its last number.
        MaxSequenceExceeded,
        /// The call does not run in an extrinsic, or the extrinsic has already registered entries.
        InvalidContext,
        /// The proved value is not an entry commitment, is empty, or is not newer than the last.
        InvalidEntryBlock,
        /// The newest entry block of the call has more or fewer entries than the hospital block.
        CountMismatch,
        /// Its entries are not those of the hospital block, or are in another order.
        RootMismatch,
        /// The hospital's running hash does not continue the registered one with these blocks.
        ChainHashMismatch,
        /// The hospital's chain was rebuilt too often.
        MaxIncarnationsExceeded,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn on_initialize(_: BlockNumberFor<T>) -> Weight {
            BlockRegistrations::<T>::kill();
            LastExtrinsic::<T>::kill();
            T::WeightInfo::on_initialize()
        }

        fn integrity_test() {
            assert!(
                T::MaxBatchesPerFilingMonth::get() > 0,
                "MaxBatchesPerFilingMonth must not be zero"
            );
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Registers a batch, before the encryptor uses it (protocol section 5).
        ///
        /// * Origin: the operator of the hospital that the header names.
        /// * Effect: the batch takes entries of hospital blocks up to the one that the first anchor
        ///   from 49 hours after the month's end on fixes, however late they are registered.
        /// * Errors: `NotAuthorized`, `HospitalMismatch`, `InvalidTime`, `FilingMonthMismatch`,
        ///   `MaxBatchesPerFilingMonthExceeded`, `AlreadyExists`, `InvalidBatchProof`.
        /// * Events: [`Event::BatchRegistered`].
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::register_batch())]
        pub fn register_batch(origin: OriginFor<T>, header: BatchHeader) -> DispatchResult {
            let hospital = Self::ensure_operator(origin)?;
            Self::do_register_batch(hospital, header)
        }

        /// Registers the hospital's next entry blocks with all their entries (protocol section 6).
        ///
        /// `proof` shows the entry commitment of the newest of the `blocks` in the state of the
        /// anchored hospital block `head`. The running hash in it authenticates the blocks before
        /// it. Blocks that are registered already are skipped, so that calls may overlap; their
        /// content does not matter. An entry that cannot enter the index (see [`Refusal`]) does not
        /// fail the call, because the hospital's sequence would end there: it is registered as
        /// refused, and is neither searched nor matched.
        ///
        /// `blocks` is the last argument: readers find entries from the end of the extrinsic.
        ///
        /// * Origin: the operator of a hospital; the entries are of that hospital.
        /// * Effect: state keeps the entry commitment of each block, the entries use their batches'
        ///   indices, and the sequence advances. The call registers all of its blocks or none. If
        ///   all of them are registered already, or there are none, it succeeds without effect.
        /// * Errors: `NotAuthorized`, `MaxEntriesExceeded`, `SequenceMismatch`,
        ///   `MaxSequenceExceeded`, `InvalidContext`, `MaxRegistrationsExceeded`, the anchor's
        ///   errors, `InvalidEntryBlock`, `CountMismatch`, `RootMismatch`, `ChainHashMismatch`.
        /// * Events: for each block [`Event::EntriesRegistered`], and [`Event::EntriesRefused`] if
        ///   entries are refused.
        #[pallet::call_index(1)]
        #[pallet::weight(
            Size::of(blocks).weight::<T::WeightInfo>(proof.len().saturated_into())
        )]
        pub fn register_blocks(
            origin: OriginFor<T>,
            head: H256,
            proof: StorageProof,
            blocks: EntryBlocks,
        ) -> DispatchResultWithPostInfo {
            let hospital = Self::ensure_operator(origin)?;
            let nodes = proof.len().saturated_into();
            let registered = Self::do_register_blocks(hospital, head, proof, &blocks)?;
            // Blocks that were skipped cost nothing but their length.
            Ok(Some(registered.weight::<T::WeightInfo>(nodes)).into())
        }
    }

    impl<T: Config> Pallet<T> {
        /// The active hospital whose operator signed.
        fn ensure_operator(origin: OriginFor<T>) -> Result<HospitalId, DispatchError> {
            let who = ensure_signed(origin)?;
            let hospital = T::Membership::hospital_of(&who).ok_or(Error::<T>::NotAuthorized)?;
            ensure!(
                T::Membership::is_operator(&who, &hospital),
                Error::<T>::NotAuthorized
            );
            Ok(hospital)
        }
    }
}
