// SPDX-License-Identifier: Apache-2.0
//! Tests: authors and keys follow the session.

use super::blocks::*;
use crate::{mock::*, Authorities};
use bspp_primitives::conformance::{ConformanceId, Refusal};
use codec::Encode;
use frame_support::{assert_ok, traits::OneSessionHandler};
use sp_core::{proof_of_possession::ProofOfPossessionGenerator, Pair};

fn keys_in_force() -> Vec<(AccountId, ConformanceId)> {
    Authorities::<Test>::get().into_inner()
}

/// Announces an author's key of the given generation, with its proof of possession.
pub fn set_keys(author: AccountId, generation: u8) {
    let mut pair = pair_of(author, generation).into_inner();
    let proof = pair.generate_proof_of_possession(&author.encode());
    assert_ok!(Session::set_keys(
        RuntimeOrigin::signed(author),
        keys_of(author, generation),
        proof.encode(),
    ));
}

#[test]
fn rotated_key_should_be_in_force_two_sessions_later() {
    ExtBuilder::default().execute(|| {
        let old = pair_of(2, 0);
        block_with(|| set_keys(2, 1));
        next_session();
        assert_eq!(keys_in_force()[1], (2, old.public()));
        block_in(slot_of(2), || ());
        next_session();
        assert_eq!(keys_in_force()[1], (2, pair_of(2, 1).public()));

        let slot = slot_of(2);
        let stale = Draft {
            signer: old,
            ..Draft::honest(slot)
        };
        assert_refused(&stale.digest(), Refusal::BadSignature);
        block_in(slot, || ());
    });
}

#[test]
fn key_of_a_lone_author_should_rotate() {
    ExtBuilder::default().with_authors(&[1]).execute(|| {
        block_with(|| set_keys(1, 1));
        for _ in 0..3 {
            next_session();
        }
        assert_eq!(keys_in_force(), [(1, pair_of(1, 1).public())]);
        blocks(2);
    });
}

#[test]
fn newcomer_should_author_when_its_session_begins() {
    ExtBuilder::default().execute(|| {
        set_anchor(5, Some(0));
        next_session();
        next_session();
        assert_eq!(keys_in_force()[4], (5, pair_of(5, 0).public()));
        block_in(slot_of(5), || ());
    });
}

#[test]
fn authors_should_be_cut_when_there_are_more_than_may_be() {
    ExtBuilder::default().build().execute_with(|| {
        let many: Vec<_> = (1..=9u64)
            .map(|who| (who, pair_of(who, 0).public()))
            .collect();
        let given = || many.iter().map(|(who, key)| (who, key.clone()));
        <Conformance as OneSessionHandler<u64>>::on_new_session(true, given(), given());
        assert_eq!(keys_in_force(), many[..MAX_AUTHORS as usize]);
    });
}

#[test]
fn authors_should_stay_when_a_session_has_none() {
    ExtBuilder::default().execute(|| {
        let before = keys_in_force();
        let none = Vec::<(u64, ConformanceId)>::new();
        let given = || none.iter().map(|(who, key)| (who, key.clone()));
        <Conformance as OneSessionHandler<u64>>::on_new_session(true, given(), given());
        assert_eq!(keys_in_force(), before);
    });
}

#[test]
fn keys_should_be_taken_when_they_differ_without_a_change() {
    ExtBuilder::default().execute(|| {
        let migrated: Vec<_> = (1..=4u64)
            .map(|who| (who, pair_of(who, 3).public()))
            .collect();
        let given = || migrated.iter().map(|(who, key)| (who, key.clone()));
        <Conformance as OneSessionHandler<u64>>::on_new_session(false, given(), given());
        assert_eq!(keys_in_force(), migrated);
    });
}

#[test]
fn disabled_author_should_keep_its_turn() {
    // Only suspension counts.
    ExtBuilder::default().execute(|| {
        let before = keys_in_force();
        <Conformance as OneSessionHandler<u64>>::on_disabled(1);
        assert_eq!(keys_in_force(), before);
        block_in(slot_of(2), || ());
    });
}
