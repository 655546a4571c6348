// SPDX-License-Identifier: Apache-2.0
//! Writes a first corpus: valid values, which random bytes would never become.
//!
//! Usage: `seeds FOLDER`. It makes a folder for each target that needs one.

use bspp_attacks::{CHAIN, HOSPITAL, MONTH};
use bspp_fuzz::{
    chain,
    node::{encoded, json, node, Answer, Finalized, KNOWN, SEQUENCE, UNKNOWN},
    now, random, world,
};
use bspp_peks::{Context, OpeningStatement};
use bspp_primitives::{consortium_storage as storage, AccountId, Signature};
use bspp_record::{create_supplement, split, DisclosureRequest, Document, OwnRecordRequest};
use bspp_rpc_types::{
    IndexStatus, ListedBlock, ListedEntry, SearchEvent, SearchProgress, SearchSummary,
};
use bspp_types::{
    entry_proof, AnchoredHead, DisclosureStatus, Hospital, HospitalId, IdentifiedBatch, LabelState,
    Match, MatchedRecord, Registration, Tombstone, H256,
};
use codec::Encode;
use libfuzzer_sys as _;
use serde_json::json;
use sp_core::Bytes;
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
    write("ciphertext", &record.payload)?;
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
    // The gateway's own type of signature, in hex.
    let signed = DisclosureRequest {
        request: question.request,
        record: question.record,
        header: question.header,
        patient_signature: question.patient_signature,
        supplement: question.supplement,
        opening: question.opening,
        opening_hash: question.opening_hash,
        nonce: question.nonce,
        signature: Signature::from(sp_core::ed25519::Signature::from_raw(question.signature)),
    };
    answers_of_nodes(&mut write)?;
    bodies_of_gateways(&mut write, &signed.encode())?;
    write("gateway_request", &own.encode())
}

type Write<'a> = &'a mut dyn FnMut(&str, &[u8]) -> std::io::Result<()>;

/// Answers of a node of the consortium chain.
fn answers_of_nodes(write: Write<'_>) -> std::io::Result<()> {
    let node = node();
    let (hospital, unknown) = (HospitalId::from(HOSPITAL), H256(UNKNOWN));
    for key in [
        storage::now(),
        storage::requester_key(&KNOWN),
        storage::requester_key(&UNKNOWN),
        storage::member(&KNOWN),
        storage::hospital(&hospital),
        storage::hospital(&unknown),
        storage::key_filing_months(&hospital),
        storage::encryption_key(&hospital, 682),
        storage::batch(&node.batch),
        storage::batch_count(&hospital, MONTH),
        storage::registered_block(&hospital, SEQUENCE),
        storage::request(&unknown),
    ] {
        let nodes = node.read_proof(&key);
        write("read_proof", &nodes.encode())?;
        let nodes: Vec<Bytes> = nodes.into_iter().map(Bytes).collect();
        write("read_proof", &json(&json!({ "proof": nodes })))?;
    }
    let raw = |block: &Finalized| Answer::Raw(encoded(&block.proof), json(&block.header));
    write(
        "follow",
        &node.finalized.iter().map(raw).collect::<Vec<_>>().encode(),
    )?;
    for block in &node.finalized {
        write("follow", &vec![raw(block)].encode())?;
        let justification = block.proof.encoded_justification();
        write("justification", &justification)?;
        write("justification", &raw(block).encode())?;
        write("block_answer", &json(&block.header))?;
    }
    // All votes for all headers, which a node combines as it likes.
    let all = |count: usize| (0..=u8::MAX).take(count).collect::<Vec<u8>>();
    let mut made = Vec::new();
    for (place, second_round) in all(node.headers.len())
        .into_iter()
        .zip([false, true].repeat(9))
    {
        let answer = Answer::Made {
            header: place,
            target: place,
            second_round,
            votes: all(node.votes.len()),
            ancestries: all(node.headers.len()),
        };
        write("justification", &answer.encode())?;
        made.push(answer);
    }
    for answers in made.chunks(3) {
        write("follow", &answers.encode())?;
    }
    write("checkpoint", &node.checkpoint.encode())?;
    let mut later = node.checkpoint.clone();
    later.set = node.finalized[6].by.clone();
    write("checkpoint", &later.encode())?;

    write("search_bucket", &json(&(node.bucket(), node.block())))?;
    let mut small = node.bucket();
    let tags: Vec<_> = (0..3).map(|counter| node.secret.tag(counter)).collect();
    small
        .tags
        .retain(|listed| tags.iter().any(|tag| listed.tag.as_bytes() == tag));
    let mut refused = node.block();
    refused.refused = vec![0];
    write("search_bucket", &json(&(&small, refused)))?;
    write("search_bucket", &json(&(&small, node.block())))?;
    write("phi_answer", &json(&small))?;
    write("phi_answer", &json(&node.block()))?;
    write("phi_answer", &json(&node.located()))?;
    write("phi_answer", b"null")?;
    let status = IndexStatus {
        indexed_block: 4,
        finalized_block: 5,
        entries: 3,
        ready: true,
    };
    write("phi_answer", &json(&status))?;
    let listed = ListedEntry {
        rid: node.entries[1].rid(),
        leaf: 1,
        entry: node.entries[1].clone(),
    };
    let listed = ListedBlock {
        sequence: SEQUENCE,
        number: 5,
        entries: vec![listed],
    };
    write("phi_answer", &json(&vec![listed]))?;

    let found = node.found(0).expect("the label is there");
    for event in [
        SearchEvent::Match(Box::new(found)),
        SearchEvent::Progress(SearchProgress {
            batches_done: 1,
            batches_total: 2,
        }),
        SearchEvent::Done(SearchSummary {
            batches: 2,
            pairings: 2,
            matches: 1,
            at_block: 12,
            at_hash: node.checkpoint.block,
        }),
        SearchEvent::Failed {
            reason: "the node stops".into(),
        },
    ] {
        write("search_event", &json(&event))?;
    }
    let header = &node.header;
    let block = json!({ "block": { "header": header, "extrinsics": ["0x0801", "0x"] } });
    write("block_answer", &json(&block))?;
    values_of_runtimes(write)
}

