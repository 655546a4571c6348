// SPDX-License-Identifier: Apache-2.0
//! Digests that do not prove conformance, by attack.

use super::blocks::*;
use crate::mock::*;
use bspp_primitives::conformance::{
    evidence_commitment, AttestationKind, Refusal, StandingFault, SuspensionReason,
    CONFORMANCE_ENGINE_ID,
};
use codec::Encode;
use frame_support::assert_ok;
use sp_core::H256;
use sp_runtime::{Digest, DigestItem};

/// Asserts the refusal of a digest, and that the honest digest of the slot is accepted.
#[track_caller]
fn assert_only_refused(slot: u64, digest: &Digest, refusal: Refusal) {
    assert_refused(digest, refusal);
    assert_accepted(&Draft::honest(slot).digest());
}

#[test]
fn omitted_attestation_should_be_refused() {
    ExtBuilder::default().execute(|| {
        assert_only_refused(1, &digest([aura(1)]), Refusal::Missing);
    });
}

#[test]
fn attestation_of_another_kind_of_item_should_be_refused() {
    ExtBuilder::default().execute(|| {
        let DigestItem::PreRuntime(engine, data) = Draft::honest(1).item() else {
            panic!("a pre-runtime item");
        };
        for item in [
            DigestItem::Consensus(engine, data.clone()),
            DigestItem::Seal(engine, data.clone()),
        ] {
            assert_only_refused(1, &digest([aura(1), item]), Refusal::Missing);
        }
        let of_another = DigestItem::PreRuntime(*b"CONF", data);
        assert_only_refused(1, &digest([aura(1), of_another]), Refusal::Malformed);
    });
}

#[test]
fn freight_in_the_header_should_be_refused() {
    ExtBuilder::default().execute(|| {
        let freight = DigestItem::PreRuntime(*b"junk", vec![0; 65 * 1024]);
        let laden = digest([aura(1), Draft::honest(1).item(), freight]);
        assert_only_refused(1, &laden, Refusal::Malformed);
    });
}

#[test]
fn doubled_attestation_should_be_refused() {
    ExtBuilder::default().execute(|| {
        let item = Draft::honest(1).item();
        let doubled = digest([aura(1), item.clone(), item]);
        assert_only_refused(1, &doubled, Refusal::Duplicate);
    });
}

#[test]
fn second_malformed_attestation_should_be_refused() {
    ExtBuilder::default().execute(|| {
        let second = DigestItem::PreRuntime(CONFORMANCE_ENGINE_ID, Vec::new());
        let doubled = digest([aura(1), Draft::honest(1).item(), second]);
        assert_only_refused(1, &doubled, Refusal::Duplicate);
    });
}

#[test]
fn malformed_attestation_should_be_refused() {
    ExtBuilder::default().execute(|| {
        let DigestItem::PreRuntime(engine, good) = Draft::honest(1).item() else {
            panic!("a pre-runtime item");
        };
        let mut unknown_kind = good.clone();
        unknown_kind[8] = 2;
        for data in [Vec::new(), good[..good.len() - 1].to_vec(), unknown_kind] {
            let digest = digest([aura(1), DigestItem::PreRuntime(engine, data)]);
            assert_only_refused(1, &digest, Refusal::Malformed);
        }
    });
}

#[test]
fn attestation_with_trailing_bytes_should_be_refused() {
    ExtBuilder::default().execute(|| {
        let DigestItem::PreRuntime(engine, mut data) = Draft::honest(1).item() else {
            panic!("a pre-runtime item");
        };
        data.push(0);
        let digest = digest([aura(1), DigestItem::PreRuntime(engine, data)]);
        assert_only_refused(1, &digest, Refusal::Malformed);
    });
}

#[test]
fn block_without_one_slot_should_be_refused() {
    ExtBuilder::default().execute(|| {
        let item = Draft::honest(1).item();
        let short = DigestItem::PreRuntime(*b"aura", vec![1]);
        for items in [
            vec![item.clone()],
            vec![aura(1), aura(1), item.clone()],
            vec![aura(1), aura(2), item.clone()],
            vec![short, item],
        ] {
            assert_only_refused(1, &digest(items), Refusal::InvalidSlot);
        }
    });
}

