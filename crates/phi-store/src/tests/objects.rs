// SPDX-License-Identifier: Apache-2.0
//! Objects, hashes and proofs.

use super::{payload, Folders, Rack, LIMIT};
use crate::{
    object::{encode, Head, MAX_HEAD_BYTES, MAX_OBJECT_BYTES},
    place, PhiReader, PhiStoreError,
};
use bspp_types::{
    payload_hash, payload_leaves, H256, MAX_PAYLOAD_BYTES, PAYLOAD_LEAF_BYTES, PAYLOAD_PIECE_BYTES,
};
use proptest::prelude::*;

const LENGTHS: [usize; 8] = [
    1,
    PAYLOAD_LEAF_BYTES - 1,
    PAYLOAD_LEAF_BYTES,
    PAYLOAD_LEAF_BYTES + 1,
    PAYLOAD_PIECE_BYTES,
    PAYLOAD_PIECE_BYTES + 1,
    3 * PAYLOAD_PIECE_BYTES,
    200_001,
];

#[tokio::test]
async fn get_should_give_what_put_stored_under_the_payload_hash() {
    let folders = Folders::new(2, 2);
    let store = folders.open().await;
    for length in LENGTHS {
        let data = payload(1, length);
        let stored = store.put(data.clone()).await.unwrap();
        assert_eq!(stored.hash, payload_hash(&data));
        assert_eq!((stored.stores, stored.lacking.len()), (2, 0));
        // A repetition changes nothing.
        assert_eq!(store.put(data.clone()).await.unwrap(), stored);
        assert_eq!(store.get(stored.hash).await.unwrap(), data);
        let reader = PhiReader::open(&folders.config().stores).unwrap();
        assert_eq!(reader.get(stored.hash).await.unwrap(), data);
    }
}

#[tokio::test]
async fn get_should_fail_when_no_store_has_the_payload() {
    let folders = Folders::new(2, 1);
    let store = folders.open().await;
    let hash = H256::repeat_byte(1);
    assert_eq!(
        store.get(hash).await.unwrap_err(),
        PhiStoreError::NotFound(hash)
    );
}

#[tokio::test]
async fn put_should_fail_when_the_payload_is_empty_or_too_large() {
    let rack = Rack::new(1, 1).await;
    for length in [0, MAX_PAYLOAD_BYTES as usize + 1] {
        let error = rack.store.put(vec![0u8; length]).await.unwrap_err();
        assert_eq!(error, PhiStoreError::InvalidLength(length));
    }
}

#[test]
fn largest_payload_should_fit_the_limits_of_reads() {
    let (hash, object) = encode(&vec![3u8; MAX_PAYLOAD_BYTES as usize]).unwrap();
    assert_eq!(object.len() as u64, MAX_OBJECT_BYTES);
    let head = Head::read(&object[..MAX_HEAD_BYTES as usize], &hash).unwrap();
    assert_eq!(head.object_size(), MAX_OBJECT_BYTES);
    let last = payload_leaves(MAX_PAYLOAD_BYTES.into()) - 1;
    assert_eq!(head.piece_with(last).unwrap().end, MAX_OBJECT_BYTES);
    assert_eq!(head.piece_with(last + 1), None);
    assert_eq!(head.piece_with(u64::MAX), None);
}

#[tokio::test]
async fn prove_should_prove_every_leaf_at_the_borders_of_pieces() {
    let rack = Rack::new(1, 1).await;
    let reader = rack.store.reader();
    for length in LENGTHS {
        let hash = rack.store.put(payload(2, length)).await.unwrap().hash;
        let count = payload_leaves(length as u64);
        for position in [0, 1, 511, 512, count / 2, count - 1] {
            let proof = reader.prove(hash, |_| position).await;
            if position < count {
                let proof = proof.unwrap();
                assert_eq!(proof.length as usize, length);
                assert!(proof.verify(&hash, position), "{length} {position}");
            } else {
                let expected = PhiStoreError::LeafNotFound { hash, position };
                assert_eq!(proof.unwrap_err(), expected);
            }
        }
    }
}

#[tokio::test]
async fn prove_should_not_wait_for_a_store_that_hangs() {
    let rack = Rack::new(2, 2).await;
    let hash = rack.store.put(payload(2, 1_000)).await.unwrap().hash;
    rack.faults[0].hang_reads();
    // An author waits a part of a slot, which is less than the time that a store has.
    for _ in 0..3 {
        let reader = rack.store.reader();
        let proof = tokio::time::timeout(LIMIT / 2, reader.prove(hash, |_| 5)).await;
        assert!(proof.unwrap().unwrap().verify(&hash, 5));
    }
    // A reader of everything waits once, and asks the other store first afterwards.
    assert_eq!(rack.store.get(hash).await.unwrap(), payload(2, 1_000));
    let again = tokio::time::timeout(LIMIT / 2, rack.store.get(hash)).await;
    assert_eq!(again.unwrap().unwrap(), payload(2, 1_000));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn drawn_leaf_should_be_proved(
        seed in any::<u8>(),
        length in 1usize..300_000,
        draw in any::<u64>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let rack = Rack::new(1, 1).await;
            let hash = rack.store.put(payload(seed, length)).await.unwrap().hash;
            let leaf = |length: u32| draw % payload_leaves(length.into());
            let proof = rack.store.reader().prove(hash, leaf).await.unwrap();
            let position = leaf(proof.length);
            prop_assert_eq!(proof.length as usize, length);
            prop_assert!(proof.verify(&hash, position));
            prop_assert!(!proof.verify(&hash, position + 1));
            Ok(())
        })?;
    }

    #[test]
    fn object_with_any_byte_changed_should_be_refused(
        length in 1usize..150_000,
        at: proptest::sample::Index,
        change in 1u8..=255,
    ) {
        let (hash, mut object) = encode(&payload(3, length)).unwrap();
        prop_assert!(crate::object::check(&object, &hash).is_ok());
        let at = at.index(object.len());
        object[at] ^= change;
        prop_assert!(crate::object::check(&object, &hash).is_err());
    }

    #[test]
    fn head_should_never_panic_on_any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        prop_assert!(Head::read(&bytes, &H256::zero()).is_err());
        let magic = [&b"BSPPHI01"[..], &bytes].concat();
        prop_assert!(Head::read(&magic, &H256::zero()).is_err());
    }
}

#[test]
fn hash_should_be_read_from_its_own_place_only() {
    let hash = H256::repeat_byte(0xab);
    assert_eq!(place::hash_of(&place::payload(&hash)), Some(hash));
    for foreign in ["payloads/ab/notes.txt", "payloads", "payloads/ab/ab/abab"] {
        assert_eq!(place::hash_of(&foreign.into()), None);
    }
}
