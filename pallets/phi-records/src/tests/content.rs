// SPDX-License-Identifier: Apache-2.0
//! The content of a block's records in its header.

use crate::{mock::*, PendingLeaves};
use bspp_primitives::{traits::BlockContent, ContentDigest};
use bspp_types::entries_root;
use frame_support::{assert_ok, traits::Hooks};
use proptest::prelude::*;
use sp_core::H256;

/// Seals the block and checks that the sealed content equals the earlier answer.
fn seal_as_told() {
    let content = PhiRecords::content();
    let before = PhiRecords::entry_block_count();
    assert_eq!(content, PhiRecords::content(), "asking changes nothing");
    next_block();
    assert_eq!(content.total, PhiRecords::entry_block_count());
    if content.count == 0 {
        assert_eq!((content.total, content.root), (before, H256::zero()));
    } else {
        let sealed = PhiRecords::entry_commitment(before).unwrap();
        assert_eq!(content.total, before + 1);
        assert_eq!((content.count, content.root), (sealed.count, sealed.root));
    }
}

#[test]
fn content_should_be_empty_when_nothing_was_ever_stored() {
    ExtBuilder::default().build_and_execute(|| {
        assert_eq!(PhiRecords::content(), ContentDigest::default());
        seal_as_told();
    });
}

#[test]
fn content_should_keep_the_total_when_a_block_stored_nothing() {
    ExtBuilder::default().with_record(1).build_and_execute(|| {
        let content = ContentDigest {
            total: 1,
            count: 0,
            root: H256::zero(),
        };
        assert_eq!(PhiRecords::content(), content);
        seal_as_told();
    });
}

#[test]
fn content_should_equal_the_entry_block_sealed_afterwards() {
    ExtBuilder::default().with_record(1).build_and_execute(|| {
        assert_ok!(store_record(GATEWAY, record(2)));
        assert_ok!(store_record(GATEWAY, record(3)));
        let content = ContentDigest {
            total: 2,
            count: 2,
            root: entries_root(&[entry(2), entry(3)]),
        };
        assert_eq!(PhiRecords::content(), content);
        seal_as_told();
    });
}

#[test]
fn content_should_leave_out_refused_records() {
    ExtBuilder::default().with_record(1).build_and_execute(|| {
        assert!(store_record(GATEWAY, record(1)).is_err());
        assert!(store_record(GATEWAY, record(0)).is_err());
        assert!(!PendingLeaves::<Test>::exists());
        assert_eq!(PhiRecords::content().count, 0);
        seal_as_told();
    });
}

#[test]
fn on_initialize_should_pay_for_content_and_sealing() {
    ExtBuilder::default().build_and_execute(|| {
        // Two trees over 256 leaves.
        assert!(PhiRecords::on_initialize(2).ref_time() > 8_000_000_000);
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn content_should_equal_what_is_sealed_in_every_block(
        counts in prop::collection::vec(0u32..7, 1..10)
    ) {
        ExtBuilder::default().build_and_execute(|| {
            let mut n = 0u8;
            for count in counts {
                for position in 0..count {
                    n += 1;
                    System::set_extrinsic_index(2 * position);
                    System::set_extrinsic_index(2 * position + 1);
                    assert_ok!(store_record(GATEWAY, record(n)));
                }
                assert_eq!(PhiRecords::content().count, count);
                seal_as_told();
            }
        });
    }
}
