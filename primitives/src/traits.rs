// SPDX-License-Identifier: Apache-2.0
//! What one pallet needs of another. Implemented by pallets, wired in a runtime's `configs/`.

use crate::{
    BatchHeader, ConsentId, Entry, EntryProof, Epoch, HospitalId, PatientBundle, Sequence,
    X25519Key,
};
use alloc::vec::Vec;
use sp_core::H256;
use sp_runtime::transaction_validity::TransactionValidityError;

/// Who acts for which hospital on the consortium. Only active hospitals count.
pub trait Membership<AccountId> {
    /// The active hospital for which `who` acts, as operator or delegate.
    fn hospital_of(who: &AccountId) -> Option<HospitalId>;
    /// Whether `who` is the operator of this active hospital.
    fn is_operator(who: &AccountId, hospital: &HospitalId) -> bool;
    /// Whether the hospital is an active member.
    fn is_active(hospital: &HospitalId) -> bool;
    /// The hospital's X25519 key in force in `epoch`.
    fn encryption_key(hospital: &HospitalId, epoch: Epoch) -> Option<X25519Key>;
    /// Registers an active member for tests and benchmarks.
    #[cfg(feature = "runtime-benchmarks")]
    fn make_member(hospital: &HospitalId, operator: &AccountId, delegate: &AccountId);
}

/// State of hospital chains, read by proof against an anchored head.
pub trait AnchoredState {
    /// Why a read fails.
    type Error: Into<sp_runtime::DispatchError>;
    /// The value under `key` in the state of the anchored block `head` of `hospital`.
    fn read(
        hospital: &HospitalId,
        head: &H256,
        proof: Vec<Vec<u8>>,
        key: &[u8],
    ) -> Result<Vec<u8>, Self::Error>;
}

/// Which entries are registered.
pub trait RegisteredEntries {
    /// Whether `entry` stands, by `path`, in the registered entry block `sequence` of `hospital`.
    fn is_registered(
        hospital: &HospitalId,
        sequence: Sequence,
        entry: &Entry,
        path: &EntryProof,
    ) -> bool;
    /// Registers one block with these entries for benchmarks; returns its sequence.
    #[cfg(feature = "runtime-benchmarks")]
    fn make_registered(hospital: &HospitalId, entries: &[Entry]) -> Sequence;
}

/// Verifies the proof of knowledge of a batch header.
pub trait BatchVerifier {
    /// Whether the header's point is valid and its proof holds on `chain`.
    fn verify(header: &BatchHeader, chain: &H256) -> bool;
}

/// Verifies a patient's bundle.
pub trait BundleVerifier {
    /// Whether points, proofs of possession and signature hold for this chain and hospital.
    fn verify(bundle: &PatientBundle, chain: &H256, hospital: &HospitalId) -> bool;
}

/// Patients' consents on a hospital chain.
pub trait Consents {
    /// Whether `consent` is the patient's, not withdrawn, and covers `epoch`.
    fn covers(consent: &ConsentId, patient: &[u8; 32], epoch: Epoch) -> bool;
}

/// Who may do what on a hospital chain.
pub trait Staff<AccountId> {
    /// Whether `who` may store records: a clinician or the gateway in good standing.
    fn may_store(who: &AccountId) -> bool;
}

/// Admission of transactions on a chain without fees: members only, and each within its quota.
pub trait Admission<AccountId, Call> {
    /// Whether the call keeps the chain going (anchors, revocations, governance): goes first, free of quota.
    fn is_operational(call: &Call) -> bool;
    /// Refuses who may not transact. Otherwise says how much of the quota is used, in parts per thousand.
    fn check(
        who: &AccountId,
        call: &Call,
        weight: u64,
        len: u32,
    ) -> Result<u16, TransactionValidityError>;
    /// Charges the quota. Called once for each transaction that enters a block.
    fn charge(
        who: &AccountId,
        call: &Call,
        weight: u64,
        len: u32,
    ) -> Result<(), TransactionValidityError>;
}

/// Why [`Admission`] refuses a transaction: the code in `InvalidTransaction::Custom`. Same on both chains.
pub mod refusal {
    /// The account is not a member of this chain, or no longer.
    pub const NOT_MEMBER: u8 = 1;
    /// The account's hospital (or the account itself) is suspended.
    pub const SUSPENDED: u8 = 2;
    /// The member's quota for this session is used up.
    pub const QUOTA_EXCEEDED: u8 = 3;
    /// The account is admitted, but not for this call.
    pub const CALL_NOT_AUTHORIZED: u8 = 4;
}
