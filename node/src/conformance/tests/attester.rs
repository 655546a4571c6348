// SPDX-License-Identifier: Apache-2.0

use crate::conformance::{testing::*, Attester, GateError, HonestSource, Metrics, Skip};
use bspp_primitives::conformance::{
    check_digest, AttestationKind, Gate, Shortfall, StandingFault, SuspensionReason, Verdict,
};
use polkadot_sdk::{sp_keystore::testing::MemoryKeystore, substrate_prometheus_endpoint::Registry};
use std::sync::Arc;

fn gate(verdict: Verdict) -> Gate<bspp_primitives::AccountId> {
    Gate {
        author: author(1),
        key: key(1),
        verdict,
    }
}

#[test]
fn attest_should_be_full_when_evidence_holds() {
    let attested = Attester::new(Gates::open(), keystore(1))
        .attest(parent(), SLOT)
        .unwrap();
    assert_eq!(attested.attestation.author, author(1));
    assert_eq!(attested.attestation.kind, full());
    let header = header(vec![attested.attestation.to_digest_item()]);
    let checked = check_digest(&header.digest, &genesis(), &parent(), |_| {
        Some(attested.gate.clone())
    });
    assert_eq!(checked.unwrap().slot, SLOT);
}

#[test]
fn attest_should_be_restricted_when_evidence_runs_out() {
    let attester = Attester::new(Gates::open(), keystore(1));
    let last = attester.attest(parent(), VALID_UNTIL).unwrap();
    assert_eq!(last.attestation.kind, full());
    let after = attester.attest(parent(), VALID_UNTIL + 1).unwrap();
    let shortfall = Shortfall::AnchorStale;
    assert_eq!(
        after.attestation.kind,
        AttestationKind::Restricted { shortfall }
    );
    assert_eq!(after.gate, gate(Verdict::Restricted { shortfall }));
}

#[test]
fn attest_should_skip_when_the_author_has_no_standing() {
    let gates = Gates::open();
    let fault = StandingFault::Suspended {
        reason: SuspensionReason::Decision,
    };
    gates.refuse(fault);
    let skip = Attester::new(gates, keystore(1)).attest(parent(), SLOT);
    assert_eq!(skip, Err(Skip::NoStanding(fault)));
}

#[test]
fn attest_should_skip_when_the_key_in_force_is_missing() {
    let empty = Arc::new(MemoryKeystore::new());
    let skip = Attester::new(Gates::open(), empty).attest(parent(), SLOT);
    assert_eq!(skip, Err(Skip::KeyMissing(key(1))));
    // The key of another validator does not help.
    let skip = Attester::new(Gates::open(), keystore(2)).attest(parent(), SLOT);
    assert_eq!(skip, Err(Skip::KeyMissing(key(1))));
}

#[test]
fn attest_should_skip_when_the_chain_names_no_author() {
    let gates = Gates::open();
    *gates.empty.lock().unwrap() = true;
    let skip = Attester::new(gates, keystore(1)).attest(parent(), SLOT);
    assert_eq!(skip, Err(Skip::NotOurSlot));
}

#[test]
fn attest_should_skip_when_the_gate_cannot_be_read() {
    let gates = Gates::open();
    gates.fail("no state");
    let skip = Attester::new(gates, keystore(1)).attest(parent(), SLOT);
    assert_eq!(skip, Err(Skip::Api(GateError("no state".into()))));
}

#[test]
fn try_attest_should_count_what_happens() {
    let registry = Registry::new();
    let metrics = Metrics::new(Some(&registry)).unwrap();
    let gates = Gates::open();
    let mut source = HonestSource::new(Attester::new(gates.clone(), keystore(1)), metrics);
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
    source.try_attest(parent(), SLOT).unwrap();
    source.try_attest(parent(), SLOT + 1).unwrap();
    gates.restrict(Shortfall::NotAnchored);
    source.try_attest(parent(), SLOT + 2).unwrap();
    gates.refuse(StandingFault::HospitalSuspended);
    source.try_attest(parent(), SLOT + 3).unwrap_err();
    assert_eq!(count(ATTESTED, "full"), Some(2.0));
    assert_eq!(count(ATTESTED, "restricted"), Some(1.0));
    assert_eq!(count(SKIPPED, "hospital_suspended"), Some(1.0));
}
