// SPDX-License-Identifier: Apache-2.0
//! A hospital's own chain for tests: finalized state, voter, and calls of the operator.
//!
//! The chain is invented, but what the consortium checks is real: state roots, storage proofs,
//! running hashes and GRANDPA signatures.

use super::blocks::aura;
use crate::{HospitalAnchor, Runtime, RuntimeCall, RuntimeOrigin};
use bspp_primitives::{conformance::ContentDigest, entry_commitment_storage, Header};
use bspp_types::{
    entries_root,
    limits::{MAX_ENTRIES_PER_CALL, MAX_REGISTRATION_BYTES},
    next_chain_hash, BlockEntries, Entry, EntryBlock, EntryCommitment, HospitalId, Sequence, Slot,
    Slots, H256,
};
use codec::{Decode, Encode};
use polkadot_sdk::{
    frame_support::assert_ok,
    pallet_collective,
    sp_consensus_grandpa::AuthorityId as GrandpaId,
    sp_core::{ed25519, Pair},
    sp_io::{self, TestExternalities},
    sp_runtime::{generic::Digest, traits::Header as _},
};

/// A hospital chain, as its gateway sees it.
pub struct HospitalChain {
    /// The hospital.
    pub id: HospitalId,
    /// Derivation path of its operator.
    pub operator: &'static str,
    voter: ed25519::Pair,
    /// Contents of entry blocks, each with its root. New blocks have the last one.
    contents: Vec<(BlockEntries, H256)>,
    number: u32,
    stored: Vec<Stored>,
    anchored: Option<Anchored>,
}

/// An entry block.
struct Stored {
    commitment: EntryCommitment,
    slot: u64,
    content: usize,
}

/// The newest head for which a proof was made, with the chain's state after it.
struct Anchored {
    hash: H256,
    total: Sequence,
    state: TestExternalities,
}

/// An entry with this number of slots. Its batch is not registered, so it is refused.
fn entry(index: u32, slots: u8) -> Entry {
    let slot = |i: u8| Slot {
        tag: [i; 16],
        match_key: [i; 32],
    };
    Entry {
        batch: H256::repeat_byte(1),
        index,
        payload_hash: H256::repeat_byte(2),
        key_commitment: H256::repeat_byte(3),
        slots: Slots::truncate_from((0..slots).map(slot).collect()),
        seal: H256::repeat_byte(4),
    }
}

fn council() -> RuntimeOrigin {
    RuntimeOrigin::from(pallet_collective::RawOrigin::<
        _,
        pallet_collective::Instance1,
    >::Members(2, 3))
}

impl HospitalChain {
    /// A chain whose entry blocks have `count` entries of `slots` slots each.
    pub fn new(id: HospitalId, operator: &'static str, count: u32, slots: u8) -> Self {
        let mut chain = Self {
            id,
            operator,
            voter: ed25519::Pair::from_string(&format!("//{operator}//voter"), None).unwrap(),
            contents: Vec::new(),
            number: 0,
            stored: Vec::new(),
            anchored: None,
        };
        chain.fill_blocks(count, slots);
        chain
    }

    /// From now on entry blocks have `count` entries of `slots` slots each.
    pub fn fill_blocks(&mut self, count: u32, slots: u8) {
        let entries: Vec<Entry> = (0..count).map(|index| entry(index, slots)).collect();
        let entries = BlockEntries::truncate_from(entries);
        let root = entries_root(&entries);
        self.contents.push((entries, root));
    }

    /// Number of entry blocks.
    pub fn total(&self) -> Sequence {
        self.stored.len() as Sequence
    }

    /// Number of entry blocks up to the newest head that was offered for anchoring.
    pub fn offered(&self) -> Sequence {
        self.anchored.as_ref().map_or(0, |anchored| anchored.total)
    }

    /// The newest head that was offered for anchoring.
    pub fn offered_hash(&self) -> Option<H256> {
        self.anchored.as_ref().map(|anchored| anchored.hash)
    }

    /// The slot in which an entry block was stored.
    pub fn stored_in(&self, sequence: Sequence) -> u64 {
        self.stored[sequence as usize].slot
    }

    /// Starts the anchor at the chain's genesis block, as the council does.
    pub fn start(&self) {
        let genesis = Header::new(
            0,
            H256::zero(),
            H256::zero(),
            H256::zero(),
            Digest::default(),
        );
        let voter: GrandpaId = self.voter.public().into();
        assert_ok!(HospitalAnchor::initialise_anchor(
            council(),
            self.id,
            Box::new(genesis),
            vec![(voter, 1)].try_into().unwrap(),
            0,
        ));
    }

