// SPDX-License-Identifier: Apache-2.0
//! What one pallet needs of another. Implemented by pallets, wired in a runtime's `configs/`.

use crate::{
    conformance::{ContentDigest, Evidence, Shortfall, StandingFault},
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

/// Who may author blocks of a chain, and with what evidence. One for each chain: protocol section 9.
pub trait ConformancePolicy<AccountId, Call> {
    /// What the chain may change about its gate.
    type Parameters;
    /// Whether the author may author at all, suspensions of single authors apart.
    fn standing(author: &AccountId) -> Result<(), StandingFault>;
    /// What the state holds for the author, until which slot it is good, and what is lacking then.
    fn evidence(author: &AccountId, parameters: &Self::Parameters) -> Result<Evidence, Shortfall>;
    /// Whether a call may stand in a restricted block. Inherents must.
    fn is_operational(call: &Call) -> bool;
    /// Whether these parameters keep the chain going.
    fn is_valid(parameters: &Self::Parameters) -> bool;
    /// Gives an author standing and evidence, for benchmarks.
    #[cfg(feature = "runtime-benchmarks")]
    fn make_conformant(author: &AccountId);
}

/// What a block registered or stored.
pub trait BlockContent {
    /// The content of the block that is being executed; asked for after its last extrinsic, before `on_finalize` of the pallet
    /// that keeps it.
    fn content() -> ContentDigest;
}

/// Suspensions of single authors, and whether somebody may still author.
pub trait AuthorStandings<AccountId> {
    /// Whether the author itself is suspended. Its hospital is not looked at.
    fn is_suspended(author: &AccountId) -> bool;
    /// Whether, without the `leaving`, the current and the next set of authors each keep one in good standing.
    fn may_leave(leaving: &[AccountId]) -> bool;
    /// Takes authors out of the next session's set: they would have no standing in it.
    fn leave_next_session(leaving: &[AccountId]);
}

/// For runtimes and mocks without a gate.
impl<AccountId> AuthorStandings<AccountId> for () {
    fn is_suspended(_: &AccountId) -> bool {
        false
    }
    fn may_leave(_: &[AccountId]) -> bool {
        true
    }
    fn leave_next_session(_: &[AccountId]) {}
}

/// The sets of authors that the session pallet keeps.
pub trait AuthorSets<AccountId> {
    /// Who authors in this session.
    fn current() -> Vec<AccountId>;
    /// Who authors in the next one.
    fn queued() -> Vec<AccountId>;
    /// Takes authors out of the next session's set. Never the last one.
    fn drop_queued(leaving: &[AccountId]);
}

/// The slot of the block that is being executed.
pub trait CurrentSlot {
    /// The slot.
    fn current_slot() -> u64;
    /// Sets it, for benchmarks.
    #[cfg(feature = "runtime-benchmarks")]
    fn set_slot(slot: u64);
}

/// How a hospital's chain stands on the consortium: what its authors' evidence is made of.
pub trait Anchorage {
    /// The newest anchored head: slot of its anchoring, its hash and the entry blocks up to it. `Err` says why there is none.
    fn anchored(hospital: &HospitalId) -> Result<AnchorFacts, Shortfall>;
    /// Slot of the oldest anchoring that is remembered whose head counts more than `registered` entry blocks: since when the next one
    /// waits. `None` if nothing waits.
    fn waiting_since(hospital: &HospitalId, registered: Sequence) -> Option<u64>;
}

/// What [`Anchorage`] says of an anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, codec::Encode)]
pub struct AnchorFacts {
    /// Hash of the newest anchored head.
    pub head: H256,
    /// Consortium slot in which it was anchored.
    pub anchored_slot: u64,
    /// Entry blocks of the hospital chain up to it.
    pub entry_blocks: Sequence,
}

/// How many entry blocks of a hospital chain are registered.
pub trait RegisteredCount {
    /// The count: sequence of the entry block that must be registered next.
    fn registered(hospital: &HospitalId) -> Sequence;
}

/// Suspends a hospital for what was proved against it.
pub trait SuspendHospital {
    /// Suspends it; an error if it is none, or too few authors would remain.
    fn suspend(hospital: &HospitalId) -> Result<(), sp_runtime::DispatchError>;
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
