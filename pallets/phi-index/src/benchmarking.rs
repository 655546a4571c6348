// SPDX-License-Identifier: Apache-2.0
//! Benchmarks of every call and hook, each on its longest path.

use super::{benchmark_helper::BenchmarkHelper, *};
use alloc::vec::Vec;
use bspp_peks::{blake2b_256, BatchHeader, OpenBatch};
use bspp_primitives::{
    entry_commitment_storage,
    traits::{BlockContent, Membership},
};
use bspp_types::{
    entries_root, filing_month_at,
    limits::{MAX_BLOCKS_PER_CALL, MAX_ENTRIES_PER_CALL},
    next_chain_hash, BatchId, BlockEntries, Entry, EntryBlock, EntryCommitment, FilingMonth,
    HospitalId, Moment, Sequence, Slot, MAX_ENTRIES_PER_BLOCK,
};
use codec::Encode;
use frame_benchmarking::v2::*;
use frame_support::traits::{Get, Hooks};
use frame_system::RawOrigin;
use rand_core::{CryptoRng, Error as RngError, RngCore};
use sp_core::H256;

/// 2026-11-01T00:00:00Z.
const NOW: Moment = 1_793_491_200_000;

/// Numbers that are the same in every run. They are suitable for benchmarks only.
struct Counter(u64);

impl RngCore for Counter {
    fn next_u32(&mut self) -> u32 {
        u32::try_from(self.next_u64() >> 32).unwrap_or_default()
    }
    fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(1);
        let [a, b, c, d, e, f, g, h, ..] = blake2b_256(&self.0.to_le_bytes());
        u64::from_le_bytes([a, b, c, d, e, f, g, h])
    }
    fn fill_bytes(&mut self, dest: &mut [u8]) {
        for chunk in dest.chunks_mut(8) {
            let bytes = self.next_u64().to_le_bytes();
            for (to, from) in chunk.iter_mut().zip(bytes) {
                *to = from;
            }
        }
    }
    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), RngError> {
        self.fill_bytes(dest);
        Ok(())
    }
}

impl CryptoRng for Counter {}

fn hospital() -> HospitalId {
    H256::repeat_byte(0xa1)
}

fn setup<T: Config>() -> (T::AccountId, FilingMonth) {
    T::BenchmarkHelper::set_time(NOW);
    frame_system::Pallet::<T>::set_extrinsic_index(1);
    let operator: T::AccountId = account("operator", 0, 0);
    T::Membership::make_member(&hospital(), &operator, &account("requester", 0, 0));
    (operator, filing_month_at(NOW).unwrap_or_default())
}

fn batch_header<T: Config>(filing_month: FilingMonth, number: u32) -> BatchHeader {
    let mut rng = Counter(u64::from(number) << 32);
    let chain = T::ChainId::get().0;
    OpenBatch::open(
        &chain,
        &hospital().0,
        &[1; 32],
        number,
        filing_month,
        &mut rng,
    )
    .header()
    .clone()
}

/// An entry with this number of slots, whose tags differ.
fn entry(batch: BatchId, index: u32, slots: u8) -> Entry {
    let slot = |i: u8| Slot {
        tag: [i; 16],
        match_key: [i; 32],
    };
    Entry {
        batch,
        index,
        payload_hash: H256::repeat_byte(2),
        key_commitment: H256::repeat_byte(3),
        seal: H256::repeat_byte(4),
        slots: bspp_types::Slots::truncate_from((0..slots).map(slot).collect()),
    }
}

#[benchmarks]
mod benches {
    use super::*;

    #[benchmark]
    fn register_batch() -> Result<(), BenchmarkError> {
        let (operator, filing_month) = setup::<T>();
        let header = batch_header::<T>(filing_month, 1);
        let id = Pallet::<T>::batch_id(&header);
        #[extrinsic_call]
        _(RawOrigin::Signed(operator), header);
        assert!(Batches::<T>::contains_key(id));
        Ok(())
    }

