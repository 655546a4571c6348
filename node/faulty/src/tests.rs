// SPDX-License-Identifier: Apache-2.0
#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate::{
    chain::BadBlocks,
    digest::{items, replace, Situation},
    fault::{Fault, Switch},
    spoil::{line, spoil},
    suspended,
};
use bspp_node::conformance::Attested;
use bspp_primitives::{
    conformance::{
        attestation_message, check_digest, Attestation, AttestationKind, Challenge,
        ConformancePair, Gate, Refusal, Shortfall, Verdict, CONFORMANCE_ENGINE_ID,
    },
    AccountId, Hash, Header, OpaqueBlock,
};
use polkadot_sdk::{
    sc_consensus::{BlockImportParams, ForkChoiceStrategy},
    sp_consensus::BlockOrigin,
    sp_core::Pair,
    sp_runtime::{traits::Header as _, Digest, DigestItem},
};

const SLOT: u64 = 100;

fn genesis() -> Hash {
    Hash::repeat_byte(0x61)
}

fn author(n: u8) -> AccountId {
    AccountId::new([n; 32])
}

fn pair(n: u8) -> ConformancePair {
    ConformancePair::from_seed(&[n; 32])
}

fn parent() -> Header {
    Header::new(
        7,
        Hash::repeat_byte(1),
        Hash::repeat_byte(2),
        Hash::repeat_byte(3),
        Digest::default(),
    )
}

fn attest(n: u8, kind: AttestationKind) -> Attestation<AccountId> {
    let message = attestation_message(&genesis(), &parent().hash(), SLOT, &author(n), &kind);
    Attestation {
        author: author(n),
        kind,
        signature: pair(n).sign(&message),
    }
}

fn attested(verdict: Verdict) -> Attested {
    Attested {
        attestation: attest(1, verdict.required().unwrap()),
        gate: Gate {
            author: author(1),
            key: pair(1).public(),
            verdict,
            challenge: None,
        },
        unproved: None,
    }
}

fn full() -> Verdict {
    Verdict::Full {
        evidence: Hash::repeat_byte(0xe0),
    }
}

fn restricted() -> Verdict {
    Verdict::Restricted {
        shortfall: Shortfall::AnchorStale,
    }
}

/// An honest header in the form in which a runtime finishes it.
fn finished(attested: &Attested) -> Header {
    let aura = DigestItem::PreRuntime(*b"aura", SLOT.to_le_bytes().to_vec());
    let content = DigestItem::Consensus(CONFORMANCE_ENGINE_ID, vec![0; 40]);
    let mut header = parent();
    header.number = 8;
    header.parent_hash = parent().hash();
    header.digest.logs = vec![aura, attested.attestation.to_digest_item(), content];
    header
}

/// The refusal of a block with this fault by an honest node.
fn refusal(
    fault: Fault,
    verdict: Verdict,
    borrowed: Option<Attestation<AccountId>>,
) -> Option<Refusal> {
    let attested = attested(verdict);
    let parent = parent();
    let situation = Situation {
        genesis: genesis(),
        parent: &parent,
        slot: SLOT,
        attested: &attested,
        borrowed,
    };
    let mut header = finished(&attested);
    let honest = header.clone();
    match items(fault, &situation, &|message| Ok(pair(1).sign(message))).unwrap() {
        Some(items) => replace(&mut header, &items),
        None => assert_eq!(fault, Fault::None),
    }
    // Only the attestation differs.
    let mut rest = header.clone();
    replace(&mut rest, &[attested.attestation.to_digest_item()]);
    if fault != Fault::Omit {
        assert_eq!(rest, honest);
    }
    check_digest(&header.digest, &genesis(), &header.parent_hash, |_| {
        Some(attested.gate.clone())
    })
    .err()
}

#[test]
fn items_should_be_refused_for_the_fault_and_nothing_else() {
    let expected = [
        (Fault::None, None),
        (Fault::Omit, Some(Refusal::Missing)),
        (Fault::Double, Some(Refusal::Duplicate)),
        (Fault::Forge, Some(Refusal::BadSignature)),
        (Fault::ReplayParent, Some(Refusal::BadSignature)),
        (Fault::ReplaySlot, Some(Refusal::BadSignature)),
        (Fault::ReplayChain, Some(Refusal::BadSignature)),
        (Fault::Borrow, Some(Refusal::AuthorMismatch)),
        (Fault::Overstate, Some(Refusal::Overstated)),
    ];
    for verdict in [full(), restricted()] {
        for (fault, refused) in expected {
            assert_eq!(refusal(fault, verdict, None), refused, "{fault}");
        }
    }
}

