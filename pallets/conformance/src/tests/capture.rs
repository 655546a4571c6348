// SPDX-License-Identifier: Apache-2.0
//! Tests of the first block of new code, which the facts of the old code judge.

use super::blocks::*;
use crate::{mock::*, Captured, GateParameters, Suspensions};
use bspp_primitives::conformance::{AttestationKind, Refusal};
use codec::Encode;
use frame_support::assert_ok;
use sp_runtime::DigestItem;

/// Makes a block that changes the code, after `body`.
///
/// It returns the gates of one round at the end of the block.
fn upgrade(body: impl FnOnce()) {
    block_with(|| {
        body();
        System::deposit_log(DigestItem::RuntimeEnvironmentUpdated);
    });
    assert!(Captured::<Test>::exists());
}

/// A change of state that a migration may make.
fn migrate() {
    GateParameters::<Test>::put(MockParameters { max_age: 1 });
    set_anchor(1, None);
    set_anchor(2, Some(3));
    Members::mutate(|members| {
        members.remove(&3);
    });
}

#[test]
fn nothing_should_be_captured_when_the_code_stays() {
    ExtBuilder::default().execute(|| {
        blocks(2);
        assert!(!Captured::<Test>::exists());
    });
}

#[test]
fn first_block_of_new_code_should_be_judged_by_captured_facts() {
    ExtBuilder::default().execute(|| {
        blocks(2);
        upgrade(|| ());
        let first = next_slot();
        let slots = first..first + 8;
        let gates: Vec<_> = slots.clone().map(Conformance::gate).collect();
        let authors = Conformance::authors();

        // The node asks before the migrations, and the block's check runs after them. The answers
        // are equal.
        migrate();
        assert_eq!(gates, slots.map(Conformance::gate).collect::<Vec<_>>());
        assert_eq!(authors, Conformance::authors());
        for slot in first..first + 4 {
            let draft = Draft::honest(slot);
            assert!(matches!(draft.kind, AttestationKind::Full { .. }));
            assert_accepted(&draft.digest());
            let by_new_rules = Draft {
                kind: NOT_ANCHORED,
                ..draft
            };
            assert_refused(&by_new_rules.digest(), Refusal::Understated);
        }

        blocks(1);
        assert!(!Captured::<Test>::exists());
        // The new rules hold from here on.
        let slot = slot_of(1);
        assert_eq!(Draft::honest(slot).kind, NOT_ANCHORED);
        let authors = Conformance::authors();
        assert!(authors[2].standing.is_err() && authors[1].evidence.is_ok());
    });
}

#[test]
fn parameters_set_in_the_upgrading_block_should_be_captured() {
    ExtBuilder::default().execute(|| {
        blocks(4);
        upgrade(|| {
            assert_ok!(Conformance::set_parameters(
                RuntimeOrigin::root(),
                MockParameters { max_age: 1 }
            ));
            assert_ok!(Conformance::suspend_author(RuntimeOrigin::root(), 2));
        });
        // The old code would have judged the next block by these changes, too.
        GateParameters::<Test>::put(MockParameters::default());
        Suspensions::<Test>::remove(2);
        assert_eq!(Draft::honest(slot_of(1)).kind, STALE);
        let gate = Conformance::gate(slot_of(2)).unwrap();
        assert_eq!(gate.verdict.required(), None);
        Suspensions::<Test>::insert(
            2,
            crate::Suspension {
                reason: bspp_primitives::conformance::SuspensionReason::Decision,
                since: 5,
            },
        );
        blocks(1);
    });
}

#[test]
fn captured_evidence_should_still_expire_by_its_slot() {
    ExtBuilder::default().with_max_age(8).execute(|| {
        blocks(3);
        upgrade(|| ());
        assert!(matches!(
            Draft::honest(8).kind,
            AttestationKind::Full { .. }
        ));
        assert_eq!(Draft::honest(9).kind, STALE);
        block_in(9, || ());
    });
}

#[test]
fn session_change_should_wait_for_the_captured_set() {
    ExtBuilder::default().execute(|| {
        // These are blocks 1 and 2. Block 2 is the upgrade, and block 3 begins a session without
        // the first author.
        assert!(lose_standing(1));
        blocks(1);
        upgrade(|| ());
        block_in(slot_of(4), || {
            assert_eq!(Session::validators(), [2, 3, 4]);
        });
        let slot = next_slot();
        let expected = [2, 3, 4][(slot % 3) as usize];
        assert_eq!(Conformance::gate(slot).unwrap().author, expected);
    });
}

#[test]
fn encoding_of_captured_facts_should_not_change() {
    // One runtime writes the value and the next runtime reads it. Change this test only with care.
    ExtBuilder::default().execute(|| {
        set_anchor(2, None);
        assert_ok!(Conformance::suspend_author(RuntimeOrigin::root(), 3));
        upgrade(|| ());
        let captured = Captured::<Test>::get().unwrap();
        let raw = captured.encode();
        assert_eq!(raw[0], 4 << 2);
        // Author, key, standing `Ok`, evidence `Ok` with commitment, last slot, the shortfall after
        // it, and `None` for a later shortfall.
        let full = 8 + 32 + 1 + (1 + 32 + 8 + 1 + 1);
        assert_eq!(&raw[1..9], &1u64.to_le_bytes());
        assert_eq!(raw[1 + 40], 0);
        assert_eq!(raw[1 + 41], 0);
        assert_eq!(&raw[1 + 74..1 + 82], &1_000u64.to_le_bytes());
        assert_eq!(raw[full - 1..=full], [2, 0]);
        // Standing `Ok`, evidence `Err(NotAnchored)`.
        let second = 1 + full;
        assert_eq!(raw[second + 40..second + 43], [0, 1, 0]);
        // Standing `Err(Suspended { reason: Decision })`.
        let third = second + 43;
        assert_eq!(raw[third + 40..third + 43], [1, 2, 0]);
    });
}
