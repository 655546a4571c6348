// SPDX-License-Identifier: Apache-2.0
#![cfg_attr(not(feature = "std"), no_std)]
#![doc = include_str!("../README.md")]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used))]

extern crate alloc;

mod batches;
#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;
mod content;
mod entries;
#[cfg(any(feature = "try-runtime", test))]
mod invariants;
#[cfg(test)]
mod mock;
mod queries;
#[cfg(test)]
mod tests;
pub mod types;
pub mod weights;

pub use content::registration_leaf;
pub use pallet::*;
pub use types::{Refusal, Refused, Registered};
pub use weights::WeightInfo;

/// Registration of PHI indexes.
// FRAME's macros expand to `expect`s on constant metadata. Logic stands in the other modules.
#[allow(clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use crate::types::{Entries, RefusedEntries, StorageProof, MAX_REGISTRATIONS_PER_BLOCK};
    use bspp_primitives::{
        traits::{AnchoredState, BatchVerifier, Membership},
        Batch, BatchHeader, BatchId, Epoch, HospitalId, Moment, RegisteredBlock, Sequence,
    };
    use frame_support::{pallet_prelude::*, traits::Time};
    use frame_system::pallet_prelude::*;
    use sp_core::H256;
    use sp_runtime::SaturatedConversion;

    /// What a runtime decides.
    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
        /// Whose operator the signer is.
        type Membership: Membership<Self::AccountId>;
        /// State of hospital chains, by proof.
        type AnchoredState: AnchoredState;
        /// Checks a batch's point and proof of knowledge.
        type BatchVerifier: BatchVerifier;
        /// The consortium chain's genesis hash: `chain` in the protocol.
        type ChainId: Get<H256>;
        /// The chain's clock, in milliseconds since 1970: `pallet_timestamp`.
        type Time: Time<Moment = Moment>;
        /// Batches of a hospital and month at most: batches are what a search costs.
        #[pallet::constant]
        type MaxBatchesPerEpoch: Get<u32>;
        /// What the calls cost.
        type WeightInfo: WeightInfo;
        /// Makes valid arguments for benchmarks.
        #[cfg(feature = "runtime-benchmarks")]
        type BenchmarkHelper: crate::benchmarking::BenchmarkHelper;
    }

    /// The pallet.
    #[pallet::pallet]
    pub struct Pallet<T>(_);

    /// Batches by identifier.
    #[pallet::storage]
    pub type Batches<T: Config> = StorageMap<_, Blake2_128Concat, BatchId, Batch>;

    /// The batch that each point `R` belongs to. A point serves once.
    #[pallet::storage]
    pub type UsedPoints<T: Config> = StorageMap<_, Blake2_128Concat, [u8; 48], BatchId>;

    /// Number of batches of a hospital and month.
    #[pallet::storage]
    pub type BatchCount<T: Config> =
        StorageDoubleMap<_, Blake2_128Concat, HospitalId, Twox64Concat, Epoch, u32, ValueQuery>;

    /// Batches of a hospital and month in the order of registration.
    #[pallet::storage]
    pub type BatchesOfEpoch<T: Config> = StorageNMap<
        _,
        (
            NMapKey<Blake2_128Concat, HospitalId>,
            NMapKey<Twox64Concat, Epoch>,
            NMapKey<Twox64Concat, u32>,
        ),
        BatchId,
    >;

    /// Sequence of the entry block that a hospital must register next.
    #[pallet::storage]
    pub type NextSequence<T: Config> =
        StorageMap<_, Blake2_128Concat, HospitalId, Sequence, ValueQuery>;

    /// Registered entry blocks. Their entries stand in the registering extrinsic.
    #[pallet::storage]
    pub type RegisteredBlocks<T: Config> =
        StorageDoubleMap<_, Blake2_128Concat, HospitalId, Twox64Concat, Sequence, RegisteredBlock>;

    /// Entries of registered blocks that are no part of the index.
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

    /// What the extrinsic at a position registered in the last block in which one there did. The
    /// registered block says which block that was, so nothing is cleared; as many items as a block has
    /// extrinsics at most.
    #[pallet::storage]
    pub type RegisteredBy<T: Config> = StorageMap<_, Twox64Concat, u32, Registered>;

    /// Leaves of this block's registrations, in their order. They stay until the next block.
    #[pallet::storage]
    pub type BlockRegistrations<T: Config> =
        StorageValue<_, BoundedVec<H256, ConstU32<MAX_REGISTRATIONS_PER_BLOCK>>, ValueQuery>;

    /// Registrations of all hospitals so far.
    #[pallet::storage]
    pub type TotalRegistrations<T: Config> = StorageValue<_, u32, ValueQuery>;

    /// What happened.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A batch was registered.
        BatchRegistered {
            /// Whose.
            hospital: HospitalId,
            /// Month of filing.
            epoch: Epoch,
            /// Its identifier.
            batch: BatchId,
        },
        /// All entries of a hospital block were registered.
        EntriesRegistered {
            /// Whose.
            hospital: HospitalId,
            /// Position in the hospital's sequence.
            sequence: Sequence,
            /// Height of the hospital block.
            number: u32,
            /// Entries in it, refused ones too.
            count: u32,
        },
        /// Entries of the block just registered do not enter the index.
        EntriesRefused {
            /// Whose.
            hospital: HospitalId,
            /// Position in the hospital's sequence.
            sequence: Sequence,
            /// Which, and why.
            refused: RefusedEntries,
        },
    }

    /// Why a call is refused. Reading a hospital's state by proof adds the anchor's own errors.
    #[pallet::error]
    pub enum Error<T> {
        /// The signer is no operator of an active hospital.
        NotAuthorized,
        /// The header names another hospital than the signer's.
        HospitalMismatch,
        /// The header's month is not the current one.
        EpochMismatch,
        /// The clock shows no month.
        InvalidTime,
        /// The hospital has as many batches this month as it may.
        MaxBatchesPerEpochExceeded,
        /// The point serves a batch already.
        AlreadyExists,
        /// The point is invalid or knowledge of its secret is not proved.
        InvalidBatchProof,
        /// The entry block is not the one to be registered next.
        SequenceMismatch,
        /// This block has as many registrations as one may have.
        MaxRegistrationsExceeded,
        /// The sequence has come to its end.
        MaxSequenceExceeded,
        /// Not in an extrinsic, or the extrinsic has registered entries already.
        InvalidContext,
        /// The value under the proved key is no entry block, is empty, or is not newer than the last.
        InvalidEntryBlock,
        /// More or fewer entries than the hospital block has.
        CountMismatch,
        /// The entries are not those of the hospital block, or not in its order.
        RootMismatch,
        /// The hospital's running hash does not continue the registered one.
        ChainHashMismatch,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn on_initialize(_: BlockNumberFor<T>) -> Weight {
            BlockRegistrations::<T>::kill();
            T::WeightInfo::on_initialize()
        }

        fn integrity_test() {
            assert!(
                T::MaxBatchesPerEpoch::get() > 0,
                "MaxBatchesPerEpoch must not be zero"
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
        /// * Effect: the batch takes entries until 48 hours after the month's end.
        /// * Errors: `NotAuthorized`, `HospitalMismatch`, `InvalidTime`, `EpochMismatch`,
        ///   `MaxBatchesPerEpochExceeded`, `AlreadyExists`, `InvalidBatchProof`.
        /// * Events: [`Event::BatchRegistered`].
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::register_batch())]
        pub fn register_batch(origin: OriginFor<T>, header: BatchHeader) -> DispatchResult {
            let hospital = Self::ensure_operator(origin)?;
            Self::do_register_batch(hospital, header)
        }

        /// Registers all entries of the hospital's next entry block (protocol section 6).
        ///
        /// `proof` shows the entry block at `sequence` in the state of the anchored hospital block
        /// `head`; any head from the entry block on will do. An entry that cannot enter the index (see
        /// [`Refusal`]) does not fail the call, or the hospital's sequence would end there: it is
        /// registered as refused, and is neither searched nor matched.
        ///
        /// * Origin: the operator of a hospital; the entries are of that hospital.
        /// * Effect: root and count are kept, indices of batches are spent, the sequence goes on.
        /// * Errors: `NotAuthorized`, `SequenceMismatch`, `MaxSequenceExceeded`, `InvalidContext`,
        ///   `MaxRegistrationsExceeded`, the anchor's errors, `InvalidEntryBlock`, `CountMismatch`, `ChainHashMismatch`, `RootMismatch`.
        /// * Events: [`Event::EntriesRegistered`], and [`Event::EntriesRefused`] if some are.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::register_entries(
            entries.len().saturated_into(),
            proof.len().saturated_into(),
        ))]
        pub fn register_entries(
            origin: OriginFor<T>,
            sequence: Sequence,
            head: H256,
            proof: StorageProof,
            entries: Entries,
        ) -> DispatchResult {
            let hospital = Self::ensure_operator(origin)?;
            Self::do_register_entries(hospital, sequence, head, proof, &entries)
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
