// SPDX-License-Identifier: Apache-2.0
#![cfg_attr(not(feature = "std"), no_std)]
#![doc = include_str!("../README.md")]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used))]

extern crate alloc;

mod anchor;
#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;
mod conflict;
mod finality;
#[cfg(test)]
mod mock;
mod state;
#[cfg(test)]
mod tests;
pub mod types;
mod waiting;
pub mod weights;

pub use pallet::*;
pub use types::{Anchor, Authorities, Justification, Pairs, TrackedSet};
pub use weights::WeightInfo;

/// Anchors of hospital chains.
// FRAME's macros expand to `expect`s on constant metadata. Logic stands in the other modules.
#[allow(clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use alloc::boxed::Box;
    use bspp_primitives::{
        traits::{CurrentSlot, Membership, RegisteredCount, SuspendHospital},
        AnchoredHead, Header, HospitalId,
    };
    use frame_support::pallet_prelude::*;
    use frame_system::pallet_prelude::*;
    use sp_consensus_grandpa::SetId;
    use sp_core::H256;
    use sp_runtime::SaturatedConversion;

    /// What a runtime decides.
    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
        /// Who starts, restarts, halts and resumes anchors: the council.
        type ForceOrigin: EnsureOrigin<Self::RuntimeOrigin>;
        /// Who may relay, and which hospitals there are.
        type Membership: Membership<Self::AccountId>;
        /// The slot of this chain's block: says how old an anchor is.
        type Slot: CurrentSlot;
        /// How many entry blocks of a hospital are registered here.
        type Registered: RegisteredCount;
        /// Suspends a hospital whose voters finalized two blocks at one height.
        type OnConflict: SuspendHospital;
        /// Heads remembered for each hospital; the oldest goes first. At least one. Say 128.
        #[pallet::constant]
        type MaxHeads: Get<u32>;
        /// Voters of a hospital chain at most. Say 64.
        #[pallet::constant]
        type MaxAuthorities: Get<u32>;
        /// Headers between the proved one and the votes' targets at most. Say 64.
        #[pallet::constant]
        type MaxAncestries: Get<u32>;
        /// Bytes of a header and its justification together at most. Say 64 KiB.
        #[pallet::constant]
        type MaxProofSize: Get<u32>;
        /// What the calls cost.
        type WeightInfo: WeightInfo;
    }

    /// The pallet.
    #[pallet::pallet]
    pub struct Pallet<T>(_);

    /// The anchor of each hospital chain.
    #[pallet::storage]
    pub type Anchors<T: Config> = StorageMap<_, Blake2_128Concat, HospitalId, Anchor>;

    /// The voters of each hospital chain that sign after its best head.
    #[pallet::storage]
    pub type AuthoritySets<T: Config> =
        StorageMap<_, Blake2_128Concat, HospitalId, TrackedSet<T::MaxAuthorities>>;

    /// Remembered heads by hospital and hash.
    #[pallet::storage]
    pub type Heads<T: Config> =
        StorageDoubleMap<_, Blake2_128Concat, HospitalId, Identity, H256, AnchoredHead>;

    /// Hashes of remembered heads by hospital and slot: says which head is the oldest.
    #[pallet::storage]
    pub type HeadRing<T: Config> =
        StorageDoubleMap<_, Blake2_128Concat, HospitalId, Twox64Concat, u32, H256>;

    /// Anchorings that showed entry blocks of a hospital which are not registered: entry blocks up to the head, and the slot of
    /// its anchoring. Both ascend. What is registered meanwhile goes when the next head comes.
    #[pallet::storage]
    pub type Waiting<T: Config> =
        StorageMap<_, Blake2_128Concat, HospitalId, Pairs<T::MaxHeads>, ValueQuery>;

    /// What happened.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// The council started a hospital's anchor.
        AnchorInitialised {
            /// Whose chain.
            hospital: HospitalId,
            /// Height of the first head.
            number: u32,
            /// Hash of the first head.
            hash: H256,
        },
        /// The council started a hospital's anchor anew; earlier heads are forgotten.
        AnchorReinitialised {
            /// Whose chain.
            hospital: HospitalId,
            /// Height of the new first head.
            number: u32,
            /// Hash of the new first head.
            hash: H256,
        },
        /// A finality proof moved an anchor.
        HeadAnchored {
            /// Whose chain.
            hospital: HospitalId,
            /// Height.
            number: u32,
            /// Hash.
            hash: H256,
        },
        /// An anchored header handed a chain over to new voters.
        AuthoritiesChanged {
            /// Whose chain.
            hospital: HospitalId,
            /// Number of the new set.
            set_id: SetId,
            /// How many voters it has.
            count: u32,
        },
        /// The council halted an anchor.
        AnchorHalted {
            /// Whose chain.
            hospital: HospitalId,
        },
        /// The council let an anchor go on.
        AnchorResumed {
            /// Whose chain.
            hospital: HospitalId,
        },
        /// A hospital's voters finalized two blocks at one height. Its anchor is halted.
        ConflictProved {
            /// Whose chain.
            hospital: HospitalId,
            /// The height.
            number: u32,
            /// Whether the hospital was suspended. It is not if it is already, or if too few authors would remain.
            suspended: bool,
        },
    }

    /// Why a call or a read is refused.
    #[pallet::error]
    pub enum Error<T> {
        /// The hospital has no anchor.
        NotFound,
        /// The signer acts for no active hospital.
        NotAuthorized,
        /// The hospital has an anchor.
        AlreadyExists,
        /// The hospital is no active member.
        InvalidHospital,
        /// The anchor is halted.
        AnchorHalted,
        /// The anchor is not halted.
        NotHalted,
        /// The header is not newer than the best head; or the conflict not above the head that the anchor started at.
        InvalidNumber,
        /// The voters are none, stand twice, weigh nothing or too much.
        InvalidAuthorities,
        /// More voters than the chain takes.
        MaxAuthoritiesExceeded,
        /// More votes than there can be voters.
        MaxVotesExceeded,
        /// More ancestry headers than the chain takes.
        MaxAncestriesExceeded,
        /// Header and justification are too long together.
        MaxProofSizeExceeded,
        /// The justification is for another header.
        TargetMismatch,
        /// Ancestry headers stand twice or serve no vote.
        InvalidAncestries,
        /// The votes do not reach two thirds of the weight.
        InsufficientVotes,
        /// A vote beyond the threshold: the relayer must leave it out.
        RedundantVote,
        /// A voter voted twice.
        DuplicateVote,
        /// A vote by nobody of the current set.
        InvalidVoter,
        /// A vote whose signature does not hold for this round and set.
        InvalidVoteSignature,
        /// A vote for a block that is not the header's nor its descendant's.
        InvalidVoteTarget,
        /// The header changes voters by force, with delay, or twice: the council must restart the anchor.
        InvalidAuthorityChange,
        /// The headers are one and the same, or stand at different heights.
        NoConflict,
        /// The head is not anchored, or no longer remembered.
        UnknownHead,
        /// The storage proof does not hold, or has nodes it does not need.
        InvalidProof,
        /// The proof shows that nothing stands under the key.
        ValueAbsent,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn integrity_test() {
            assert!(T::MaxHeads::get() > 0, "MaxHeads must not be zero");
            assert!(
                T::MaxAuthorities::get() > 0,
                "MaxAuthorities must not be zero"
            );
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Starts a hospital's anchor.
        ///
        /// * Origin: [`Config::ForceOrigin`].
        /// * Effect: `header` becomes the best head; `authorities` with `set_id` must sign after it. If
        ///   `header` itself changes voters, they are the new ones.
        /// * Errors: `InvalidHospital`, `AlreadyExists`, `MaxProofSizeExceeded`, `InvalidAuthorities`.
        /// * Events: [`Event::AnchorInitialised`].
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::initialise_anchor(authorities.len().saturated_into()))]
        pub fn initialise_anchor(
            origin: OriginFor<T>,
            hospital: HospitalId,
            header: Box<Header>,
            authorities: Authorities<T::MaxAuthorities>,
            set_id: SetId,
        ) -> DispatchResult {
            T::ForceOrigin::ensure_origin(origin)?;
            ensure!(
                T::Membership::is_active(&hospital),
                Error::<T>::InvalidHospital
            );
            ensure!(
                !Anchors::<T>::contains_key(hospital),
                Error::<T>::AlreadyExists
            );
            let AnchoredHead { number, hash, .. } =
                Self::do_start(hospital, &header, authorities, set_id)?;
            Self::deposit_event(Event::AnchorInitialised {
                hospital,
                number,
                hash,
            });
            Ok(())
        }

        /// Starts a hospital's anchor anew: after a forced change, a lost set change, or stolen keys.
        ///
        /// * Origin: [`Config::ForceOrigin`].
        /// * Effect: as [`Pallet::initialise_anchor`]; forgets all earlier heads, which may be forged, and
        ///   resumes a halted anchor. The new head may be older than the best one. Entry blocks up to it that
        ///   are not registered wait from now on. Conflicts up to its height are settled by it.
        /// * Errors: `NotFound`, `MaxProofSizeExceeded`, `InvalidAuthorities`.
        /// * Events: [`Event::AnchorReinitialised`].
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::reinitialise_anchor(
            authorities.len().saturated_into(),
            T::MaxHeads::get(),
        ))]
        pub fn reinitialise_anchor(
            origin: OriginFor<T>,
            hospital: HospitalId,
            header: Box<Header>,
            authorities: Authorities<T::MaxAuthorities>,
            set_id: SetId,
        ) -> DispatchResult {
            T::ForceOrigin::ensure_origin(origin)?;
            ensure!(Anchors::<T>::contains_key(hospital), Error::<T>::NotFound);
            let AnchoredHead { number, hash, .. } =
                Self::do_start(hospital, &header, authorities, set_id)?;
            Self::deposit_event(Event::AnchorReinitialised {
                hospital,
                number,
                hash,
            });
            Ok(())
        }

        /// Moves a hospital's anchor to a newer head that `justification` proves final.
        ///
        /// * Origin: whoever acts for any active hospital. A relayer is trusted with nothing.
        /// * Effect: `header` becomes the best head; the oldest remembered one may go. If it carries a
        ///   scheduled change, the new voters must sign from here on: such a header cannot be skipped,
        ///   because later ones are signed by voters and a set number that the anchor does not know.
        /// * Errors: `NotAuthorized`, `MaxVotesExceeded`, `MaxAncestriesExceeded`,
        ///   `MaxProofSizeExceeded`, `NotFound`, `AnchorHalted`, `InvalidNumber`, `TargetMismatch`,
        ///   `InvalidAncestries`, `InsufficientVotes`, `RedundantVote`, `DuplicateVote`, `InvalidVoter`,
        ///   `InvalidVoteSignature`, `InvalidVoteTarget`, `InvalidAuthorityChange`,
        ///   `InvalidAuthorities`, `MaxAuthoritiesExceeded`.
        /// * Events: [`Event::AuthoritiesChanged`] if so, [`Event::HeadAnchored`].
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::submit_finality_proof(
            justification.commit.precommits.len().saturated_into(),
            justification.votes_ancestries.len().saturated_into(),
        ))]
        pub fn submit_finality_proof(
            origin: OriginFor<T>,
            hospital: HospitalId,
            header: Box<Header>,
            justification: Justification,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            ensure!(
                T::Membership::hospital_of(&who).is_some(),
                Error::<T>::NotAuthorized
            );
            Self::do_submit(hospital, &header, &justification)
        }

        /// Halts a hospital's anchor.
        ///
        /// * Origin: [`Config::ForceOrigin`].
        /// * Effect: no head is anchored and no state is read until it is resumed.
        /// * Errors: `NotFound`, `AnchorHalted`.
        /// * Events: [`Event::AnchorHalted`].
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::halt_anchor())]
        pub fn halt_anchor(origin: OriginFor<T>, hospital: HospitalId) -> DispatchResult {
            T::ForceOrigin::ensure_origin(origin)?;
            Self::do_set_halted(hospital, true)?;
            Self::deposit_event(Event::AnchorHalted { hospital });
            Ok(())
        }

        /// Lets a halted anchor go on.
        ///
        /// * Origin: [`Config::ForceOrigin`].
        /// * Effect: heads are anchored and state is read again.
        /// * Errors: `NotFound`, `NotHalted`.
        /// * Events: [`Event::AnchorResumed`].
        #[pallet::call_index(4)]
        #[pallet::weight(T::WeightInfo::resume_anchor())]
        pub fn resume_anchor(origin: OriginFor<T>, hospital: HospitalId) -> DispatchResult {
            T::ForceOrigin::ensure_origin(origin)?;
            Self::do_set_halted(hospital, false)?;
            Self::deposit_event(Event::AnchorResumed { hospital });
            Ok(())
        }

        /// Proves that a hospital's voters finalized two blocks at one height.
        ///
        /// Both proofs must be as [`Pallet::submit_finality_proof`] wants them, and by the voters who sign now.
        /// A conflict counts once: the anchor is halted by it, and the council restarts it above the conflict.
        ///
        /// * Origin: whoever acts for any active hospital. A reporter is trusted with nothing.
        /// * Effect: the anchor is halted; the hospital is suspended, unless too few authors would remain.
        /// * Errors: `NotAuthorized`, `MaxVotesExceeded`, `MaxAncestriesExceeded`, `MaxProofSizeExceeded`,
        ///   `NoConflict`, `NotFound`, `AnchorHalted`, `InvalidNumber`, and those of a finality proof.
        /// * Events: [`Event::ConflictProved`].
        #[pallet::call_index(5)]
        #[pallet::weight((
            T::WeightInfo::report_conflict(
                first_justification.commit.precommits.len()
                    .saturating_add(second_justification.commit.precommits.len())
                    .saturated_into(),
                first_justification.votes_ancestries.len()
                    .saturating_add(second_justification.votes_ancestries.len())
                    .saturated_into(),
            ),
            DispatchClass::Operational,
        ))]
        pub fn report_conflict(
            origin: OriginFor<T>,
            hospital: HospitalId,
            first: Box<Header>,
            first_justification: Justification,
            second: Box<Header>,
            second_justification: Justification,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            ensure!(
                T::Membership::hospital_of(&who).is_some(),
                Error::<T>::NotAuthorized
            );
            Self::do_report_conflict(
                hospital,
                (&first, &first_justification),
                (&second, &second_justification),
            )
        }
    }
}
