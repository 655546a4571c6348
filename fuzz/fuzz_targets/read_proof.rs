// SPDX-License-Identifier: Apache-2.0
#![no_main]
//! A node's proof of a value in the state, or of its absence.

use bspp_attacks::{HOSPITAL, MONTH};
use bspp_client::answers::{check_read, ReadProof};
use bspp_fuzz::node::{node, KNOWN, SEQUENCE, UNKNOWN};
use bspp_primitives::{consortium_storage as storage, AccountId};
use bspp_types::{
    Batch, FilingMonth, HospitalId, HospitalRecord, Member, Moment, RegisteredBlock, Request,
    X25519Key, H256,
};
use codec::{Decode, Encode};
use libfuzzer_sys::fuzz_target;

/// A proof that is accepted gives the value of the state, or its real absence.
fn check<V: Decode + Encode>(nodes: &[Vec<u8>], key: &[u8]) {
    let node = node();
    if let Ok(value) = check_read::<V>(&node.header, nodes.to_vec(), key) {
        let value = value.map(|value| value.encode());
        assert_eq!(value.as_deref(), node.value(key), "a forged state");
    }
}

fuzz_target!(|data: &[u8]| {
    let (hospital, other) = (HospitalId::from(HOSPITAL), H256(UNKNOWN));
    let answer = serde_json::from_slice::<ReadProof>(data).map(ReadProof::into_nodes);
    // The same nodes in a form that is shorter to mutate.
    let Some(nodes) = answer.ok().or_else(|| Vec::decode(&mut &data[..]).ok()) else {
        return;
    };
    check::<Moment>(&nodes, &storage::now());
    check::<X25519Key>(&nodes, &storage::requester_key(&KNOWN));
    check::<X25519Key>(&nodes, &storage::requester_key(&UNKNOWN));
    check::<Member>(&nodes, &storage::member(&KNOWN));
    check::<HospitalRecord<AccountId>>(&nodes, &storage::hospital(&hospital));
    check::<HospitalRecord<AccountId>>(&nodes, &storage::hospital(&other));
    check::<Vec<FilingMonth>>(&nodes, &storage::key_filing_months(&hospital));
    check::<X25519Key>(&nodes, &storage::encryption_key(&hospital, 682));
    check::<X25519Key>(&nodes, &storage::encryption_key(&hospital, 681));
    check::<Batch>(&nodes, &storage::batch(&node().batch));
    check::<Batch>(&nodes, &storage::batch(&other));
    check::<u32>(&nodes, &storage::batch_count(&hospital, MONTH));
    check::<u32>(&nodes, &storage::batch_count(&hospital, MONTH + 1));
    check::<RegisteredBlock>(&nodes, &storage::registered_block(&hospital, SEQUENCE));
    check::<RegisteredBlock>(&nodes, &storage::registered_block(&hospital, SEQUENCE + 1));
    check::<Request<AccountId>>(&nodes, &storage::request(&other));
});
