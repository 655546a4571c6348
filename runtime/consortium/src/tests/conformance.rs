// SPDX-License-Identifier: Apache-2.0
//! Tests of the proof of conformance on whole blocks of the consortium.

use super::{
    blocks::{attest, aura, smuggle, Chain},
    remark, signed,
};
use crate::*;
use bspp_primitives::{
    conformance::{AttestationKind, ContentDigest, Shortfall, StandingFault, Verdict},
    Header,
};
use bspp_runtime_common::dev::{self, DevHospital, HOSPITAL_A, HOSPITAL_B};
use bspp_types::{messages, Authority, PurposeOfUse, Request, RequestStatus};
use polkadot_sdk::{
    frame_support::{assert_ok, traits::Hooks},
    frame_system, pallet_collective, pallet_session,
    sp_core::{ed25519, Pair, H256},
    sp_runtime::{
        generic::{Digest, DigestItem},
        traits::{Dispatchable, Header as _},
        transaction_validity::{InvalidTransaction, TransactionValidityError},
    },
};

/// The attestation of an author whose hospital's anchor is too old.
const STALE: AttestationKind = AttestationKind::Restricted {
    shortfall: Shortfall::AnchorStale,
};

fn council() -> RuntimeOrigin {
    RuntimeOrigin::from(pallet_collective::RawOrigin::<
        _,
        pallet_collective::Instance1,
    >::Members(2, 3))
}

/// Anchors a hospital's chain at an invented head.
fn anchor(hospital: &DevHospital) {
    let header = Header::new(
        1,
        H256::zero(),
        H256::zero(),
        H256::zero(),
        Digest::default(),
    );
    let voter = dev::session_keys("Alice").grandpa;
    assert_ok!(HospitalAnchor::initialise_anchor(
        council(),
        hospital.id(),
        Box::new(header),
        vec![(voter, 1)].try_into().unwrap(),
        0,
    ));
}

fn anchored() -> Chain {
    Chain::new(|| {
        anchor(&HOSPITAL_A);
        anchor(&HOSPITAL_B);
    })
}

/// A chain without anchors, so that every author lacks evidence.
fn unanchored() -> Chain {
    Chain::new(|| {})
}

fn registration(nonce: u32) -> UncheckedExtrinsic {
    let call = pallet_phi_index::Call::register_blocks {
        head: H256::zero(),
        proof: Default::default(),
        blocks: Default::default(),
    };
    signed("HospitalA", call, nonce)
}

fn request_with_key(n: u8) -> (H256, Request<bspp_primitives::AccountId>, ed25519::Pair) {
    let pair = ed25519::Pair::from_seed(&[n; 32]);
    let authority = Authority::GrantKey(pair.public().0);
    let request = Request {
        hospital: HOSPITAL_A.id(),
        requester: dev::account("DoctorB"),
        requester_hospital: HOSPITAL_B.id(),
        authority,
        purpose: PurposeOfUse::Treatment,
        expiry: u32::MAX,
        header_hash: H256::zero(),
        status: RequestStatus::Open,
        opened_at: 0,
        matches: 0,
    };
    (messages::request_id(&authority), request, pair)
}

/// A patient's revocation, which has no account, only the grant key's signature.
fn revocation(chain: &Chain, id: H256, key: &ed25519::Pair) -> UncheckedExtrinsic {
    let signature = key.sign(&messages::revoke_message(&chain.genesis, &id)).0;
    let call = pallet_peks_search::Call::revoke_request {
        request: id,
        signature,
    };
    UncheckedExtrinsic::new_transaction(call.into(), super::extension(0))
}

fn refusal(chain: &mut Chain, slot: u64, logs: Vec<DigestItem>) -> String {
    // The state root does not matter, because the digest is judged first.
    let header = Header::new(
        chain.parent.number + 1,
        H256::zero(),
        H256::zero(),
        chain.parent.hash(),
        Digest { logs },
    );
    assert!(slot > chain.slot);
    chain
        .import(Block {
            header,
            extrinsics: Vec::new(),
        })
        .expect_err("the block must be refused")
}

#[test]
fn block_should_be_valid_when_its_author_attests_in_full() {
    let mut chain = anchored();
    for slot in 1..7 {
        assert!(matches!(chain.gate(slot).verdict, Verdict::Full { .. }));
        chain.advance(slot, Vec::new());
        let attested = chain.read(Conformance::attestation).unwrap();
        assert_eq!(attested.slot, slot);
        assert!(matches!(attested.kind, AttestationKind::Full { .. }));
        assert_eq!(
            ContentDigest::find(chain.parent.digest()),
            Some(ContentDigest::default())
        );
    }
}

