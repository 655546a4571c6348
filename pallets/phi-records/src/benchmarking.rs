// SPDX-License-Identifier: Apache-2.0
//! Benchmarks of every call and hook, each on its longest path.

#![cfg(feature = "runtime-benchmarks")]

use crate::{benchmark_helper::BenchmarkHelper, *};
use alloc::{vec, vec::Vec};
use bspp_peks::{encryptor_id, BatchHeader, G1Point, SchnorrProof};
use bspp_primitives::traits::{BlockContent, HospitalChain, Staff};
use bspp_types::{
    ConsentId, DisclosureGround, EntryCommitment, HospitalBatch, Record, RecordLocation, Records,
    Slot, MAX_ENTRIES_PER_BLOCK, MAX_RECORDS_PER_CALL, MAX_SLOTS,
};
use codec::Encode;
use frame_benchmarking::v2::*;
use frame_support::traits::{EnsureOrigin, Hooks, Time};
use frame_system::RawOrigin;
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::traits::One;

const PATIENT: [u8; 32] = [0x50; 32];

fn staff<T: Config>() -> T::AccountId {
    let who: T::AccountId = account("staff", 0, 0);
    T::Staff::make_staff(&who);
    frame_system::Pallet::<T>::set_extrinsic_index(0);
    who
}

/// The `n`th record of a batch, with the maximum number of slots and a payload of its own.
fn record(n: u32, consent: ConsentId) -> Record {
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
            index: n,
            payload_hash: H256(blake2_256(&n.to_le_bytes())),
            key_commitment: H256::zero(),
            slots: slots.try_into().unwrap_or_default(),
            seal: H256::zero(),
        },
        wraps: vec![[2; 48]; MAX_SLOTS as usize]
            .try_into()
            .unwrap_or_default(),
        patient: PATIENT,
        consent,
    }
}

/// Records of a batch of this account.
fn records<T: Config>(who: &T::AccountId, count: u32) -> Records {
    let consent = T::BenchmarkHelper::make_consent(PATIENT);
    let batch = HospitalBatch {
        owner: who.clone(),
        filing_month: bspp_types::filing_month_at(T::Time::now()).unwrap_or_default(),
        next_index: 0,
    };
    Batches::<T>::insert(H256::zero(), batch);
    let records: Vec<Record> = (0..count).map(|n| record(n, consent)).collect();
    records.try_into().unwrap_or_default()
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
    fn store_records(n: Linear<1, MAX_RECORDS_PER_CALL>) {
        let who = staff::<T>();
        let records = records::<T>(&who, n);
        let rids: Vec<_> = records.iter().map(|record| record.entry.rid()).collect();
        fill_leaves::<T>(n);

        #[extrinsic_call]
        _(RawOrigin::Signed(who), records);

        assert!(rids.iter().all(Locations::<T>::contains_key));
    }

    #[benchmark]
    fn write_off() -> Result<(), BenchmarkError> {
        let origin =
            T::AdminOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
        let who = staff::<T>();
        // The last payload moves.
        Pallet::<T>::do_store_records(who.clone(), records::<T>(&who, 2))?;
        let payload = record(0, Default::default()).entry.payload_hash;

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, payload);

        assert_eq!(LiveCount::<T>::get(), 1);
        Ok(())
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
