// SPDX-License-Identifier: Apache-2.0
//! Attacks of a node that lies to a wallet.
#![allow(clippy::unwrap_used)]

use super::{check_read, check_reads, matches::whole_list, Checkpoint, Follower};
use crate::{AuthoritySet, ClientError, FinalityProof};
use bp_test_utils::{
    authority_list, make_justification_for_header, JustificationGeneratorParams, ALICE, BOB,
    CHARLIE, TEST_GRANDPA_ROUND,
};
use bspp_primitives::{consortium_storage as storage, Header};
use codec::Encode;
use sp_consensus_grandpa::{ConsensusLog, ScheduledChange, GRANDPA_ENGINE_ID};
use sp_core::H256;
use sp_runtime::{
    traits::{BlakeTwo256, Header as _},
    Digest, DigestItem,
};
use sp_state_machine::{prove_read, Backend, InMemoryBackend};

const CHAIN: H256 = H256([7; 32]);

fn set(id: u64) -> AuthoritySet {
    AuthoritySet {
        id,
        authorities: authority_list(),
    }
}

fn header(number: u32, logs: Vec<DigestItem>) -> Header {
    Header::new(
        number,
        H256::zero(),
        H256::zero(),
        H256::zero(),
        Digest { logs },
    )
}

fn proof(header: Header, set_id: u64) -> FinalityProof {
    let justification = make_justification_for_header(JustificationGeneratorParams {
        header: header.clone(),
        round: TEST_GRANDPA_ROUND,
        set_id,
        authorities: vec![(ALICE, 1), (BOB, 1), (CHARLIE, 1)],
        ancestors: 0,
        forks: 1,
    });
    FinalityProof {
        header,
        justification,
    }
}

fn follower(number: u32) -> Follower {
    Follower::new(Checkpoint {
        chain: CHAIN,
        number,
        block: header(number, vec![]).hash(),
        set: set(1),
    })
}

fn log(log: ConsensusLog<u32>) -> DigestItem {
    DigestItem::Consensus(GRANDPA_ENGINE_ID, log.encode())
}

fn change(delay: u32) -> ScheduledChange<u32> {
    ScheduledChange {
        next_authorities: authority_list(),
        delay,
    }
}

/// Attack: the node proves nothing newer, and shows another header for the known block.
#[test]
fn follower_should_believe_only_its_own_header_when_nothing_is_newer() {
    let mut follower = follower(10);
    follower.check_header(&header(10, vec![])).unwrap();
    assert!(follower.check_header(&header(11, vec![])).is_err());
    let newer = header(12, vec![]);
    follower.accept(&proof(newer.clone(), 1)).unwrap();
    follower.check_header(&newer).unwrap();
    assert!(follower.check_header(&header(10, vec![])).is_err());
}

#[test]
fn follower_should_move_to_what_its_set_finalized() {
    let mut follower = follower(10);
    assert!(!follower.accept(&proof(header(12, vec![]), 1)).unwrap());
    assert_eq!(follower.checkpoint().number, 12);
    let ends = header(15, vec![log(ConsensusLog::ScheduledChange(change(0)))]);
    assert!(follower.accept(&proof(ends, 1)).unwrap());
    assert_eq!(
        (follower.checkpoint().number, follower.checkpoint().set.id),
        (15, 2)
    );
    // The old set finalizes nothing any more.
    assert!(follower.accept(&proof(header(16, vec![]), 1)).is_err());
    assert!(!follower.accept(&proof(header(16, vec![]), 2)).unwrap());
}

#[test]
fn lying_node_should_not_move_a_wallet_back() {
    let mut follower = follower(10);
    for number in [9, 10] {
        assert!(follower.accept(&proof(header(number, vec![]), 1)).is_err());
    }
    assert_eq!(follower.checkpoint().number, 10);
}

#[test]
fn lying_node_should_not_show_a_header_of_its_own() {
    let mut follower = follower(10);
    // Signatures for another header, and signatures of another set.
    let mut forged = proof(header(11, vec![]), 1);
    forged.header.state_root = H256::repeat_byte(1);
    assert!(follower.accept(&forged).is_err());
    assert!(follower.accept(&proof(header(11, vec![]), 2)).is_err());
    // A minority signs.
    let mut minority = proof(header(11, vec![]), 1);
    minority.justification.commit.precommits.truncate(1);
    assert!(follower.accept(&minority).is_err());
    assert_eq!(follower.checkpoint().number, 10);
}

/// Attack: a node keeps a wallet busy with one proof of many votes.
#[test]
fn proof_with_too_many_votes_should_be_refused_before_it_is_verified() {
    let mut follower = follower(10);
    let mut long = proof(header(11, vec![]), 1);
    let vote = long.justification.commit.precommits[0].clone();
    let voters = set(1).authorities.len();
    long.justification
        .commit
        .precommits
        .resize(2 * voters + 1, vote);
    let refused = follower.accept(&long).unwrap_err().to_string();
    assert!(refused.contains("too many"), "{refused}");
    assert_eq!(follower.checkpoint().number, 10);
}

