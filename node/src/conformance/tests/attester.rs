// SPDX-License-Identifier: Apache-2.0

use crate::conformance::{
    notice::{notice, State},
    testing::*,
    Attested, Attester, GateError, HonestSource, Metrics, PayloadStore, PendingProof, Prover, Skip,
    StoreError,
};
use bspp_primitives::conformance::{
    check_digest, storage_draw, storage_response, AttestationKind, Challenge, Gate, Shortfall,
    StandingFault, SuspensionReason, Verdict, STORAGE_INHERENT_IDENTIFIER,
};
use bspp_primitives::Hash;
use bspp_types::{payload_hash, PayloadProof};
use polkadot_sdk::{
    sp_inherents::InherentDataProvider, sp_keystore::testing::MemoryKeystore,
    substrate_prometheus_endpoint::Registry,
};
use std::{sync::Arc, time::Duration};

fn gate(verdict: Verdict) -> Gate<bspp_primitives::AccountId> {
    Gate {
        author: author(1),
        key: key(1),
        verdict,
        challenge: None,
    }
}

#[tokio::test]
async fn attest_should_be_full_when_evidence_holds() {
    let attested = Attester::new(Gates::open(), keystore(1), Prover::none())
        .attest(parent(), SLOT)
        .await
        .unwrap();
    assert_eq!(attested.attestation.author, author(1));
    assert_eq!(attested.attestation.kind, full());
    let header = header(vec![attested.attestation.to_digest_item()]);
    let checked = check_digest(&header.digest, &genesis(), &parent(), |_| {
        Some(attested.gate.clone())
    });
    assert_eq!(checked.unwrap().slot, SLOT);
}

#[tokio::test]
async fn attest_should_be_restricted_when_evidence_runs_out() {
    let attester = Attester::new(Gates::open(), keystore(1), Prover::none());
    let last = attester.attest(parent(), VALID_UNTIL).await.unwrap();
    assert_eq!(last.attestation.kind, full());
    let after = attester.attest(parent(), VALID_UNTIL + 1).await.unwrap();
    let shortfall = Shortfall::AnchorStale;
    assert_eq!(
        after.attestation.kind,
        AttestationKind::Restricted { shortfall }
    );
    assert_eq!(after.gate, gate(Verdict::Restricted { shortfall }));
}

#[tokio::test]
async fn attest_should_skip_when_the_author_has_no_standing() {
    let gates = Gates::open();
    let fault = StandingFault::Suspended {
        reason: SuspensionReason::Decision,
    };
    gates.refuse(fault);
    let skip = Attester::new(gates, keystore(1), Prover::none())
        .attest(parent(), SLOT)
        .await;
    assert_eq!(skip, Err(Skip::NoStanding(fault)));
}

#[tokio::test]
async fn attest_should_skip_when_the_key_in_force_is_missing() {
    let empty = Arc::new(MemoryKeystore::new());
    let skip = Attester::new(Gates::open(), empty, Prover::none())
        .attest(parent(), SLOT)
        .await;
    assert_eq!(skip, Err(Skip::KeyMissing(key(1))));
    // The key of another validator does not help.
    let skip = Attester::new(Gates::open(), keystore(2), Prover::none())
        .attest(parent(), SLOT)
        .await;
    assert_eq!(skip, Err(Skip::KeyMissing(key(1))));
}

#[tokio::test]
async fn attest_should_skip_when_the_chain_names_no_author() {
    let gates = Gates::open();
    *gates.empty.lock().unwrap() = true;
    let skip = Attester::new(gates, keystore(1), Prover::none())
        .attest(parent(), SLOT)
        .await;
    assert_eq!(skip, Err(Skip::NotOurSlot));
}

#[tokio::test]
async fn attest_should_skip_when_the_gate_cannot_be_read() {
    let gates = Gates::open();
    gates.fail("no state");
    let skip = Attester::new(gates, keystore(1), Prover::none())
        .attest(parent(), SLOT)
        .await;
    assert_eq!(skip, Err(Skip::Api(GateError("no state".into()))));
}

#[tokio::test]
async fn try_attest_should_count_what_happens() {
    let registry = Registry::new();
    let metrics = Metrics::new(Some(&registry)).unwrap();
    let gates = Gates::open();
    let mut source = HonestSource::new(
        Attester::new(gates.clone(), keystore(1), Prover::none()),
        metrics,
    );
    let count = |name: &str, label: &str| {
        let families = registry.gather();
        let family = families.iter().find(|family| family.get_name() == name)?;
        let metric = family
            .get_metric()
            .iter()
            .find(|metric| metric.get_label()[0].get_value() == label)?;
        Some(metric.get_counter().get_value())
    };
    const ATTESTED: &str = "bspp_conformance_attested_total";
    const SKIPPED: &str = "bspp_conformance_skipped_total";

    assert_eq!(count(ATTESTED, "restricted"), Some(0.0));
    source.try_attest(parent(), SLOT).await.unwrap();
    source.try_attest(parent(), SLOT + 1).await.unwrap();
    gates.restrict(Shortfall::NotAnchored);
    source.try_attest(parent(), SLOT + 2).await.unwrap();
    gates.refuse(StandingFault::HospitalSuspended);
    source.try_attest(parent(), SLOT + 3).await.unwrap_err();
    assert_eq!(count(ATTESTED, "full"), Some(2.0));
    assert_eq!(count(ATTESTED, "restricted"), Some(1.0));
    assert_eq!(count(SKIPPED, "hospital_suspended"), Some(1.0));
}

