// SPDX-License-Identifier: Apache-2.0
#![no_main]
//! A patient's question for an own record.

use bspp_attacks::HOSPITAL;
use bspp_fuzz::{chain, decoded, world};
use bspp_record::OwnRecordRequest;
use bspp_types::H256;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some(question) = decoded::<OwnRecordRequest>(data) else {
        return;
    };
    if question.verify(&chain(), &H256(HOSPITAL)).is_ok() {
        assert_eq!(
            question.patient,
            world().patient.account().public(),
            "a forged question"
        );
    }
});
