// SPDX-License-Identifier: Apache-2.0
//! Proof of conformance (protocol section 9): what a block's author attests, and the one check of it.
//!
//! The runtime runs [`check_digest`] when a block begins, the node before it executes one. Both give it the same [`Gate`], which
//! is a function of the parent's post-state and the block's slot alone.

use crate::{Sequence, H256};
use alloc::vec::Vec;
use bspp_peks::domain;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_application_crypto::RuntimeAppPublic;
use sp_io::hashing::blake2_256;
use sp_runtime::{
    generic::{Digest, DigestItem},
    ConsensusEngineId,
};

/// Engine of the pre-runtime digest with the attestation, and of the consensus digest with the content.
pub const CONFORMANCE_ENGINE_ID: ConsensusEngineId = *b"conf";
/// Type of the session key that signs attestations.
pub const CONFORMANCE_KEY_TYPE: sp_core::crypto::KeyTypeId = sp_core::crypto::KeyTypeId(*b"conf");
/// Engine of Aura's pre-runtime digest, which carries the slot.
const AURA_ENGINE_ID: ConsensusEngineId = *b"aura";

mod app {
    use sp_application_crypto::{app_crypto, sr25519};
    app_crypto!(sr25519, super::CONFORMANCE_KEY_TYPE);
}

/// Public key that attestations are verified with (sr25519).
pub type ConformanceId = app::Public;
/// Signature of an attestation (sr25519).
pub type ConformanceSignature = app::Signature;
/// Key pair of an author.
#[cfg(feature = "std")]
pub type ConformancePair = app::Pair;

/// What an author attests.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub enum AttestationKind {
    /// Standing and evidence hold: the block may carry anything.
    Full {
        /// Commitment to the evidence: [`Evidence::commitment`].
        evidence: H256,
    },
    /// Standing holds, evidence does not: the block carries operational calls only.
    Restricted,
}

/// The pre-runtime digest `PreRuntime(*b"conf", …)`: exactly one in a block.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Attestation<AccountId> {
    /// The validator that authors the block.
    pub author: AccountId,
    /// What is attested.
    pub kind: AttestationKind,
    /// Signature over [`attestation_message`] by the author's `conf` session key.
    pub signature: ConformanceSignature,
}

impl<AccountId: Encode> Attestation<AccountId> {
    /// The attestation as a digest item.
    pub fn to_digest_item(&self) -> DigestItem {
        DigestItem::PreRuntime(CONFORMANCE_ENGINE_ID, self.encode())
    }
}

/// What was attested in a block: kept in its state.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct BlockAttestation<AccountId> {
    /// Slot of the block.
    pub slot: u64,
    /// Its author.
    pub author: AccountId,
    /// What was attested.
    pub kind: AttestationKind,
}

/// What an author's `conf` key signs: it holds for one author in one slot on one parent of one chain.
pub fn attestation_message<AccountId: Encode>(
    genesis: &H256,
    parent: &H256,
    slot: u64,
    author: &AccountId,
    kind: &AttestationKind,
) -> Vec<u8> {
    let mut message = Vec::from(domain::CONFORMANCE);
    (genesis, parent, slot, author, kind).encode_to(&mut message);
    message
}

/// Commitment to facts that serve as evidence: BLAKE2b-256 over a domain and their encoding.
pub fn evidence_commitment(facts: &impl Encode) -> H256 {
    let mut bytes = Vec::from(domain::EVIDENCE);
    facts.encode_to(&mut bytes);
    blake2_256(&bytes).into()
}

/// Evidence that the state holds for an author.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub struct Evidence {
    /// Commitment to the facts: [`evidence_commitment`].
    pub commitment: H256,
    /// Last slot in which it is good.
    pub valid_until: u64,
    /// What an author lacks after that.
    pub then: Shortfall,
}

/// Why an author's evidence does not hold.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub enum Shortfall {
    /// The hospital's own chain has no anchor on the consortium.
    NotAnchored,
    /// The hospital's anchor is halted by the council.
    AnchorHalted,
    /// The hospital's chain was not anchored for longer than allowed.
    AnchorStale,
    /// An entry block of the hospital stays unregistered longer than allowed.
    RegistrationLag,
    /// The node has no credential of the hospital's admins.
    NoCredential,
    /// The node's credential has expired.
    CredentialExpired,
}

