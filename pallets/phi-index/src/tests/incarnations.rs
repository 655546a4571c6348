// SPDX-License-Identifier: Apache-2.0
//! Registrations of a hospital chain that was rebuilt from nothing.
use crate::{mock::*, types::MAX_INCARNATIONS, Bases, Error, Refusal, Refused};
use bspp_primitives::traits::{OnAnchored, RegisteredCount, RegisteredEntries};
use bspp_types::{entry_proof, filing_month_start, Incarnation};
use frame_support::{assert_noop, assert_ok};

#[test]
fn rebuilt_chain_should_register_after_the_former_one() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        let old = vec![entry(ids[0], 0, 1)];
        store_and_register(OPERATOR_A, old.clone());
        store_and_register(OPERATOR_A, vec![entry(ids[0], 1, 2)]);
        assert_ok!(PhiIndex::on_incarnation(&A));
        let expected = Incarnation { number: 1, base: 2 };
        assert_eq!(PhiIndex::incarnation(&A), expected);
        assert_eq!((PhiIndex::base(&A), PhiIndex::base(&B)), (2, 0));

        // Its heights and its own sequence begin again, with a running hash from zero.
        let lists = [vec![entry(ids[0], 2, 3)], vec![entry(ids[0], 3, 4)]];
        let blocks = store_all(A, 2, &lists);
        assert_eq!((blocks[0].sequence, blocks[0].number), (2, 1));
        next_extrinsic();
        assert_ok!(register_all(OPERATOR_A, &blocks));
        assert_eq!(PhiIndex::next_sequence(&A), 4);
        // Old entries stay registered, and new ones are.
        for (sequence, entries) in [(0, &old), (2, &lists[0]), (3, &lists[1])] {
            let path = entry_proof(entries, 0).unwrap();
            assert!(PhiIndex::is_registered(&A, sequence, &entries[0], &path));
        }
    });
}

/// Attack: a rebuilt chain uses indices of a batch again, in place of old records.
#[test]
fn rebuilt_chain_should_not_use_an_index_again() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        store_and_register(OPERATOR_A, vec![entry(ids[0], 4, 1)]);
        assert_ok!(PhiIndex::on_incarnation(&A));
        let sequence = store_and_register(OPERATOR_A, vec![entry(ids[0], 4, 9)]);
        let reason = Refusal::InvalidIndex;
        let refused = PhiIndex::refused(&A, sequence).to_vec();
        assert_eq!(refused, [Refused { leaf: 0, reason }]);
    });
}

/// Attack: a rebuilt chain files into an ended month, with heights below the cutoff.
#[test]
fn rebuilt_chain_should_not_add_to_a_closed_month() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        set_time(filing_month_start(MONTH + 2).unwrap());
        PhiIndex::on_anchored(&A, 1_000);
        assert_eq!(PhiIndex::cutoff(&A, MONTH), Some(1_000));
        assert_ok!(PhiIndex::on_incarnation(&A));
        assert_eq!(PhiIndex::cutoff(&A, MONTH), Some(0));
        let sequence = store_and_register(OPERATOR_A, vec![entry(ids[0], 0, 1)]);
        let reason = Refusal::BatchExpired;
        let refused = PhiIndex::refused(&A, sequence).to_vec();
        assert_eq!(refused, [Refused { leaf: 0, reason }]);
    });
}

/// Attack: a block of the former chain, which the consortium never saw, is registered later.
#[test]
fn relayer_with_a_block_of_the_former_chain_should_be_refused() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        let lists = [vec![entry(ids[0], 0, 1)], vec![entry(ids[0], 1, 2)]];
        let old = store_all(A, 0, &lists);
        assert_ok!(register_all(OPERATOR_A, &old[..1]));
        assert_ok!(PhiIndex::on_incarnation(&A));
        // The new chain stores another first block.
        store_all(A, 1, &[vec![entry(ids[0], 1, 7)]]);
        next_extrinsic();
        assert_noop!(
            register_all(OPERATOR_A, &old[1..]),
            Error::<Test>::RootMismatch
        );
    });
}

#[test]
fn on_incarnation_should_refuse_when_there_were_too_many() {
    ExtBuilder::default().execute(|_| {
        for number in 1..=MAX_INCARNATIONS {
            assert_ok!(PhiIndex::on_incarnation(&A));
            assert_eq!(PhiIndex::incarnation(&A).number, number);
        }
        let refusal = Error::<Test>::MaxIncarnationsExceeded;
        assert_noop!(PhiIndex::on_incarnation(&A), refusal);
        assert_eq!(Bases::<Test>::get(A).len() as u32, MAX_INCARNATIONS);
    });
}
