// SPDX-License-Identifier: Apache-2.0
use crate::{mock::*, Error};
use bspp_primitives::{entry_commitment_storage, traits::AnchoredState};
use bspp_types::{EntryCommitment, HospitalId};
use codec::{Decode, Encode};
use sp_core::H256;
use sp_runtime::traits::Header as _;

const BLOCK: EntryCommitment = EntryCommitment {
    number: 7,
    count: 3,
    root: H256([1; 32]),
    chain_hash: H256([2; 32]),
};

/// Runs `test` with A anchored at a state, and with a proof of one of its values.
///
/// The state contains an entry commitment among other values.
fn with_state(test: impl FnOnce(H256, Vec<Vec<u8>>, Vec<u8>)) {
    let key = entry_commitment_storage::key(0);
    let (value, others) = (BLOCK.encode(), (1..40).map(entry_commitment_storage::key));
    let others: Vec<_> = others.map(|key| (key, vec![9u8; 72])).collect();
    let mut pairs: Vec<(&[u8], &[u8])> = others
        .iter()
        .map(|(key, value)| (&key[..], &value[..]))
        .collect();
    pairs.push((&key, &value));
    let (root, proof) = state(&pairs, &key);
    let mut head = header(10, 0);
    head.set_state_root(root);
    let hash = head.hash();
    ExtBuilder::default()
        .anchored(A, head, &[0], 0)
        .execute(|| test(hash, proof, key));
}

fn read(head: H256, proof: Vec<Vec<u8>>, key: &[u8]) -> Result<Vec<u8>, Error<Test>> {
    read_of(A, head, proof, key)
}

fn read_of(
    hospital: HospitalId,
    head: H256,
    proof: Vec<Vec<u8>>,
    key: &[u8],
) -> Result<Vec<u8>, Error<Test>> {
    <HospitalAnchor as AnchoredState>::read(&hospital, &head, proof, key)
}

#[test]
fn read_should_give_the_value_when_the_proof_holds() {
    with_state(|head, proof, key| {
        let value = read(head, proof, &key).unwrap();
        assert_eq!(EntryCommitment::decode(&mut &value[..]).unwrap(), BLOCK);
    });
}

#[test]
fn read_should_refuse_when_the_head_is_unknown() {
    with_state(|_, proof, key| {
        assert!(matches!(
            read(H256([3; 32]), proof, &key),
            Err(Error::UnknownHead)
        ));
    });
}

#[test]
fn read_should_refuse_when_the_hospital_has_no_anchor() {
    with_state(|head, proof, key| {
        assert!(matches!(
            read_of(B, head, proof, &key),
            Err(Error::NotFound)
        ));
    });
}

#[test]
fn read_should_say_so_when_the_value_is_absent() {
    let (root, proof) = state(&[(b"aaaa", &[1; 40]), (b"bbbb", &[2; 40])], b"aaaz");
    let mut head = header(10, 0);
    head.set_state_root(root);
    let hash = head.hash();
    ExtBuilder::default()
        .anchored(A, head, &[0], 0)
        .execute(|| {
            assert!(matches!(
                read(hash, proof, b"aaaz"),
                Err(Error::ValueAbsent)
            ));
        });
}

#[test]
fn forged_storage_proof_should_be_refused_when_any_byte_is_altered() {
    with_state(|head, proof, key| {
        for node in 0..proof.len() {
            for byte in 0..proof[node].len() {
                let mut altered = proof.clone();
                altered[node][byte] ^= 1;
                assert!(
                    read(head, altered, &key).is_err(),
                    "node {node}, byte {byte}"
                );
            }
        }
    });
}

#[test]
fn forged_storage_proof_should_be_refused_when_a_node_is_missing_double_or_unused() {
    with_state(|head, proof, key| {
        for node in 0..proof.len() {
            let mut missing = proof.clone();
            missing.remove(node);
            assert!(
                matches!(read(head, missing, &key), Err(Error::InvalidProof)),
                "{node}"
            );
        }
        let mut double = proof.clone();
        double.push(proof[0].clone());
        assert!(matches!(read(head, double, &key), Err(Error::InvalidProof)));
        let mut unused = proof.clone();
        unused.push(vec![0; 40]);
        assert!(matches!(read(head, unused, &key), Err(Error::InvalidProof)));
        assert!(matches!(read(head, vec![], &key), Err(Error::InvalidProof)));
    });
}

#[test]
fn forged_storage_proof_should_be_refused_when_made_for_another_state() {
    with_state(|head, _, key| {
        let (_, proof) = state(&[(&key, &[5; 72]), (b"x", b"y")], &key);
        assert!(matches!(read(head, proof, &key), Err(Error::InvalidProof)));
    });
}