    /// Stores an entry block in a slot.
    pub fn store(&mut self, slot: u64) {
        self.number += 1;
        let previous = self
            .stored
            .last()
            .map_or(H256::zero(), |last| last.commitment.chain_hash);
        let content = self.contents.len() - 1;
        let (entries, root) = &self.contents[content];
        let (count, root) = (entries.len() as u32, *root);
        let commitment = EntryCommitment {
            number: self.number,
            count,
            root,
            chain_hash: next_chain_hash(&previous, self.number, count, &root),
        };
        self.stored.push(Stored {
            commitment,
            slot,
            content,
        });
    }

    /// Finalizes a block in a slot, and returns the call that anchors it.
    ///
    /// The state has the commitments from `from` on. Those before it are registered.
    pub fn anchor(&mut self, slot: u64, from: Sequence) -> RuntimeCall {
        self.number += 1;
        let mut state = TestExternalities::default();
        let waiting = self.stored.iter().enumerate().skip(from as usize);
        state.execute_with(|| {
            for (sequence, Stored { commitment, .. }) in waiting {
                let key = entry_commitment_storage::key(sequence as Sequence);
                sp_io::storage::set(&key, &commitment.encode());
            }
        });
        state.commit_all().unwrap();
        let content = ContentDigest {
            total: self.total(),
            ..Default::default()
        };
        let digest = Digest {
            logs: vec![aura(slot), content.to_digest_item()],
        };
        let header = Header::new(
            self.number,
            H256::zero(),
            *state.backend.root(),
            H256::zero(),
            digest,
        );
        self.anchored = Some(Anchored {
            hash: header.hash(),
            total: self.total(),
            state,
        });
        RuntimeCall::HospitalAnchor(pallet_hospital_anchor::Call::submit_finality_proof {
            hospital: self.id,
            justification: self.justify(&header),
            header: Box::new(header),
        })
    }

    /// The voter's precommit for a header, in the wire format of GRANDPA.
    fn justify(&self, header: &Header) -> pallet_hospital_anchor::Justification {
        let (round, set) = (1u64, 0u64);
        let target = (header.hash(), *header.number());
        // The signed payload is the message, whose variant 1 is a precommit, the round and the set.
        let signature = self.voter.sign(&(1u8, target, round, set).encode());
        let precommits = vec![(target, signature, self.voter.public())];
        let encoded = (round, (target, precommits), Vec::<Header>::new()).encode();
        pallet_hospital_anchor::Justification::decode(&mut &encoded[..]).unwrap()
    }

    /// The call that registers entry blocks from `from` on, against the offered head.
    ///
    /// It has maximum `count` blocks, and no more entries than a call may have. `None` if the head
    /// does not show one of them.
    pub fn register(&mut self, from: Sequence, count: u32) -> Option<RuntimeCall> {
        let end = self.end_of_call(from, count);
        let anchored = self.anchored.as_mut()?;
        let newest = end.checked_sub(1).filter(|newest| *newest >= from)?;
        let key = entry_commitment_storage::key(newest);
        let (found, proof) = anchored
            .state
            .execute_and_prove(|| sp_io::storage::get(&key));
        assert!(found.is_some(), "the offered state has the commitment");
        let nodes: Vec<_> = proof
            .into_iter_nodes()
            .map(|node| node.try_into().unwrap())
            .collect();
        let blocks: Vec<EntryBlock> = (from..end)
            .map(|sequence| {
                let stored = &self.stored[sequence as usize];
                EntryBlock {
                    sequence,
                    number: stored.commitment.number,
                    entries: self.contents[stored.content].0.clone(),
                }
            })
            .collect();
        Some(RuntimeCall::PhiIndex(
            pallet_phi_index::Call::<Runtime>::register_blocks {
                head: anchored.hash,
                proof: nodes.try_into().unwrap(),
                blocks: blocks.try_into().unwrap(),
            },
        ))
    }

    /// The end of a call that registers blocks from `from` on.
    fn end_of_call(&self, from: Sequence, count: u32) -> Sequence {
        let last = self.offered().min(from.saturating_add(count));
        let (mut entries, mut bytes) = (0u32, 0u32);
        for sequence in from..last {
            let content = &self.contents[self.stored[sequence as usize].content].0;
            entries += content.len() as u32;
            bytes += content.encoded_size() as u32;
            if entries > MAX_ENTRIES_PER_CALL || bytes > MAX_REGISTRATION_BYTES {
                return sequence;
            }
        }
        last
    }
}