fn values_of_runtimes(write: Write<'_>) -> std::io::Result<()> {
    let (world, node) = (world(), node());
    let mut value =
        |kind: u8, value: Vec<u8>| write("runtime_value", &[&[kind][..], &value].concat());
    value(0, node.checkpoint.set.encode())?;
    let hospital = Hospital {
        operator: AccountId::new(KNOWN),
        encryption_key: [3; 32],
        active: true,
        added_at: 2,
    };
    value(1, Some(hospital).encode())?;
    value(2, vec![H256(HOSPITAL); 2].encode())?;
    value(3, Some([4u8; 32]).encode())?;
    value(4, None::<(AnchoredHead, u64)>.encode())?;
    let (batch, block) = node.registered.clone();
    value(6, Some(&batch).encode())?;
    let id = node.batch;
    value(5, vec![IdentifiedBatch { id, batch }].encode())?;
    value(7, Some(block).encode())?;
    let request = bspp_attacks::opened(&world.grant.open_request, &world.doctor);
    value(8, Some(request).encode())?;
    let matched = Match {
        proved_at: 7,
        proved_on: now(),
        asked_on: Some(now()),
        ask_hash: None,
        disclosure: DisclosureStatus::Asked,
    };
    value(9, Some(&matched).encode())?;
    let tombstone = Tombstone {
        hospital: H256(HOSPITAL),
        expiry: 9,
    };
    value(10, Some(tombstone).encode())?;
    let record = node.entries[0].rid();
    value(11, vec![MatchedRecord { record, matched }].encode())?;
    let registration = Registration {
        hospital: H256(HOSPITAL),
        sequence: SEQUENCE,
        number: 5,
        entries: node.entries.clone(),
        refused: vec![1],
    };
    value(12, vec![registration].encode())?;
    value(13, vec![0])?;
    value(14, H256(HOSPITAL).encode())?;
    value(15, now().encode())
}

fn bodies_of_gateways(write: Write<'_>, question: &[u8]) -> std::io::Result<()> {
    let (key, signature) = (hex0x(&[5; 32]), hex0x(&[6; 64]));
    for body in [
        json!({ "account": key }),
        json!({ "request": hex0x(question) }),
        json!({ "request": key, "grantKey": key, "signature": signature }),
        json!({ "account": key, "accountSignature": signature, "grantKey": key, "expiry": 20_000,
            "signature": signature }),
        json!({ "account": key, "version": 2, "revokeBefore": now(), "signature": signature }),
    ] {
        write("gateway_request", &json(&body))?;
    }
    write("gateway_request", question)?;
    let mark = json!({ "block": 4, "at": now() });
    let counts = json!({ "encrypted": 1, "stored": 0, "finalized": 0, "anchored": 0, "registered": 0,
        "searchable": 2, "failed": 0 });
    let sealed = world().hospital.package(&world().record, &world().grant);
    let sealed = sealed
        .seal(&world().grant.header, &mut random())
        .expect("a valid key");
    for body in [
        json!({ "nonce": key }),
        json!({ "sealed": hex0x(&sealed.encode()) }),
        json!({ "raised": true }),
        json!({ "revoked": true }),
        json!({ "deleted": true }),
        json!({ "job": 3, "records": 4 }),
        json!({ "hospital": key, "up": true }),
        json!({ "code": "Stale", "message": "ask for a supplement" }),
        json!({ "version": 2, "revokeBefore": 5,
            "rises": [{ "filingMonth": 682, "version": 2, "raisedOn": now() }] }),
        json!({ "job": 3, "created": now(), "phase": "encrypted", "recordsTotal": 1, "failure": null,
            "counts": counts, "complete": true, "ended": true,
            "records": [{ "rid": key, "stage": "searchable", "encrypted": now(), "stored": mark,
                "finalized": mark, "anchored": mark, "registered": mark, "searchable": mark,
                "sequence": 3, "failure": null }] }),
        json!({ "hospital": key, "consortiumBest": 9, "consortiumFinalized": 8, "hospitalBest": 7,
            "hospitalFinalized": 6, "anchored": 5, "entryBlocks": 4, "registeredBlocks": 3,
            "counts": counts, "failures": { "relay": "NotReachable" } }),
    ] {
        write("gateway_answer", &json(&body))?;
    }
    Ok(())
}

fn hex0x(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}