#[test]
fn forced_or_delayed_change_should_need_a_new_checkpoint() {
    for log_of in [
        ConsensusLog::ForcedChange(0, change(0)),
        ConsensusLog::ScheduledChange(change(5)),
    ] {
        let mut follower = follower(10);
        let refused = follower.accept(&proof(header(11, vec![log(log_of)]), 1));
        assert!(matches!(
            refused,
            Err(ClientError::CheckpointNeeded { block: 11 })
        ));
        assert_eq!(follower.checkpoint().number, 10);
    }
}

/// A state with one request key, and the proof that a node gives for `key`.
fn proved(entries: Vec<(Vec<u8>, Vec<u8>)>, key: &[u8]) -> (Header, Vec<Vec<u8>>) {
    proved_all(entries, &[key])
}

fn proved_all(entries: Vec<(Vec<u8>, Vec<u8>)>, keys: &[&[u8]]) -> (Header, Vec<Vec<u8>>) {
    let backend: InMemoryBackend<BlakeTwo256> = (
        sp_core::storage::Storage {
            top: entries.into_iter().collect(),
            children_default: Default::default(),
        },
        sp_core::storage::StateVersion::V1,
    )
        .into();
    let root = backend
        .storage_root(core::iter::empty(), sp_core::storage::StateVersion::V1)
        .0;
    let proof = prove_read(backend, keys).unwrap();
    let header = Header::new(11, H256::zero(), root, H256::zero(), Digest::default());
    (header, proof.into_iter_nodes().collect())
}

#[test]
fn lying_node_should_not_change_or_hide_a_value() {
    let (doctor, other) = ([1u8; 32], [2u8; 32]);
    let key = storage::requester_key(&doctor);
    let honest = vec![(key.clone(), H256::repeat_byte(9).encode())];
    let (header, nodes) = proved(honest, &key);
    let value: Option<H256> = check_read(&header, nodes.clone(), &key).unwrap();
    assert_eq!(value, Some(H256::repeat_byte(9)));

    // Another value, from a state with another root.
    let (_, forged) = proved(vec![(key.clone(), H256::repeat_byte(8).encode())], &key);
    assert!(check_read::<H256>(&header, forged, &key).is_err());
    // No nodes at all cannot pass as absence.
    assert!(check_read::<H256>(&header, vec![], &key).is_err());
    // A node for which the key is absent gives the proof of absence of another state.
    let (_, absent) = proved(vec![(storage::now(), 1u64.encode())], &key);
    assert!(check_read::<H256>(&header, absent, &key).is_err());
    // Real absence is proved.
    let (header, nodes) = proved(
        vec![(key, H256::repeat_byte(9).encode())],
        &storage::requester_key(&other),
    );
    let value: Option<H256> = check_read(&header, nodes, &storage::requester_key(&other)).unwrap();
    assert_eq!(value, None);
}

/// Attack: the node proves some of the values that a wallet asks for in one proof.
#[test]
fn lying_node_should_not_hide_one_of_several_values() {
    let keys = [1u8, 2, 3].map(|number| storage::requester_key(&[number; 32]));
    let value = |number: u8| H256::repeat_byte(number).encode();
    let entries = vec![(keys[0].clone(), value(1)), (keys[1].clone(), value(2))];
    let all: Vec<&[u8]> = keys.iter().map(Vec::as_slice).collect();
    let (header, nodes) = proved_all(entries.clone(), &all);
    let values: Vec<Option<H256>> = check_reads(&header, nodes, &keys).unwrap();
    let [one, two] = [1, 2].map(|number| Some(H256::repeat_byte(number)));
    assert_eq!(values, [one, two, None]);

    // The proof of another state that lacks one of them, and a proof without nodes.
    let (_, fewer) = proved_all(entries[..1].to_vec(), &all);
    assert!(check_reads::<H256, _>(&header, fewer, &keys).is_err());
    assert!(check_reads::<H256, _>(&header, vec![], &keys).is_err());
}

/// Attack: the node leaves out a match, adds one, or repeats one in the place of another.
#[test]
fn lying_node_should_not_list_other_matches_than_the_request_counts() {
    let [one, two, three] = [1, 2, 3].map(H256::repeat_byte);
    assert_eq!(whole_list(vec![two, one], 2).unwrap(), [one, two]);
    assert!(whole_list(vec![], 0).unwrap().is_empty());
    for (listed, count) in [
        (vec![one], 2),
        (vec![one, two, three], 2),
        (vec![one, one], 2),
        (vec![one], 0),
    ] {
        let refused = whole_list(listed, count);
        assert!(matches!(refused, Err(ClientError::InvalidStateProof(_))));
    }
}
