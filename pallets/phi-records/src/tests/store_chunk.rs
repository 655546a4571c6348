// SPDX-License-Identifier: Apache-2.0

use super::unsigned;
use crate::{mock::*, Call, Chunks, Error, Event};
use bspp_types::{payload_root, MAX_CHUNK_BYTES};
use codec::Encode;
use frame_support::{assert_noop, assert_ok, dispatch::GetDispatchInfo};
use sp_runtime::DispatchError;
use sp_state_machine::IndexOperation;

#[test]
fn store_chunk_should_index_exactly_its_bytes() {
    let mut ext = ExtBuilder::default().build();
    let data = ciphertext(1);
    ext.execute_with(|| {
        System::set_extrinsic_index(4);
        assert_ok!(store_chunk(GATEWAY, data.clone()));
        let chunk = Chunks::<Test>::get(hash(&data)).unwrap();
        assert_eq!(
            (chunk.len, chunk.root, chunk.uploader, chunk.stored_at),
            (64, payload_root(&data), GATEWAY, 2)
        );
        assert_eq!(
            events(),
            vec![Event::ChunkStored {
                chunk: hash(&data),
                len: 64
            }]
        );
    });
    assert!(matches!(
        ext.overlayed_changes().transaction_index_ops(),
        [IndexOperation::Insert { extrinsic: 4, hash: indexed, size: 64 }]
            if indexed.as_slice() == hash(&data).as_bytes()
    ));
    // The index takes the last bytes of the extrinsic: the data must be there.
    let encoded = RuntimeCall::PhiRecords(Call::store_chunk { data: data.clone() }).encode();
    assert!(encoded.ends_with(&data));
}

#[test]
fn store_chunk_should_index_nothing_when_it_fails() {
    let mut ext = ExtBuilder::default().build();
    ext.execute_with(|| {
        assert!(store_chunk(GATEWAY, Vec::new()).is_err());
        assert!(store_chunk(STRANGER, ciphertext(1)).is_err());
    });
    assert!(ext.overlayed_changes().transaction_index_ops().is_empty());
}

#[test]
fn store_chunk_should_fail_when_the_origin_may_not_store() {
    ExtBuilder::default().build_and_execute(|| {
        for origin in unsigned() {
            assert_noop!(
                PhiRecords::store_chunk(origin, ciphertext(1)),
                DispatchError::BadOrigin
            );
        }
        assert_noop!(
            store_chunk(STRANGER, ciphertext(1)),
            Error::<Test>::NotAuthorized
        );
    });
}

#[test]
fn empty_chunk_should_be_refused() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(
            store_chunk(GATEWAY, Vec::new()),
            Error::<Test>::InvalidChunkSize
        );
        assert_ok!(store_chunk(GATEWAY, vec![0]));
    });
}

#[test]
fn oversized_chunk_should_be_refused() {
    ExtBuilder::default().build_and_execute(|| {
        let mut data = vec![1u8; MAX_CHUNK_BYTES as usize + 1];
        assert_noop!(
            store_chunk(GATEWAY, data.clone()),
            Error::<Test>::MaxChunkBytesExceeded
        );
        data.pop();
        assert_ok!(store_chunk(GATEWAY, data));
    });
}

#[test]
fn store_chunk_should_fail_when_the_chunk_is_waiting_and_leave_it_usable() {
    ExtBuilder::default()
        .with_chunk(&ciphertext(1))
        .build_and_execute(|| {
            assert_noop!(
                store_chunk(GATEWAY, ciphertext(1)),
                Error::<Test>::ChunkAlreadyExists
            );
            assert_ok!(store_record(GATEWAY, record(1)));
        });
}

#[test]
fn store_chunk_should_fail_when_no_extrinsic_is_being_applied() {
    ExtBuilder::default().build_and_execute(|| {
        System::note_finished_extrinsics();
        assert_noop!(
            store_chunk(GATEWAY, ciphertext(1)),
            Error::<Test>::InvalidContext
        );
    });
}

#[test]
fn store_chunk_should_weigh_more_when_it_has_more_bytes() {
    let weight = |len| {
        Call::<Test>::store_chunk { data: vec![0; len] }
            .get_dispatch_info()
            .call_weight
            .ref_time()
    };
    assert!(weight(1024 * 1024) > weight(1024) + 1_000_000_000);
}
