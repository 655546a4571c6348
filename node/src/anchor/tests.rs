// SPDX-License-Identifier: Apache-2.0
#![allow(clippy::unwrap_used, clippy::expect_used)]
//! Chains with and without the hospital's anchor, and the file that outlives them.

use super::*;
use crate::{
    conformance::{testing as gate, Attester, Prover, Skip},
    rpc::anchor::{Anchor, AnchorApiServer},
};
use bspp_primitives::Hash;
use bspp_rpc_types::NotedAnchor;
use bspp_types::BlockNumber;
use jsonrpsee::Methods;
use polkadot_sdk::{sc_rpc_api::DenyUnsafe, substrate_prometheus_endpoint::Registry};
use serde_json::{json, Value};
use std::{
    path::Path,
    sync::{Arc, Mutex},
};

/// A chain whose blocks have hashes that repeat a byte of the chain.
struct Chain(Mutex<State>);

#[derive(Clone, Copy)]
struct State {
    byte: u8,
    best: BlockNumber,
    finalized: BlockNumber,
    readable: bool,
}

impl Chain {
    fn of(byte: u8, best: BlockNumber, finalized: BlockNumber) -> Arc<Self> {
        Arc::new(Self(Mutex::new(State {
            byte,
            best,
            finalized,
            readable: true,
        })))
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.0.lock().unwrap());
    }
}

impl AnchoredChain for Chain {
    fn finalized(&self) -> BlockNumber {
        self.0.lock().unwrap().finalized
    }

    fn hash(&self, number: BlockNumber) -> Result<Option<Hash>, String> {
        let state = *self.0.lock().unwrap();
        if !state.readable {
            return Err("closed".into());
        }
        Ok((number <= state.best).then(|| Hash::repeat_byte(state.byte)))
    }
}

/// The anchor at a height of the chain of `byte`.
fn anchor(incarnation: u32, number: BlockNumber, byte: u8) -> NotedAnchor {
    NotedAnchor {
        incarnation,
        number,
        hash: Hash::repeat_byte(byte),
    }
}

fn open(folder: &Path, own: u32, chain: Arc<Chain>) -> Arc<Watch> {
    Watch::open(Some(folder), own, chain, None).unwrap()
}

#[test]
fn node_should_author_when_nobody_told_an_anchor() {
    assert_eq!(judge(0, None, &*Chain::of(1, 0, 0)), Ok(()));
}

#[test]
fn node_should_author_when_its_chain_contains_the_anchor() {
    let noted = anchor(0, 5, 1);
    assert_eq!(judge(0, Some(&noted), &*Chain::of(1, 9, 7)), Ok(()));
    // The node has the block and must be able to finalize it.
    assert_eq!(judge(0, Some(&noted), &*Chain::of(1, 5, 3)), Ok(()));
}

/// Fault: a hospital's node lost its database and began a new chain from block 1.
#[test]
fn node_should_not_author_when_its_chain_is_below_the_anchor() {
    let noted = anchor(0, 5, 1);
    for chain in [Chain::of(1, 0, 0), Chain::of(1, 4, 4), Chain::of(2, 9, 4)] {
        let judged = judge(0, Some(&noted), &*chain);
        assert_eq!(judged, Err(Refusal::Below(5)));
    }
}

/// Fault: a new chain grew beyond the old height before the gateway told the anchor.
#[test]
fn node_should_not_author_when_another_block_is_at_the_anchored_height() {
    let judged = judge(0, Some(&anchor(0, 5, 1)), &*Chain::of(2, 9, 5));
    assert_eq!(judged, Err(Refusal::NotOnChain(5)));
}

#[test]
fn node_should_not_author_when_its_database_cannot_be_read() {
    let chain = Chain::of(1, 9, 9);
    chain.change(|state| state.readable = false);
    let judged = judge(0, Some(&anchor(0, 5, 1)), &*chain);
    assert_eq!(judged, Err(Refusal::Unreadable("closed".into())));
}

#[test]
fn new_incarnation_should_author_before_the_council_starts_it() {
    let lost = anchor(0, 500, 1);
    assert_eq!(judge(1, Some(&lost), &*Chain::of(2, 3, 3)), Ok(()));
    // From then on its own anchor binds it.
    let own = anchor(1, 2, 2);
    assert_eq!(judge(1, Some(&own), &*Chain::of(2, 3, 3)), Ok(()));
    let judged = judge(1, Some(&own), &*Chain::of(3, 3, 3));
    assert_eq!(judged, Err(Refusal::NotOnChain(2)));
}

#[test]
fn old_incarnation_should_not_author_after_the_council_started_the_next() {
    let judged = judge(0, Some(&anchor(1, 2, 2)), &*Chain::of(1, 900, 900));
    let expected = Refusal::IncarnationEnded { own: 0, present: 1 };
    assert_eq!(judged, Err(expected));
}

#[test]
fn anchor_should_outlive_the_database() {
    let dir = tempfile::tempdir().unwrap();
    let watch = open(dir.path(), 0, Chain::of(1, 9, 9));
    assert_eq!(watch.note(anchor(0, 7, 1)).unwrap().refusal, None);

    let purged = open(dir.path(), 0, Chain::of(1, 0, 0));
    assert_eq!(purged.check(), Err(Refusal::Below(7)));
    let status = purged.status();
    assert_eq!(status.anchor, Some(anchor(0, 7, 1)));
    let refusal = status.refusal.unwrap();
    assert!(refusal.starts_with("chain_below_anchor: "), "{refusal}");
}

