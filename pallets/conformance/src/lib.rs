// SPDX-License-Identifier: Apache-2.0
#![cfg_attr(not(feature = "std"), no_std)]
#![doc = include_str!("../README.md")]

extern crate alloc;

mod double_blocks;
mod extension;
mod gate;
mod offences;
mod records;
mod session;
mod standing;
mod storage;
mod try_state;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub mod types;
pub mod weights;

pub use double_blocks::MAX_HEADER_BYTES;
pub use extension::CheckConformance;
pub use offences::SuspendOffenders;
pub use pallet::*;
pub use session::SessionLengthOf;
pub use types::*;
pub use weights::WeightInfo;

/// The gate before every block.
// FRAME's macros expand to `expect`s on constant metadata. The other modules contain the logic.
#[allow(clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use alloc::{boxed::Box, vec::Vec};
    use bspp_primitives::{
        conformance::{
            BlockAttestation, Challenge, ConformanceId, SuspensionReason,
            STORAGE_INHERENT_IDENTIFIER,
        },
        traits::{AuthorSets, BlockContent, ConformancePolicy, StoredPayloads},
    };
    use bspp_types::PayloadProof;
    use frame_support::pallet_prelude::*;
    use frame_system::pallet_prelude::*;
    use sp_core::H256;
    use sp_staking::SessionIndex;

    /// Version of the storage's layout.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    /// The configuration of the pallet.
    #[pallet::config]
    pub trait Config: frame_system::Config<Hash = H256, RuntimeEvent: From<Event<Self>>> {
        /// The parameters of the gate that the chain may change. The default must be valid.
        type Parameters: Parameter + Member + Default + MaxEncodedLen + MaybeSerializeDeserialize;
        /// The policy that decides on standing and evidence.
        type Policy: ConformancePolicy<
            Self::AccountId,
            <Self as frame_system::Config>::RuntimeCall,
            Parameters = Self::Parameters,
        >;
        /// The content that a block registered or stored.
        type Content: BlockContent;
        /// The payloads of which full blocks prove one leaf. A chain without records has none.
        type Storage: StoredPayloads;
        /// The session's sets of authors.
        type AuthorSets: AuthorSets<Self::AccountId>;
        /// The origin that suspends and readmits authors and sets parameters.
        ///
        /// It is the council, or a hospital's admins.
        type SuspendOrigin: EnsureOrigin<Self::RuntimeOrigin>;
        /// Maximum number of authors in a session. It is not less than Aura's maximum.
        #[pallet::constant]
        type MaxAuthors: Get<u32>;
        /// Length of a session in blocks, if the genesis does not set another one.
        #[pallet::constant]
        type DefaultSessionLength: Get<u32>;
        /// Number of sessions for which an offence can be reported, with the present one.
        type ReportableSessions: Get<u32>;
        /// Weights of the pallet.
        type WeightInfo: WeightInfo;
    }

    /// The pallet.
    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    /// Authors of the session with their `conf` keys, in the order of their turns.
    #[pallet::storage]
    pub type Authorities<T: Config> =
        StorageValue<_, BoundedVec<(T::AccountId, ConformanceId), T::MaxAuthors>, ValueQuery>;

    /// Authors that are suspended themselves.
    #[pallet::storage]
    pub type Suspensions<T: Config> =
        StorageMap<_, Blake2_128Concat, T::AccountId, Suspension<BlockNumberFor<T>>>;

    /// The parameters of the policy.
    #[pallet::storage]
    pub type GateParameters<T: Config> = StorageValue<_, T::Parameters, ValueQuery>;

    /// Length of a session in blocks, set at genesis. Zero means the runtime's default.
    #[pallet::storage]
    pub type SessionLength<T: Config> = StorageValue<_, u32, ValueQuery>;

    /// The seed of this session's challenges.
    #[pallet::storage]
    pub type StorageSeed<T: Config> = StorageValue<_, H256, ValueQuery>;

    /// Number of payloads when this session began. Challenges draw only from these.
    #[pallet::storage]
    pub type SessionPayloads<T: Config> = StorageValue<_, u32, ValueQuery>;

    /// The challenge that this block must still answer, with the attested response.
    #[pallet::storage]
    pub type DueProof<T: Config> = StorageValue<_, (Challenge, H256)>;

    /// The attestation of this block's author.
    #[pallet::storage]
    pub type CurrentAttestation<T: Config> = StorageValue<_, BlockAttestation<T::AccountId>>;

    /// The facts about all authors, as the old code saw them when this block changed the code.
    ///
    /// They decide on the next block, which removes them.
    #[pallet::storage]
    pub type Captured<T: Config> =
        StorageValue<_, BoundedVec<CapturedAuthor<T::AccountId>, T::MaxAuthors>>;

    /// Sessions of proved equivocations that the pallet left to the council, by author.
    #[pallet::storage]
    pub type NotedEquivocations<T: Config> =
        StorageMap<_, Blake2_128Concat, T::AccountId, SessionIndex>;

    /// The first session that had the same authors with the same keys, by session.
    #[pallet::storage]
    pub type KeySetOf<T: Config> = StorageMap<_, Twox64Concat, SessionIndex, SessionIndex>;

    /// Authors with their keys, by the first session that had them.
    #[pallet::storage]
    pub type KeySets<T: Config> = StorageMap<
        _,
        Twox64Concat,
        SessionIndex,
        BoundedVec<RecordedAuthor<T::AccountId>, T::MaxAuthors>,
    >;

    /// The oldest session in [`KeySetOf`].
    #[pallet::storage]
    pub type OldestSession<T: Config> = StorageValue<_, SessionIndex, ValueQuery>;

    /// Slot of an author's last readmission. Blocks up to this slot are no longer judged.
    #[pallet::storage]
    pub type SettledSlots<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, u64>;

    /// The events of the pallet.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// An author was suspended. Its blocks are invalid from the next block on.
        AuthorSuspended {
            /// The author.
            author: T::AccountId,
            /// Reason for the suspension.
            reason: SuspensionReason,
        },
        /// An author's suspension was lifted, and its noted equivocation removed.
        AuthorReadmitted {
            /// The author.
            author: T::AccountId,
        },
        /// An author equivocated, and the pallet left its suspension to the council.
        EquivocationNoted {
            /// The author.
            author: T::AccountId,
            /// Session of the offence.
            session: SessionIndex,
        },
        /// An equivocation was proved. The author is suspended, or the offence noted.
        EquivocationProved {
            /// The author.
            author: T::AccountId,
            /// Its hospital in that session, if a hospital has it.
            hospital: Option<H256>,
            /// Session of the offence.
            session: SessionIndex,
            /// The act that the author did twice.
            kind: OffenceKind,
        },
        /// The gate has new parameters, from the next block on.
        ParametersChanged,
    }

    /// The errors of the pallet's calls.
    #[pallet::error]
    pub enum Error<T> {
        /// The author is not suspended, and no equivocation of it is noted.
        NotFound,
        /// The author is already suspended, or its equivocation is already noted.
        AlreadyExists,
        /// Nobody in good standing would remain in the set of this session or of the next one.
        TooFewAuthors,
        /// The parameters would not keep the chain going.
        InvalidParameters,
        /// The headers are not two blocks that the author of one slot sealed.
        InvalidHeaders,
        /// The session has not begun, or is too old to be reported.
        SessionNotFound,
        /// The author was readmitted after that slot.
        AlreadySettled,
        /// The block's author did not attest a proof of storage, or it is in the block already.
        ProofNotDue,
        /// The proof of storage is not the one that the author attested.
        ResponseMismatch,
        /// The proof of storage does not answer the challenge.
        InvalidProof,
    }

    /// The gate at genesis.
    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// The parameters of the policy. Default: [`ConformancePolicy::genesis_parameters`].
        pub parameters: Option<T::Parameters>,
        /// Length of a session in blocks. Zero means the runtime's default.
        pub session_length: u32,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            let parameters = match &self.parameters {
                Some(parameters) => parameters.clone(),
                None => T::Policy::genesis_parameters(),
            };
            if !T::Policy::is_valid(&parameters) {
                // A genesis that breaks the pallet's rules must not start a chain.
                panic!("invalid conformance genesis: {parameters:?}");
            }
            GateParameters::<T>::put(parameters);
            SessionLength::<T>::put(self.session_length);
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        /// Checks the block's proof of conformance.
        ///
        /// The pallet is before Session in the runtime, so the state is still the parent's.
        ///
        /// # Panics
        ///
        /// If the digest does not prove conformance. FRAME has no other way to refuse a block.
        fn on_initialize(_: BlockNumberFor<T>) -> Weight {
            match Self::check_block() {
                Ok((attestation, challenge)) => {
                    Self::note_due_proof(&attestation, challenge);
                    CurrentAttestation::<T>::put(attestation);
                }
                Err(refusal) => panic!("proof of conformance refused: {refusal}"),
            }
            Captured::<T>::kill();
            T::WeightInfo::begin_block(T::MaxAuthors::get())
        }

        /// Deposits the block's content, and captures the gate if the next block runs other code.
        ///
        /// # Panics
        ///
        /// If the block lacks the proof of storage that its author attested.
        fn on_finalize(_: BlockNumberFor<T>) {
            assert!(
                !DueProof::<T>::exists(),
                "proof of conformance refused: the attested proof of storage is not in the block"
            );
            frame_system::Pallet::<T>::deposit_log(T::Content::content().to_digest_item());
            if Self::code_changes() {
                let facts = Self::all_facts();
                frame_system::Pallet::<T>::register_extra_weight_unchecked(
                    T::WeightInfo::capture(T::MaxAuthors::get()),
                    DispatchClass::Mandatory,
                );
                Captured::<T>::put(facts);
            }
        }

        fn integrity_test() {
            assert!(T::MaxAuthors::get() > 0, "a chain needs an author");
            assert!(
                T::ReportableSessions::get() > 0,
                "offences of the present session can be reported"
            );
            assert!(
                T::DefaultSessionLength::get() > 0,
                "a session lasts a block at least"
            );
            assert!(
                T::Policy::is_valid(&T::Parameters::default()),
                "the default parameters must be valid"
            );
            // From version 3 on, the code changes one block after its announcement. The captured
            // gate would be removed by then.
            assert!(
                T::Version::get().system_version < 3,
                "the code must change in the block that announces it"
            );
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Suspends an author.
        ///
        /// Its blocks are invalid from the next block on, and it leaves the set at the next
        /// session.
        ///
        /// Origin: [`Config::SuspendOrigin`]. Errors: `AlreadyExists`, `TooFewAuthors`. Event:
        /// `AuthorSuspended`.
        #[pallet::call_index(0)]
        #[pallet::weight((
            T::WeightInfo::suspend_author(T::MaxAuthors::get()),
            DispatchClass::Operational,
        ))]
        pub fn suspend_author(origin: OriginFor<T>, author: T::AccountId) -> DispatchResult {
            T::SuspendOrigin::ensure_origin(origin)?;
            Self::do_suspend(author, SuspensionReason::Decision)
        }

        /// Readmits a suspended author and removes a noted equivocation of it.
        ///
        /// The author returns with the next set that is planned.
        ///
        /// Origin: [`Config::SuspendOrigin`]. Errors: `NotFound`. Event: `AuthorReadmitted`.
        #[pallet::call_index(1)]
        #[pallet::weight((T::WeightInfo::readmit_author(), DispatchClass::Operational))]
        pub fn readmit_author(origin: OriginFor<T>, author: T::AccountId) -> DispatchResult {
            T::SuspendOrigin::ensure_origin(origin)?;
            Self::do_readmit(author)
        }

        /// Sets the parameters of the policy, from the next block on.
        ///
        /// Origin: [`Config::SuspendOrigin`]. Errors: `InvalidParameters`. Event:
        /// `ParametersChanged`.
        #[pallet::call_index(2)]
        #[pallet::weight((T::WeightInfo::set_parameters(), DispatchClass::Operational))]
        pub fn set_parameters(origin: OriginFor<T>, parameters: T::Parameters) -> DispatchResult {
            T::SuspendOrigin::ensure_origin(origin)?;
            ensure!(
                T::Policy::is_valid(&parameters),
                Error::<T>::InvalidParameters
            );
            GateParameters::<T>::put(parameters);
            Self::deposit_event(Event::ParametersChanged);
            Ok(())
        }

        /// Reports two blocks that one author made in one slot.
        ///
        /// The author is suspended, or the offence noted, as for two votes in one round. `session`
        /// is the session of both blocks' parents. The headers carry their seals, and each has
        /// maximum [`MAX_HEADER_BYTES`].
        ///
        /// Origin: signed; the chain admits transactions of members only. Errors: `InvalidHeaders`,
        /// `SessionNotFound`, `AlreadyExists`, `AlreadySettled`. Events: `AuthorSuspended` or
        /// `EquivocationNoted`, then `EquivocationProved`.
        #[pallet::call_index(3)]
        #[pallet::weight((
            T::WeightInfo::report_double_authoring(T::MaxAuthors::get()),
            DispatchClass::Operational,
        ))]
        pub fn report_double_authoring(
            origin: OriginFor<T>,
            session: SessionIndex,
            first: Box<HeaderFor<T>>,
            second: Box<HeaderFor<T>>,
        ) -> DispatchResult {
            ensure_signed(origin)?;
            Self::judge_double_blocks(session, *first, *second)
        }

        /// Answers the challenge of the block's slot: one leaf of one stored payload.
        ///
        /// * Origin: none; the block's author adds it as an inherent.
        /// * Effect: the block has the proof that its author attested. Without it the block is
        ///   invalid.
        /// * Errors: `ProofNotDue`, `ResponseMismatch`, `InvalidProof`. Each makes the block
        ///   invalid.
        /// * Events: none.
        #[pallet::call_index(4)]
        #[pallet::weight((T::WeightInfo::prove_storage(), DispatchClass::Mandatory))]
        pub fn prove_storage(origin: OriginFor<T>, proof: PayloadProof) -> DispatchResult {
            ensure_none(origin)?;
            Self::do_prove_storage(&proof)
        }
    }

    #[pallet::inherent]
    impl<T: Config> ProvideInherent for Pallet<T> {
        type Call = Call<T>;
        type Error = frame_support::inherent::MakeFatalError<()>;
        const INHERENT_IDENTIFIER: InherentIdentifier = STORAGE_INHERENT_IDENTIFIER;

        fn create_inherent(data: &InherentData) -> Option<Self::Call> {
            // The proof is in the data only if the author attested it.
            DueProof::<T>::get()?;
            let proof = data
                .get_data::<PayloadProof>(&STORAGE_INHERENT_IDENTIFIER)
                .ok()
                .flatten()?;
            Some(Call::prove_storage { proof })
        }

        fn is_inherent(call: &Self::Call) -> bool {
            matches!(call, Call::prove_storage { .. })
        }
    }

    #[pallet::view_functions]
    impl<T: Config> Pallet<T> {
        /// The authors of a session with their keys, in the order of their turns.
        ///
        /// Empty if the session has not begun or can no longer be reported.
        pub fn recorded_authors(session: SessionIndex) -> Vec<RecordedAuthor<T::AccountId>> {
            Self::authors_in(session)
                .map(BoundedVec::into_inner)
                .unwrap_or_default()
        }

        /// The session of an author's equivocation that waits for a decision, if one is noted.
        pub fn noted_equivocation(author: T::AccountId) -> Option<SessionIndex> {
            NotedEquivocations::<T>::get(author)
        }
    }
}
