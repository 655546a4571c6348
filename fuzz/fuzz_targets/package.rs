// SPDX-License-Identifier: Apache-2.0
#![no_main]
//! A hospital's answer.

use bspp_attacks::signed_by;
use bspp_fuzz::{decoded, random, world};
use bspp_record::{sealing, SealedBox, SignedPackage};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let world = world();
    let header = &world.envelope.header;
    let record = &world.record.encrypted;
    let wanted = (&record.rid, &record.record.entry);
    let operator = (
        &world.hospital.operator.public(),
        signed_by as fn(&_, &[u8], &_) -> bool,
    );
    let open = |sealed: &SealedBox| {
        SignedPackage::open(sealed, header, wanted, &world.doctor.x25519, operator)
    };
    if let Some(sealed) = decoded::<SealedBox>(data) {
        let _ = open(&sealed);
    }
    // A hospital can seal anything to the requester.
    let request = header.request_id();
    let info = [
        bspp_peks::domain::HPKE_RECORD,
        &header.hash().0,
        &request.0,
        &record.rid.0,
    ]
    .concat();
    let key = &header.requester_key;
    let sealed = sealing::seal(key, &info, data, &mut random()).expect("a valid key");
    if let Ok(signed) = open(&sealed) {
        let right = world.hospital.package(&world.record, &world.grant);
        assert_eq!(signed.package, right.package, "a forged package");
    }
});
