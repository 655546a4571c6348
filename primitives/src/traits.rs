// SPDX-License-Identifier: Apache-2.0
//! Needs of one pallet that another pallet meets.
//!
//! Pallets implement the traits, and a runtime connects them in its `configs/`.

use crate::{
    conformance::{CallClass, ContentDigest, Evidence, Shortfall, StandingFault},
    quota::Quota,
};
use alloc::vec::Vec;
use bspp_peks::{BatchHeader, PatientBundle};
use bspp_types::{
    ConsentId, Entry, EntryProof, FilingMonth, HospitalId, Sequence, X25519Key, H256,
};
use sp_core::{ed25519, sr25519};
use sp_runtime::{transaction_validity::TransactionValidityError, Weight};

/// Accounts that act for hospitals on the consortium. Only active hospitals count.
pub trait Membership<AccountId> {
    /// The active hospital for which `who` acts, as operator or requester.
    fn hospital_of(who: &AccountId) -> Option<HospitalId>;
    /// Whether `who` is the operator of this active hospital.
    fn is_operator(who: &AccountId, hospital: &HospitalId) -> bool;
    /// Whether `who` may send anchors: the operator or the anchorer of an active hospital.
    fn may_anchor(who: &AccountId) -> bool {
        Self::hospital_of(who).is_some_and(|hospital| Self::is_operator(who, &hospital))
    }
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
    /// Whether every block may contain a call. It must be true for inherents.
    fn is_operational(call: &Call) -> bool;
    /// The class of a call, by which a restricted block admits it.
    ///
    /// An operational call must have the class `Operational`.
    fn class_of(call: &Call) -> CallClass {
        if Self::is_operational(call) {
            CallClass::Operational
        } else {
            CallClass::Ordinary
        }
    }
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
    /// The present hospital of an author. A hospital's own chain has none.
    fn hospital_of(_author: &AccountId) -> Option<HospitalId> {
        None
    }
    /// Gives an author standing and evidence, for benchmarks.
    #[cfg(feature = "runtime-benchmarks")]
    fn make_conformant(author: &AccountId);
    /// A new Aura key, for benchmarks. The default keeps the secret in the host's keystore.
    #[cfg(feature = "runtime-benchmarks")]
    fn new_aura_key() -> sr25519::Public {
        sp_io::crypto::sr25519_generate(sp_core::crypto::key_types::AURA, None)
    }
    /// The signature by a key of `new_aura_key`, for benchmarks.
    #[cfg(feature = "runtime-benchmarks")]
    fn sign_by_aura_key(key: &sr25519::Public, message: &[u8]) -> Option<sr25519::Signature> {
        sp_io::crypto::sr25519_sign(sp_core::crypto::key_types::AURA, key, message)
    }
}

/// The keys by which the blocks and the votes of an author are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorKeys<AccountId> {
    /// The author.
    pub author: AccountId,
    /// Its Aura key.
    pub aura: sr25519::Public,
    /// Its GRANDPA key.
    pub grandpa: ed25519::Public,
}

/// The owner of a key in a past or present session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyOwner<AccountId> {
    /// The author.
    pub author: AccountId,
    /// The author's hospital when the session began, if a hospital has it.
    pub hospital: Option<HospitalId>,
    /// Number of authors in the session.
    pub authors: u32,
}

/// The keys of the authors of the last sessions.
///
/// Keys are proved by these records even after the session has ended, the keys were rotated or the
/// author was removed.
pub trait KeyRecords<AccountId> {
    /// Records the authors of a session that begins, in the order of their turns.
    fn record(session: u32, authors: Vec<AuthorKeys<AccountId>>);
    /// The owner of a GRANDPA key in a session. `None` if the records do not have the key.
    fn owner(session: u32, grandpa: &[u8]) -> Option<KeyOwner<AccountId>>;
}

/// The content that a block registered or stored.
pub trait BlockContent {
    /// The content of the current block.
    ///
    /// It is called after the last extrinsic, before `on_finalize` of the pallet that keeps the
    /// content.
    fn content() -> ContentDigest;
}

