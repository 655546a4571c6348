// SPDX-License-Identifier: Apache-2.0
#![no_main]
//! Headers and blocks, as a node gives them.

use bspp_client::answers::SignedBlock;
use bspp_fuzz::{
    decoded,
    node::{node, parsed},
};
use bspp_primitives::Header;
use bspp_types::H256;
use codec::Encode;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Some(Some(header)) = parsed::<Option<Header>>(data) {
        // A wallet believes the header of its checkpoint only.
        let mut follower = node().follower();
        assert!(follower.accept(&node().finalized[0].proof).is_ok());
        let is_right = header == node().finalized[0].header;
        assert_eq!(follower.check_header(&header).is_ok(), is_right);
        assert_eq!(decoded::<Header>(&header.encode()), Some(header));
    }
    if let Ok(Some(signed)) = serde_json::from_slice::<Option<SignedBlock>>(data) {
        let block = signed.into_block(H256::zero());
        let body = block.encoded_body();
        let length: usize = block.extrinsics.iter().map(Vec::len).sum();
        assert!(body.len() > length, "the body has no count");
        assert!(body.ends_with(&block.extrinsics.concat()));
    }
});
