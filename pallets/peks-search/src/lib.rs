// SPDX-License-Identifier: Apache-2.0
#![cfg_attr(not(feature = "std"), no_std)]
#![doc = include_str!("../README.md")]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod disclosures;
mod grant_key;
mod matches;
#[cfg(test)]
mod mock;
mod requests;
mod sweep;
#[cfg(test)]
mod tests;
mod tombstones;
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

    use crate::{types::RequestOf, WeightInfo};
    use bspp_primitives::traits::{Membership, RegisteredEntries};
    use bspp_types::{
        Authority, Day, Ed25519Signature, HospitalId, Match, MatchProof, Moment, OpenRequest,
        PurposeOfUse, RecordId, RequestId, Tombstone,
    };
    use frame_support::{pallet_prelude::*, traits::Time};
    use frame_system::{ensure_authorized, pallet_prelude::*};
    use sp_core::H256;

    /// Only the newest layout is in use.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    /// The pallet.
    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    /// Configuration of the pallet by a runtime.
    #[pallet::config]
    pub trait Config:
        frame_system::Config<RuntimeEvent: From<Event<Self>>, AccountId: Into<[u8; 32]>>
    {
        /// Tells the accounts that act for each hospital.
        type Membership: Membership<Self::AccountId>;
        /// Tells whether an entry is registered.
        type RegisteredEntries: RegisteredEntries;
        /// The consortium chain's genesis hash, which is `chain` in every signed message.
        type ChainId: Get<H256>;
        /// The chain's clock, in milliseconds.
        type Time: Time<Moment = Moment>;
        /// Maximum time from now to a grant's expiry, in milliseconds.
        #[pallet::constant]
        type MaxGrantDuration: Get<Moment>;
        /// The time in which a hospital must answer a match, in milliseconds.
        #[pallet::constant]
        type AnswerPeriod: Get<Moment>;
        /// Maximum number of matches of one request.
        #[pallet::constant]
        type MaxMatchesPerRequest: Get<u32>;
        /// Maximum number of live tombstones that one hospital has filed.
        #[pallet::constant]
        type MaxTombstonesPerHospital: Get<u32>;
        /// Weights of the calls.
        type WeightInfo: WeightInfo;

        /// Number of blocks for which a call by a grant key may wait in the pool.
        type Longevity: Get<TransactionLongevity>;
    }

    /// Requests, until their expiry and the answer period have passed.
    ///
    /// A request that is removed is not opened again: the authority's signature binds the expiry.
    #[pallet::storage]
    pub type Requests<T: Config> = StorageMap<_, Blake2_128Concat, RequestId, RequestOf<T>>;

    /// Proved matches by request and record.
    #[pallet::storage]
    pub type Matches<T: Config> =
        StorageDoubleMap<_, Blake2_128Concat, RequestId, Blake2_128Concat, RecordId, Match>;

    /// Number of matches that each hospital left unanswered beyond the answer period. It never
    /// falls.
    #[pallet::storage]
    pub type Unanswered<T: Config> = StorageMap<_, Blake2_128Concat, HospitalId, u32, ValueQuery>;

    /// Number of claims of each hospital that requesters contest. It never falls.
    #[pallet::storage]
    pub type Contested<T: Config> = StorageMap<_, Blake2_128Concat, HospitalId, u32, ValueQuery>;

    /// Revocations of requests that were not opened, until their expiry has passed.
    #[pallet::storage]
    pub type Tombstones<T: Config> = StorageMap<_, Blake2_128Concat, RequestId, Tombstone>;

    /// Number of live tombstones of each hospital.
    #[pallet::storage]
    pub type TombstoneCount<T: Config> =
        StorageMap<_, Blake2_128Concat, HospitalId, u32, ValueQuery>;

    /// Requests and tombstones by the day of their expiry.
    #[pallet::storage]
    pub type Expiring<T: Config> =
        StorageDoubleMap<_, Twox64Concat, Day, Blake2_128Concat, RequestId, ()>;

    /// The first day that may still have an expired request or tombstone.
    #[pallet::storage]
    pub type SweepDay<T: Config> = StorageValue<_, Day>;

    /// Events of the pallet. No event has a keyword, a tag or a patient's identifier.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A grant key opened a request.
        RequestOpened {
            /// The request.
            request: RequestId,
            /// The hospital whose records are requested.
            hospital: HospitalId,
            /// The account that opened the request.
            requester: T::AccountId,
            /// The purpose that the patient allowed.
            purpose: PurposeOfUse,
            /// The first day on which the grant is no longer valid.
            expiry: Day,
        },
        /// A requester proved that a record matches.
        MatchProved {
            /// The request.
            request: RequestId,
            /// The record.
            record: RecordId,
        },
        /// The patient revoked a request.
        RequestRevoked {
            /// The request.
            request: RequestId,
        },
        /// The patient closed a completed request.
        RequestClosed {
            /// The request.
            request: RequestId,
        },
        /// A hospital filed the revocation of a request that was not opened.
        TombstoneFiled {
            /// The request.
            request: RequestId,
            /// The hospital.
            hospital: HospitalId,
        },
        /// An expired request or tombstone was removed.
        Swept {
            /// The request.
            request: RequestId,
        },
        /// The requester asked for a record. The answer period runs.
        DisclosureAsked {
            /// The request.
            request: RequestId,
            /// The record.
            record: RecordId,
            /// The hash of the question.
            ask_hash: H256,
        },
        /// The hospital refused the disclosure.
        DisclosureRefused {
            /// The request.
            request: RequestId,
            /// The record.
            record: RecordId,
        },
        /// The requester contests the claim of the hospital.
        DisclosureContested {
            /// The request.
            request: RequestId,
            /// The record.
            record: RecordId,
            /// The hospital against which it counts.
            hospital: HospitalId,
        },
        /// The hospital claimed that it disclosed a record.
        DisclosureClaimed {
            /// The request.
            request: RequestId,
            /// The record.
            record: RecordId,
        },
        /// The requester confirmed that the record arrived complete.
        DisclosureConfirmed {
            /// The request.
            request: RequestId,
            /// The record.
            record: RecordId,
        },
        /// The hospital did not answer in time.
        DisclosureUnanswered {
            /// The request.
            request: RequestId,
            /// The record.
            record: RecordId,
            /// The hospital against which it counts.
            hospital: HospitalId,
        },
    }

    /// Errors of the calls.
    #[pallet::error]
    pub enum Error<T> {
        /// The request does not exist.
        RequestNotFound,
        /// The request does not have this match.
        MatchNotFound,
        /// The sender does not act for an active hospital, or may not make this call for the
        /// request.
        NotAuthorized,
        /// The grant key has already opened a request.
        RequestAlreadyExists,
        /// This record has already been proved under this request.
        MatchAlreadyExists,
        /// The hospital whose records are requested is not an active member.
        HospitalNotActive,
        /// The expiry has passed, or passed before the answer was due.
        RequestExpired,
        /// The request is revoked or closed.
        RequestNotOpen,
        /// The grant was revoked before its request was opened.
        RequestRevoked,
        /// The tombstone is already filed.
        TombstoneAlreadyExists,
        /// The hospital has the maximum number of live tombstones.
        MaxTombstonesExceeded,
        /// The expiry is later than the maximum duration of a grant allows.
        MaxGrantDurationExceeded,
        /// The request already has the maximum number of matches.
        MaxMatchesPerRequestExceeded,
        /// The entry is not registered at the position in the proof.
        EntryNotRegistered,
        /// The entry does not have this slot.
        InvalidSlot,
        /// The signature does not verify under the key and message, or the key has small order.
        InvalidSignature,
        /// The status of the disclosure does not allow this step.
        InvalidDisclosureStatus,
        /// The hospital still has time to answer.
        AnswerPeriodNotOver,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn on_idle(_: BlockNumberFor<T>, remaining: Weight) -> Weight {
            Self::sweep(remaining)
        }

        #[cfg(feature = "std")]
        fn integrity_test() {
            assert!(
                T::MaxMatchesPerRequest::get() > 0,
                "a request must allow a match"
            );
            assert!(
                T::MaxGrantDuration::get() > 0,
                "a grant must be able to last"
            );
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Opens a request under a grant's one-time key G.
        ///
        /// * Origin: signed by the requester, an account that acts for an active hospital.
        /// * Effect: the request is open until its expiry. G never opens another request.
        /// * Errors: `NotAuthorized`, `HospitalNotActive`, `RequestExpired`,
        ///   `MaxGrantDurationExceeded`, `RequestAlreadyExists`, `RequestRevoked`,
        ///   `InvalidSignature`.
        /// * Events: `RequestOpened`.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::open_request())]
        pub fn open_request(origin: OriginFor<T>, open: OpenRequest) -> DispatchResult {
            let requester = ensure_signed(origin)?;
            Self::do_open_request(requester, open)
        }

        /// Proves that a registered record matches the requester's search (protocol section 7).
        ///
        /// * Origin: signed by the request's requester.
        /// * Effect: the match is stored, and its disclosure is pending.
        /// * Errors: `RequestNotFound`, `NotAuthorized`, `RequestNotOpen`, `RequestExpired`,
        ///   `MatchAlreadyExists`, `MaxMatchesPerRequestExceeded`, `InvalidSlot`,
        ///   `EntryNotRegistered`, `InvalidSignature`.
        /// * Events: `MatchProved`.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::prove_match())]
        pub fn prove_match(origin: OriginFor<T>, proof: MatchProof) -> DispatchResult {
            let requester = ensure_signed(origin)?;
            Self::do_prove_match(requester, proof)
        }

        /// Revokes a request. Every later disclosure under it is refused.
        ///
        /// * Origin: anyone with G's signature over [`bspp_types::messages::revoke_message`],
        ///   because the patient is not a member and has no account here. Any other origin is
        ///   refused.
        /// * Effect: the request is revoked for ever.
        /// * Errors: `RequestNotFound`, `RequestNotOpen`. In the pool:
        ///   [`bspp_primitives::refusal::REQUEST_NOT_FOUND`], `Stale`, `BadProof`.
        /// * Events: `RequestRevoked`.
        #[pallet::call_index(2)]
        #[pallet::weight((T::WeightInfo::revoke_request(), DispatchClass::Operational))]
        #[pallet::weight_of_authorize(T::WeightInfo::authorize_grant_key())]
        #[pallet::authorize(Self::authorize_revoke)]
        pub fn revoke_request(
            origin: OriginFor<T>,
            request: RequestId,
            _signature: Ed25519Signature,
        ) -> DispatchResult {
            ensure_authorized(origin)?;
            Self::do_revoke_request(request)
        }

        /// Closes a completed request.
        ///
        /// * Origin: anyone with G's signature over [`bspp_types::messages::close_message`]. Any
        ///   other origin is refused.
        /// * Effect: the request is closed for ever.
        /// * Errors: as for `revoke_request`.
        /// * Events: `RequestClosed`.
        #[pallet::call_index(3)]
        #[pallet::weight((T::WeightInfo::close_request(), DispatchClass::Operational))]
        #[pallet::weight_of_authorize(T::WeightInfo::authorize_grant_key())]
        #[pallet::authorize(Self::authorize_close)]
        pub fn close_request(
            origin: OriginFor<T>,
            request: RequestId,
            _signature: Ed25519Signature,
        ) -> DispatchResult {
            ensure_authorized(origin)?;
            Self::do_close_request(request)
        }

        /// Claims that the hospital has disclosed a matched record. Late answers count too.
        ///
        /// * Origin: signed by the operator of the request's hospital.
        /// * Effect: the disclosure goes from any status but claimed and confirmed to claimed.
        /// * Errors: `RequestNotFound`, `NotAuthorized`, `MatchNotFound`,
        ///   `InvalidDisclosureStatus`.
        /// * Events: `DisclosureClaimed`.
        #[pallet::call_index(4)]
        #[pallet::weight(T::WeightInfo::claim_disclosure())]
        pub fn claim_disclosure(
            origin: OriginFor<T>,
            request: RequestId,
            record: RecordId,
        ) -> DispatchResult {
            let operator = ensure_signed(origin)?;
            Self::do_claim_disclosure(operator, request, record)
        }

        /// Confirms that a record has arrived and agrees with its entry.
        ///
        /// * Origin: signed by the request's requester.
        /// * Effect: the disclosure goes from pending, asked, claimed or contested to confirmed.
        /// * Errors: `RequestNotFound`, `NotAuthorized`, `MatchNotFound`,
        ///   `InvalidDisclosureStatus`.
        /// * Events: `DisclosureConfirmed`.
        #[pallet::call_index(5)]
        #[pallet::weight(T::WeightInfo::confirm_disclosure())]
        pub fn confirm_disclosure(
            origin: OriginFor<T>,
            request: RequestId,
            record: RecordId,
        ) -> DispatchResult {
            let requester = ensure_signed(origin)?;
            Self::do_confirm_disclosure(requester, request, record)
        }

        /// Flags a question that the hospital left unanswered for the whole answer period.
        ///
        /// Only a record that was asked for on chain counts. The request must have been open all
        /// that time and must still be neither revoked nor closed.
        ///
        /// * Origin: signed by the request's requester.
        /// * Effect: the disclosure goes from asked to unanswered; it counts against the hospital
        ///   for ever.
        /// * Errors: `RequestNotFound`, `NotAuthorized`, `RequestNotOpen`, `MatchNotFound`,
        ///   `InvalidDisclosureStatus`, `RequestExpired`, `AnswerPeriodNotOver`.
        /// * Events: `DisclosureUnanswered`.
        #[pallet::call_index(6)]
        #[pallet::weight(T::WeightInfo::flag_unanswered())]
        pub fn flag_unanswered(
            origin: OriginFor<T>,
            request: RequestId,
            record: RecordId,
        ) -> DispatchResult {
            let requester = ensure_signed(origin)?;
            Self::do_flag_unanswered(requester, request, record)
        }

        /// Asks for a matched record, once. The answer period begins.
        ///
        /// * Origin: signed by the request's requester, which still acts for an active hospital.
        /// * Effect: the disclosure goes from pending to asked. `ask_hash` is
        ///   [`bspp_types::messages::ask_hash`] of the question that the hospital received.
        /// * Errors: `RequestNotFound`, `NotAuthorized`, `RequestNotOpen`, `RequestExpired`,
        ///   `MatchNotFound`, `InvalidDisclosureStatus`.
        /// * Events: `DisclosureAsked`.
        #[pallet::call_index(7)]
        #[pallet::weight(T::WeightInfo::ask_disclosure())]
        pub fn ask_disclosure(
            origin: OriginFor<T>,
            request: RequestId,
            record: RecordId,
            ask_hash: H256,
        ) -> DispatchResult {
            let requester = ensure_signed(origin)?;
            Self::do_ask_disclosure(requester, request, record, ask_hash)
        }

        /// Refuses a disclosure that was asked for. It says no reason.
        ///
        /// It is also the answer to a question whose hash is here and that never arrived.
        ///
        /// * Origin: signed by the operator of the request's hospital.
        /// * Effect: the disclosure goes from asked to refused; the answer period ends.
        /// * Errors: `RequestNotFound`, `NotAuthorized`, `MatchNotFound`,
        ///   `InvalidDisclosureStatus`.
        /// * Events: `DisclosureRefused`.
        #[pallet::call_index(8)]
        #[pallet::weight(T::WeightInfo::refuse_disclosure())]
        pub fn refuse_disclosure(
            origin: OriginFor<T>,
            request: RequestId,
            record: RecordId,
        ) -> DispatchResult {
            let operator = ensure_signed(origin)?;
            Self::do_refuse_disclosure(operator, request, record)
        }

        /// Contests a claim: the record did not arrive, or does not fit its entry.
        ///
        /// * Origin: signed by the request's requester.
        /// * Effect: the disclosure goes from claimed to contested; it counts against the hospital
        ///   for ever.
        /// * Errors: `RequestNotFound`, `NotAuthorized`, `MatchNotFound`,
        ///   `InvalidDisclosureStatus`.
        /// * Events: `DisclosureContested`.
        #[pallet::call_index(9)]
        #[pallet::weight(T::WeightInfo::contest_claim())]
        pub fn contest_claim(
            origin: OriginFor<T>,
            request: RequestId,
            record: RecordId,
        ) -> DispatchResult {
            let requester = ensure_signed(origin)?;
            Self::do_contest_claim(requester, request, record)
        }

        /// Files the revocation of a request, opened or not.
        ///
        /// Patients have no account here and no quota: a hospital files it for its patient, from
        /// its own quota.
        ///
        /// * Origin: signed by the operator of an active hospital, with the authority's signature
        ///   over [`bspp_types::messages::tombstone_message`].
        /// * Effect: if the request is open, it is revoked. If it does not exist, it cannot be
        ///   opened before `expiry`.
        /// * Errors: `NotAuthorized`, `RequestExpired`, `MaxGrantDurationExceeded`,
        ///   `InvalidSignature`, `RequestNotOpen`, `TombstoneAlreadyExists`,
        ///   `MaxTombstonesExceeded`.
        /// * Events: `RequestRevoked` or `TombstoneFiled`.
        #[pallet::call_index(10)]
        #[pallet::weight(T::WeightInfo::file_tombstone())]
        pub fn file_tombstone(
            origin: OriginFor<T>,
            authority: Authority,
            expiry: Day,
            signature: Ed25519Signature,
        ) -> DispatchResult {
            let operator = ensure_signed(origin)?;
            Self::do_file_tombstone(operator, authority, expiry, signature)
        }
    }
}
