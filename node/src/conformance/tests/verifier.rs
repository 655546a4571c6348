// SPDX-License-Identifier: Apache-2.0

use crate::conformance::{testing::*, ConformanceVerifier, Metrics};
use bspp_primitives::{
    conformance::{
        AttestationKind, Shortfall, StandingFault, SuspensionReason, CONFORMANCE_ENGINE_ID,
    },
    Hash, Header, OpaqueBlock,
};
use codec::Encode;
use polkadot_sdk::{
    sc_consensus::{BlockImportParams, ImportedState, StateAction, StorageChanges, Verifier},
    sp_consensus::BlockOrigin,
    sp_core::Pair,
    sp_runtime::DigestItem,
};
use std::sync::{
    atomic::{AtomicU32, Ordering},
    Arc,
};

/// A substitute for Aura's verifier that accepts and counts every block.
#[derive(Clone, Default)]
struct Inner(Arc<AtomicU32>);

#[async_trait::async_trait]
impl Verifier<OpaqueBlock> for Inner {
    async fn verify(
        &self,
        block: BlockImportParams<OpaqueBlock>,
    ) -> Result<BlockImportParams<OpaqueBlock>, String> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(block)
    }
}

fn received(header: Header) -> BlockImportParams<OpaqueBlock> {
    BlockImportParams::new(BlockOrigin::NetworkBroadcast, header)
}

async fn verify(gates: Arc<Gates>, block: BlockImportParams<OpaqueBlock>) -> Result<(), String> {
    let inner = Inner::default();
    let verifier = ConformanceVerifier::new(inner.clone(), gates, Metrics::default());
    let outcome = verifier.verify(block).await;
    let passed = inner.0.load(Ordering::SeqCst) == 1;
    assert_eq!(passed, outcome.is_ok(), "a refused block goes no further");
    outcome.map(|_| ())
}

/// The error that the sender of a header gets at an open gate.
async fn refusal(items: Vec<DigestItem>) -> String {
    refusal_at(Gates::open(), items).await
}