#[test]
fn author_that_hides_a_missing_proof_should_be_refused() {
    let mut attested = attested(full());
    attested.gate.challenge = Some(Challenge {
        payload_hash: Hash::repeat_byte(1),
        draw: Hash::repeat_byte(2),
    });
    attested.attestation = attest(1, AttestationKind::Unproved);
    let parent = parent();
    let situation = Situation {
        genesis: genesis(),
        parent: &parent,
        slot: SLOT,
        attested: &attested,
        borrowed: None,
    };
    let sign = |message: &[u8]| Ok(pair(1).sign(message));
    let replaced = items(Fault::Unstored, &situation, &sign).unwrap().unwrap();
    let mut header = finished(&attested);
    replace(&mut header, &replaced);
    let refused = check_digest(&header.digest, &genesis(), &header.parent_hash, |_| {
        Some(attested.gate.clone())
    });
    assert_eq!(refused.err(), Some(Refusal::ProofMissing));
}

#[test]
fn borrow_should_use_what_another_author_attested() {
    let AttestationKind::Full { evidence } = full().required().unwrap() else {
        panic!("full is full");
    };
    let other = attest(2, AttestationKind::Full { evidence });
    assert_eq!(
        refusal(Fault::Borrow, full(), Some(other)),
        Some(Refusal::AuthorMismatch)
    );
}

#[test]
fn suspended_should_leave_an_author_in_good_standing_alone() {
    let attested = attested(full());
    let parent = parent();
    let situation = Situation {
        genesis: genesis(),
        parent: &parent,
        slot: SLOT,
        attested: &attested,
        borrowed: None,
    };
    let sign = |message: &[u8]| Ok(pair(1).sign(message));
    assert_eq!(items(Fault::Suspended, &situation, &sign), Ok(None));
}

#[test]
fn suspended_header_should_be_an_empty_child_with_the_state_of_its_parent() {
    let header = suspended::header(&parent(), Vec::new());
    assert_eq!(header.parent_hash, parent().hash());
    assert_eq!((header.number, header.state_root), (8, parent().state_root));
    // The root of an empty trie.
    let empty = "03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314";
    assert_eq!(
        format!("{:?}", header.extrinsics_root),
        format!("0x{empty}")
    );
}

#[test]
fn replace_should_keep_the_place_of_the_attestation() {
    let attested = attested(full());
    let mut header = finished(&attested);
    let marker = DigestItem::PreRuntime(CONFORMANCE_ENGINE_ID, vec![9]);
    replace(&mut header, &[marker.clone(), marker.clone()]);
    assert_eq!(header.digest.logs.len(), 4);
    assert_eq!(header.digest.logs[1..3], [marker.clone(), marker]);
}

#[test]
fn spoil_should_remember_the_sealed_block_and_keep_it_from_being_best() {
    let bad = BadBlocks::default();
    let mut block =
        BlockImportParams::<OpaqueBlock>::new(BlockOrigin::Own, finished(&attested(full())));
    block
        .post_digests
        .push(DigestItem::Seal(*b"aura", vec![0; 64]));
    spoil(&mut block, Fault::Omit, &bad);
    assert!(bad.contains(&block.post_header().hash()));
    assert!(!bad.contains(&block.header.hash()));
    assert_eq!(block.fork_choice, Some(ForkChoiceStrategy::Custom(false)));
}

#[test]
fn line_should_give_the_whole_hash() {
    let expected = format!(
        "faulty: authored block #8 0x{} with fault replay-slot",
        "ab".repeat(32)
    );
    assert_eq!(
        line(8, Hash::repeat_byte(0xab), Fault::ReplaySlot),
        expected
    );
}

#[test]
fn words_should_parse_back() {
    for fault in Fault::ALL {
        assert_eq!(fault.as_str().parse(), Ok(fault));
    }
    let error = "Omit".parse::<Fault>().unwrap_err();
    assert!(error.starts_with("InvalidFault: \"Omit\""), "{error}");
}

#[test]
fn switch_should_follow_its_file() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("fault");
    let switch = Switch {
        fault: Fault::Omit,
        file: Some(file.clone()),
    };
    assert_eq!(switch.current(), Fault::None, "a missing file means none");
    std::fs::write(&file, "double\n").unwrap();
    assert_eq!(switch.current(), Fault::Double);
    std::fs::write(&file, "twice").unwrap();
    assert_eq!(switch.current(), Fault::None, "an unknown word means none");
    let fixed = Switch {
        fault: Fault::Omit,
        file: None,
    };
    assert_eq!(fixed.current(), Fault::Omit);
}
