// SPDX-License-Identifier: Apache-2.0
#![no_main]
//! The opening of a batch and label for a panel.

use bspp_attacks::{search_secret, CHAIN, HOSPITAL, MONTH};
use bspp_fuzz::{decoded, world};
use bspp_peks::{Context, OpeningProof, OpeningStatement};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some(proof) = decoded::<OpeningProof>(data) else {
        return;
    };
    let world = world();
    let label = &world.grant.items[0].labels[0];
    let statement = OpeningStatement {
        context: Context {
            chain: CHAIN,
            hospital: HOSPITAL,
            filing_month: MONTH,
        },
        batch: *world.hospital.batch().id(),
        point: world.hospital.point().clone(),
        search: world.patient.search_public().clone(),
        open: world.patient.open_public().clone(),
        kw: label.label.clone(),
        nonce: [5; 32],
    };
    if let Ok(secret) = proof.verify_search(&statement) {
        let right = search_secret(&world.hospital, &world.grant, label);
        assert_eq!(secret.tag(0), right.tag(0), "a forged opening");
    }
    let _ = proof.verify_open(&statement);
});
