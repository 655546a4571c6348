// SPDX-License-Identifier: Apache-2.0
#![cfg_attr(not(feature = "std"), no_std)]
#![doc = include_str!("../README.md")]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod consents;
mod enrolment;
pub mod labels;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;
mod try_state;
pub mod types;
pub mod weights;
pub mod withdrawal;

pub use pallet::*;
pub use weights::WeightInfo;

// FRAME's macros expand to `expect`s on constant metadata. A call with a bundle is large, but is
// never stored.
#[allow(clippy::expect_used, clippy::large_enum_variant)]
#[frame_support::pallet]
pub mod pallet {
    //! Storage, events, errors and calls.

    use crate::{
        types::{Label, Rise},
        WeightInfo,
    };
    use bspp_peks::{G1Bytes, LabelVersion, PatientBundle};
    use bspp_primitives::traits::{BundleVerifier, HospitalChain, Staff};
    use bspp_types::{
        Consent, ConsentId, ConsentTerms, Ed25519Signature, FilingMonth, Moment, Patient, X25519Key,
    };
    use frame_support::{pallet_prelude::*, traits::Time};
    use frame_system::{ensure_authorized, pallet_prelude::*};

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
        /// Tells the accounts that may enrol patients and register consents.
        type Staff: Staff<Self::AccountId>;
        /// Verifies points, proofs of possession and the signature of a patient's bundle.
        type BundleVerifier: BundleVerifier;
        /// The chain's clock, in milliseconds.
        type Time: Time<Moment = Moment>;
        /// Weights of the calls.
        type WeightInfo: WeightInfo;