#[test]
fn node_should_author_again_when_it_has_synchronized_to_the_anchor() {
    let dir = tempfile::tempdir().unwrap();
    let chain = Chain::of(1, 3, 3);
    let watch = open(dir.path(), 0, chain.clone());
    watch.note(anchor(0, 7, 1)).unwrap();
    assert!(watch.check().is_err());
    chain.change(|state| state.best = 7);
    assert_eq!(watch.check(), Ok(()));
}

/// Fault: a gateway whose consortium node is behind makes the node forget the newest anchor.
#[test]
fn lower_anchor_should_not_replace_a_higher_one() {
    let dir = tempfile::tempdir().unwrap();
    let watch = open(dir.path(), 0, Chain::of(1, 9, 9));
    watch.note(anchor(0, 7, 1)).unwrap();
    for older in [anchor(0, 6, 1), anchor(0, 7, 2)] {
        assert_eq!(watch.note(older).unwrap().anchor, Some(anchor(0, 7, 1)));
    }
    for newer in [anchor(0, 8, 1), anchor(1, 2, 3)] {
        assert_eq!(watch.note(newer).unwrap().anchor, Some(newer));
        assert_eq!(File::new(dir.path()).read().unwrap(), Some(newer));
    }
}

#[test]
fn start_should_fail_when_the_file_is_broken() {
    let dir = tempfile::tempdir().unwrap();
    let file = File::new(dir.path());
    let extra = r#"{"incarnation":0,"number":1,"hash":"0x00","height":1}"#;
    for broken in ["", "{}", "null", extra] {
        std::fs::write(file.path(), broken).unwrap();
        let opened = Watch::open(Some(dir.path()), 0, Chain::of(1, 9, 9), None);
        let error = opened.err().unwrap();
        assert!(error.starts_with("InvalidAnchor: "), "{error}");
    }
}

#[test]
fn anchor_should_bind_even_when_it_cannot_be_stored() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("keystore");
    let watch = open(&folder, 0, Chain::of(1, 3, 3));
    // A file is in the place of the folder, so nothing can be stored in it.
    std::fs::write(&folder, "").unwrap();
    assert!(watch.note(anchor(0, 7, 1)).is_err());
    assert_eq!(watch.check(), Err(Refusal::Below(7)));
}

#[test]
fn metrics_should_show_the_refusal() {
    let registry = Registry::new();
    let chain = Chain::of(1, 3, 3);
    let watch = Watch::open(None, 0, chain.clone(), Some(&registry)).unwrap();
    let gauge = |name: &str| {
        let families = registry.gather();
        let family = families.iter().find(|family| family.get_name() == name)?;
        Some(family.get_metric().first()?.get_gauge().get_value())
    };
    assert_eq!(gauge("bspp_anchor_refused"), Some(0.0));
    watch.note(anchor(0, 7, 1)).unwrap();
    assert_eq!(gauge("bspp_anchor_refused"), Some(1.0));
    assert_eq!(gauge("bspp_anchor_height"), Some(7.0));
    chain.change(|state| state.best = 7);
    assert_eq!(watch.check(), Ok(()));
    assert_eq!(gauge("bspp_anchor_refused"), Some(0.0));
}

#[tokio::test]
async fn author_should_not_attest_when_the_chain_lacks_the_anchor() {
    let chain = Chain::of(1, 3, 3);
    let watch = Watch::open(None, 0, chain.clone(), None).unwrap();
    watch.note(anchor(0, 7, 1)).unwrap();
    let attester = Attester::new(gate::Gates::open(), gate::keystore(1), Prover::none())
        .with_anchor(Some(watch));
    let skip = attester.attest(gate::parent(), gate::SLOT).await;
    assert_eq!(skip, Err(Skip::Anchor(Refusal::Below(7))));
    chain.change(|state| state.best = 7);
    assert!(attester.attest(gate::parent(), gate::SLOT).await.is_ok());
}

async fn call(deny: DenyUnsafe, method: &str, params: Value) -> Value {
    let watch = Watch::open(None, 0, Chain::of(1, 3, 3), None).unwrap();
    let mut methods: Methods = Anchor::new(watch).into_rpc().into();
    methods.extensions_mut().insert(deny);
    let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let (response, _) = methods
        .raw_json_request(&request.to_string(), 1)
        .await
        .unwrap();
    serde_json::from_str(&response).unwrap()
}

#[tokio::test]
async fn rpc_should_take_the_anchor_and_answer_with_the_refusal() {
    let noted = json!([0, 7, Hash::repeat_byte(1)]);
    let answer = call(DenyUnsafe::No, "anchor_note", noted).await;
    let status = &answer["result"];
    assert_eq!(status["incarnation"], 0);
    assert_eq!(
        status["anchor"],
        json!({ "incarnation": 0, "number": 7, "hash": Hash::repeat_byte(1) })
    );
    let refusal = status["refusal"].as_str().unwrap();
    assert!(refusal.starts_with("chain_below_anchor: "), "{refusal}");
    let fresh = call(DenyUnsafe::Yes, "anchor_status", json!([])).await;
    let nothing = json!({ "incarnation": 0, "anchor": null, "refusal": null });
    assert_eq!(fresh["result"], nothing);
}

/// Attack: a stranger at the RPC port stops the hospital's authors with a false anchor.
#[tokio::test]
async fn rpc_should_refuse_an_anchor_when_unsafe_rpc_is_denied() {
    let noted = json!([0, 7, Hash::repeat_byte(1)]);
    let answer = call(DenyUnsafe::Yes, "anchor_note", noted).await;
    assert_eq!(answer["error"]["code"], -32601);
}
