// SPDX-License-Identifier: Apache-2.0
use crate::mock::*;
use bspp_primitives::traits::RegisteredEntries;
use bspp_types::{entry_proof, Entry};
use frame_support::assert_storage_noop;
use proptest::prelude::*;
use sp_core::H256;
use std::collections::BTreeSet;

/// An entry by index and batch: 0 and 1 belong to A, 2 to B, 3 to nobody.
fn entries() -> impl Strategy<Value = Vec<(usize, u32)>> {
    let index = prop_oneof![6 => 0..12u32, 1 => Just(u32::MAX)];
    proptest::collection::vec((0..4usize, index), 1..9)
}

/// Registrations, each with an offset to the correct sequence number: 0 is correct.
fn steps() -> impl Strategy<Value = Vec<(Vec<(usize, u32)>, i64)>> {
    let offset = prop_oneof![5 => Just(0i64), 1 => -1..3i64];
    proptest::collection::vec((entries(), offset), 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Registrations come in order and without a gap, and indices are used once.
    ///
    /// A batch's next index only rises. Two indexed entries never have the same batch and index.
    /// The entries that cannot be proved are exactly the refused ones.
    #[test]
    fn register_blocks_should_follow_the_model(steps in steps()) {
        ExtBuilder::default().with_batch(A, 1).with_batch(A, 2).with_batch(B, 3).execute(|ids| {
            let batch = |i: usize| ids.get(i).copied().unwrap_or(H256([9; 32]));
            let (mut sequence, mut next, mut indexed) = (0u32, [0u64; 2], BTreeSet::new());
            for (salt, (step, offset)) in (0u8..).zip(steps) {
                let list: Vec<Entry> =
                    step.iter().map(|(b, index)| entry(batch(*b), *index, salt)).collect();
                store(A, sequence, &list);
                next_extrinsic();
                let claimed = i64::from(sequence) + offset;
                if let Some(wrong) = u32::try_from(claimed).ok().filter(|s| *s != sequence) {
                    // An earlier number is skipped, and a later one refused.
                    assert_storage_noop!(assert_eq!(
                        register(OPERATOR_A, wrong, list.clone()).is_ok(),
                        wrong < sequence
                    ));
                }
                register(OPERATOR_A, sequence, list.clone()).unwrap();

                let refused = PhiIndex::refused(&A, sequence);
                for (leaf, (b, index)) in (0u32..).zip(&step) {
                    let good = *b < 2 && u64::from(*index) >= next[*b] && *index < u32::MAX;
                    if good {
                        next[*b] = u64::from(*index) + 1;
                        assert!(indexed.insert((*b, *index)), "an index is spent once");
                    }
                    assert_eq!(refused.iter().any(|r| r.leaf == leaf), !good);
                    let path = entry_proof(&list, leaf).unwrap();
                    let entry = &list[leaf as usize];
                    assert_eq!(PhiIndex::is_registered(&A, sequence, entry, &path), good);
                }
                for (b, next) in next.iter().enumerate() {
                    assert_eq!(u64::from(PhiIndex::batch(&ids[b]).unwrap().next_index), *next);
                }
                assert_eq!(PhiIndex::batch(&ids[2]).unwrap().next_index, 0);
                sequence += 1;
                assert_eq!(PhiIndex::next_sequence(&A), sequence);
                PhiIndex::do_try_state().unwrap();
            }
        });
    }
}