#[test]
fn forged_signature_should_be_refused() {
    ExtBuilder::default().execute(|| {
        let stranger = Draft {
            signer: pair_of(9, 0),
            ..Draft::honest(1)
        };
        assert_only_refused(1, &stranger.digest(), Refusal::BadSignature);

        let DigestItem::PreRuntime(engine, mut data) = Draft::honest(1).item() else {
            panic!("a pre-runtime item");
        };
        *data.last_mut().unwrap() ^= 1;
        let spoilt = digest([aura(1), DigestItem::PreRuntime(engine, data)]);
        assert_only_refused(1, &spoilt, Refusal::BadSignature);
    });
}

#[test]
fn attestation_replayed_on_an_old_parent_should_be_refused() {
    ExtBuilder::default().execute(|| {
        blocks(1);
        let slot = next_slot();
        let old = Draft::honest(slot);
        // Another block replaces the parent before the slot comes.
        block_in(slot + 4, || ());
        let slot = slot + 8;
        let replayed = Draft {
            parent: old.parent,
            ..Draft::honest(slot)
        };
        assert_eq!(replayed.author, old.author);
        assert_only_refused(slot, &replayed.digest(), Refusal::BadSignature);
    });
}

#[test]
fn attestation_replayed_in_another_slot_should_be_refused() {
    ExtBuilder::default().execute(|| {
        // The author and the parent are the same, one round later.
        let replayed = digest([aura(5), Draft::honest(1).item()]);
        assert_eq!(Draft::honest(5).kind, Draft::honest(1).kind);
        assert_only_refused(5, &replayed, Refusal::BadSignature);
    });
}

#[test]
fn attestation_replayed_from_another_chain_should_be_refused() {
    ExtBuilder::default().execute(|| {
        let foreign = Draft {
            genesis: H256([1; 32]),
            ..Draft::honest(1)
        };
        assert_only_refused(1, &foreign.digest(), Refusal::BadSignature);
    });
}

#[test]
fn attestation_borrowed_from_another_author_should_be_refused() {
    ExtBuilder::default().execute(|| {
        // Slot 1 is the second author's. The third author lends it a valid attestation of its own.
        let lent = Draft::honest(2);
        let digest_of = |item| digest([aura(1), item]);
        assert_only_refused(1, &digest_of(lent.item()), Refusal::AuthorMismatch);

        // An attestation for the very slot fails too.
        let mine = Draft {
            slot: 1,
            ..lent.clone()
        };
        assert_only_refused(1, &mine.digest(), Refusal::AuthorMismatch);

        // The name of the slot's author with the other author's key fails too.
        let signed = Draft {
            signer: lent.signer,
            ..Draft::honest(1)
        };
        assert_only_refused(1, &signed.digest(), Refusal::BadSignature);
    });
}

#[test]
fn overstated_attestation_should_be_refused() {
    ExtBuilder::default().execute(|| {
        set_anchor(2, None);
        let commitments = [H256::zero(), evidence_commitment(&(2u64, 0u64))];
        for evidence in commitments {
            let overstated = Draft {
                kind: AttestationKind::Full { evidence },
                ..Draft::honest(1)
            };
            assert_only_refused(1, &overstated.digest(), Refusal::Overstated);
        }
    });
}

#[test]
fn attestation_over_expired_evidence_should_be_refused() {
    ExtBuilder::default().with_max_age(4).execute(|| {
        // The evidence is valid in slot 4, its last one, and stale in the author's next slot.
        let good = Draft::honest(4);
        assert!(matches!(good.kind, AttestationKind::Full { .. }));
        assert_accepted(&good.digest());
        let stale = Draft {
            kind: good.kind,
            ..Draft::honest(8)
        };
        assert_only_refused(8, &stale.digest(), Refusal::Overstated);
    });
}

