// SPDX-License-Identifier: Apache-2.0
//! The honest consortium chain of which a foreign node tells.

use bp_test_utils::{signed_precommit, Account};
use bspp_attacks::{
    hiv, keys, search_secret, vaccination, Doctor, Hospital, CHAIN, HOSPITAL, MONTH,
};
use bspp_client::{
    answers::decode_finality_proof,
    proved::{Checkpoint, Follower},
    AuthoritySet, FinalityProof, Justification,
};
use bspp_peks::{MonthLabel, SearchSecret};
use bspp_primitives::{consortium_storage as storage, AccountId, Header};
use bspp_record::slot_of;
use bspp_rpc_types::{FoundRecord, ListedTag, LocatedEntry, TagBucket, WholeBlock};
use bspp_types::{
    entries_root, entry_proof, Batch, BatchId, Entry, EntryCommitment, HospitalRecord,
    HospitalStatus, Member, RegisteredBlock, Role, H256,
};
use codec::{Decode, Encode};
use finality_grandpa::{Commit, SignedPrecommit};
use serde::{de::DeserializeOwned, Serialize};
use sp_consensus_grandpa::{
    AuthorityId, AuthoritySignature, ConsensusLog, ScheduledChange, GRANDPA_ENGINE_ID,
};
use sp_core::storage::{StateVersion, Storage};
use sp_runtime::{
    traits::{BlakeTwo256, Header as _},
    Digest, DigestItem,
};
use sp_state_machine::{prove_read, Backend, InMemoryBackend};
use std::sync::OnceLock;

/// The round in which the honest voters voted.
const ROUND: u64 = 1;
/// The sequence number of the entry block.
pub const SEQUENCE: u32 = 3;
/// An account that the state knows.
pub const KNOWN: [u8; 32] = [1; 32];
/// An account that the state does not know.
pub const UNKNOWN: [u8; 32] = [2; 32];

/// A signed vote for a block.
pub type Vote = SignedPrecommit<H256, u32, AuthoritySignature, AuthorityId>;

/// The keys and values of a state.
pub type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

/// A block that the voters finalized.
#[derive(Clone)]
pub struct Finalized {
    /// The header.
    pub header: Header,
    /// The set that finalized it.
    pub by: AuthoritySet,
    /// The set of the next block. `None` if a wallet needs another checkpoint there.
    pub next: Option<AuthoritySet>,
    /// The honest proof.
    pub proof: FinalityProof,
}

/// The chain, the votes of its voters, a state and a block of entries.
pub struct Node {
    /// A wallet's checkpoint, before all of `finalized`.
    pub checkpoint: Checkpoint,
    /// The finalized blocks after the checkpoint.
    pub finalized: Vec<Finalized>,
    /// All headers, also those that were not finalized.
    pub headers: Vec<Header>,
    /// All votes that voters ever signed, also for blocks that were not finalized.
    pub votes: Vec<Vote>,
    /// A header whose state root is that of `state`.
    pub header: Header,
    /// The keys and values of the state.
    pub state: Pairs,
    /// The entries of one registered block.
    pub entries: Vec<Entry>,
    /// Their batch.
    pub batch: BatchId,
    /// The batch and the block as the consortium keeps them.
    pub registered: (Batch, RegisteredBlock),
    /// The search secret of a label in the batch.
    pub secret: SearchSecret,
    /// The label.
    pub label: MonthLabel,
}

fn set(id: u64, voters: &[u16]) -> AuthoritySet {
    AuthoritySet {
        id,
        authorities: voters.iter().map(|&n| (Account(n).into(), 1)).collect(),
    }
}

fn header(number: u32, parent: H256, logs: Vec<DigestItem>) -> Header {
    Header::new(number, H256::zero(), H256::zero(), parent, Digest { logs })
}

fn grandpa(log: &ConsensusLog<u32>) -> Vec<DigestItem> {
    vec![DigestItem::Consensus(GRANDPA_ENGINE_ID, log.encode())]
}

fn vote(voter: u16, header: &Header, round: u64, set_id: u64) -> Vote {
    let target = (header.hash(), header.number);
    signed_precommit::<Header>(&Account(voter), target, round, set_id)
}

