// SPDX-License-Identifier: Apache-2.0
//! Wrong attestations.

use crate::fault::Fault;
use bspp_node::conformance::{Attested, Skip};
use bspp_primitives::{
    conformance::{
        attestation_message, evidence_commitment, Attestation, AttestationKind, ConformancePair,
        ConformanceSignature, Verdict, CONFORMANCE_ENGINE_ID,
    },
    AccountId, Hash, Header,
};
use polkadot_sdk::{sp_core::Pair, sp_runtime::DigestItem};

/// The block that the node is making.
pub struct Situation<'a> {
    /// The genesis hash of the chain.
    pub genesis: Hash,
    /// The block's parent.
    pub parent: &'a Header,
    /// The block's slot.
    pub slot: u64,
    /// The right attestation.
    pub attested: &'a Attested,
    /// The last attestation of another author.
    pub borrowed: Option<Attestation<AccountId>>,
}

/// A function that signs with the author's own key.
pub type Sign<'a> = &'a dyn Fn(&[u8]) -> Result<ConformanceSignature, Skip>;

/// The items that replace the attestation in the header, or none without a fault.
///
/// # Errors
///
/// Fails if the author's key cannot sign.
pub fn items(
    fault: Fault,
    situation: &Situation,
    sign: Sign,
) -> Result<Option<Vec<DigestItem>>, Skip> {
    let Situation {
        genesis,
        parent,
        slot,
        attested,
        borrowed,
    } = situation;
    let good = &attested.attestation;
    let (hash, slot) = (parent.hash(), *slot);
    let signed = |genesis: &Hash, parent: &Hash, slot, kind| {
        let message = attestation_message(genesis, parent, slot, &good.author, &kind);
        Ok(Attestation {
            author: good.author.clone(),
            kind,
            signature: sign(&message)?,
        })
    };
    let attestation = match fault {
        Fault::None | Fault::Suspended => return Ok(None),
        Fault::Omit => return Ok(Some(Vec::new())),
        Fault::Double => {
            let item = good.to_digest_item();
            return Ok(Some(vec![item.clone(), item]));
        }
        Fault::Forge => {
            let message = attestation_message(genesis, &hash, slot, &good.author, &good.kind);
            Attestation {
                signature: ConformancePair::generate().0.sign(&message),
                ..good.clone()
            }
        }
        // Kind and author are right, so that only the binding is wrong.
        Fault::ReplayParent => signed(genesis, &parent.parent_hash, slot, good.kind)?,
        Fault::ReplaySlot => signed(genesis, &hash, slot.wrapping_sub(1), good.kind)?,
        Fault::ReplayChain => signed(&other(genesis), &hash, slot, good.kind)?,
        Fault::Borrow => match borrowed {
            Some(borrowed) => borrowed.clone(),
            None => Attestation {
                author: somebody_else(&good.author),
                ..good.clone()
            },
        },
        Fault::Overstate => signed(genesis, &hash, slot, made_up())?,
        Fault::Unstored => match (attested.gate.verdict, attested.gate.challenge) {
            (Verdict::Full { evidence }, Some(_)) => {
                signed(genesis, &hash, slot, AttestationKind::Full { evidence })?
            }
            _ => return Ok(None),
        },
    };
    Ok(Some(vec![attestation.to_digest_item()]))
}

/// A full attestation over evidence that does not exist.
pub fn made_up() -> AttestationKind {
    AttestationKind::Full {
        evidence: evidence_commitment(&"made up"),
    }
}

/// Replaces the attestation in a header by these items, at the same place.
pub fn replace(header: &mut Header, items: &[DigestItem]) {
    let is_attestation =
        |item: &DigestItem| matches!(item, DigestItem::PreRuntime(CONFORMANCE_ENGINE_ID, _));
    let logs = &mut header.digest.logs;
    let place = logs.iter().position(is_attestation).unwrap_or(logs.len());
    logs.retain(|item| !is_attestation(item));
    logs.splice(place..place, items.iter().cloned());
}

fn other(hash: &Hash) -> Hash {
    Hash::from(hash.0.map(|byte| !byte))
}

fn somebody_else(author: &AccountId) -> AccountId {
    let bytes: &[u8; 32] = author.as_ref();
    AccountId::new(bytes.map(|byte| !byte))
}