#[test]
fn attestation_over_other_evidence_should_be_refused() {
    ExtBuilder::default().execute(|| {
        let old = Draft::honest(1);
        // A newer anchor came, so the state no longer holds the former facts.
        set_anchor(2, Some(1));
        let other = Draft::honest(2).kind;
        for kind in [old.kind, other] {
            let draft = Draft {
                kind,
                ..Draft::honest(1)
            };
            assert_only_refused(1, &draft.digest(), Refusal::Overstated);
        }
    });
}

#[test]
fn understated_attestation_should_be_refused() {
    ExtBuilder::default().execute(|| {
        let understated = Draft {
            kind: NOT_ANCHORED,
            ..Draft::honest(1)
        };
        assert_only_refused(1, &understated.digest(), Refusal::Understated);
    });
}

/// Attack: an author that lacks its anchor claims a lag, to admit registrations.
#[test]
fn author_with_another_shortfall_should_be_refused() {
    ExtBuilder::default().execute(|| {
        set_anchor(2, None);
        let slot = slot_of(2);
        for kind in [ONLY_LAGGING, STALE] {
            let draft = Draft {
                kind,
                ..Draft::honest(slot)
            };
            assert_refused(&draft.digest(), Refusal::ShortfallMismatch);
        }
        assert_accepted(&Draft::honest(slot).digest());
    });
}

#[test]
fn block_of_a_suspended_author_should_be_refused() {
    ExtBuilder::default().execute(|| {
        let full = Draft::honest(1).kind;
        assert_ok!(Conformance::suspend_author(RuntimeOrigin::root(), 2));
        let fault = StandingFault::Suspended {
            reason: SuspensionReason::Decision,
        };
        for kind in [full, NOT_ANCHORED] {
            let draft = Draft {
                kind,
                ..Draft::honest(1)
            };
            assert_refused(&draft.digest(), Refusal::NoStanding(fault));
        }
        assert_accepted(&Draft::honest(2).digest());
    });
}

#[test]
fn block_of_no_member_should_be_refused() {
    ExtBuilder::default().execute(|| {
        assert!(lose_standing(2));
        let fault = Refusal::NoStanding(StandingFault::NotMember);
        assert_refused(&Draft::honest(1).digest(), fault);

        SuspendedHospitals::set(vec![3]);
        let fault = Refusal::NoStanding(StandingFault::HospitalSuspended);
        assert_refused(&Draft::honest(2).digest(), fault);
    });
}

#[test]
fn block_should_be_refused_when_there_are_no_authors() {
    ExtBuilder::default().with_authors(&[]).execute(|| {
        let orphan = Draft {
            genesis: GENESIS,
            parent: parent(),
            slot: 1,
            author: 1,
            kind: NOT_ANCHORED,
            signer: pair_of(1, 0),
        };
        assert_refused(&orphan.digest(), Refusal::NoAuthors);
    });
}

#[test]
fn relabelled_attestation_should_be_refused() {
    // The account is the first field of the encoding. The signature is invalid under another name.
    ExtBuilder::default().execute(|| {
        let DigestItem::PreRuntime(engine, mut data) = Draft::honest(2).item() else {
            panic!("a pre-runtime item");
        };
        data[..8].copy_from_slice(&2u64.encode());
        let relabelled = digest([aura(1), DigestItem::PreRuntime(engine, data)]);
        // The attestation is of another slot and over another author's evidence.
        assert_only_refused(1, &relabelled, Refusal::Overstated);
        set_anchor(2, None);
        set_anchor(3, None);
        let DigestItem::PreRuntime(engine, mut data) = Draft::honest(2).item() else {
            panic!("a pre-runtime item");
        };
        data[..8].copy_from_slice(&2u64.encode());
        let relabelled = digest([aura(1), DigestItem::PreRuntime(engine, data)]);
        assert_only_refused(1, &relabelled, Refusal::BadSignature);
    });
}