/// The payloads that a chain's records have, for proof of storage.
pub trait StoredPayloads {
    /// Number of payloads.
    fn count() -> u32;
    /// The hash of the payload at a position below the count.
    fn payload_at(position: u32) -> Option<H256>;
}

/// A chain without records.
impl StoredPayloads for () {
    fn count() -> u32 {
        0
    }

    fn payload_at(_: u32) -> Option<H256> {
        None
    }
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

/// The session keys of accounts that may have left the sets of authors.
pub trait SessionKeyStore<AccountId> {
    /// Removes the session keys of an account that is in no set of authors, if it has any.
    fn purge_keys(who: &AccountId);
}

/// The time from which an authorized runtime may be applied.
pub trait DueUpgrades {
    /// Whether a runtime is authorized and may be applied in this block.
    fn is_upgrade_due() -> bool;
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
    /// entry blocks, or the last slot in which the hospital's quota had no room, if it is later.
    /// `None` if no entry block waits.
    fn waiting_since(hospital: &HospitalId, registered: Sequence) -> Option<u64>;
}

/// Facts that [`Anchorage`] reports about an anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, codec::Encode)]
pub struct AnchorFacts {
    /// Hash of the newest anchored head.
    pub head: H256,
    /// Consortium slot in which it was anchored.
    pub anchored_slot: u64,
    /// Number of entry blocks up to the head, with those of earlier incarnations.
    pub entry_blocks: Sequence,
}

/// Learns of the heads that finality proofs anchored.
pub trait OnAnchored {
    /// A finality proof anchored a head of this height of a hospital chain.
    ///
    /// It is not called for heads with which the council starts or restarts an anchor.
    fn on_anchored(hospital: &HospitalId, number: u32);
    /// The hospital's chain was rebuilt, and its heights and sequence numbers begin again.
    ///
    /// # Errors
    ///
    /// The listener cannot take another incarnation.
    fn on_incarnation(_hospital: &HospitalId) -> Result<(), sp_runtime::DispatchError> {
        Ok(())
    }
    /// The weight of [`Self::on_anchored`], and of [`Self::on_incarnation`].
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
    /// The sequence number of the first entry block of the hospital chain's present incarnation.
    ///
    /// It is zero for a chain that was never rebuilt. The sequence number of an entry block on the
    /// consortium is the base and the number on the hospital's own chain.
    fn base(_hospital: &HospitalId) -> Sequence {
        0
    }
}

/// Room in the quotas of hospitals.
pub trait QuotaRoom {
    /// Whether the reserve of this session has room for one more registration of the hospital.
    ///
    /// `weight` is in picoseconds of computation, `bytes` is the length of the transaction.
    fn room_for(hospital: &HospitalId, weight: u64, bytes: u64) -> bool;

    /// Notes that a call registered a batch or entry blocks of a hospital.
    fn note_registered(hospital: &HospitalId, weight: u64, bytes: u64);

    /// Whether the quota, and not the operator, keeps a hospital from registering.
    ///
    /// It does if the reserve has no room for one more call of this size, and registrations took half
    /// of all room before that. An operator could otherwise use up the reserve with calls that
    /// register nothing, and never lag.
    fn quota_stops(hospital: &HospitalId, weight: u64, bytes: u64) -> bool;
}

/// An implementation for runtimes and mocks without quotas.
impl QuotaRoom for () {
    fn room_for(_: &HospitalId, _: u64, _: u64) -> bool {
        true
    }

    fn note_registered(_: &HospitalId, _: u64, _: u64) {}

    fn quota_stops(_: &HospitalId, _: u64, _: u64) -> bool {
        false
    }
}

/// Suspends a hospital after a proof against it.
pub trait SuspendHospital {
    /// Suspends it. Fails if it is not a hospital, or if too few authors would remain.
    fn suspend(hospital: &HospitalId) -> Result<(), sp_runtime::DispatchError>;
}

/// Number of transactions of one sender that may wait in the pool.
///
/// A chain may allow a sender more.
pub const MAX_PENDING: u32 = 64;

/// The outcome of [`Admission::check`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Admitted {
    /// Whether the call is operational and its sender may send it.
    ///
    /// Such a transaction goes first. It counts against the sender's own operational quota.
    pub operational: bool,
    /// The used part of the narrowest quota with this transaction, in parts per thousand.
    pub used: u16,
}

