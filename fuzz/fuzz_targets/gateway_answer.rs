// SPDX-License-Identifier: Apache-2.0
#![no_main]
//! Bodies of a gateway's answers, which wallets read.

use bspp_fuzz::{decoded, node::parsed};
use bspp_gateway::api::{
    DisclosureAnswer, ErrorBody, IngestAnswer, JobReport, LabelStateAnswer, LabelVersionAnswer,
    NonceAnswer, PublicStatus, RevocationAnswer, ShareAnswer, StatusReport,
};
use bspp_record::SealedBox;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    parsed::<NonceAnswer>(data);
    parsed::<LabelVersionAnswer>(data);
    parsed::<LabelStateAnswer>(data);
    parsed::<RevocationAnswer>(data);
    parsed::<ShareAnswer>(data);
    parsed::<IngestAnswer>(data);
    parsed::<JobReport>(data);
    parsed::<StatusReport>(data);
    parsed::<PublicStatus>(data);
    parsed::<ErrorBody>(data);
    if let Some(answer) = parsed::<DisclosureAnswer>(data) {
        let digits = answer.sealed.strip_prefix("0x").unwrap_or(&answer.sealed);
        decoded::<SealedBox>(&hex::decode(digits).unwrap_or_default());
    }
});