#[test]
fn block_should_be_refused_when_the_attestation_is_omitted_doubled_or_damaged() {
    let mut chain = anchored();
    chain.advance(1, Vec::new());
    let good = chain.honest_digest(2).logs;
    let (slot, item) = (good[0].clone(), good[1].clone());
    let damaged = DigestItem::PreRuntime(*b"conf", vec![0; 7]);
    for (logs, reason) in [
        (vec![slot.clone()], "missing"),
        (vec![slot.clone(), item.clone(), item.clone()], "duplicate"),
        (vec![slot.clone(), damaged], "malformed"),
        (vec![item.clone()], "invalid_slot"),
        (
            vec![
                slot.clone(),
                item.clone(),
                DigestItem::PreRuntime(*b"junk", vec![0; 9]),
            ],
            "malformed",
        ),
    ] {
        let found = refusal(&mut chain, 2, logs);
        assert!(found.contains(reason), "{found} instead of {reason}");
    }
    chain.advance(2, Vec::new());
}

#[test]
fn block_should_be_refused_when_the_attestation_is_forged_replayed_or_borrowed() {
    let mut chain = anchored();
    chain.advance(1, Vec::new());
    let old_parent = chain.parent.hash();
    chain.advance(2, Vec::new());
    let slot = 3;
    let gate = chain.gate(slot);
    let (name, kind) = (Chain::name(&gate.author), gate.verdict.required().unwrap());
    let other = Chain::name(&chain.gate(slot + 1).author);
    let (genesis, parent) = (chain.genesis, chain.parent.hash());
    // The attestation is in the author's name, but another author's key signed it.
    let mut forged = attest(&genesis, &parent, slot, other, kind);
    forged.author = gate.author.clone();
    for (attestation, reason) in [
        (forged, "bad_signature"),
        (
            attest(&genesis, &old_parent, slot, name, kind),
            "bad_signature",
        ),
        (
            attest(&genesis, &parent, slot - 3, name, kind),
            "bad_signature",
        ),
        (
            attest(&H256::repeat_byte(9), &parent, slot, name, kind),
            "bad_signature",
        ),
        (
            attest(&genesis, &parent, slot, other, kind),
            "author_mismatch",
        ),
        (attest(&genesis, &parent, slot, name, STALE), "understated"),
    ] {
        let found = refusal(
            &mut chain,
            slot,
            vec![aura(slot), attestation.to_digest_item()],
        );
        assert!(found.contains(reason), "{found} instead of {reason}");
    }
}

#[test]
fn block_should_be_refused_when_full_conformance_is_overstated() {
    let mut chain = unanchored();
    let gate = chain.gate(1);
    let shortfall = Shortfall::NotAnchored;
    assert_eq!(gate.verdict, Verdict::Restricted { shortfall });
    let evidence = H256::repeat_byte(1);
    let name = Chain::name(&gate.author);
    let logs = chain
        .digest(1, name, AttestationKind::Full { evidence })
        .logs;
    assert!(refusal(&mut chain, 1, logs).contains("overstated"));
}

#[test]
fn block_should_be_refused_when_its_author_is_suspended() {
    let mut chain = anchored();
    let slot = chain.slot_of("Charlie");
    let suspended = || {
        assert_ok!(Consortium::suspend_hospital(council(), HOSPITAL_B.id()));
    };
    chain.tamper(suspended);
    let fault = StandingFault::HospitalSuspended;
    assert_eq!(chain.gate(slot).verdict, Verdict::Refused { fault });
    for kind in [
        STALE,
        AttestationKind::Full {
            evidence: H256::zero(),
        },
    ] {
        let logs = chain.digest(slot, "Charlie", kind).logs;
        assert!(refusal(&mut chain, slot, logs).contains("no_standing"));
    }
    // The other authors continue.
    let other = chain.slot_of("Alice");
    chain.advance(other, Vec::new());
}