/// Admission of transactions on a chain without fees: only members, within their quotas.
pub trait Admission<AccountId, Call> {
    /// Whether the call keeps the chain going: anchors, revocations, governance.
    ///
    /// [`Self::check`] refuses such a call of an account whose role does not include it.
    fn is_operational(call: &Call) -> bool;
    /// Refuses accounts that may not transact, with a code of [`crate::refusal`].
    ///
    /// It also refuses calls that are not the account's, that are out of bounds, or that do not fit
    /// in a quota. `weight` is in picoseconds, `len` in bytes.
    fn check(
        who: &AccountId,
        call: &Call,
        weight: u64,
        len: u32,
    ) -> Result<Admitted, TransactionValidityError>;
    /// Charges the quota. It is called once for each transaction that a block includes.
    ///
    /// It refuses what [`Self::check`] refuses, except for the bounds, and calls that are too early
    /// for this block.
    fn charge(
        who: &AccountId,
        call: &Call,
        weight: u64,
        len: u32,
    ) -> Result<(), TransactionValidityError>;
    /// The weight of [`Self::check`] and [`Self::charge`] together.
    fn weight(_call: &Call) -> Weight {
        Weight::zero()
    }
    /// Refuses calls that the chain takes from nobody now, with a code of [`crate::refusal`].
    ///
    /// They are paused calls, and upgrades before their time. It is asked about every transaction,
    /// also about those without a signer.
    fn check_call(_call: &Call) -> Result<(), TransactionValidityError> {
        Ok(())
    }
    /// Whether a block may have the call without a signer, besides its inherents.
    ///
    /// FRAME lets an author put any call into its block, which then fails and fills the chain.
    fn may_be_bare(_call: &Call) -> bool {
        false
    }
    /// Maximum number of transactions of this account that may wait in the pool.
    fn max_pending(_who: &AccountId) -> u32 {
        MAX_PENDING
    }
}

/// A runtime's rules about the calls that it admits from each sender.
///
/// `Sender` is the part that an account has on the chain.
pub trait CallRules<AccountId, Sender, Call> {
    /// Whether the call keeps the chain going. A restricted block may carry it.
    fn is_operational(call: &Call) -> bool;
    /// Whether the sender may send an operational call: its origin would admit the sender.
    ///
    /// The call is then exempt from the ordinary quota. It is not called for other calls.
    fn exempt(sender: &Sender, call: &Call) -> bool;
    /// Whether the sender may send a call that is not operational, which counts as ordinary.
    fn permitted(sender: &Sender, call: &Call) -> bool;
    /// Whether the call registers what a hospital stores, so that its reserve pays for it.
    ///
    /// It is not called for operational calls.
    fn is_registration(_call: &Call) -> bool {
        false
    }
    /// Refuses a call whose size or content is out of bounds, with a code of [`crate::refusal`].
    ///
    /// `len` is the length of the transaction in bytes. The pool and the block ask.
    fn check_bounds(_who: &AccountId, _call: &Call, _len: u32) -> Result<(), u8> {
        Ok(())
    }
    /// Refuses a call that would fail in this block, with a code of [`crate::refusal`].
    ///
    /// Only the block asks. A pool may lag behind the block that makes a call possible.
    fn check_ready(_call: &Call) -> Result<(), u8> {
        Ok(())
    }
    /// Whether a block may have the call without a signer, besides its inherents.
    fn may_be_bare(_call: &Call) -> bool {
        false
    }
    /// The quota of a sender's operational calls in a session.
    fn operational_quota(sender: &Sender) -> Quota;
    /// The weight of the checks of a call, beyond the reads of the sender's part and usage.
    fn weight(_call: &Call) -> Weight {
        Weight::zero()
    }
}
