// SPDX-License-Identifier: Apache-2.0
//! Whole blocks, proposed as authors do and imported as other nodes do.

use super::local_chain;
use crate::*;
use bspp_primitives::{
    conformance::{
        attestation_message, Attestation, AttestationKind, ConformancePair, Gate, Shortfall,
        Verdict,
    },
    AccountId, Header,
};
use bspp_runtime_common::dev;
use bspp_types::limits::DEFAULT_SLOT_DURATION;
use codec::Encode;
use polkadot_sdk::{
    pallet_timestamp,
    sp_core::{crypto::Pair, H256},
    sp_io::TestExternalities,
    sp_runtime::{
        generic::{Digest, DigestItem},
        traits::{BlakeTwo256, Hash, Header as _},
        ApplyExtrinsicResult,
    },
};
use std::panic::{catch_unwind, AssertUnwindSafe};

/// Names of the accounts that may be validators. The local chain begins with three.
pub const VALIDATORS: [&str; 5] = ["Alice", "Bob", "Charlie", "Dave", "Eve"];

/// A chain whose blocks are executed one after the other.
pub struct Chain {
    state: TestExternalities,
    pub genesis: H256,
    pub parent: Header,
    pub slot: u64,
}

impl Chain {
    /// The local chain, after `setup` on its first state.
    pub fn new(setup: impl FnOnce()) -> Self {
        let mut state = local_chain();
        state.execute_with(setup);
        state.commit_all().unwrap();
        let header =
            |digest| Header::new(0, Default::default(), H256::zero(), H256::zero(), digest);
        let parent = header(Digest::default());
        Self {
            state,
            genesis: parent.hash(),
            parent,
            slot: 0,
        }
    }

    /// Reads the state after the last block.
    pub fn read<R>(&mut self, question: impl FnOnce() -> R) -> R {
        self.scratch().execute_with(question)
    }

    /// Changes the state between blocks in a way that no block could.
    pub fn tamper(&mut self, change: impl FnOnce()) {
        self.state.execute_with(change);
        self.state.commit_all().unwrap();
    }

    fn scratch(&self) -> TestExternalities {
        let mut scratch = TestExternalities::default();
        scratch.backend = self.state.backend.clone();
        scratch
    }

    /// The gate of a child of the last block.
    pub fn gate(&mut self, slot: u64) -> Gate<AccountId> {
        self.read(|| Conformance::gate(slot)).unwrap()
    }

    /// The next slot whose author is this validator.
    pub fn slot_of(&mut self, name: &str) -> u64 {
        let author = dev::validator(name);
        let next = self.slot + 1;
        (next..next + 8)
            .find(|slot| self.gate(*slot).author == author)
            .expect("the validator is in the set")
    }

    /// Name of a validator.
    pub fn name(author: &AccountId) -> &'static str {
        VALIDATORS
            .into_iter()
            .find(|name| dev::validator(name) == *author)
            .unwrap()
    }

    /// The attestation that the author of a slot must make, as a digest.
    pub fn honest_digest(&mut self, slot: u64) -> Digest {
        let gate = self.gate(slot);
        let kind = gate
            .verdict
            .required()
            .unwrap_or(AttestationKind::Restricted {
                shortfall: Shortfall::NotAnchored,
            });
        self.digest(slot, Self::name(&gate.author), kind)
    }

    /// A digest with an attestation signed by `name`.
    pub fn digest(&self, slot: u64, name: &str, kind: AttestationKind) -> Digest {
        let attestation = attest(&self.genesis, &self.parent.hash(), slot, name, kind);
        Digest {
            logs: vec![aura(slot), attestation.to_digest_item()],
        }
    }

    /// Builds a block and returns it with the results of its extrinsics.
    ///
    /// It leaves out refused extrinsics, as a proposer does.
    pub fn propose(
        &mut self,
        slot: u64,
        digest: Digest,
        extrinsics: Vec<UncheckedExtrinsic>,
    ) -> (Block, Vec<ApplyExtrinsicResult>) {
        let header = Header::new(
            self.parent.number + 1,
            Default::default(),
            Default::default(),
            self.parent.hash(),
            digest,
        );
        let now = pallet_timestamp::Call::set {
            now: slot * DEFAULT_SLOT_DURATION,
        };
        let inherent = UncheckedExtrinsic::new_bare(now.into());
        self.scratch().execute_with(|| {
            Executive::initialize_block(&header);
            let mut body = Vec::new();
            let mut results = Vec::new();
            for extrinsic in core::iter::once(inherent).chain(extrinsics) {
                let result = Executive::apply_extrinsic(extrinsic.clone());
                if result.is_ok() {
                    body.push(extrinsic);
                }
                results.push(result);
            }
            results.remove(0).expect("the time is right").unwrap();
            (
                Block {
                    header: Executive::finalize_block(),
                    extrinsics: body,
                },
                results,
            )
        })
    }

    /// Executes a block. If it returns `Err` with the reason, the state does not change.
    pub fn import(&mut self, block: Block) -> Result<(), String> {
        let (slot, header) = (
            bspp_primitives::conformance::slot_of(block.header.digest()).unwrap_or(self.slot),
            block.header.clone(),
        );
        let mut scratch = self.scratch();
        catch_unwind(AssertUnwindSafe(|| {
            scratch.execute_with(|| Executive::execute_block(block.into()));
        }))
        .map_err(|panic| {
            panic
                .downcast_ref::<String>()
                .cloned()
                .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).into()))
                .unwrap_or_default()
        })?;
        scratch.commit_all().unwrap();
        self.state = scratch;
        self.parent = header;
        self.slot = slot;
        Ok(())
    }

    /// Builds and imports the block that an honest author makes in a slot.
    pub fn advance(
        &mut self,
        slot: u64,
        extrinsics: Vec<UncheckedExtrinsic>,
    ) -> Vec<ApplyExtrinsicResult> {
        let digest = self.honest_digest(slot);
        let (block, results) = self.propose(slot, digest, extrinsics);
        self.import(block).expect("an honest block is valid");
        results
    }

    /// Advances by one block in the next slot whose author may author.
    pub fn advance_one(&mut self) {
        let next = self.slot + 1;
        let slot = (next..next + 64)
            .find(|slot| !matches!(self.gate(*slot).verdict, Verdict::Refused { .. }))
            .expect("somebody may author");
        self.advance(slot, Vec::new());
    }
}

/// Aura's pre-runtime digest.
pub fn aura(slot: u64) -> DigestItem {
    DigestItem::PreRuntime(*b"aura", slot.encode())
}

/// An attestation by a validator's development key.
pub fn attest(
    genesis: &H256,
    parent: &H256,
    slot: u64,
    name: &str,
    kind: AttestationKind,
) -> Attestation<AccountId> {
    let author = dev::validator(name);
    let pair = ConformancePair::from_string(&format!("//{name}"), None).unwrap();
    let message = attestation_message(genesis, parent, slot, &author, &kind);
    Attestation {
        author,
        kind,
        signature: pair.sign(&message),
    }
}

/// Puts an extrinsic into a finished block, as a manipulated proposer would.
pub fn smuggle(mut block: Block, extrinsic: UncheckedExtrinsic) -> Block {
    block.extrinsics.push(extrinsic);
    let encoded = block.extrinsics.iter().map(Encode::encode).collect();
    let version = VERSION.extrinsics_root_state_version();
    block.header.extrinsics_root = BlakeTwo256::ordered_trie_root(encoded, version);
    block
}
