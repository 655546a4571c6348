// SPDX-License-Identifier: Apache-2.0
//! Registrations that a node reads from a block's body: exactly those that succeeded.
use crate::{mock::*, types::StorageProof, Call};
use bspp_types::{Entry, Sequence};
use sp_core::H256;

fn call(sequence: Sequence, entries: &[Entry]) -> Call<Test> {
    let entries = entries.to_vec().try_into().unwrap();
    Call::register_entries {
        sequence,
        head: HEAD,
        proof: StorageProof::default(),
        entries,
    }
}

#[test]
fn registrations_should_return_what_this_block_registered() {
    ExtBuilder::default()
        .with_batch(A, 1)
        .with_batch(B, 2)
        .execute(|ids| {
            let of_a = vec![entry(ids[0], 0, 1), entry(H256([9; 32]), 0, 2)];
            let of_b = vec![entry(ids[1], 0, 3)];
            store_and_register(OPERATOR_A, of_a.clone());
            let a_at = System::extrinsic_index().unwrap();
            store_and_register(OPERATOR_B, of_b.clone());
            let b_at = System::extrinsic_index().unwrap();

            let (call_a, call_b) = (call(0, &of_a), call(0, &of_b));
            let found = PhiIndex::registrations([(a_at, &call_a), (b_at, &call_b)]);
            assert_eq!(found.len(), 2);
            assert_eq!(
                (found[0].hospital, found[0].sequence, found[0].number),
                (A, 0, 1)
            );
            assert_eq!((&found[0].entries, &found[0].refused), (&of_a, &vec![1]));
            assert_eq!((found[1].hospital, &found[1].entries), (B, &of_b));
            assert!(found[1].refused.is_empty());
        });
}

#[test]
fn registrations_should_leave_out_failed_calls_and_other_positions() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        let entries = vec![entry(ids[0], 0, 1)];
        store_and_register(OPERATOR_A, entries.clone());
        let at = System::extrinsic_index().unwrap();
        let good = call(0, &entries);
        // Failed calls are in the body too: at other positions, or with another sequence number.
        assert!(PhiIndex::registration_of(&good, at).is_some());
        assert!(PhiIndex::registration_of(&good, at + 1).is_none());
        assert!(PhiIndex::registration_of(&call(1, &entries), at).is_none());
        let other: Call<Test> = Call::register_batch {
            header: batch_header(A, MONTH, 3),
        };
        assert!(PhiIndex::registration_of(&other, at).is_none());
    });
}

#[test]
fn registrations_should_leave_out_what_an_earlier_block_registered() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        let first = vec![entry(ids[0], 0, 1)];
        store_and_register(OPERATOR_A, first.clone());
        let at = System::extrinsic_index().unwrap();
        next_block_number();
        assert!(PhiIndex::registration_of(&call(0, &first), at).is_none());

        // The position may be used again.
        let second = vec![entry(ids[0], 1, 2)];
        store(A, 1, &second);
        System::set_extrinsic_index(at);
        frame_support::assert_ok!(register(OPERATOR_A, 1, second.clone()));
        let found = PhiIndex::registration_of(&call(1, &second), at).unwrap();
        assert_eq!((found.sequence, found.entries), (1, second));
        assert!(PhiIndex::registration_of(&call(0, &first), at).is_none());
    });
}
