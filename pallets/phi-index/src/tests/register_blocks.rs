// SPDX-License-Identifier: Apache-2.0
use crate::{mock::*, types::StorageProof, Error, Event};
use bspp_primitives::entry_commitment_storage;
use bspp_types::EntryCommitment;
use codec::{Decode, Encode};
use frame_support::{assert_noop, assert_ok, assert_storage_noop};
use sp_core::H256;
use sp_runtime::DispatchError;

#[test]
fn register_blocks_should_keep_root_and_count_when_all_is_well() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        System::set_block_number(4);
        System::set_extrinsic_index(6);
        let entries = vec![entry(ids[0], 0, 1), entry(ids[0], 3, 2)];
        let block = store(A, 0, &entries);
        assert_ok!(register(OPERATOR_A, 0, entries));
        let registered = PhiIndex::registered_block(&A, 0).unwrap();
        assert_eq!(registered.block, block);
        assert_eq!((registered.registered_at, registered.extrinsic), (4, 6));
        assert_eq!(PhiIndex::next_sequence(&A), 1);
        assert_eq!(PhiIndex::batch(&ids[0]).unwrap().next_index, 4);
        assert!(PhiIndex::refused(&A, 0).is_empty());
        let event = Event::EntriesRegistered {
            hospital: A,
            sequence: 0,
            number: 1,
            count: 2,
        };
        System::assert_last_event(event.into());
    });
}

#[test]
fn register_blocks_should_go_on_when_blocks_come_in_order() {
    ExtBuilder::default()
        .with_batch(A, 1)
        .with_batch(B, 2)
        .execute(|ids| {
            for index in 0..3 {
                let sequence = store_and_register(OPERATOR_A, vec![entry(ids[0], index, 1)]);
                assert_eq!(sequence, index);
            }
            assert_eq!(store_and_register(OPERATOR_B, vec![entry(ids[1], 0, 1)]), 0);
            assert_eq!(
                (PhiIndex::next_sequence(&A), PhiIndex::next_sequence(&B)),
                (3, 1)
            );
        });
}

#[test]
fn register_blocks_should_refuse_when_the_signer_is_no_operator() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        let entries = vec![entry(ids[0], 0, 1)];
        store(A, 0, &entries);
        for who in [REQUESTER_A, STRANGER] {
            assert_noop!(
                register(who, 0, entries.clone()),
                Error::<Test>::NotAuthorized
            );
        }
        let blocks = vec![entry_block(0, 1, &entries)].try_into().unwrap();
        let root = RuntimeOrigin::root();
        let call = PhiIndex::register_blocks(root, HEAD, StorageProof::default(), blocks);
        assert_noop!(call, DispatchError::BadOrigin);
    });
}

#[test]
fn register_blocks_should_refuse_when_they_are_another_hospitals() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        let entries = vec![entry(ids[0], 0, 1)];
        store(A, 0, &entries);
        // B's operator registers only for B, and B's chain does not have such a block.
        let refusal = DispatchError::Other("ValueAbsent");
        assert_noop!(register(OPERATOR_B, 0, entries), refusal);
    });
}

#[test]
fn register_blocks_should_refuse_when_the_head_is_not_anchored() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        let entries = vec![entry(ids[0], 0, 1)];
        store(A, 0, &entries);
        let call = PhiIndex::register_blocks(
            RuntimeOrigin::signed(OPERATOR_A),
            H256::zero(),
            StorageProof::default(),
            vec![entry_block(0, 1, &entries)].try_into().unwrap(),
        );
        assert_noop!(call, DispatchError::Other("UnknownHead"));
    });
}

#[test]
fn left_out_block_should_be_refused() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        let first = vec![entry(ids[0], 0, 1)];
        let second = vec![entry(ids[0], 1, 2)];
        let block = store(A, 0, &first);
        let after = next_block(Some(block), &second);
        put_state(A, entry_commitment_storage::key(1), after.encode());
        let refusal = Error::<Test>::SequenceMismatch;
        assert_noop!(register(OPERATOR_A, 1, second.clone()), refusal);
        assert_ok!(register(OPERATOR_A, 0, first));
        next_extrinsic();
        assert_ok!(register(OPERATOR_A, 1, second));
    });
}

#[test]
fn left_out_block_should_be_refused_when_the_hospital_chain_hides_it() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        // The chain stored three blocks and shows the third as the second.
        let blocks: Vec<_> = (0..3u8)
            .map(|i| vec![entry(ids[0], i.into(), i + 1)])
            .collect();
        let first = store(A, 0, &blocks[0]);
        assert_ok!(register(OPERATOR_A, 0, blocks[0].clone()));
        let second = next_block(Some(first), &blocks[1]);
        let third = next_block(Some(second), &blocks[2]);
        put_state(A, entry_commitment_storage::key(1), third.encode());
        next_extrinsic();
        let refusal = Error::<Test>::ChainHashMismatch;
        assert_noop!(register(OPERATOR_A, 1, blocks[2].clone()), refusal);
    });
}

