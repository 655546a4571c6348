// SPDX-License-Identifier: Apache-2.0
//! Writes a first corpus: valid values, which random bytes would never become.
//!
//! Usage: `seeds FOLDER`. It makes a folder for each target that needs one.

use bspp_attacks::{CHAIN, HOSPITAL, MONTH};
use bspp_fuzz::{chain, now, random, world};
use bspp_peks::{Context, OpeningStatement};
use bspp_record::{create_supplement, split, Document, OwnRecordRequest};
use bspp_types::{entry_proof, LabelState, H256};
use codec::Encode;
use std::{fs, path::Path};

const FILE: &str = r#"{"resourceType":"Bundle","entry":[
 {"fullUrl":"urn:uuid:p","resource":{"resourceType":"Patient","id":"p"}},
 {"fullUrl":"urn:uuid:e","resource":{"resourceType":"Encounter","id":"e","subject":{"reference":"urn:uuid:p"}}},
 {"resource": {"resourceType":"Condition","encounter":{"reference":"urn:uuid:e"},
  "code":{"coding":[{"system":"http://snomed.info/sct","code":"44054006"}]}} }]}
"#;

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).expect("usage: seeds FOLDER");
    let mut count = 0;
    let mut write = |target: &str, bytes: &[u8]| {
        let folder = Path::new(&folder).join(target);
        fs::create_dir_all(&folder)?;
        count += 1;
        fs::write(folder.join(format!("seed-{count}")), bytes)
    };
    let world = world();
    let (record, keys) = (&world.record.encrypted, &world.patient);
    let label = &world.grant.items[0].labels[0];
    write("points", world.hospital.point().as_bytes())?;
    write("points", label.search.to_bytes().as_slice())?;
    write("bundle", &keys.bundle(&mut random()).encode())?;
    write("batch_header", &world.hospital.batch().header().encode())?;
    let statement = OpeningStatement {
        context: Context {
            chain: CHAIN,
            hospital: HOSPITAL,
            filing_month: MONTH,
        },
        batch: *world.hospital.batch().id(),
        point: world.hospital.point().clone(),
        search: keys.search_public().clone(),
        open: keys.open_public().clone(),
        kw: label.label.clone(),
        nonce: [5; 32],
    };
    write(
        "dispute_opening",
        &label
            .search
            .prove_opening(&statement, &mut random())
            .encode(),
    )?;
    write("entry", &record.record.entry.encode())?;
    write("entry", &record.record.encode())?;
    let mut entries = vec![record.record.entry.clone(); 5];
    for (entry, index) in entries.iter_mut().zip(0..) {
        entry.index = index;
    }
    for (index, entry) in (0..).zip(&entries) {
        let proof = entry_proof(&entries, index).expect("the entry is there");
        write("entry_proof", &(proof, entry).encode())?;
    }
    write("registration", &world.grant.open_request.encode())?;
    write("registration", &LabelState::default().encode())?;
    write("fhir", FILE.as_bytes())?;
    let document = Document::parse(FILE.as_bytes()).expect("valid FHIR");
    for plain in split(&document, [1; 16], &mut random()) {
        write("container", &plain.payload.to_bytes())?;
        write("plain_record", &plain.to_bytes())?;
    }
    write("ciphertext", &record.ciphertext())?;
    write("grant", &world.envelope.encode())?;
    write("grant", world.envelope.to_text().as_bytes())?;
    let items = [world.hospital.item(0, &[bspp_attacks::hiv()], true)];
    let header = &world.envelope.header;
    let supplement =
        create_supplement(keys, header, &items, now(), &mut random()).expect("a valid supplement");
    write("supplement", &supplement.encode())?;
    write("supplement", supplement.to_text().as_bytes())?;
    let question =
        world
            .doctor
            .question(&world.hospital, &world.grant, &world.record, &world.opening);
    write("question", &question.encode())?;
    write("scope_opening", &world.opening.encode())?;
    write(
        "package",
        &world.hospital.package(&world.record, &world.grant).encode(),
    )?;
    let there = (&chain(), &H256(HOSPITAL));
    let own = OwnRecordRequest::new(keys.account(), there, record.rid, [1; 32]);
    write("own_record", &own.encode())?;
    Ok(())
}
