// SPDX-License-Identifier: Apache-2.0
//! Functions that make blocks, honest ones and others.

use crate::mock::*;
use bspp_primitives::conformance::{
    attestation_message, storage_response, Attestation, AttestationKind, ConformancePair, Gate,
    Refusal,
};
use bspp_types::{payload_hash, PayloadProof};
use codec::Encode;
use frame_support::{
    storage::with_transaction_unchecked,
    traits::{OnFinalize, OnInitialize},
};
use sp_core::{Pair, H256};
use sp_runtime::{Digest, DigestItem, TransactionOutcome};
use std::panic::{catch_unwind, AssertUnwindSafe};

type Header = sp_runtime::testing::Header;

/// Hash of the genesis block.
pub const GENESIS: H256 = H256([0x67; 32]);
/// Engine of Aura's digests.
const AURA: [u8; 4] = *b"aura";

frame_support::parameter_types! {
    /// The newest block, with its slot.
    pub static Best: (H256, u64) = (GENESIS, 0);
}

/// Hash of the newest block.
pub fn parent() -> H256 {
    if System::block_number() == 0 {
        Best::set((GENESIS, 0));
    }
    Best::get().0
}

/// The first slot after that of the newest block.
pub fn next_slot() -> u64 {
    parent();
    Best::get().1 + 1
}

/// The next slot of `author`.
pub fn slot_of(author: AccountId) -> u64 {
    let first = next_slot();
    (first..first + u64::from(MAX_AUTHORS))
        .find(|slot| Conformance::gate(*slot).unwrap().author == author)
        .expect("an author of this session")
}

/// Aura's item with the slot.
pub fn aura(slot: u64) -> DigestItem {
    DigestItem::PreRuntime(AURA, slot.encode())
}

/// The parts of an attestation. Tests change them.
#[derive(Clone)]
pub struct Draft {
    pub genesis: H256,
    pub parent: H256,
    pub slot: u64,
    pub author: AccountId,
    pub kind: AttestationKind,
    pub signer: ConformancePair,
}

impl Draft {
    /// The attestation that the slot's author must make.
    ///
    /// For an author without standing it is the attestation that it would like to make.
    pub fn honest(slot: u64) -> Self {
        let Gate {
            author,
            key,
            verdict,
            ..
        } = Conformance::gate(slot).unwrap();
        Self {
            genesis: GENESIS,
            parent: parent(),
            slot,
            author,
            kind: verdict.required().unwrap_or(NOT_ANCHORED),
            signer: pair_for(author, &key),
        }
    }

    /// The attestation, signed.
    pub fn item(&self) -> DigestItem {
        let message = attestation_message(
            &self.genesis,
            &self.parent,
            self.slot,
            &self.author,
            &self.kind,
        );
        Attestation {
            author: self.author,
            kind: self.kind,
            signature: self.signer.sign(&message),
        }
        .to_digest_item()
    }

    /// A digest with the slot and the attestation, in the order of a node.
    pub fn digest(&self) -> Digest {
        digest([aura(self.slot), self.item()])
    }
}

/// The proof that answers the challenge of a slot, with the payloads of the mock.
pub fn proof_in(slot: u64) -> PayloadProof {
    let challenge = Conformance::challenge(slot).unwrap();
    let payloads = Payloads::get();
    let payload = payloads
        .iter()
        .find(|data| payload_hash(data) == challenge.payload_hash)
        .unwrap();
    PayloadProof::of_payload(payload, challenge.leaf(payload.len() as u64)).unwrap()
}

/// The attestation of an author that shows this proof.
pub fn proved(slot: u64, proof: &PayloadProof) -> Draft {
    let honest = Draft::honest(slot);
    let AttestationKind::Full { evidence } = honest.kind else {
        panic!("an author in full standing");
    };
    Draft {
        kind: AttestationKind::Proved {
            evidence,
            response: storage_response(proof),
        },
        ..honest
    }
}

/// A digest of these items.
pub fn digest(items: impl IntoIterator<Item = DigestItem>) -> Digest {
    Digest {
        logs: items.into_iter().collect(),
    }
}

fn initialize(digest: &Digest) -> u64 {
    let number = System::block_number() + 1;
    let parent = parent();
    System::reset_events();
    System::initialize(&number, &parent, digest);
    number
}

/// Begins a block: the pallets' `on_initialize`.
pub fn begin(digest: &Digest) {
    let number = initialize(digest);
    AllPalletsWithSystem::on_initialize(number);
}

/// Ends the block of `slot`.
pub fn finish(slot: u64) -> Header {
    AllPalletsWithSystem::on_finalize(System::block_number());
    let header = System::finalize();
    Best::set((header.hash(), slot));
    header
}

/// Makes the honest block of a slot, with a body.
pub fn block_in(slot: u64, body: impl FnOnce()) -> Header {
    begin(&Draft::honest(slot).digest());
    body();
    finish(slot)
}

/// Makes the honest block of the next slot whose author has standing, with a body.
pub fn block_with(body: impl FnOnce()) -> Header {
    let first = next_slot();
    let slot = (first..first + u64::from(MAX_AUTHORS))
        .find(|slot| {
            let gate = Conformance::gate(*slot);
            gate.is_some_and(|gate| gate.verdict.required().is_some())
        })
        .expect("somebody may author");
    block_in(slot, body)
}

/// Makes this number of empty blocks.
pub fn blocks(count: u32) {
    for _ in 0..count {
        block_with(|| ());
    }
}

/// Makes blocks until the next session has begun.
pub fn next_session() {
    let index = Session::current_index();
    while Session::current_index() == index {
        blocks(1);
    }
}

fn rolled_back<R>(body: impl FnOnce() -> R) -> R {
    with_transaction_unchecked(|| TransactionOutcome::Rollback(body()))
}

/// Asserts that a block with this digest is refused for this reason.
///
/// Both the check and the hook's panic refuse it.
#[track_caller]
pub fn assert_refused(digest: &Digest, refusal: Refusal) {
    let checked = rolled_back(|| {
        initialize(digest);
        Conformance::check_block()
    });
    assert_eq!(checked.map(|(attestation, _)| attestation), Err(refusal));
    let panic = rolled_back(|| catch_unwind(AssertUnwindSafe(|| begin(digest)))).unwrap_err();
    assert_eq!(
        panic.downcast_ref::<String>(),
        Some(&format!("proof of conformance refused: {refusal}"))
    );
}

/// Asserts that a block with this digest begins.
#[track_caller]
pub fn assert_accepted(digest: &Digest) {
    rolled_back(|| begin(digest));
}