#[test]
fn replayed_registration_should_change_nothing() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        let entries = vec![entry(ids[0], 0, 1)];
        store_and_register(OPERATOR_A, entries.clone());
        next_block_number();
        assert_storage_noop!(assert_ok!(register(OPERATOR_A, 0, entries)));
    });
}

#[test]
fn altered_entry_should_be_refused() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        let honest = vec![entry(ids[0], 0, 1), entry(ids[0], 1, 2)];
        store(A, 0, &honest);
        let alter = |change: &dyn Fn(&mut bspp_types::Entry)| {
            let mut entries = honest.clone();
            change(&mut entries[1]);
            entries
        };
        let altered = [
            alter(&|entry| entry.index += 1),
            alter(&|entry| entry.batch.0[0] ^= 1),
            alter(&|entry| entry.payload_hash.0[31] ^= 1),
            alter(&|entry| entry.key_commitment.0[0] ^= 1),
            alter(&|entry| entry.slots[7].tag[15] ^= 1),
            alter(&|entry| entry.slots[0].match_key[0] ^= 1),
            alter(&|entry| entry.slots.truncate(7)),
        ];
        for entries in altered {
            assert_noop!(
                register(OPERATOR_A, 0, entries),
                Error::<Test>::RootMismatch
            );
        }
        assert_ok!(register(OPERATOR_A, 0, honest));
    });
}

#[test]
fn reordered_entries_should_be_refused() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        let mut entries: Vec<_> = (0..3u8).map(|i| entry(ids[0], i.into(), i)).collect();
        store(A, 0, &entries);
        entries.swap(0, 2);
        assert_noop!(
            register(OPERATOR_A, 0, entries),
            Error::<Test>::RootMismatch
        );
    });
}

#[test]
fn omitted_entry_should_be_refused() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        let entries: Vec<_> = (0..3u8).map(|i| entry(ids[0], i.into(), i)).collect();
        store(A, 0, &entries);
        let refusal = || Error::<Test>::CountMismatch;
        assert_noop!(register(OPERATOR_A, 0, entries[..2].to_vec()), refusal());
        let empty = Error::<Test>::InvalidEntryBlock;
        assert_noop!(register(OPERATOR_A, 0, vec![]), empty);
        let mut doubled = entries.clone();
        doubled.push(entries[2].clone());
        assert_noop!(register(OPERATOR_A, 0, doubled), refusal());
    });
}

#[test]
fn invalid_entry_block_should_be_refused() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        let entries = vec![entry(ids[0], 0, 1)];
        let mut long = store(A, 0, &entries).encode();
        long.push(0);
        let empty = next_block(None, &[]).encode();
        for (value, entries) in [
            (vec![], entries.clone()),
            (vec![1, 2, 3], entries.clone()),
            (long, entries.clone()),
            (empty, vec![]),
        ] {
            put_state(A, entry_commitment_storage::key(0), value);
            let refusal = Error::<Test>::InvalidEntryBlock;
            assert_noop!(register(OPERATOR_A, 0, entries), refusal);
        }
    });
}

#[test]
fn invalid_entry_block_should_be_refused_when_it_is_not_newer() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        store_and_register(OPERATOR_A, vec![entry(ids[0], 0, 1)]);
        let first = PhiIndex::registered_block(&A, 0).unwrap().block;
        let lists = [vec![entry(ids[0], 1, 2)], vec![entry(ids[0], 2, 3)]];
        let blocks = store_all(A, 1, &lists);
        next_extrinsic();
        let refusal = || Error::<Test>::InvalidEntryBlock;
        let mut same_height = blocks.clone();
        same_height[0].number = first.number;
        assert_noop!(register_all(OPERATOR_A, &same_height), refusal());
        let mut falling = blocks.clone();
        falling[0].number = falling[1].number;
        assert_noop!(register_all(OPERATOR_A, &falling), refusal());
        assert_ok!(register_all(OPERATOR_A, &blocks));
    });
}

#[test]
fn forged_root_should_be_refused() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        let entries = vec![entry(ids[0], 0, 1)];
        let honest = store(A, 0, &entries);
        // A root and a count that the running hash does not cover.
        let other_root = EntryCommitment {
            root: H256([5; 32]),
            ..honest
        };
        put_state(A, entry_commitment_storage::key(0), other_root.encode());
        let refusal = Error::<Test>::RootMismatch;
        assert_noop!(register(OPERATOR_A, 0, entries.clone()), refusal);
        let other_hash = EntryCommitment {
            chain_hash: H256([5; 32]),
            ..honest
        };
        put_state(A, entry_commitment_storage::key(0), other_hash.encode());
        let refusal = Error::<Test>::ChainHashMismatch;
        assert_noop!(register(OPERATOR_A, 0, entries), refusal);
    });
}

