// SPDX-License-Identifier: Apache-2.0
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::{
    conformance::{Conformance, ConformanceApiServer},
    peks::{Peks, PeksApiServer},
    phi::{Entries, PhiIndexApiServer},
};
use crate::conformance::testing as gate;
use crate::search::{
    testing::{entry, hospital, open_batch, registration, Chain, Patient},
    worker,
};
use bspp_primitives::conformance::{BlockAttestation, Shortfall, StandingFault, SuspensionReason};
use bspp_rpc_types::{SearchEvent, SearchSummary, WholeBlock, MAX_LISTED_BLOCKS, MAX_QUERIES};
use bspp_types::{entries_root, BatchId};
use futures::future::BoxFuture;
use jsonrpsee::{core::server::MethodsError, Methods, RpcModule};
use polkadot_sdk::{sc_rpc_api::DenyUnsafe, sp_core::traits::SpawnNamed};
use serde_json::{json, Value};
use std::sync::Arc;
use tempfile::TempDir;

const MONTH: u16 = 680;

/// Runs tasks like the RPC server.
#[derive(Clone)]
struct Threads;

impl SpawnNamed for Threads {
    fn spawn_blocking(
        &self,
        _: &'static str,
        _: Option<&'static str>,
        task: BoxFuture<'static, ()>,
    ) {
        tokio::task::spawn_blocking(|| tokio::runtime::Handle::current().block_on(task));
    }

    fn spawn(&self, _: &'static str, _: Option<&'static str>, task: BoxFuture<'static, ()>) {
        tokio::spawn(task);
    }
}

/// The RPC module over an indexed chain.
async fn module(chain: Arc<Chain>, deny: DenyUnsafe) -> (TempDir, Methods) {
    let dir = tempfile::tempdir().unwrap();
    let index = Arc::new(worker::open(dir.path(), false, &*chain).unwrap());
    worker::catch_up(&index, &*chain).await.unwrap();
    let mut module = RpcModule::new(());
    module
        .merge(Entries::new(chain.clone(), index.clone()).into_rpc())
        .unwrap();
    module
        .merge(Peks::new(chain, index, Arc::new(Threads)).into_rpc())
        .unwrap();
    let mut methods: Methods = module.into();
    methods.extensions_mut().insert(deny);
    (dir, methods)
}

fn params(patient: &Patient) -> Value {
    json!({
        "hospital": hospital(),
        "searchPoint": format!("0x{}", patient.keys.search_public().to_bytes()),
        "queries": [{
            "filingMonth": MONTH,
            "trapdoor": format!("0x{}", hex::encode(*patient.trapdoor(MONTH).to_bytes())),
            "label": format!("0x{}", hex::encode(patient.label(MONTH).kw.as_bytes())),
        }],
    })
}

async fn refusal(methods: &Methods, params: Value) -> (i32, String) {
    match methods.subscribe_unbounded("peks_search", [params]).await {
        Err(MethodsError::JsonRpc(error)) => (error.code(), error.message().to_owned()),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("the search was accepted"),
    }
}

async fn call(methods: &Methods, method: &str, params: Value) -> Value {
    let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let (response, _) = methods
        .raw_json_request(&request.to_string(), 1)
        .await
        .unwrap();
    serde_json::from_str(&response).unwrap()
}

#[tokio::test]
async fn search_should_be_refused_when_unsafe_rpc_is_denied() {
    let chain = Arc::new(Chain::new());
    let params = params(&Patient::new(&chain, 1));
    let (_dir, methods) = module(chain, DenyUnsafe::Yes).await;
    let (code, message) = refusal(&methods, params).await;
    assert_eq!(code, -32601);
    assert_eq!(message, "RPC call is unsafe to be called externally");
}