/// A store with one payload, or with a fault.
struct Store {
    payload: Vec<u8>,
    hangs: bool,
    leaf: Option<u64>,
}

#[async_trait::async_trait]
impl PayloadStore for Store {
    async fn prove(&self, challenge: &Challenge) -> Result<PayloadProof, StoreError> {
        if self.hangs {
            std::future::pending::<()>().await;
        }
        if payload_hash(&self.payload) != challenge.payload_hash {
            return Err(StoreError::Failed("PayloadNotFound".into()));
        }
        let leaf = challenge.leaf(self.payload.len() as u64);
        let position = self.leaf.unwrap_or(leaf);
        Ok(PayloadProof::of_payload(&self.payload, position).unwrap())
    }
}

fn stored() -> Vec<u8> {
    (0..9_000u32).map(|n| (n % 241) as u8).collect()
}

fn challenge() -> Challenge {
    Challenge {
        payload_hash: payload_hash(&stored()),
        draw: storage_draw(&Hash::zero(), SLOT),
    }
}

/// Attests in a slot with a challenge.
///
/// Returns the outcome and the proof on its way to the block.
async fn attest_from(store: Store) -> (Attested, Option<PayloadProof>) {
    let gates = Gates::open();
    *gates.challenge.lock().unwrap() = Some(challenge());
    let pending = PendingProof::default();
    let limit = Duration::from_millis(50);
    let prover = Prover::new(Arc::new(store), limit, pending.clone());
    let attester = Attester::new(gates, keystore(1), prover);
    let attested = attester.attest(parent(), SLOT).await.unwrap();
    let data = pending.create_inherent_data().await.unwrap();
    let proof = data.get_data(&STORAGE_INHERENT_IDENTIFIER).unwrap();
    // The runtime's check agrees.
    let header = header(vec![attested.attestation.to_digest_item()]);
    let checked = check_digest(&header.digest, &genesis(), &parent(), |_| {
        Some(attested.gate.clone())
    });
    assert!(checked.is_ok());
    (attested, proof)
}

#[tokio::test]
async fn attest_should_prove_storage_when_the_slot_has_a_challenge() {
    let store = Store {
        payload: stored(),
        hangs: false,
        leaf: None,
    };
    let (attested, proof) = attest_from(store).await;
    let proof = proof.unwrap();
    assert!(challenge().is_answered_by(&proof));
    let kind = AttestationKind::Proved {
        evidence: evidence().commitment,
        response: storage_response(&proof),
    };
    assert_eq!(attested.attestation.kind, kind);
    assert_eq!(State::of(&Ok(attested)), State::Full);
}

#[tokio::test]
async fn attest_should_be_unproved_when_the_store_lacks_the_payload() {
    let store = Store {
        payload: vec![1],
        hangs: false,
        leaf: None,
    };
    let (attested, proof) = attest_from(store).await;
    assert_eq!(
        (attested.attestation.kind, proof),
        (AttestationKind::Unproved, None)
    );
    let state = State::of(&Ok(attested));
    let text = notice(None, &state).unwrap().text;
    assert!(
        text.contains(&format!("{:?}", challenge().payload_hash)),
        "{text}"
    );
    assert!(text.contains("PayloadNotFound"), "{text}");
}

#[tokio::test]
async fn hanging_store_should_cost_no_slot() {
    let store = Store {
        payload: stored(),
        hangs: true,
        leaf: None,
    };
    let (attested, proof) = attest_from(store).await;
    assert_eq!(attested.unproved, Some(StoreError::TooLate));
    assert_eq!(
        (attested.attestation.kind, proof),
        (AttestationKind::Unproved, None)
    );
}

#[tokio::test]
async fn wrong_leaf_of_a_store_should_cost_no_slot() {
    let store = Store {
        payload: stored(),
        hangs: false,
        leaf: Some(challenge().leaf(9_000) ^ 1),
    };
    let (attested, proof) = attest_from(store).await;
    assert_eq!(
        (attested.attestation.kind, proof),
        (AttestationKind::Unproved, None)
    );
}

#[tokio::test]
async fn proof_of_an_earlier_slot_should_not_enter_a_block() {
    let gates = Gates::open();
    *gates.challenge.lock().unwrap() = Some(challenge());
    let pending = PendingProof::default();
    let store = Store {
        payload: stored(),
        hangs: false,
        leaf: None,
    };
    let prover = Prover::new(Arc::new(store), Duration::from_secs(1), pending.clone());
    let attester = Attester::new(gates.clone(), keystore(1), prover);
    attester.attest(parent(), SLOT).await.unwrap();
    *gates.challenge.lock().unwrap() = None;
    attester.attest(parent(), SLOT + 1).await.unwrap();
    let data = pending.create_inherent_data().await.unwrap();
    assert_eq!(data.len(), 0);
}
