// SPDX-License-Identifier: Apache-2.0
#![no_main]
//! Values that a node says its runtime returned.

use bspp_client::{answers::runtime_value, AuthoritySet};
use bspp_primitives::{apis::ChainKind, AccountId};
use bspp_types::{
    AnchoredHead, Batch, Hospital, HospitalId, IdentifiedBatch, Match, MatchedRecord,
    RegisteredBlock, Registration, Request, Tombstone, X25519Key, H256,
};
use codec::{Decode, Encode};
use libfuzzer_sys::fuzz_target;

/// A decoded value is the only meaning of its bytes. A newer runtime may append to them.
fn check<T: Decode + Encode>(bytes: &[u8]) {
    if let Ok(value) = runtime_value::<T>("fuzz", bytes) {
        assert!(
            bytes.starts_with(&value.encode()),
            "two encodings of one value"
        );
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((kind, bytes)) = data.split_first() else {
        return;
    };
    match kind % 16 {
        0 => check::<AuthoritySet>(bytes),
        1 => check::<Option<Hospital<AccountId>>>(bytes),
        2 => check::<Vec<HospitalId>>(bytes),
        3 => check::<Option<X25519Key>>(bytes),
        4 => check::<Option<(AnchoredHead, u64)>>(bytes),
        5 => check::<Vec<IdentifiedBatch>>(bytes),
        6 => check::<Option<Batch>>(bytes),
        7 => check::<Option<RegisteredBlock>>(bytes),
        8 => check::<Option<Request<AccountId>>>(bytes),
        9 => check::<Option<Match>>(bytes),
        10 => check::<Option<Tombstone>>(bytes),
        11 => check::<Vec<MatchedRecord>>(bytes),
        12 => check::<Vec<Registration>>(bytes),
        13 => check::<ChainKind>(bytes),
        14 => check::<H256>(bytes),
        _ => check::<u64>(bytes),
    }
});