impl Shortfall {
    /// A label for metrics.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::NotAnchored => "not_anchored",
            Self::AnchorHalted => "anchor_halted",
            Self::AnchorStale => "anchor_stale",
            Self::RegistrationLag => "registration_lag",
            Self::NoCredential => "no_credential",
            Self::CredentialExpired => "credential_expired",
        }
    }
}

/// Why an author was suspended.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub enum SuspensionReason {
    /// The council's, or the admins', decision.
    Decision,
    /// It voted twice in a round of GRANDPA.
    Equivocation {
        /// Session of the offence.
        session: u32,
    },
}

/// Why an author has no standing.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub enum StandingFault {
    /// It is the validator of no member.
    NotMember,
    /// Its hospital is suspended.
    HospitalSuspended,
    /// It is suspended itself.
    Suspended {
        /// Why.
        reason: SuspensionReason,
    },
}

impl StandingFault {
    /// A label for metrics.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::NotMember => "not_member",
            Self::HospitalSuspended => "hospital_suspended",
            Self::Suspended { .. } => "suspended",
        }
    }
}

/// What the author of a slot must attest.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub enum Verdict {
    /// Full conformance.
    Full {
        /// Commitment to the evidence.
        evidence: H256,
    },
    /// Standing only.
    Restricted {
        /// What is lacking.
        shortfall: Shortfall,
    },
    /// Nothing: no block of this author is valid.
    Refused {
        /// Why.
        fault: StandingFault,
    },
}

impl Verdict {
    /// The verdict in a slot on what the state holds.
    pub fn at(
        slot: u64,
        standing: Result<(), StandingFault>,
        evidence: Result<Evidence, Shortfall>,
    ) -> Self {
        if let Err(fault) = standing {
            return Self::Refused { fault };
        }
        match evidence {
            Ok(evidence) if slot <= evidence.valid_until => Self::Full {
                evidence: evidence.commitment,
            },
            Ok(evidence) => Self::Restricted {
                shortfall: evidence.then,
            },
            Err(shortfall) => Self::Restricted { shortfall },
        }
    }

    /// The one kind of attestation that is valid, if any.
    pub const fn required(&self) -> Option<AttestationKind> {
        match self {
            Self::Full { evidence } => Some(AttestationKind::Full {
                evidence: *evidence,
            }),
            Self::Restricted { .. } => Some(AttestationKind::Restricted),
            Self::Refused { .. } => None,
        }
    }
}

/// The gate before a slot on top of a parent: whose it is and what its author must attest.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Gate<AccountId> {
    /// The slot's author.
    pub author: AccountId,
    /// The `conf` key in force.
    pub key: ConformanceId,
    /// What must be attested.
    pub verdict: Verdict,
}

/// Why a block's digest is no proof of conformance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum Refusal {
    /// No slot, or more than one.
    InvalidSlot,
    /// No attestation.
    Missing,
    /// More than one attestation.
    Duplicate,
    /// The attestation does not decode or has bytes to spare, or there are pre-runtime items of others.
    Malformed,
    /// There are no authors.
    NoAuthors,
    /// It is another author's slot.
    AuthorMismatch,
    /// The author has no standing.
    NoStanding(StandingFault),
    /// A full attestation without evidence, or over other evidence than the state holds.
    Overstated,
    /// A restricted attestation though evidence holds.
    Understated,
    /// The signature is not the author's over this chain, parent, slot and kind.
    BadSignature,
}

impl Refusal {
    /// A label for metrics and log lines.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::InvalidSlot => "invalid_slot",
            Self::Missing => "missing",
            Self::Duplicate => "duplicate",
            Self::Malformed => "malformed",
            Self::NoAuthors => "no_authors",
            Self::AuthorMismatch => "author_mismatch",
            Self::NoStanding(_) => "no_standing",
            Self::Overstated => "overstated",
            Self::Understated => "understated",
            Self::BadSignature => "bad_signature",
        }
    }
}

impl core::fmt::Display for Refusal {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::NoStanding(fault) => write!(f, "{}: {}", self.as_str(), fault.as_str()),
            other => f.write_str(other.as_str()),
        }
    }
}

/// The slot in a digest: exactly one of Aura's pre-runtime items.
pub fn slot_of(digest: &Digest) -> Result<u64, Refusal> {
    let mut slots = digest.logs().iter().filter_map(|item| match item {
        DigestItem::PreRuntime(AURA_ENGINE_ID, data) => Some(data),
        _ => None,
    });
    match (slots.next(), slots.next()) {
        (Some(data), None) => u64::decode(&mut &data[..]).map_err(|_| Refusal::InvalidSlot),
        _ => Err(Refusal::InvalidSlot),
    }
}