#[test]
fn other_height_should_be_refused() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        let lists = [vec![entry(ids[0], 0, 1)], vec![entry(ids[0], 1, 2)]];
        let blocks = store_all(A, 0, &lists);
        for position in 0..2 {
            let mut moved = blocks.clone();
            moved[position].number += 1;
            let refusal = Error::<Test>::ChainHashMismatch;
            assert_noop!(register_all(OPERATOR_A, &moved), refusal);
        }
    });
}

#[test]
fn oversized_arguments_should_not_decode() {
    use crate::types::{EntryBlocks, MAX_NODE_BYTES, MAX_PROOF_NODES};
    use bspp_types::{
        limits::MAX_BLOCKS_PER_CALL, BlockEntries, Entry, EntryBlock, MAX_ENTRIES_PER_BLOCK,
    };
    let entries: Vec<Entry> = (0..=MAX_ENTRIES_PER_BLOCK)
        .map(|i| entry(H256::zero(), i, 1))
        .collect();
    assert!(BlockEntries::decode(&mut &entries.encode()[..]).is_err());
    assert!(BlockEntries::decode(&mut &entries[1..].encode()[..]).is_ok());
    let blocks: Vec<EntryBlock> = (0..=MAX_BLOCKS_PER_CALL)
        .map(|i| entry_block(i, i, &[]))
        .collect();
    assert!(EntryBlocks::decode(&mut &blocks.encode()[..]).is_err());
    assert!(EntryBlocks::decode(&mut &blocks[1..].encode()[..]).is_ok());

    let nodes = vec![vec![0u8; 1]; MAX_PROOF_NODES as usize + 1];
    assert!(StorageProof::decode(&mut &nodes.encode()[..]).is_err());
    assert!(StorageProof::decode(&mut &nodes[1..].encode()[..]).is_ok());
    let node = vec![vec![0u8; MAX_NODE_BYTES as usize + 1]];
    assert!(StorageProof::decode(&mut &node.encode()[..]).is_err());
}

#[test]
fn register_blocks_should_take_a_full_block() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        let entries: Vec<_> = (0..bspp_types::MAX_ENTRIES_PER_BLOCK)
            .map(|i| entry(ids[0], i, i as u8))
            .collect();
        store_and_register(OPERATOR_A, entries);
        assert_eq!(PhiIndex::batch(&ids[0]).unwrap().next_index, 256);
    });
}

#[test]
fn register_blocks_should_refuse_when_the_extrinsic_has_registered_already() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        let first = vec![entry(ids[0], 0, 1)];
        store(A, 0, &first);
        assert_ok!(register(OPERATOR_A, 0, first));
        let second = vec![entry(ids[0], 1, 2)];
        store(A, 1, &second);
        let refusal = Error::<Test>::InvalidContext;
        assert_noop!(register(OPERATOR_A, 1, second.clone()), refusal);
        next_extrinsic();
        assert_ok!(register(OPERATOR_A, 1, second));
    });
}

#[test]
fn register_blocks_should_weigh_more_with_blocks_entries_slots_and_nodes() {
    use crate::{types::Size, WeightInfo};
    use frame_support::dispatch::GetDispatchInfo;
    let call = |lists: &[Vec<bspp_types::Entry>], nodes: usize| {
        let blocks: Vec<_> = (0..)
            .zip(lists)
            .map(|(sequence, entries)| entry_block(sequence, sequence + 1, entries))
            .collect();
        let call: crate::Call<Test> = crate::Call::register_blocks {
            head: HEAD,
            proof: vec![Default::default(); nodes].try_into().unwrap(),
            blocks: blocks.try_into().unwrap(),
        };
        call.get_dispatch_info().call_weight.ref_time()
    };
    let one = entry(H256::zero(), 0, 1);
    let least = call(&[vec![one.clone()]], 1);
    assert!(call(&[vec![one.clone(), one.clone()]], 1) > least);
    assert!(call(&[vec![one.clone()], vec![]], 1) > least);
    assert!(call(&[vec![one]], 2) > least);
    type W = crate::weights::SubstrateWeight<Test>;
    assert!(W::register_blocks(0, 0, 1, 0).ref_time() > W::register_blocks(0, 0, 0, 0).ref_time());
    assert!(W::register_batch().ref_time() > 0);
    // The largest call fits into the normal part of a block of a slot of three seconds.
    let largest = Size::largest().weight::<W>(crate::types::MAX_PROOF_NODES);
    assert!(largest.ref_time() < 1_125_000_000_000 / 2);
}
