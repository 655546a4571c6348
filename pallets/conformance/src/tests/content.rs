// SPDX-License-Identifier: Apache-2.0
//! The digest of a block contains the content that the block registered or stored.

use super::blocks::*;
use crate::mock::*;
use bspp_primitives::conformance::ContentDigest;
use sp_core::H256;
use sp_runtime::{traits::Header as _, DigestItem};

#[test]
fn block_should_deposit_its_content() {
    ExtBuilder::default().execute(|| {
        let content = ContentDigest {
            total: 9,
            count: 2,
            root: H256([5; 32]),
        };
        let header = block_with(|| BlockContents::set(content));
        assert_eq!(ContentDigest::find(header.digest()), Some(content));
        assert_eq!(
            header.digest().logs().last(),
            Some(&content.to_digest_item())
        );
    });
}

#[test]
fn block_should_deposit_content_when_it_is_empty_or_restricted() {
    ExtBuilder::default().execute(|| {
        set_anchor(2, None);
        let header = block_in(slot_of(2), || ());
        assert_eq!(
            ContentDigest::find(header.digest()),
            Some(ContentDigest::default())
        );
    });
}

#[test]
fn content_should_not_be_taken_for_an_attestation() {
    ExtBuilder::default().execute(|| {
        let header = block_with(|| ());
        let count = |wanted: fn(&DigestItem) -> bool| {
            header
                .digest()
                .logs()
                .iter()
                .filter(|item| wanted(item))
                .count()
        };
        assert_eq!(count(|item| item.as_pre_runtime().is_some()), 2);
        assert_eq!(count(|item| item.as_consensus().is_some()), 1);
    });
}