/// The attestation in a digest: exactly one.
pub fn attestation_of<AccountId: Decode>(
    digest: &Digest,
) -> Result<Attestation<AccountId>, Refusal> {
    let mut found = digest.logs().iter().filter_map(|item| match item {
        DigestItem::PreRuntime(CONFORMANCE_ENGINE_ID, data) => Some(data),
        _ => None,
    });
    let data = found.next().ok_or(Refusal::Missing)?;
    if found.next().is_some() {
        return Err(Refusal::Duplicate);
    }
    let mut input = &data[..];
    let attestation = Attestation::decode(&mut input).map_err(|_| Refusal::Malformed)?;
    if input.is_empty() {
        Ok(attestation)
    } else {
        Err(Refusal::Malformed)
    }
}

/// Whether an item is one that an author adds, but neither the slot nor the attestation. Nothing else may stand there, of whatever
/// size: headers cross to the consortium.
fn is_foreign(item: &DigestItem) -> bool {
    matches!(item, DigestItem::PreRuntime(engine, _) if ![AURA_ENGINE_ID, CONFORMANCE_ENGINE_ID].contains(engine))
}

/// Checks the digest of a block on `parent` against the gate of its slot.
///
/// # Errors
///
/// The first reason why the digest is no proof of conformance.
pub fn check_digest<AccountId: Encode + Decode + PartialEq>(
    digest: &Digest,
    genesis: &H256,
    parent: &H256,
    gate_at: impl FnOnce(u64) -> Option<Gate<AccountId>>,
) -> Result<BlockAttestation<AccountId>, Refusal> {
    let slot = slot_of(digest)?;
    if digest.logs().iter().any(is_foreign) {
        return Err(Refusal::Malformed);
    }
    let Attestation {
        author,
        kind,
        signature,
    } = attestation_of::<AccountId>(digest)?;
    let gate = gate_at(slot).ok_or(Refusal::NoAuthors)?;
    if author != gate.author {
        return Err(Refusal::AuthorMismatch);
    }
    match (gate.verdict, kind) {
        (Verdict::Refused { fault }, _) => return Err(Refusal::NoStanding(fault)),
        (Verdict::Full { .. }, AttestationKind::Restricted) => return Err(Refusal::Understated),
        (Verdict::Full { evidence }, AttestationKind::Full { evidence: claimed })
            if evidence == claimed => {}
        (Verdict::Restricted { .. }, AttestationKind::Restricted) => {}
        (_, AttestationKind::Full { .. }) => return Err(Refusal::Overstated),
    }
    let message = attestation_message(genesis, parent, slot, &author, &kind);
    if !gate.key.verify(&message, &signature) {
        return Err(Refusal::BadSignature);
    }
    Ok(BlockAttestation { slot, author, kind })
}

/// What a block registered or stored, as a consensus digest `Consensus(*b"conf", …)`: for light clients, and for the consortium,
/// which learns from a hospital's headers how many entry blocks there are to register.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub struct ContentDigest {
    /// Entry blocks of the chain so far, this block's counted. On the consortium: registrations so far.
    pub total: Sequence,
    /// Entries of this block. On the consortium: registrations in this block.
    pub count: u32,
    /// Merkle root over them; zero when there are none.
    pub root: H256,
}

impl ContentDigest {
    /// The digest item.
    pub fn to_digest_item(&self) -> DigestItem {
        DigestItem::Consensus(CONFORMANCE_ENGINE_ID, self.encode())
    }

    /// The content in a digest, if there is exactly one that decodes.
    pub fn find(digest: &Digest) -> Option<Self> {
        let mut found = digest.logs().iter().filter_map(|item| match item {
            DigestItem::Consensus(CONFORMANCE_ENGINE_ID, data) => Some(data),
            _ => None,
        });
        let data = found.next()?;
        if found.next().is_some() {
            return None;
        }
        Self::decode(&mut &data[..]).ok()
    }
}

/// An author of the current session, for operators.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct AuthorStanding<AccountId> {
    /// The validator.
    pub author: AccountId,
    /// Its `conf` key in force.
    pub key: ConformanceId,
    /// Whether it may author.
    pub standing: Result<(), StandingFault>,
    /// What it can show.
    pub evidence: Result<Evidence, Shortfall>,
}