        /// Number of blocks for which a withdrawal or a rise may wait in the pool.
        type Longevity: Get<TransactionLongevity>;
    }

    /// Patients by their account here, a pseudonym that no other hospital sees.
    #[pallet::storage]
    pub type Patients<T: Config> = StorageMap<_, Blake2_128Concat, [u8; 32], Patient>;

    /// The patient that uses a point as search key or open key. No two patients share one.
    #[pallet::storage]
    pub type UsedPoints<T: Config> = StorageMap<_, Blake2_128Concat, G1Bytes, [u8; 32]>;

    /// The patient that uses an X25519 key. No two patients share one.
    ///
    /// The unused bit of a key is zero here, because X25519 ignores it.
    #[pallet::storage]
    pub type UsedX25519Keys<T: Config> = StorageMap<_, Blake2_128Concat, X25519Key, [u8; 32]>;

    /// Label versions by patient. A patient that is not here has version 0.
    #[pallet::storage]
    pub type LabelVersions<T: Config> =
        StorageMap<_, Blake2_128Concat, [u8; 32], Label, ValueQuery>;

    /// The last rise of a label version in each month, by patient and month.
    ///
    /// A patient has maximum one value for each month.
    #[pallet::storage]
    pub type LabelRises<T: Config> =
        StorageDoubleMap<_, Blake2_128Concat, [u8; 32], Twox64Concat, FilingMonth, Rise>;

    /// Consents, including withdrawn ones.
    #[pallet::storage]
    pub type Consents<T: Config> = StorageMap<_, Blake2_128Concat, ConsentId, Consent>;

    /// Events of the pallet. They contain nothing of a patient but the account here.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A patient was enrolled.
        PatientEnrolled {
            /// The patient's account here.
            patient: [u8; 32],
        },
        /// A patient's consent was registered.
        ConsentRegistered {
            /// The consent.
            consent: ConsentId,
            /// The patient's account here.
            patient: [u8; 32],
        },
        /// A patient withdrew a consent.
        ConsentWithdrawn {
            /// The consent.
            consent: ConsentId,
        },
        /// A patient raised the label version: later records have other labels.
        LabelVersionRaised {
            /// The patient's account here.
            patient: [u8; 32],
            /// The new version.
            version: LabelVersion,
        },
    }

    /// Errors of the calls.
    #[pallet::error]
    pub enum Error<T> {
        /// The sender is neither staff nor an admin.
        NotAuthorized,
        /// The account is already enrolled.
        PatientAlreadyExists,
        /// Another patient is enrolled with a key of the bundle.
        KeyAlreadyExists,
        /// The patient does not exist.
        PatientNotFound,
        /// The bundle is not valid for this chain and hospital.
        ///
        /// A point, a proof of possession or the signature is wrong.
        InvalidBundle,
        /// The same consent is already registered.
        ConsentAlreadyExists,
        /// The consent does not exist.
        ConsentNotFound,
        /// The consent is already withdrawn.
        ConsentWithdrawn,
        /// The consent ends before it begins.
        InvalidConsentPeriod,
        /// The signature is not a signature by the patient over the expected message.
        InvalidSignature,
        /// The version is not the patient's next label version.
        LabelVersionMismatch,
        /// The time is in the future, or before the time of the patient's earlier rise.
        InvalidRevokeBefore,
        /// The patient's label version has risen too often this month.
        MaxLabelRisesPerMonthExceeded,
        /// The clock shows a time outside the range of filing months.
        InvalidFilingMonth,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Enrols a patient with the public keys in the bundle.
        ///
        /// * Origin: signed by staff or an admin.
        /// * Effect: consents of this patient can be registered, and no other patient can be
        ///   enrolled with a key of the bundle.
        /// * Errors: `NotAuthorized`, `PatientAlreadyExists`, `KeyAlreadyExists`, `InvalidBundle`.
        /// * Events: `PatientEnrolled`.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::enrol_patient())]
        pub fn enrol_patient(origin: OriginFor<T>, bundle: PatientBundle) -> DispatchResult {
            Self::ensure_may_enrol(origin)?;
            Self::do_enrol_patient(bundle)
        }

        /// Registers a consent that an enrolled patient signed.
        ///
        /// Under the consent, records of these filing months may be stored and indexed.
        ///
        /// * Origin: signed by staff or an admin.
        /// * Effect: records may name the consent.
        /// * Errors: `NotAuthorized`, `PatientNotFound`, `InvalidConsentPeriod`,
        ///   `ConsentAlreadyExists`, `InvalidSignature`.
        /// * Events: `ConsentRegistered`.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::register_consent())]
        pub fn register_consent(
            origin: OriginFor<T>,
            terms: ConsentTerms,
            signature: Ed25519Signature,
        ) -> DispatchResult {
            Self::ensure_may_enrol(origin)?;
            Self::do_register_consent(terms, signature)
        }

        /// Withdraws a consent. No later record can be stored under it.
        ///
        /// * Origin: anyone with the patient's signature over
        ///   [`bspp_types::messages::consent_withdrawal_message`], because patients do not send
        ///   signed transactions. Any other origin is refused.
        /// * Effect: the consent is withdrawn for ever.
        /// * Errors: `ConsentNotFound`, `ConsentWithdrawn`. In the pool:
        ///   [`bspp_primitives::refusal::CONSENT_NOT_FOUND`], `Stale`, `BadProof`.
        /// * Events: `ConsentWithdrawn`.
        #[pallet::call_index(2)]
        #[pallet::weight((T::WeightInfo::withdraw_consent(), DispatchClass::Operational))]
        #[pallet::weight_of_authorize(T::WeightInfo::authorize_withdrawal())]
        #[pallet::authorize(Self::authorize_withdrawal)]
        pub fn withdraw_consent(
            origin: OriginFor<T>,
            consent: ConsentId,
            _signature: Ed25519Signature,
        ) -> DispatchResult {
            ensure_authorized(origin)?;
            Self::do_withdraw_consent(consent)
        }

        /// Raises a patient's label version: records that are filed later have other labels.
        ///
        /// Grants that were issued before `revoke_before` are thereby revoked.
        ///
        /// * Origin: anyone with the patient's signature over
        ///   [`bspp_types::messages::label_version_message`], because patients do not send signed
        ///   transactions. Any other origin is refused.
        /// * Effect: `version` is in force. It must be the next one; the maximum number of rises in
        ///   a month is [`bspp_types::limits::MAX_LABEL_RISES_PER_MONTH`]; `revoke_before` must not
        ///   be later than the chain's clock and never goes back.
        /// * Errors: `PatientNotFound`, `LabelVersionMismatch`, `InvalidRevokeBefore`,
        ///   `MaxLabelRisesPerMonthExceeded`, `InvalidFilingMonth`. In the pool: the codes of
        ///   [`bspp_primitives::refusal`] with these names, `Stale` for a version that is already
        ///   in force, `Future` for one after the next, `BadProof`.
        /// * Events: `LabelVersionRaised`.
        #[pallet::call_index(3)]
        #[pallet::weight((T::WeightInfo::raise_label_version(), DispatchClass::Operational))]
        #[pallet::weight_of_authorize(T::WeightInfo::authorize_rise())]
        #[pallet::authorize(Self::authorize_rise)]
        pub fn raise_label_version(
            origin: OriginFor<T>,
            account: [u8; 32],
            version: LabelVersion,
            revoke_before: Moment,
            _signature: Ed25519Signature,
        ) -> DispatchResult {
            ensure_authorized(origin)?;
            Self::do_raise_label_version(account, version, revoke_before)
        }
    }
}