    /// Every entry belongs to another batch, so that each costs a read and a write.
    ///
    /// The proof ends with a leaf and a value; the rest of its nodes are branches. Entries have
    /// eight slots, so that the largest number of them fits into a call; each has the weight of
    /// its slots besides.
    #[benchmark]
    fn register_blocks(
        b: Linear<1, { MAX_BLOCKS_PER_CALL }>,
        e: Linear<{ MAX_BLOCKS_PER_CALL }, { MAX_ENTRIES_PER_CALL }>,
        n: Linear<2, { types::MAX_PROOF_NODES }>,
    ) -> Result<(), BenchmarkError> {
        let (operator, filing_month) = setup::<T>();
        let template = batch_header::<T>(filing_month, 1);
        // No block has more entries than the maximum, and none is empty.
        let b = b.max(e.div_ceil(MAX_ENTRIES_PER_BLOCK));
        let mut last = EntryCommitment {
            number: 0,
            count: 0,
            root: H256::zero(),
            chain_hash: H256::zero(),
        };
        let (mut blocks, mut made) = (Vec::new(), 0u32);
        for sequence in 0..b {
            let left = b.saturating_sub(sequence);
            let count = e.saturating_sub(made).div_ceil(left);
            let entries: Vec<Entry> = (made..made.saturating_add(count))
                .map(|number| {
                    let header = BatchHeader {
                        number,
                        ..template.clone()
                    };
                    let id = Pallet::<T>::batch_id(&header);
                    let batch = bspp_types::Batch {
                        header,
                        registered_at: 0,
                        next_index: 0,
                    };
                    Batches::<T>::insert(id, batch);
                    entry(id, 0, 8)
                })
                .collect();
            made = made.saturating_add(count);
            let (number, root) = (sequence.saturating_add(1), entries_root(&entries));
            last = EntryCommitment {
                number,
                count,
                root,
                chain_hash: next_chain_hash(&last.chain_hash, number, count, &root),
            };
            blocks.push(EntryBlock {
                sequence,
                number,
                entries: BlockEntries::truncate_from(entries),
            });
        }
        let newest: Sequence = b.saturating_sub(1);
        let key = entry_commitment_storage::key(newest);
        let (head, nodes) = T::BenchmarkHelper::anchor_state(
            &hospital(),
            &key,
            &last.encode(),
            n.saturating_sub(2),
        )
        .ok_or(BenchmarkError::Stop("no anchored state"))?;
        let nodes: Vec<_> = nodes
            .into_iter()
            .map(frame_support::BoundedVec::truncate_from)
            .collect();
        let proof = types::StorageProof::truncate_from(nodes);
        let blocks = types::EntryBlocks::truncate_from(blocks);
        #[extrinsic_call]
        _(RawOrigin::Signed(operator), head, proof, blocks);
        assert_eq!(Pallet::<T>::next_sequence(&hospital()), b);
        assert!(Pallet::<T>::refused(&hospital(), 0).is_empty());
        Ok(())
    }

    /// The last block and this block are full.
    ///
    /// The hook removes the last block's leaves, and the root over as many leaves is computed.
    #[benchmark]
    fn on_initialize() -> Result<(), BenchmarkError> {
        let leaves =
            (0..types::MAX_REGISTRATIONS_PER_BLOCK).map(|i| H256::from_low_u64_be(i.into()));
        let leaves: Vec<H256> = leaves.collect();
        BlockRegistrations::<T>::put(frame_support::BoundedVec::truncate_from(leaves));
        let content;
        #[block]
        {
            content = Pallet::<T>::content();
            Pallet::<T>::on_initialize(1u32.into());
        }
        assert_eq!(content.count, types::MAX_REGISTRATIONS_PER_BLOCK);
        assert!(!BlockRegistrations::<T>::exists());
        Ok(())
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::ExtBuilder::build(), crate::mock::Test);
}