/// The proof that the votes for `voted` finalize `header`.
fn proof(header: &Header, votes: Vec<Vote>, ancestries: Vec<Header>) -> FinalityProof {
    FinalityProof {
        header: header.clone(),
        justification: Justification {
            round: ROUND,
            commit: Commit {
                target_hash: header.hash(),
                target_number: header.number,
                precommits: votes,
            },
            votes_ancestries: ancestries,
        },
    }
}

/// The state, and the header that has its root.
fn state((batch_id, batch): (BatchId, &Batch), block: &RegisteredBlock) -> (Header, Pairs) {
    let hospital = HospitalRecord {
        operator: AccountId::new(KNOWN),
        status: HospitalStatus::Active,
        added_at: 3,
        requesters: 7,
    };
    let member = Member {
        role: Role::Requester,
        hospital: Some(H256(HOSPITAL)),
    };
    let entries = vec![
        (storage::now(), bspp_attacks::NOW.encode()),
        (storage::hospital(&H256(HOSPITAL)), hospital.encode()),
        (storage::member(&KNOWN), member.encode()),
        (
            storage::key_filing_months(&H256(HOSPITAL)),
            vec![680u16, 682].encode(),
        ),
        (
            storage::encryption_key(&H256(HOSPITAL), 682),
            [9u8; 32].encode(),
        ),
        (storage::requester_key(&KNOWN), [8u8; 32].encode()),
        (storage::batch(&batch_id), batch.encode()),
        (storage::batch_count(&H256(HOSPITAL), MONTH), 1u32.encode()),
        (
            storage::registered_block(&H256(HOSPITAL), SEQUENCE),
            block.encode(),
        ),
    ];
    let header = Header::new(
        30,
        H256::zero(),
        backend(&entries)
            .storage_root(core::iter::empty(), StateVersion::V1)
            .0,
        H256::zero(),
        Digest::default(),
    );
    (header, entries)
}

fn backend(entries: &[(Vec<u8>, Vec<u8>)]) -> InMemoryBackend<BlakeTwo256> {
    let storage = Storage {
        top: entries.iter().cloned().collect(),
        children_default: Default::default(),
    };
    (storage, StateVersion::V1).into()
}

/// The chain, which is made once.
pub fn node() -> &'static Node {
    static NODE: OnceLock<Node> = OnceLock::new();
    NODE.get_or_init(make)
}

