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
mod try_state;
pub mod types;
mod waiting;
pub mod weights;

pub use pallet::*;
pub use types::{Anchor, Authorities, Justification, Pairs, TrackedSet};
pub use weights::WeightInfo;

/// Anchors of hospital chains.
// FRAME's macros expand to `expect`s on constant metadata. The other modules contain the logic.
#[allow(clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use alloc::boxed::Box;
    use bspp_primitives::{
        traits::{CurrentSlot, Membership, OnAnchored, RegisteredCount, SuspendHospital},
        Header,
    };
    use bspp_types::{AnchoredHead, HospitalId};
    use frame_support::{pallet_prelude::*, traits::Contains};
    use frame_system::pallet_prelude::*;
    use sp_consensus_grandpa::SetId;
    use sp_core::H256;
    use sp_runtime::SaturatedConversion;

    /// Version of the storage's layout.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    /// The configuration of the pallet.
    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
        /// The origin that starts, restarts, halts and resumes anchors: the council.
        type ForceOrigin: EnsureOrigin<Self::RuntimeOrigin>;
        /// The members of the consortium: the accounts that may relay, and the hospitals.
        type Membership: Membership<Self::AccountId>;
        /// The slot of this chain's block, from which the age of an anchor follows.
        type Slot: CurrentSlot;
        /// Number of slots by which a hospital's authors may be ahead of this chain's clock.
        type MaxSlotDrift: Get<u64>;
        /// The number of registered entry blocks of each hospital.
        type Registered: RegisteredCount;
        /// The hospitals that may not register now, for example by quota: their lag clock stands.
        type ClockStands: Contains<HospitalId>;
        /// Learns of each head that a finality proof anchored, and of each incarnation.
        type OnAnchored: OnAnchored;
        /// Suspends a hospital whose voters finalized two blocks at one height.
        type OnConflict: SuspendHospital;
        /// Maximum number of heads that the pallet remembers for each hospital, for example 128.
        ///
        /// It is at least one. The pallet forgets the oldest head first.
        #[pallet::constant]
        type MaxHeads: Get<u32>;
        /// Maximum number of voters of a hospital chain, for example 64.
        #[pallet::constant]
        type MaxAuthorities: Get<u32>;
        /// Maximum number of headers between the proved one and the votes' targets, for example 64.
        #[pallet::constant]
        type MaxAncestries: Get<u32>;
        /// Maximum size of a header with its justification in bytes, for example 64 KiB.
        #[pallet::constant]
        type MaxProofSize: Get<u32>;
        /// Weights of the calls.
        type WeightInfo: WeightInfo;
    }

    /// The pallet.
    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
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

    /// Hashes of remembered heads by hospital and slot of the ring, for the oldest head.
    #[pallet::storage]
    pub type HeadRing<T: Config> =
        StorageDoubleMap<_, Blake2_128Concat, HospitalId, Twox64Concat, u32, H256>;

    /// Anchorings that showed entry blocks of a hospital that are not registered.
    ///
    /// Each pair contains the number of entry blocks up to the head and the slot of its anchoring.
    /// Both ascend. When the next head comes, the pallet removes the pairs that were registered in
    /// the meantime.
    #[pallet::storage]
    pub type Waiting<T: Config> =
        StorageMap<_, Blake2_128Concat, HospitalId, Pairs<T::MaxHeads>, ValueQuery>;

    /// The last slot with an anchor in which the lag clock stood: blocks wait from there on.
    #[pallet::storage]
    pub type StoodAt<T: Config> = StorageMap<_, Blake2_128Concat, HospitalId, u64>;

    /// The events of the pallet.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// The council started a hospital's anchor.
        AnchorInitialised {
            /// The hospital.
            hospital: HospitalId,
            /// Height of the first head.
            number: u32,
            /// Hash of the first head.
            hash: H256,
        },
        /// The council started a hospital's anchor anew and earlier heads were forgotten.
        AnchorReinitialised {
            /// The hospital.
            hospital: HospitalId,
            /// Height of the new first head.
            number: u32,
            /// Hash of the new first head.
            hash: H256,
        },
        /// A hospital's chain was rebuilt. The council started the anchor of the new one.
        IncarnationStarted {
            /// The hospital.
            hospital: HospitalId,
            /// Height of the first head of the new chain.
            number: u32,
            /// Hash of the first head of the new chain.
            hash: H256,
        },
        /// A finality proof moved an anchor.
        HeadAnchored {
            /// The hospital.
            hospital: HospitalId,
            /// Height of the head.
            number: u32,
            /// Hash of the head.
            hash: H256,
        },
        /// An anchored header changed the voters of a chain.
        AuthoritiesChanged {
            /// The hospital.
            hospital: HospitalId,
            /// Number of the new set.
            set_id: SetId,
            /// Number of voters in the new set.
            count: u32,
        },
        /// The council halted an anchor.
        AnchorHalted {
            /// The hospital.
            hospital: HospitalId,
        },
        /// The council resumed an anchor.
        AnchorResumed {
            /// The hospital.
            hospital: HospitalId,
        },
        /// A hospital's voters finalized two blocks at one height. Its anchor is halted.
        ConflictProved {
            /// The hospital.
            hospital: HospitalId,
            /// Height of the two blocks.
            number: u32,
            /// Whether the hospital was suspended.
            ///
            /// It is not if it is suspended already, or if too few authors would remain.
            suspended: bool,
        },
    }

    /// The reasons for which the pallet refuses a call or a read.
    #[pallet::error]
    pub enum Error<T> {
        /// The hospital has no anchor.
        NotFound,
        /// The signer may not send anchors, or does not act for an active hospital.
        NotAuthorized,
        /// The hospital already has an anchor.
        AlreadyExists,
        /// The hospital is not an active member.
        InvalidHospital,
        /// The anchor is halted.
        AnchorHalted,
        /// The anchor is not halted.
        NotHalted,
        /// The height is too low.
        ///
        /// The header is not newer than the best head, or the conflict is not above the head at
        /// which the anchor started.
        InvalidNumber,
        /// The set is empty, repeats a voter, or has a weight of zero or a total that overflows.
        InvalidAuthorities,
        /// The new incarnation has a voter of the former one.
        ///
        /// Proofs of the former chain would then be proofs of the new one.
        VoterReused,
        /// The set has more voters than the pallet accepts.
        MaxAuthoritiesExceeded,
        /// The justification has more votes than there can be voters.
        MaxVotesExceeded,
        /// The justification has more ancestry headers than the pallet accepts.
        MaxAncestriesExceeded,
        /// The header and its justification together are too long.
        MaxProofSizeExceeded,
        /// The justification is for another header.
        TargetMismatch,
        /// An ancestry header occurs twice or serves no vote.
        InvalidAncestries,
        /// The votes do not reach two thirds of the weight.
        InsufficientVotes,
        /// A vote exceeds the threshold. The relayer must leave it out.
        RedundantVote,
        /// A voter voted twice.
        DuplicateVote,
        /// A vote is by an account that is not in the current set.
        InvalidVoter,
        /// The signature of a vote is not valid for this round and set.
        InvalidVoteSignature,
        /// A vote is not for the header or one of its descendants.
        InvalidVoteTarget,
        /// The header changes voters by force, with delay, or twice.
        ///
        /// The council must restart the anchor. The error also occurs if the number of the set
        /// would overflow.
        InvalidAuthorityChange,
        /// The two headers are equal or have different heights.
        NoConflict,
        /// The head is not anchored, or the pallet no longer remembers it.
        UnknownHead,
        /// The storage proof is invalid or contains nodes that it does not need.
        InvalidProof,
        /// The proof shows that the key has no value.
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
        /// * Effect: `header` becomes the best head. `authorities` with `set_id` must sign after
        ///   it. If `header` itself changes the voters, `authorities` must be the new ones.
        /// * Errors: `InvalidHospital`, `AlreadyExists`, `MaxProofSizeExceeded`,
        ///   `InvalidAuthorities`.
        /// * Events: [`Event::AnchorInitialised`].
        #[pallet::call_index(0)]
        #[pallet::weight((
            T::WeightInfo::initialise_anchor(authorities.len().saturated_into()),
            DispatchClass::Operational,
        ))]
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

        /// Restarts a hospital's anchor after a forced change, a lost set change or stolen keys.
        ///
        /// * Origin: [`Config::ForceOrigin`].
        /// * Effect: that of [`Pallet::initialise_anchor`]. In addition the call forgets all
        ///   earlier heads, which may be forged, and resumes a halted anchor. The new head may be
        ///   older than the best one. Unregistered entry blocks up to it wait from now on. It
        ///   settles conflicts up to its height.
        /// * Errors: `NotFound`, `MaxProofSizeExceeded`, `InvalidAuthorities`.
        /// * Events: [`Event::AnchorReinitialised`].
        #[pallet::call_index(1)]
        #[pallet::weight((
            T::WeightInfo::reinitialise_anchor(
                authorities.len().saturated_into(),
                T::MaxHeads::get(),
            ),
            DispatchClass::Operational,
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

        /// Moves a hospital's anchor to a newer head that `justification` proves finalized.
        ///
        /// * Origin: the operator or the anchorer of an active hospital. The call does not trust it.
        /// * Effect: `header` becomes the best head. If the ring is full, the pallet forgets the
        ///   oldest head. If `header` carries a scheduled change, the new voters must sign from
        ///   here on. A relayer cannot skip such a header, because the anchor does not know the
        ///   voters and the set number that sign the later ones.
        /// * Errors: `NotAuthorized`, `MaxVotesExceeded`, `MaxAncestriesExceeded`,
        ///   `MaxProofSizeExceeded`, `NotFound`, `AnchorHalted`, `InvalidNumber`, `TargetMismatch`,
        ///   `InvalidAncestries`, `InsufficientVotes`, `RedundantVote`, `DuplicateVote`,
        ///   `InvalidVoter`, `InvalidVoteSignature`, `InvalidVoteTarget`, `InvalidAuthorityChange`,
        ///   `InvalidAuthorities`, `MaxAuthoritiesExceeded`.
        /// * Events: [`Event::AuthoritiesChanged`] if the header changes the voters,
        ///   [`Event::HeadAnchored`].
        #[pallet::call_index(2)]
        #[pallet::weight((
            T::WeightInfo::submit_finality_proof(
                justification.commit.precommits.len().saturated_into(),
                justification.votes_ancestries.len().saturated_into(),
            ).saturating_add(T::OnAnchored::weight()),
            DispatchClass::Operational,
        ))]
        pub fn submit_finality_proof(
            origin: OriginFor<T>,
            hospital: HospitalId,
            header: Box<Header>,
            justification: Justification,
        ) -> DispatchResult {
            // Admission exempts this call from quotas by role and call: the runtime's `CallRules`.
            let who = ensure_signed(origin)?;
            ensure!(T::Membership::may_anchor(&who), Error::<T>::NotAuthorized);
            Self::do_submit(hospital, &header, &justification)
        }

        /// Halts a hospital's anchor.
        ///
        /// * Origin: [`Config::ForceOrigin`].
        /// * Effect: the pallet anchors no head and reads no state until the anchor is resumed.
        /// * Errors: `NotFound`, `AnchorHalted`.
        /// * Events: [`Event::AnchorHalted`].
        #[pallet::call_index(3)]
        #[pallet::weight((T::WeightInfo::halt_anchor(), DispatchClass::Operational))]
        pub fn halt_anchor(origin: OriginFor<T>, hospital: HospitalId) -> DispatchResult {
            T::ForceOrigin::ensure_origin(origin)?;
            Self::do_set_halted(hospital, true)?;
            Self::deposit_event(Event::AnchorHalted { hospital });
            Ok(())
        }

        /// Resumes a halted anchor.
        ///
        /// * Origin: [`Config::ForceOrigin`].
        /// * Effect: the pallet anchors heads and reads state again. Unregistered entry blocks wait
        ///   from now on.
        /// * Errors: `NotFound`, `NotHalted`.
        /// * Events: [`Event::AnchorResumed`].
        #[pallet::call_index(4)]
        #[pallet::weight((T::WeightInfo::resume_anchor(), DispatchClass::Operational))]
        pub fn resume_anchor(origin: OriginFor<T>, hospital: HospitalId) -> DispatchResult {
            T::ForceOrigin::ensure_origin(origin)?;
            Self::do_set_halted(hospital, false)?;
            Self::deposit_event(Event::AnchorResumed { hospital });
            Ok(())
        }

        /// Proves that a hospital's voters finalized two blocks at one height.
        ///
        /// Both proofs must fulfil the conditions of [`Pallet::submit_finality_proof`] and be by
        /// the voters that sign now. A conflict counts once: it halts the anchor, and the council
        /// restarts the anchor above the conflict.
        ///
        /// * Origin: the anchorer of any active hospital, or an account that acts for one. The call
        ///   does not trust the reporter.
        /// * Effect: the anchor is halted. The hospital is suspended, unless too few authors would
        ///   remain.
        /// * Errors: `NotAuthorized`, `MaxVotesExceeded`, `MaxAncestriesExceeded`,
        ///   `MaxProofSizeExceeded`, `NoConflict`, `NotFound`, `AnchorHalted`, `InvalidNumber`, and
        ///   those of a finality proof.
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
                T::Membership::may_anchor(&who) || T::Membership::hospital_of(&who).is_some(),
                Error::<T>::NotAuthorized
            );
            Self::do_report_conflict(
                hospital,
                (&first, &first_justification),
                (&second, &second_justification),
            )
        }

        /// Starts the anchor of a hospital's chain that was rebuilt from nothing.
        ///
        /// On the consortium its sequence numbers follow those of the former chain.
        ///
        /// * Origin: [`Config::ForceOrigin`].
        /// * Effect: that of [`Pallet::reinitialise_anchor`], for the new chain. The former chain
        ///   anchors and registers nothing more. Its registrations stay.
        /// * Errors: `NotFound`, `MaxProofSizeExceeded`, `InvalidAuthorities`, `VoterReused`, and
        ///   those of [`Config::OnAnchored`].
        /// * Events: [`Event::IncarnationStarted`].
        #[pallet::call_index(6)]
        #[pallet::weight((
            T::WeightInfo::start_incarnation(
                authorities.len().saturated_into(),
                T::MaxHeads::get(),
            ).saturating_add(T::OnAnchored::weight()),
            DispatchClass::Operational,
        ))]
        pub fn start_incarnation(
            origin: OriginFor<T>,
            hospital: HospitalId,
            header: Box<Header>,
            authorities: Authorities<T::MaxAuthorities>,
            set_id: SetId,
        ) -> DispatchResult {
            T::ForceOrigin::ensure_origin(origin)?;
            let AnchoredHead { number, hash, .. } =
                Self::do_start_incarnation(hospital, &header, authorities, set_id)?;
            Self::deposit_event(Event::IncarnationStarted {
                hospital,
                number,
                hash,
            });
            Ok(())
        }
    }
}