#[test]
fn restricted_block_should_be_refused_when_it_carries_a_registration_or_a_search() {
    let (id, _, _) = request_with_key(1);
    let mut restricted = unanchored();
    let mut full = anchored();
    // A signature names the genesis, which the state knows from the first block on.
    restricted.advance(1, Vec::new());
    full.advance(1, Vec::new());
    let search = pallet_peks_search::Call::claim_disclosure {
        request: id,
        record: H256::zero(),
    };
    let exhausts = TransactionValidityError::Invalid(InvalidTransaction::ExhaustsResources);
    let extrinsics = full.read(|| {
        [
            registration(0),
            signed("HospitalA", search, 0),
            signed("HospitalB", remark(), 0),
        ]
    });
    for extrinsic in extrinsics {
        // The extrinsic itself is valid: a full block includes it.
        let digest = full.honest_digest(2);
        let (block, results) = full.propose(2, digest, vec![extrinsic.clone()]);
        assert!(results[0].is_ok() && block.extrinsics.len() == 2);
        // A proposer leaves it out of a restricted block and in the pool.
        let digest = restricted.honest_digest(2);
        let (block, results) = restricted.propose(2, digest, vec![extrinsic.clone()]);
        assert_eq!(results, [Err(exhausts)]);
        // A proposer that includes it nevertheless makes an invalid block.
        let reason = restricted
            .import(smuggle(block, extrinsic))
            .expect_err("health data in a restricted block");
        assert!(
            reason.contains("would exhaust the block limits"),
            "{reason}"
        );
    }
}

#[test]
fn restricted_block_should_be_valid_when_it_carries_a_revocation() {
    let (id, request, key) = request_with_key(2);
    let mut chain = Chain::new(|| {
        pallet_peks_search::Requests::<Runtime>::insert(id, &request);
    });
    assert!(matches!(chain.gate(1).verdict, Verdict::Restricted { .. }));
    let revocation = revocation(&chain, id, &key);
    let results = chain.advance(1, vec![revocation]);
    assert_ok!(results[0].unwrap());
    let status = chain.read(|| PeksSearch::request(id).unwrap().status);
    assert_eq!(status, RequestStatus::Revoked);
}

#[test]
fn restricted_block_should_carry_governance_when_all_hospitals_are_stale() {
    let mut chain = anchored();
    let age = chain.read(|| pallet_conformance::GateParameters::<Runtime>::get().max_anchor_age);
    chain.advance(age, Vec::new());
    assert!(matches!(
        chain.read(Conformance::attestation).unwrap().kind,
        AttestationKind::Full { .. }
    ));
    let stale = age + 1;
    for slot in stale..stale + 3 {
        let shortfall = Shortfall::AnchorStale;
        assert_eq!(chain.gate(slot).verdict, Verdict::Restricted { shortfall });
    }
    let suspend: RuntimeCall = pallet_consortium::Call::suspend_hospital {
        hospital: HOSPITAL_B.id(),
    }
    .into();
    let propose = pallet_collective::Call::<Runtime, pallet_collective::Instance1>::propose {
        threshold: 2,
        length_bound: 100,
        proposal: Box::new(suspend),
    };
    let propose = chain.read(|| signed("CouncilOne", propose, 0));
    let results = chain.advance(stale, vec![propose]);
    assert_ok!(results[0].unwrap());
}

#[test]
fn anchor_should_bring_full_blocks_back_when_it_was_stale() {
    let mut chain = unanchored();
    chain.advance(1, Vec::new());
    chain.tamper(|| anchor(&HOSPITAL_A));
    let (a, b) = (chain.slot_of("Alice"), chain.slot_of("Charlie"));
    assert!(matches!(chain.gate(a).verdict, Verdict::Full { .. }));
    let shortfall = Shortfall::NotAnchored;
    assert_eq!(chain.gate(b).verdict, Verdict::Restricted { shortfall });
}

#[test]
fn gate_should_not_change_in_the_first_block_of_a_new_runtime() {
    let mut chain = anchored();
    chain.advance(1, Vec::new());
    // The block's digest after `set_code`, and new parameters by a migration after it.
    let upgraded = Digest {
        logs: [
            chain.honest_digest(2).logs,
            vec![DigestItem::RuntimeEnvironmentUpdated],
        ]
        .concat(),
    };
    let before = chain.gate(3);
    chain.tamper(|| {
        System::initialize(&2, &H256::zero(), &upgraded);
        <Conformance as Hooks<_>>::on_finalize(2);
        pallet_conformance::GateParameters::<Runtime>::mutate(|p| p.max_anchor_age = 1);
        let heads = pallet_hospital_anchor::Anchors::<Runtime>::clear(9, None);
        assert!(heads.maybe_cursor.is_none());
    });
    let captured = chain.gate(3);
    assert_eq!(before.author, captured.author);
    assert_eq!(
        before.verdict, captured.verdict,
        "judged as the old runtime would"
    );
}

#[test]
fn session_keys_should_not_be_purged_when_a_validator_asks() {
    let mut chain = anchored();
    chain.read(|| {
        let purge = RuntimeCall::Session(pallet_session::Call::purge_keys {});
        let origin = RuntimeOrigin::signed(dev::validator("Alice"));
        let filtered = frame_system::Error::<Runtime>::CallFiltered.into();
        assert_eq!(purge.dispatch(origin).unwrap_err().error, filtered);
    });
}
