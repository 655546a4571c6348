// SPDX-License-Identifier: Apache-2.0
//! Needs of one pallet that another pallet meets.
//!
//! Pallets implement the traits, and a runtime connects them in its `configs/`.

use crate::conformance::{ContentDigest, Evidence, Shortfall, StandingFault};
use alloc::vec::Vec;
use bspp_peks::{BatchHeader, PatientBundle};
use bspp_types::{
    ConsentId, Entry, EntryProof, FilingMonth, HospitalId, Sequence, X25519Key, H256,
};
use sp_runtime::{transaction_validity::TransactionValidityError, Weight};

/// Accounts that act for hospitals on the consortium. Only active hospitals count.
pub trait Membership<AccountId> {
    /// The active hospital for which `who` acts, as operator or requester.
    fn hospital_of(who: &AccountId) -> Option<HospitalId>;
    /// Whether `who` is the operator of this active hospital.
    fn is_operator(who: &AccountId, hospital: &HospitalId) -> bool;
    /// Whether the hospital is an active member.
    fn is_active(hospital: &HospitalId) -> bool;
    /// The hospital's X25519 key in force in `filing_month`.
    fn encryption_key(hospital: &HospitalId, filing_month: FilingMonth) -> Option<X25519Key>;
    /// The registered X25519 key of a requester.
    fn requester_key(who: &AccountId) -> Option<X25519Key>;
    /// Registers an active member for tests and benchmarks.
    #[cfg(feature = "runtime-benchmarks")]
    fn make_member(hospital: &HospitalId, operator: &AccountId, requester: &AccountId);
}

/// State of hospital chains, read by proof against an anchored head.
pub trait AnchoredState {
    /// The reason why a read fails.
    type Error: Into<sp_runtime::DispatchError>;
    /// The value under `key` in the state of the anchored block `head` of `hospital`.
    fn read(
        hospital: &HospitalId,
        head: &H256,
        proof: Vec<Vec<u8>>,
        key: &[u8],
    ) -> Result<Vec<u8>, Self::Error>;
}

/// Proofs that entries are registered.
pub trait RegisteredEntries {
    /// Whether `path` proves `entry` in the registered entry block `sequence` of `hospital`.
    fn is_registered(
        hospital: &HospitalId,
        sequence: Sequence,
        entry: &Entry,
        path: &EntryProof,
    ) -> bool;
    /// Registers one block with these entries for benchmarks; returns its sequence number.
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
    /// Whether points, proofs of possession and the signature hold for this chain and hospital.
    fn verify(bundle: &PatientBundle, chain: &H256, hospital: &HospitalId) -> bool;
}

/// Patients' consents on a hospital chain.
pub trait Consents {
    /// Whether `consent` belongs to the patient, is not withdrawn, and covers `filing_month`.
    fn covers(consent: &ConsentId, patient: &[u8; 32], filing_month: FilingMonth) -> bool;
}

/// The hospital and the consortium of this chain, which every signed message binds.
pub trait HospitalChain {
    /// The hospital's identifier on the consortium chain.
    fn hospital() -> HospitalId;
    /// Genesis hash of the consortium chain, which the protocol calls `chain`.
    fn chain() -> H256;
}

/// The staff of a hospital: accounts that its admins named, of clinicians or of the gateway.
pub trait Staff<AccountId> {
    /// Whether `who` may store records: staff only.
    fn may_store(who: &AccountId) -> bool;
    /// Whether `who` may enrol patients and register their consents: staff and admins.
    fn may_enrol(who: &AccountId) -> bool;
    /// Makes an account staff, for benchmarks.
    #[cfg(feature = "runtime-benchmarks")]
    fn make_staff(who: &AccountId);
}

/// Rules that decide which accounts may author blocks of a chain, and with what evidence.
///
/// Each chain has rules of its own (protocol section 9).
pub trait ConformancePolicy<AccountId, Call> {
    /// Parameters of the gate that the chain may change.
    type Parameters;
    /// Whether the author may author at all. It ignores suspensions of single authors.
    fn standing(author: &AccountId) -> Result<(), StandingFault>;
    /// The evidence that the state holds for the author, or the shortfall.
    fn evidence(author: &AccountId, parameters: &Self::Parameters) -> Result<Evidence, Shortfall>;
    /// Whether a restricted block may contain a call. It must be true for inherents.
    fn is_operational(call: &Call) -> bool;
    /// The parameters of a chain whose genesis does not name any.
    ///
    /// It is called at genesis and may read the state.
    fn genesis_parameters() -> Self::Parameters
    where
        Self::Parameters: Default,
    {
        Self::Parameters::default()
    }
    /// Whether these parameters keep the chain going.
    fn is_valid(parameters: &Self::Parameters) -> bool;
    /// Gives an author standing and evidence, for benchmarks.
    #[cfg(feature = "runtime-benchmarks")]
    fn make_conformant(author: &AccountId);
}