fn make() -> Node {
    let (first, second) = (set(1, &[0, 1, 2, 3]), set(2, &[2, 3, 4, 5]));
    let change = |delay| ScheduledChange {
        next_authorities: second.authorities.clone(),
        delay,
    };
    let start = header(10, H256::zero(), vec![]);
    let plain = header(12, start.hash(), vec![]);
    let child = header(13, plain.hash(), vec![]);
    let grandchild = header(14, child.hash(), vec![]);
    let scheduled = ConsensusLog::ScheduledChange(change(0));
    let ends = header(15, grandchild.hash(), grandpa(&scheduled));
    let forced = ConsensusLog::ForcedChange(0, change(0));
    let forced = header(16, grandchild.hash(), grandpa(&forced));
    let delayed = ConsensusLog::ScheduledChange(change(5));
    let delayed = header(17, grandchild.hash(), grandpa(&delayed));
    let later = header(18, ends.hash(), vec![]);
    // A branch for which a minority voted.
    let forged = header(13, start.hash(), vec![]);
    let forged_child = header(14, forged.hash(), grandpa(&scheduled));

    let votes_of = |voters: &[u16], header: &Header, set: u64| -> Vec<Vote> {
        let votes = voters.iter().map(|&voter| vote(voter, header, ROUND, set));
        votes.collect()
    };
    let by_first = |header: &Header| votes_of(&[0, 1, 2], header, 1);
    let finalized = |proof: FinalityProof, by: &AuthoritySet, next: Option<&AuthoritySet>| {
        let (header, by, next) = (proof.header.clone(), by.clone(), next.cloned());
        Finalized {
            header,
            by,
            next,
            proof,
        }
    };
    let all_of_first = votes_of(&[0, 1, 2, 3], &plain, 1);
    let late_votes = by_first(&grandchild);
    let finalized = vec![
        finalized(proof(&plain, all_of_first, vec![]), &first, Some(&first)),
        finalized(
            proof(&child, late_votes.clone(), vec![grandchild.clone()]),
            &first,
            Some(&first),
        ),
        finalized(proof(&grandchild, late_votes, vec![]), &first, Some(&first)),
        finalized(proof(&ends, by_first(&ends), vec![]), &first, Some(&second)),
        finalized(proof(&forced, by_first(&forced), vec![]), &first, None),
        finalized(proof(&delayed, by_first(&delayed), vec![]), &first, None),
        finalized(
            proof(&later, votes_of(&[2, 4, 5], &later, 2), vec![]),
            &second,
            Some(&second),
        ),
    ];
    let mut votes: Vec<Vote> = finalized
        .iter()
        .flat_map(|block| block.proof.justification.commit.precommits.clone())
        .collect();
    // Three votes of two voters, and votes of other rounds, sets and voters.
    votes.extend([
        vote(0, &forged, ROUND, 1),
        vote(0, &forged_child, ROUND, 1),
        vote(3, &forged, ROUND, 1),
        vote(1, &forged_child, ROUND + 1, 1),
        vote(2, &forged_child, ROUND, 2),
        vote(3, &forged, ROUND, 2),
        vote(0, &forged, ROUND, 2),
        vote(9, &forged, ROUND, 1),
    ]);
    let mut headers: Vec<Header> = finalized.iter().map(|block| block.header.clone()).collect();
    headers.extend([forged, forged_child, start.clone()]);

    let (mut hospital, patient) = (Hospital::new(), keys(1));
    let item = hospital.item(0, &[hiv()], true);
    let (_, grant) = Doctor::new(11).granted(&patient, 0, &[item]);
    let records = [vec![hiv()], vec![vaccination()], vec![hiv(), vaccination()]];
    let entries = records.map(|keywords| {
        let record = hospital.file(&patient, 0, &keywords);
        record.encrypted.record.entry.clone()
    });
    let batch_id = H256(*hospital.batch().id());
    let batch = Batch {
        header: hospital.batch().header().clone(),
        registered_at: 4,
        next_index: 3,
    };
    let block = RegisteredBlock {
        block: EntryCommitment {
            number: 5,
            count: 3,
            root: entries_root(&entries),
            chain_hash: H256(CHAIN),
        },
        registered_at: 6,
        extrinsic: 1,
        from_end: 0,
        len: 0,
    };
    let (header, state) = state((batch_id, &batch), &block);
    let label = &grant.items[0].labels[0];
    Node {
        checkpoint: Checkpoint {
            chain: H256(CHAIN),
            number: start.number,
            block: start.hash(),
            set: first,
        },
        finalized,
        headers,
        votes,
        header,
        state,
        entries: entries.to_vec(),
        batch: batch_id,
        registered: (batch, block),
        secret: search_secret(&hospital, &grant, label),
        label: MonthLabel {
            filing_month: MONTH,
            kw: label.label.clone(),
        },
    }
}

impl Node {
    /// A wallet that starts from the checkpoint.
    pub fn follower(&self) -> Follower {
        Follower::new(self.checkpoint.clone())
    }

    /// The finalized block with this header.
    pub fn finalized(&self, header: &Header) -> Option<&Finalized> {
        self.finalized.iter().find(|block| block.header == *header)
    }

    /// Whether a set finalized this header or one of its descendants.
    pub fn is_final(&self, header: &Header, by: &AuthoritySet) -> bool {
        let parent = |header: &Header| {
            let mut known = self.headers.iter();
            known.find(|known| known.hash() == header.parent_hash)
        };
        let mut finalized = self.finalized.iter().filter(|block| block.by == *by);
        finalized.any(|block| {
            core::iter::successors(Some(&block.header), |child| parent(child))
                .any(|ancestor| ancestor == header)
        })
    }

    /// The nodes that prove the value at a key.
    pub fn read_proof(&self, key: &[u8]) -> Vec<Vec<u8>> {
        let proof = prove_read(backend(&self.state), [key]).expect("the state is complete");
        proof.into_iter_nodes().collect()
    }

    /// The value at a key.
    pub fn value(&self, key: &[u8]) -> Option<&[u8]> {
        let found = self.state.iter().find(|(known, _)| known == key);
        found.map(|(_, value)| value.as_slice())
    }

    /// The root of the entry block.
    pub fn root(&self) -> H256 {
        entries_root(&self.entries)
    }

    /// The answer of `phi_entryBlock`.
    pub fn block(&self) -> WholeBlock {
        WholeBlock {
            number: 5,
            entries: self.entries.clone(),
            refused: vec![],
        }
    }

