// SPDX-License-Identifier: Apache-2.0
//! The one check of a block's digest.

use super::{
    attestation::{attestation_message, Attestation, AttestationKind, BlockAttestation},
    engine::{AURA_ENGINE_ID, CONFORMANCE_ENGINE_ID},
    refusal::Refusal,
    verdict::{Gate, Verdict},
};
use bspp_types::H256;
use codec::{Decode, Encode};
use sp_application_crypto::RuntimeAppPublic;
use sp_runtime::generic::{Digest, DigestItem};

/// The slot in a digest, which must have exactly one of Aura's pre-runtime items.
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

/// The attestation in a digest, which must have exactly one.
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

/// Whether an author added an item that is neither the slot nor the attestation.
///
/// Such items are not allowed, because the consortium reads headers of hospital chains.
fn is_foreign(item: &DigestItem) -> bool {
    matches!(item, DigestItem::PreRuntime(engine, _) if ![AURA_ENGINE_ID, CONFORMANCE_ENGINE_ID].contains(engine))
}

/// Checks the digest of a block on `parent` against the gate of its slot.
///
/// # Errors
///
/// Returns the first reason why the digest is not a proof of conformance.
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
    let challenged = gate.challenge.is_some();
    match (gate.verdict, kind) {
        (Verdict::Refused { fault }, _) => return Err(Refusal::NoStanding(fault)),
        (Verdict::Full { .. }, AttestationKind::Restricted { .. }) => {
            return Err(Refusal::Understated)
        }
        (Verdict::Full { .. }, AttestationKind::Unproved) if !challenged => {
            return Err(Refusal::Understated)
        }
        (Verdict::Full { .. }, AttestationKind::Unproved) => {}
        (Verdict::Full { .. }, AttestationKind::Full { .. }) if challenged => {
            return Err(Refusal::ProofMissing)
        }
        (Verdict::Full { .. }, AttestationKind::Proved { .. }) if !challenged => {
            return Err(Refusal::ProofNotDue)
        }
        (
            Verdict::Full { evidence },
            AttestationKind::Full { evidence: claimed }
            | AttestationKind::Proved {
                evidence: claimed, ..
            },
        ) if evidence == claimed => {}
        (Verdict::Restricted { shortfall }, AttestationKind::Restricted { shortfall: claimed }) => {
            // The set of admitted calls depends on the shortfall.
            if shortfall != claimed {
                return Err(Refusal::ShortfallMismatch);
            }
        }
        // An author without evidence says which evidence is lacking.
        (Verdict::Restricted { .. }, AttestationKind::Unproved) => {
            return Err(Refusal::ShortfallMismatch)
        }
        (_, AttestationKind::Full { .. } | AttestationKind::Proved { .. }) => {
            return Err(Refusal::Overstated)
        }
    }
    let message = attestation_message(genesis, parent, slot, &author, &kind);
    if !gate.key.verify(&message, &signature) {
        return Err(Refusal::BadSignature);
    }
    Ok(BlockAttestation { slot, author, kind })
}