/// The content that a block registered or stored.
pub trait BlockContent {
    /// The content of the current block.
    ///
    /// It is called after the last extrinsic, before `on_finalize` of the pallet that keeps the
    /// content.
    fn content() -> ContentDigest;
}

/// Suspensions of single authors, and their effect on the sets of authors.
pub trait AuthorStandings<AccountId> {
    /// Whether the author itself is suspended. It ignores the author's hospital.
    fn is_suspended(author: &AccountId) -> bool;
    /// Whether the `leaving` authors may leave the current and the next set of authors.
    ///
    /// Each set must keep another author in good standing.
    fn may_leave(leaving: &[AccountId]) -> bool;
    /// Takes authors out of the next session's set, in which they would have no standing.
    fn leave_next_session(leaving: &[AccountId]);
}

/// An implementation for runtimes and mocks without a gate.
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
    /// The authors of this session.
    fn current() -> Vec<AccountId>;
    /// The authors of the next session.
    fn queued() -> Vec<AccountId>;
    /// Takes authors out of the next session's set, but never the last one.
    fn drop_queued(leaving: &[AccountId]);
}

/// The slot of the current block.
pub trait CurrentSlot {
    /// The slot.
    fn current_slot() -> u64;
    /// Sets the slot, for benchmarks.
    #[cfg(feature = "runtime-benchmarks")]
    fn set_slot(slot: u64);
}

/// Anchors of hospital chains on the consortium, from which authors' evidence is made.
pub trait Anchorage {
    /// Facts of the newest anchored head, or the shortfall if there is none.
    fn anchored(hospital: &HospitalId) -> Result<AnchorFacts, Shortfall>;
    /// The slot since which the hospital's next entry block waits for registration.
    ///
    /// This is the slot of the oldest remembered anchoring whose head counts more than `registered`
    /// entry blocks. `None` if no entry block waits.
    fn waiting_since(hospital: &HospitalId, registered: Sequence) -> Option<u64>;
}

/// Facts that [`Anchorage`] reports about an anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, codec::Encode)]
pub struct AnchorFacts {
    /// Hash of the newest anchored head.
    pub head: H256,
    /// Consortium slot in which it was anchored.
    pub anchored_slot: u64,
    /// Number of entry blocks of the hospital chain up to the head.
    pub entry_blocks: Sequence,
}

/// Learns of the heads that finality proofs anchored.
pub trait OnAnchored {
    /// A finality proof anchored a head of this height of a hospital chain.
    ///
    /// It is not called for heads with which the council starts or restarts an anchor.
    fn on_anchored(hospital: &HospitalId, number: u32);
    /// The weight of [`Self::on_anchored`].
    fn weight() -> Weight {
        Weight::zero()
    }
}

impl OnAnchored for () {
    fn on_anchored(_: &HospitalId, _: u32) {}
}

/// The number of registered entry blocks of a hospital chain.
pub trait RegisteredCount {
    /// The count, which is the sequence number of the entry block that must be registered next.
    fn registered(hospital: &HospitalId) -> Sequence;
}

/// Suspends a hospital after a proof against it.
pub trait SuspendHospital {
    /// Suspends it. Fails if it is not a hospital, or if too few authors would remain.
    fn suspend(hospital: &HospitalId) -> Result<(), sp_runtime::DispatchError>;
}

/// Admission of transactions on a chain without fees: only members, within their quotas.
pub trait Admission<AccountId, Call> {
    /// Whether the call keeps the chain going: anchors, revocations, governance.
    ///
    /// Such a call goes first and is free of quota.
    fn is_operational(call: &Call) -> bool;
    /// Refuses accounts that may not transact, with a code of [`crate::refusal`].
    ///
    /// Otherwise it returns the used part of the quota, in parts per thousand.
    fn check(
        who: &AccountId,
        call: &Call,
        weight: u64,
        len: u32,
    ) -> Result<u16, TransactionValidityError>;
    /// Charges the quota. It is called once for each transaction that a block includes.
    fn charge(
        who: &AccountId,
        call: &Call,
        weight: u64,
        len: u32,
    ) -> Result<(), TransactionValidityError>;
}