    /// The answer of `phi_tags` for the whole batch.
    pub fn bucket(&self) -> TagBucket {
        let mut tags = Vec::new();
        for (leaf, entry) in (0..).zip(&self.entries) {
            for (slot, content) in (0..).zip(&entry.slots) {
                tags.push(ListedTag {
                    tag: (&content.tag).into(),
                    sequence: SEQUENCE,
                    leaf,
                    slot,
                });
            }
        }
        TagBucket {
            total: tags.len() as u64,
            tags,
        }
    }

    /// The answer of `phi_entry` for the first entry.
    pub fn located(&self) -> LocatedEntry {
        let entry = self.entries[0].clone();
        LocatedEntry {
            hospital: H256(HOSPITAL),
            sequence: SEQUENCE,
            leaf: 0,
            path: entry_proof(&self.entries, 0).expect("the entry is there"),
            entry,
        }
    }

    /// The record that a search finds at a counter.
    pub fn found(&self, counter: u32) -> Option<FoundRecord> {
        let tag = self.secret.tag(counter);
        (0..).zip(&self.entries).find_map(|(leaf, entry)| {
            Some(FoundRecord {
                query: 0,
                batch: self.batch,
                counter,
                rid: entry.rid(),
                hospital: H256(HOSPITAL),
                sequence: SEQUENCE,
                slot: slot_of(entry, &tag)?,
                entry: entry.clone(),
                path: entry_proof(&self.entries, leaf)?,
            })
        })
    }
}

/// An answer of a node that has all headers and votes, and combines them as it likes.
#[derive(Clone, Debug, Encode, Decode)]
pub enum Answer {
    /// An answer of `finality_prove`, and the JSON of a header.
    Raw(Vec<u8>, Vec<u8>),
    /// A proof made of known parts, each by its position.
    Made {
        /// The header.
        header: u8,
        /// The block that the justification names.
        target: u8,
        /// Whether it is of the second round.
        second_round: bool,
        /// The votes.
        votes: Vec<u8>,
        /// The headers between the block and the votes.
        ancestries: Vec<u8>,
    },
}

/// Maximum number of parts of one kind, which limits the time of one run.
const MAX_PARTS: usize = 24;

fn pick<T: Clone>(from: &[T], places: &[u8]) -> Vec<T> {
    let places = places.iter().take(MAX_PARTS);
    places
        .map(|&place| from[usize::from(place) % from.len()].clone())
        .collect()
}

impl Answer {
    /// The JSON of the header, and the SCALE encoding of the proof.
    pub fn bytes(self) -> (Vec<u8>, Vec<u8>) {
        match self {
            Self::Raw(proof, header) => (header, proof),
            Self::Made {
                header,
                target,
                second_round,
                votes,
                ancestries,
            } => {
                let node = node();
                let one = |place| pick(&node.headers, &[place]).remove(0);
                let mut made = proof(
                    &one(target),
                    pick(&node.votes, &votes),
                    pick(&node.headers, &ancestries),
                );
                made.justification.round = ROUND + u64::from(second_round);
                (json(&one(header)), encoded(&made))
            }
        }
    }

    /// The proof as a client decodes it.
    pub fn decoded(self) -> Option<FinalityProof> {
        let (header, proof) = self.bytes();
        let (_, justification) = decode_finality_proof(&proof).ok()?;
        let header: Option<Header> = serde_json::from_slice(&header).ok()?;
        Some(FinalityProof {
            header: header?,
            justification,
        })
    }
}

/// The answer of `finality_prove` with this proof.
pub fn encoded(proof: &FinalityProof) -> Vec<u8> {
    let justification = proof.encoded_justification();
    (proof.header.hash(), justification, Vec::<Header>::new()).encode()
}

/// The JSON of an answer.
pub fn json(answer: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(answer).expect("the value has a JSON form")
}

/// Reads an answer. Its JSON must mean the same when it is read again.
pub fn parsed<T: Serialize + DeserializeOwned>(data: &[u8]) -> Option<T> {
    let value: T = serde_json::from_slice(data).ok()?;
    let written = json(&value);
    let again: T = serde_json::from_slice(&written).expect("its own JSON is valid");
    assert_eq!(json(&again), written, "the JSON form is not stable");
    Some(value)
}