#[tokio::test]
async fn search_should_stream_to_its_end() {
    let chain = Arc::new(Chain::new());
    let alice = Patient::new(&chain, 1);
    let batch = open_batch(&chain, 0, MONTH);
    let found = entry(BatchId::from(*batch.id()), 0, &[alice.slot(&batch, 0)]);
    chain.push(vec![registration(0, vec![found.clone()])]);
    let params = params(&alice);
    let (_dir, methods) = module(chain, DenyUnsafe::No).await;
    let mut subscription = methods
        .subscribe_unbounded("peks_search", [params])
        .await
        .unwrap();
    let mut events = Vec::new();
    while let Some(event) = subscription.next::<SearchEvent>().await {
        events.push(event.unwrap().0);
        if matches!(
            events.last(),
            Some(SearchEvent::Done(_) | SearchEvent::Failed { .. })
        ) {
            break;
        }
    }
    assert_eq!(events.len(), 3, "{events:?}");
    assert!(matches!(&events[0], SearchEvent::Match(record) if record.rid == found.rid()));
    assert!(matches!(
        events[2],
        SearchEvent::Done(SearchSummary {
            batches: 1,
            pairings: 1,
            matches: 1,
            ..
        })
    ));
}

#[tokio::test]
async fn search_should_be_refused_when_a_point_is_malformed() {
    let chain = Arc::new(Chain::new());
    let alice = Patient::new(&chain, 1);
    let good = params(&alice);
    let (_dir, methods) = module(chain, DenyUnsafe::No).await;

    let identity = |length: usize| {
        let mut bytes = vec![0u8; length];
        bytes[0] = 0xc0;
        hex::encode(bytes)
    };
    let point = |value: &str| {
        let mut params = good.clone();
        params["searchPoint"] = json!(value);
        params
    };
    let trapdoor = |value: &str| {
        let mut params = good.clone();
        params["queries"].as_array_mut().unwrap().push(json!({
            "filingMonth": MONTH,
            "trapdoor": value,
            "label": format!("0x{}", "01".repeat(32)),
        }));
        params
    };
    let label = |value: &str| {
        let mut params = good.clone();
        params["queries"][0]["label"] = json!(value);
        params
    };
    let cases = [
        (
            point("0x00"),
            "InvalidSearchPoint: the bytes are not a compressed point",
        ),
        (
            point(&identity(48)),
            "InvalidSearchPoint: the point is the identity",
        ),
        (
            trapdoor("no hex"),
            "InvalidTrapdoor: query 1: the bytes are not a compressed point",
        ),
        (
            trapdoor(&identity(96)),
            "InvalidTrapdoor: query 1: the point is the identity",
        ),
        (
            trapdoor(&"ff".repeat(96)),
            "InvalidTrapdoor: query 1: the encoding is not canonical",
        ),
        (
            label(&"01".repeat(31)),
            "InvalidLabel: query 0: the label is not 32 bytes in hex",
        ),
    ];
    for (params, expected) in cases {
        let (code, message) = refusal(&methods, params).await;
        assert_eq!((code, message.as_str()), (-32602, expected));
    }
}

#[tokio::test]
async fn search_should_be_refused_when_there_are_too_many_queries_or_none() {
    let chain = Arc::new(Chain::new());
    let mut params = params(&Patient::new(&chain, 1));
    let (_dir, methods) = module(chain, DenyUnsafe::No).await;
    let query = params["queries"][0].clone();
    params["queries"] = json!(vec![query; MAX_QUERIES + 1]);
    assert!(refusal(&methods, params.clone())
        .await
        .1
        .starts_with("MaxQueriesExceeded: 257"));
    params["queries"] = json!([]);
    assert!(refusal(&methods, params)
        .await
        .1
        .starts_with("InvalidQueries"));
}

#[tokio::test]
async fn refusals_should_not_repeat_a_trapdoor_or_a_label() {
    let chain = Arc::new(Chain::new());
    let alice = Patient::new(&chain, 1);
    let label = "5a".repeat(32);
    let secret = hex::encode(*alice.trapdoor(MONTH).to_bytes());
    let good = params(&alice);
    let (_dir, methods) = module(chain, DenyUnsafe::No).await;
    let mut cut = good.clone();
    cut["queries"][0]["trapdoor"] = json!(&secret[2..]);
    let mut misplaced = good.clone();
    misplaced["queries"][0]["filingMonth"] = json!("680");
    misplaced["queries"][0]["label"] = json!(&label);
    let mut cut_label = good.clone();
    cut_label["queries"][0]["label"] = json!(&label[2..]);
    for params in [cut, misplaced, cut_label] {
        let (_, message) = refusal(&methods, params).await;
        assert!(!message.contains(&secret[4..40]), "{message}");
        assert!(!message.contains(&label[4..40]), "{message}");
    }
}