async fn refusal_at(gates: Arc<Gates>, items: Vec<DigestItem>) -> String {
    let error = verify(gates, received(header(items))).await.unwrap_err();
    error
        .strip_prefix("proof of conformance refused: ")
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn verify_should_pass_when_the_attestation_is_good() {
    let block = received(header(vec![
        good().to_digest_item(),
        // The items that the runtime deposits and the seal do not matter.
        DigestItem::Consensus(CONFORMANCE_ENGINE_ID, vec![1]),
        DigestItem::Seal(*b"aura", vec![0; 64]),
    ]));
    verify(Gates::open(), block).await.unwrap();
}

#[tokio::test]
async fn verify_should_pass_when_restricted_blocks_are_due() {
    let gates = Gates::open();
    let shortfall = Shortfall::NoCredential;
    gates.restrict(shortfall);
    let kind = AttestationKind::Restricted { shortfall };
    let attestation = attest(1, genesis(), parent(), SLOT, kind);
    let block = received(header(vec![attestation.to_digest_item()]));
    verify(gates, block).await.unwrap();
}

#[tokio::test]
async fn omitted_attestation_should_be_refused() {
    assert_eq!(refusal(vec![]).await, "missing");
}

#[tokio::test]
async fn doubled_attestation_should_be_refused() {
    let item = good().to_digest_item();
    assert_eq!(refusal(vec![item.clone(), item]).await, "duplicate");
}

#[tokio::test]
async fn forged_attestation_should_be_refused() {
    let mut forged = good();
    forged.signature = pair(2).sign(b"whatever");
    assert_eq!(
        refusal(vec![forged.to_digest_item()]).await,
        "bad_signature"
    );
}

#[tokio::test]
async fn padded_attestation_should_be_refused() {
    let mut bytes = good().encode();
    bytes.push(0);
    let item = DigestItem::PreRuntime(CONFORMANCE_ENGINE_ID, bytes);
    assert_eq!(refusal(vec![item]).await, "malformed");
}

#[tokio::test]
async fn attestation_replayed_on_old_parent_should_be_refused() {
    let old = attest(1, genesis(), Hash::repeat_byte(0x60), SLOT, full());
    assert_eq!(refusal(vec![old.to_digest_item()]).await, "bad_signature");
}

#[tokio::test]
async fn attestation_replayed_in_other_slot_should_be_refused() {
    let other = attest(1, genesis(), parent(), SLOT - 1, full());
    assert_eq!(refusal(vec![other.to_digest_item()]).await, "bad_signature");
}

#[tokio::test]
async fn attestation_replayed_from_other_chain_should_be_refused() {
    let other = attest(1, Hash::repeat_byte(0x99), parent(), SLOT, full());
    assert_eq!(refusal(vec![other.to_digest_item()]).await, "bad_signature");
}

#[tokio::test]
async fn borrowed_attestation_should_be_refused() {
    let borrowed = attest(2, genesis(), parent(), SLOT, full());
    assert_eq!(
        refusal(vec![borrowed.to_digest_item()]).await,
        "author_mismatch"
    );
}

#[tokio::test]
async fn borrowed_signature_should_be_refused() {
    let mut borrowed = attest(2, genesis(), parent(), SLOT, full());
    borrowed.author = author(1);
    assert_eq!(
        refusal(vec![borrowed.to_digest_item()]).await,
        "bad_signature"
    );
}

#[tokio::test]
async fn overstated_attestation_should_be_refused() {
    let made_up = AttestationKind::Full {
        evidence: Hash::repeat_byte(0xef),
    };
    let overstated = attest(1, genesis(), parent(), SLOT, made_up);
    assert_eq!(
        refusal(vec![overstated.to_digest_item()]).await,
        "overstated"
    );
    let gates = Gates::open();
    gates.restrict(Shortfall::AnchorStale);
    assert_eq!(
        refusal_at(gates, vec![good().to_digest_item()]).await,
        "overstated"
    );
}

/// Attack: an author without an anchor claims a lag, so that its block admits registrations.
#[tokio::test]
async fn attestation_of_another_shortfall_should_be_refused() {
    let gates = Gates::open();
    gates.restrict(Shortfall::AnchorStale);
    let kind = AttestationKind::Restricted {
        shortfall: Shortfall::RegistrationLag,
    };
    let claimed = attest(1, genesis(), parent(), SLOT, kind);
    assert_eq!(
        refusal_at(gates, vec![claimed.to_digest_item()]).await,
        "shortfall_mismatch"
    );
}

#[tokio::test]
async fn understated_attestation_should_be_refused() {
    let shortfall = Shortfall::AnchorStale;
    let kind = AttestationKind::Restricted { shortfall };
    let understated = attest(1, genesis(), parent(), SLOT, kind);
    assert_eq!(
        refusal(vec![understated.to_digest_item()]).await,
        "understated"
    );
}

#[tokio::test]
async fn attestation_without_standing_should_be_refused() {
    let gates = Gates::open();
    gates.refuse(StandingFault::Suspended {
        reason: SuspensionReason::Decision,
    });
    assert_eq!(
        refusal_at(gates, vec![good().to_digest_item()]).await,
        "no_standing: suspended"
    );
}

#[tokio::test]
async fn block_without_slot_should_be_refused() {
    let mut header = header(vec![good().to_digest_item()]);
    header.digest.logs.remove(0);
    let error = verify(Gates::open(), received(header)).await.unwrap_err();
    assert_eq!(error, "proof of conformance refused: invalid_slot");
}

#[tokio::test]
async fn verify_should_refuse_when_there_are_no_authors() {
    let gates = Gates::open();
    *gates.empty.lock().unwrap() = true;
    assert_eq!(
        refusal_at(gates, vec![good().to_digest_item()]).await,
        "no_authors"
    );
}

#[tokio::test]
async fn verify_should_refuse_when_the_gate_cannot_be_read() {
    let gates = Gates::open();
    gates.fail("no state");
    assert_eq!(
        refusal_at(gates, vec![good().to_digest_item()]).await,
        "the gate cannot be read: no state"
    );
}

#[tokio::test]
async fn verify_should_skip_the_gate_when_the_state_comes_with_the_block() {
    let mut block = received(header(vec![]));
    block.state_action = StateAction::ApplyChanges(StorageChanges::Import(ImportedState {
        block: Hash::zero(),
        state: Vec::new().into(),
    }));
    verify(Gates::open(), block).await.unwrap();
}

#[tokio::test]
async fn verify_should_skip_the_gate_when_execution_is_skipped() {
    let mut block = received(header(vec![]));
    block.state_action = StateAction::Skip;
    verify(Gates::open(), block).await.unwrap();
}
