// SPDX-License-Identifier: Apache-2.0
//! Benchmarks of every call and hook, each on its longest path.

#![cfg(feature = "runtime-benchmarks")]

use crate::{benchmark_helper::BenchmarkHelper, types::Chunk, *};
use alloc::{vec, vec::Vec};
use bspp_peks::{encryptor_id, BatchHeader, G1Point, SchnorrProof};
use bspp_primitives::traits::{BlockContent, HospitalChain, Staff};
use bspp_types::{
    payload_hash_of_chunks, DisclosureGround, EntryCommitment, HospitalBatch, Record,
    RecordLocation, Slot, MAX_CHUNKS, MAX_CHUNK_BYTES, MAX_ENTRIES_PER_BLOCK, MAX_SLOTS,
};
use codec::Encode;
use frame_benchmarking::v2::*;
use frame_support::traits::{Get, Hooks, Time};
use frame_system::RawOrigin;
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::traits::{One, Saturating};

const PATIENT: [u8; 32] = [0x50; 32];

fn staff<T: Config>() -> T::AccountId {
    let who: T::AccountId = account("staff", 0, 0);
    T::Staff::make_staff(&who);
    frame_system::Pallet::<T>::set_extrinsic_index(0);
    who
}

/// A record with the maximum number of slots over `chunks` waiting chunks.
fn record<T: Config>(who: &T::AccountId, chunks: u32) -> Record {
    let filing_month = bspp_types::filing_month_at(T::Time::now()).unwrap_or_default();
    let batch = HospitalBatch {
        owner: who.clone(),
        filing_month,
        next_index: 0,
    };
    Batches::<T>::insert(H256::zero(), batch);
    let hashes: Vec<H256> = (0..chunks)
        .map(|n| H256(blake2_256(&n.to_le_bytes())))
        .collect();
    for hash in &hashes {
        let chunk = Chunk {
            len: MAX_CHUNK_BYTES,
            root: *hash,
            uploader: account("staff", 0, 0),
            stored_at: frame_system::Pallet::<T>::block_number(),
        };
        Chunks::<T>::insert(hash, chunk);
    }
    let slots: Vec<Slot> = (0..MAX_SLOTS)
        .map(|slot| {
            let mut tag = [0; 16];
            tag[..4].copy_from_slice(&slot.to_be_bytes());
            Slot {
                tag,
                match_key: [1; 32],
            }
        })
        .collect();
    Record {
        entry: bspp_types::Entry {
            batch: H256::zero(),
            index: 0,
            payload_hash: payload_hash_of_chunks(
                u64::from(MAX_CHUNK_BYTES) * u64::from(chunks),
                &hashes,
            ),
            key_commitment: H256::zero(),
            slots: slots.try_into().unwrap_or_default(),
            seal: H256::zero(),
        },
        wraps: vec![[2; 48]; MAX_SLOTS as usize]
            .try_into()
            .unwrap_or_default(),
        chunks: hashes.try_into().unwrap_or_default(),
        patient: PATIENT,
        consent: T::BenchmarkHelper::make_consent(PATIENT),
    }
}

/// Stores the leaves of a block that has `less` entries fewer than the maximum.
fn fill_leaves<T: Config>(less: u32) {
    let leaves: Vec<H256> = (less..MAX_ENTRIES_PER_BLOCK)
        .map(|n| H256(blake2_256(&n.to_le_bytes())))
        .collect();
    PendingLeaves::<T>::put(frame_support::BoundedVec::truncate_from(leaves));
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn store_chunk(b: Linear<1, MAX_CHUNK_BYTES>) {
        let who = staff::<T>();
        let data = vec![7u8; b as usize];
        let chunk = H256(blake2_256(&data));

        #[extrinsic_call]
        _(RawOrigin::Signed(who), data);

        assert!(Chunks::<T>::contains_key(chunk));
    }

    #[benchmark]
    fn store_record(c: Linear<1, MAX_CHUNKS>) {
        let who = staff::<T>();
        let record = record::<T>(&who, c);
        let rid = record.entry.rid();
        fill_leaves::<T>(1);

        #[extrinsic_call]
        _(RawOrigin::Signed(who), record);

        assert!(Locations::<T>::contains_key(rid));
    }

    #[benchmark]
    fn drop_chunk() {
        let who = staff::<T>();
        let record = record::<T>(&who, 1);
        let chunk = record.chunks.first().copied().unwrap_or_default();
        let now = frame_system::Pallet::<T>::block_number();
        frame_system::Pallet::<T>::set_block_number(
            now.saturating_add(T::ChunkLifetime::get())
                .saturating_add(One::one()),
        );

        #[extrinsic_call]
        _(RawOrigin::Signed(who), chunk);

        assert!(!Chunks::<T>::contains_key(chunk));
    }

    #[benchmark]
    fn log_disclosure() {
        let who = staff::<T>();
        let (ground, record) = (DisclosureGround::Request(H256([1; 32])), H256([2; 32]));
        let location = RecordLocation {
            patient: PATIENT,
            block: 0,
            extrinsic: 0,
            sequence: 0,
            leaf: 0,
        };
        Locations::<T>::insert(record, location);

        #[extrinsic_call]
        _(RawOrigin::Signed(who), ground, record, [3; 32]);

        assert!(Disclosures::<T>::contains_key(record, ground));
    }

    #[benchmark]
    fn open_batch() {
        let who = staff::<T>();
        let header = BatchHeader {
            hospital: T::Chain::hospital().0,
            enc: who.using_encoded(|bytes| encryptor_id(bytes, &[9; 32])),
            number: 1,
            filing_month: bspp_types::filing_month_at(T::Time::now()).unwrap_or_default(),
            point: G1Point::generator().to_bytes(),
            proof: SchnorrProof {
                commitment: G1Point::generator().to_bytes(),
                response: [0; 32],
            },
        };
        let id = H256(header.id(&T::Chain::chain().0));

        #[extrinsic_call]
        _(RawOrigin::Signed(who), header, [9; 32]);

        assert!(Batches::<T>::contains_key(id));
    }

    #[benchmark]
    fn on_finalize() {
        let block = EntryCommitment {
            number: 0,
            count: 1,
            root: H256::zero(),
            chain_hash: H256::zero(),
        };
        EntryCommitments::<T>::insert(0, block);
        EntryBlockCount::<T>::put(1);
        fill_leaves::<T>(0);

        let content;
        #[block]
        {
            // The gate calls this at the end of the block.
            content = Pallet::<T>::content();
            Pallet::<T>::on_finalize(One::one());
        }
        assert_eq!(content.total, 2);

        assert!(EntryCommitments::<T>::contains_key(1));
    }

    impl_benchmark_test_suite!(
        Pallet,
        crate::mock::ExtBuilder::default().build(),
        crate::mock::Test
    );
}