#[tokio::test]
async fn entries_should_list_blocks_in_order_without_refused_ones() {
    let chain = Arc::new(Chain::new());
    let batch = BatchId::repeat_byte(1);
    let mut second = registration(1, vec![entry(batch, 1, &[]), entry(batch, 2, &[])]);
    second.refused = vec![0];
    chain.push(vec![
        registration(0, vec![entry(batch, 0, &[])]),
        second.clone(),
    ]);
    let (_dir, methods) = module(chain, DenyUnsafe::Yes).await;

    let answer = call(&methods, "phi_entries", json!([hospital(), 0, 64])).await;
    let blocks = answer["result"].as_array().unwrap();
    assert_eq!(blocks.len(), 2);
    assert_eq!(
        (blocks[1]["sequence"].as_u64(), blocks[1]["number"].as_u64()),
        (Some(1), Some(101))
    );
    let listed = blocks[1]["entries"].as_array().unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["rid"], json!(second.entries[1].rid()));
    assert_eq!(listed[0]["leaf"], json!(1));

    let located = call(&methods, "phi_entry", json!([second.entries[1].rid()])).await;
    assert_eq!(located["result"]["sequence"], json!(1));
    assert_eq!(located["result"]["entry"], listed[0]["entry"]);
    let refused = call(&methods, "phi_entry", json!([second.entries[0].rid()])).await;
    assert_eq!(refused["result"], Value::Null);
}

#[tokio::test]
async fn entries_should_be_refused_when_too_many_are_asked_for() {
    let (_dir, methods) = module(Arc::new(Chain::new()), DenyUnsafe::Yes).await;
    let answer = call(
        &methods,
        "phi_entries",
        json!([hospital(), 0, MAX_LISTED_BLOCKS + 1]),
    )
    .await;
    assert!(answer["error"]["message"]
        .as_str()
        .unwrap()
        .starts_with("MaxCountExceeded: 65"));
}

#[tokio::test]
async fn entry_block_should_have_all_entries_and_the_registered_root() {
    let chain = Arc::new(Chain::new());
    let batch = BatchId::repeat_byte(1);
    let mut block = registration(0, vec![entry(batch, 1, &[]), entry(batch, 2, &[])]);
    block.refused = vec![0];
    chain.push(vec![block.clone()]);
    let (_dir, methods) = module(chain, DenyUnsafe::Yes).await;
    let answer = call(&methods, "phi_entryBlock", json!([hospital(), 0])).await;
    let whole: WholeBlock = serde_json::from_value(answer["result"].clone()).unwrap();
    assert_eq!(whole.refused, [0]);
    assert_eq!(entries_root(&whole.entries), entries_root(&block.entries));
    let absent = call(&methods, "phi_entryBlock", json!([hospital(), 1])).await;
    assert_eq!(absent["result"], Value::Null);
}

#[tokio::test]
async fn tags_should_be_those_with_the_prefix() {
    let chain = Arc::new(Chain::new());
    let batch = BatchId::repeat_byte(1);
    let slots = [([0x00; 16], [1; 32]), ([0xf0; 16], [2; 32])];
    chain.push(vec![registration(0, vec![entry(batch, 1, &slots)])]);
    let (_dir, methods) = module(chain, DenyUnsafe::Yes).await;
    let answer = call(&methods, "phi_tags", json!([hospital(), batch, 4, 15])).await;
    assert_eq!(answer["result"]["total"], json!(8));
    let tags = answer["result"]["tags"].as_array().unwrap();
    assert_eq!(tags.len(), 1);
    assert_eq!(
        tags[0],
        json!({ "tag": format!("0x{}", "f0".repeat(16)), "sequence": 0, "leaf": 0, "slot": 1 })
    );
}

