// SPDX-License-Identifier: Apache-2.0
#![cfg_attr(not(feature = "std"), no_std)]
#![doc = include_str!("../README.md")]

extern crate alloc;

mod extension;
mod gate;
mod offences;
mod session;
mod standing;
mod try_state;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub mod types;
pub mod weights;

pub use extension::CheckConformance;
pub use offences::SuspendOffenders;
pub use pallet::*;
pub use session::SessionLengthOf;
pub use types::*;
pub use weights::WeightInfo;

/// The gate before every block.
// FRAME's macros expand to `expect`s on constant metadata. Logic stands in the other modules.
#[allow(clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use bspp_primitives::{
        conformance::{AttestationKind, BlockAttestation, ConformanceId, SuspensionReason},
        traits::{AuthorSets, BlockContent, ConformancePolicy},
    };
    use frame_support::pallet_prelude::*;
    use frame_system::pallet_prelude::*;
    use sp_core::H256;
    use sp_staking::SessionIndex;

    /// Version of the storage's layout.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    /// What a runtime decides.
    #[pallet::config]
    pub trait Config: frame_system::Config<Hash = H256, RuntimeEvent: From<Event<Self>>> {
        /// What the chain may change about its gate. The default must be valid.
        type Parameters: Parameter + Member + Default + MaxEncodedLen + MaybeSerializeDeserialize;
        /// Who has standing, and with what evidence.
        type Policy: ConformancePolicy<
            Self::AccountId,
            <Self as frame_system::Config>::RuntimeCall,
            Parameters = Self::Parameters,
        >;
        /// What a block registered or stored.
        type Content: BlockContent;
        /// The session's sets of authors.
        type AuthorSets: AuthorSets<Self::AccountId>;
        /// Who suspends and readmits authors and sets parameters: the council, or a hospital's admins.
        type SuspendOrigin: EnsureOrigin<Self::RuntimeOrigin>;
        /// Authors of a session at most. No fewer than Aura takes.
        #[pallet::constant]
        type MaxAuthors: Get<u32>;
        /// Length of a session in blocks, unless the genesis says otherwise.
        #[pallet::constant]
        type DefaultSessionLength: Get<u32>;
        /// Weights.
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

    /// What the policy goes by.
    #[pallet::storage]
    pub type GateParameters<T: Config> = StorageValue<_, T::Parameters, ValueQuery>;

    /// Length of a session in blocks; zero stands for the runtime's default. Set at genesis.
    #[pallet::storage]
    pub type SessionLength<T: Config> = StorageValue<_, u32, ValueQuery>;

    /// What the author of this block attested.
    #[pallet::storage]
    pub type CurrentAttestation<T: Config> = StorageValue<_, BlockAttestation<T::AccountId>>;

    /// Slot of each author's last block that was attested in full: when it could last take what restricted blocks do not.
    #[pallet::storage]
    pub type LastFullSlot<T: Config> =
        StorageMap<_, Blake2_128Concat, T::AccountId, u64, ValueQuery>;

    /// What the old code knew of all authors when this block changed the code. Decides on the next block, then goes.
    #[pallet::storage]
    pub type Captured<T: Config> =
        StorageValue<_, BoundedVec<CapturedAuthor<T::AccountId>, T::MaxAuthors>>;

    /// Sessions of proved equivocations that were left to the council, by author.
    #[pallet::storage]
    pub type NotedEquivocations<T: Config> =
        StorageMap<_, Blake2_128Concat, T::AccountId, SessionIndex>;

    /// What happened.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// An author was suspended: none of its blocks is valid from the next one on.
        AuthorSuspended {
            /// The author.
            author: T::AccountId,
            /// Why.
            reason: SuspensionReason,
        },
        /// Nothing is held against an author any longer.
        AuthorReadmitted {
            /// The author.
            author: T::AccountId,
        },
        /// An author voted twice, and whether to suspend it is left to the council.
        EquivocationNoted {
            /// The author.
            author: T::AccountId,
            /// Session of the offence.
            session: SessionIndex,
        },
        /// The gate has new parameters, from the next block on.
        ParametersChanged,
    }

    /// Why a call is refused.
    #[pallet::error]
    pub enum Error<T> {
        /// The author is not suspended, and no equivocation of it is noted.
        NotFound,
        /// The author is suspended.
        AlreadyExists,
        /// Nobody in good standing would remain in this session's or the next one's set.
        TooFewAuthors,
        /// The parameters would not keep the chain going.
        InvalidParameters,
    }

    /// The gate at genesis.
    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// What the policy goes by.
        pub parameters: T::Parameters,
        /// Length of a session in blocks; zero for the runtime's default.
        pub session_length: u32,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            if !T::Policy::is_valid(&self.parameters) {
                // A genesis that breaks the pallet's rules must not start a chain.
                panic!("invalid conformance genesis: {:?}", self.parameters);
            }
            GateParameters::<T>::put(&self.parameters);
            SessionLength::<T>::put(self.session_length);
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        /// Checks the block's proof of conformance. The pallet stands before Session, so the state is still the parent's.
        ///
        /// # Panics
        ///
        /// If the digest is no proof of conformance: FRAME knows no other way to refuse a block.
        fn on_initialize(_: BlockNumberFor<T>) -> Weight {
            match Self::check_block() {
                Ok(attestation) => {
                    if matches!(attestation.kind, AttestationKind::Full { .. }) {
                        LastFullSlot::<T>::insert(&attestation.author, attestation.slot);
                    }
                    CurrentAttestation::<T>::put(attestation);
                }
                Err(refusal) => panic!("proof of conformance refused: {refusal}"),
            }
            Captured::<T>::kill();
            T::WeightInfo::begin_block(T::MaxAuthors::get())
        }

        /// Deposits the block's content, and captures the gate if the next block runs other code.
        fn on_finalize(_: BlockNumberFor<T>) {
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
                T::DefaultSessionLength::get() > 0,
                "a session lasts a block at least"
            );
            assert!(
                T::Policy::is_valid(&T::Parameters::default()),
                "the default parameters must be valid"
            );
            // From version 3 on the code changes a block after its announcement, and what was captured would be gone.
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
        /// Suspends an author: none of its blocks is valid from the next one on, and it leaves the set at the next session.
        ///
        /// Origin: [`Config::SuspendOrigin`]. Errors: `AlreadyExists`, `TooFewAuthors`. Event: `AuthorSuspended`.
        #[pallet::call_index(0)]
        #[pallet::weight((
            T::WeightInfo::suspend_author(T::MaxAuthors::get()),
            DispatchClass::Operational,
        ))]
        pub fn suspend_author(origin: OriginFor<T>, author: T::AccountId) -> DispatchResult {
            T::SuspendOrigin::ensure_origin(origin)?;
            Self::do_suspend(author, SuspensionReason::Decision)
        }

        /// Readmits a suspended author, and forgets an equivocation that was noted against it. It comes back with the
        /// next set that is planned.
        ///
        /// Origin: [`Config::SuspendOrigin`]. Errors: `NotFound`. Event: `AuthorReadmitted`.
        #[pallet::call_index(1)]
        #[pallet::weight((T::WeightInfo::readmit_author(), DispatchClass::Operational))]
        pub fn readmit_author(origin: OriginFor<T>, author: T::AccountId) -> DispatchResult {
            T::SuspendOrigin::ensure_origin(origin)?;
            Self::do_readmit(author)
        }

        /// Sets what the policy goes by, from the next block on.
        ///
        /// Origin: [`Config::SuspendOrigin`]. Errors: `InvalidParameters`. Event: `ParametersChanged`.
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
    }
}
