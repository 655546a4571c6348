// SPDX-License-Identifier: Apache-2.0
//! Tests of the attestations of honest authors and of the runtime API's answers.

use super::blocks::*;
use crate::{mock::*, CurrentAttestation};
use bspp_primitives::conformance::{
    AttestationKind, AuthorStanding, BlockAttestation, Shortfall, StandingFault, SuspensionReason,
    Verdict,
};
use frame_support::assert_ok;
use sp_core::Pair;

#[test]
fn gate_should_go_round_the_authors_in_session_order() {
    ExtBuilder::default().execute(|| {
        let authors: Vec<u64> = (0..8)
            .map(|slot| Conformance::gate(slot).unwrap().author)
            .collect();
        assert_eq!(authors, [1, 2, 3, 4, 1, 2, 3, 4]);
        assert_eq!(
            Conformance::gate(u64::MAX).unwrap().key,
            pair_of(4, 0).public()
        );
    });
}

#[test]
fn gate_should_be_none_when_there_are_no_authors() {
    ExtBuilder::default().with_authors(&[]).execute(|| {
        assert_eq!(Conformance::gate(1), None);
        assert_eq!(Conformance::authors(), []);
    });
}

#[test]
fn block_should_keep_what_was_attested_when_evidence_holds() {
    ExtBuilder::default().execute(|| {
        assert_eq!(Conformance::attestation(), None);
        let kind = Draft::honest(1).kind;
        assert!(matches!(kind, AttestationKind::Full { .. }));
        block_in(1, || {
            assert_eq!(
                CurrentAttestation::<Test>::get(),
                Some(BlockAttestation {
                    slot: 1,
                    author: 2,
                    kind
                })
            );
        });
        // It stays for the runtime API until the next block.
        assert_eq!(Conformance::attestation().unwrap().author, 2);
    });
}

#[test]
fn block_should_be_restricted_when_evidence_does_not_hold() {
    ExtBuilder::default().with_max_age(2).execute(|| {
        set_anchor(2, None);
        for (slot, kind) in [(1, NOT_ANCHORED), (3, STALE)] {
            block_in(slot, || ());
            let attested = Conformance::attestation().unwrap();
            assert_eq!(attested.kind, kind);
        }
        let verdict = |slot| Conformance::gate(slot).unwrap().verdict;
        assert_eq!(
            verdict(5),
            Verdict::Restricted {
                shortfall: Shortfall::NotAnchored
            }
        );
        assert_eq!(
            verdict(7),
            Verdict::Restricted {
                shortfall: Shortfall::AnchorStale
            }
        );
        assert!(matches!(verdict(2), Verdict::Full { .. }));
    });
}

#[test]
fn authors_should_tell_standing_and_evidence_of_each() {
    ExtBuilder::default().execute(|| {
        assert_ok!(Conformance::suspend_author(RuntimeOrigin::root(), 3));
        set_anchor(4, None);
        let authors = Conformance::authors();
        assert_eq!(authors.len(), 4);
        let AuthorStanding {
            author,
            key,
            standing,
            evidence,
        } = authors[0].clone();
        assert_eq!((author, key), (1, pair_of(1, 0).public()));
        assert_eq!(standing, Ok(()));
        assert_eq!(evidence.unwrap().valid_until, 1_000);
        assert_eq!(
            authors[2].standing,
            Err(StandingFault::Suspended {
                reason: SuspensionReason::Decision
            })
        );
        assert_eq!(authors[3].evidence, Err(Shortfall::NotAnchored));
        assert_eq!(
            Conformance::suspension(&3),
            Some(SuspensionReason::Decision)
        );
        assert_eq!(Conformance::suspension(&4), None);
    });
}

#[test]
fn gate_should_be_the_parents_when_the_session_changes() {
    ExtBuilder::default().execute(|| {
        // The set of the next session does not contain the third author. The old set still judges
        // the block that begins that session.
        blocks(1);
        assert!(lose_standing(3));
        blocks(1);
        let before = Conformance::authors().len();
        assert_eq!(System::block_number() % u64::from(SESSION_LENGTH), 2);
        let slot = slot_of(4);
        assert_eq!(slot % before as u64, 3);
        block_in(slot, || {
            assert_eq!(Session::validators(), [1, 2, 4]);
            assert_eq!(Conformance::attestation().unwrap().author, 4);
        });
        assert_eq!(Conformance::gate(2).unwrap().author, 4);
    });
}
