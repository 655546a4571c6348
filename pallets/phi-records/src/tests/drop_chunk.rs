// SPDX-License-Identifier: Apache-2.0

use super::unsigned;
use crate::{mock::*, Chunks, Error, Event};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

fn chunk() -> sp_core::H256 {
    hash(&ciphertext(1))
}

#[test]
fn drop_chunk_should_forget_it_when_its_lifetime_is_over() {
    ExtBuilder::default()
        .with_chunk(&ciphertext(1))
        .build_and_execute(|| {
            System::set_block_number(1 + LIFETIME + 1);
            assert_ok!(PhiRecords::drop_chunk(
                RuntimeOrigin::signed(GATEWAY),
                chunk()
            ));
            assert!(!Chunks::<Test>::contains_key(chunk()));
            assert_eq!(events(), vec![Event::ChunkDropped { chunk: chunk() }]);
            assert_noop!(
                store_record(GATEWAY, record(1)),
                Error::<Test>::ChunkNotFound
            );
            // It can be stored again.
            assert_ok!(store_chunk(GATEWAY, ciphertext(1)));
            assert_ok!(store_record(GATEWAY, record(1)));
        });
}

#[test]
fn drop_chunk_should_fail_when_a_record_may_yet_name_it() {
    ExtBuilder::default()
        .with_chunk(&ciphertext(1))
        .build_and_execute(|| {
            System::set_block_number(1 + LIFETIME);
            assert_noop!(
                PhiRecords::drop_chunk(RuntimeOrigin::signed(GATEWAY), chunk()),
                Error::<Test>::ChunkNotExpired
            );
        });
}

#[test]
fn drop_chunk_should_fail_when_it_is_not_waiting() {
    ExtBuilder::default().with_record(1).build_and_execute(|| {
        System::set_block_number(1 + LIFETIME + 1);
        assert_noop!(
            PhiRecords::drop_chunk(RuntimeOrigin::signed(GATEWAY), chunk()),
            Error::<Test>::ChunkNotFound
        );
    });
}

#[test]
fn drop_chunk_should_fail_when_the_origin_may_not_store() {
    ExtBuilder::default()
        .with_chunk(&ciphertext(1))
        .build_and_execute(|| {
            System::set_block_number(1 + LIFETIME + 1);
            for origin in unsigned() {
                assert_noop!(
                    PhiRecords::drop_chunk(origin, chunk()),
                    DispatchError::BadOrigin
                );
            }
            assert_noop!(
                PhiRecords::drop_chunk(RuntimeOrigin::signed(STRANGER), chunk()),
                Error::<Test>::NotAuthorized
            );
        });
}