#[tokio::test]
async fn tags_should_be_refused_when_the_prefix_is_too_long() {
    let (_dir, methods) = module(Arc::new(Chain::new()), DenyUnsafe::Yes).await;
    for (bits, prefix) in [(17, 0), (4, 16), (0, 1)] {
        let params = json!([hospital(), BatchId::zero(), bits, prefix]);
        let answer = call(&methods, "phi_tags", params).await;
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(message.starts_with("InvalidPrefix"), "{message}");
    }
}

#[tokio::test]
async fn index_status_should_say_whether_all_is_indexed() {
    let chain = Arc::new(Chain::new());
    chain.push(Vec::new());
    let (_dir, methods) = module(chain.clone(), DenyUnsafe::Yes).await;
    let status = |indexed: u32, finalized: u32, ready: bool| json!({ "indexedBlock": indexed, "finalizedBlock": finalized, "entries": 0, "ready": ready });
    assert_eq!(
        call(&methods, "phi_indexStatus", json!([])).await["result"],
        status(1, 1, true)
    );
    chain.push(Vec::new());
    assert_eq!(
        call(&methods, "phi_indexStatus", json!([])).await["result"],
        status(1, 2, false)
    );
}

async fn conformance_status(gates: Arc<gate::Gates>) -> Value {
    let methods: Methods = Conformance::new(gates).into_rpc().into();
    call(&methods, "conformance_status", json!([])).await
}

#[tokio::test]
async fn conformance_status_should_show_attestation_and_evidence() {
    let gates = gate::Gates::open();
    *gates.attestation.lock().unwrap() = Some(BlockAttestation {
        slot: gate::VALID_UNTIL - 1,
        author: gate::author(2),
        kind: gate::full(),
    });
    let answer = conformance_status(gates.clone()).await;
    let status = &answer["result"];
    assert_eq!(
        (&status["number"], &status["hash"]),
        (&json!(7), &json!(gate::parent()))
    );
    assert_eq!(
        status["attestation"],
        json!({
            "slot": gate::VALID_UNTIL - 1,
            "author": gate::author(2),
            "kind": "full",
            "evidence": gate::evidence().commitment,
        })
    );
    assert_eq!(
        status["authors"][0],
        json!({
            "author": gate::author(1),
            "key": format!("0x{}", hex::encode(gate::key(1))),
            "verdict": "full",
            "reason": null,
            "evidence": {
                "commitment": gate::evidence().commitment,
                "validUntil": gate::VALID_UNTIL,
                "then": "anchor_stale",
            },
        })
    );
}

#[tokio::test]
async fn conformance_status_should_give_reasons_when_blocks_are_not_full() {
    let gates = gate::Gates::open();
    *gates.attestation.lock().unwrap() = Some(BlockAttestation {
        slot: gate::VALID_UNTIL,
        author: gate::author(2),
        kind: bspp_primitives::AttestationKind::Restricted {
            shortfall: Shortfall::NoCredential,
        },
    });
    gates.refuse(StandingFault::Suspended {
        reason: SuspensionReason::Decision,
    });
    let answer = conformance_status(gates.clone()).await;
    let status = &answer["result"];
    assert_eq!(status["attestation"]["kind"], json!("restricted"));
    assert_eq!(status["attestation"]["evidence"], Value::Null);
    let author = |n: usize| {
        let author = &status["authors"][n];
        (author["verdict"].clone(), author["reason"].clone())
    };
    assert_eq!(author(0), (json!("refused"), json!("suspended: decision")));
    // The evidence is valid in the slot of the best block and not in the next slot.
    assert_eq!(author(1), (json!("restricted"), json!("anchor_stale")));

    *gates.standing.lock().unwrap() = Ok(());
    gates.restrict(Shortfall::NoCredential);
    let answer = conformance_status(gates).await;
    let author = &answer["result"]["authors"][0];
    assert_eq!(author["reason"], json!("no_credential"));
    assert_eq!(author["evidence"], Value::Null);
}

#[tokio::test]
async fn conformance_status_should_fail_when_the_gate_cannot_be_read() {
    let gates = gate::Gates::open();
    gates.fail("no state");
    let answer = conformance_status(gates).await;
    assert_eq!(
        answer["error"]["message"],
        json!("the gate cannot be read: no state")
    );
}
