// SPDX-License-Identifier: Apache-2.0
//! The keys that wallets read by proof are the keys of the pallets.

use crate::{Consortium, PeksSearch, PhiIndex, Runtime, Timestamp};
use bspp_primitives::consortium_storage as storage;
use polkadot_sdk::{
    frame_support::traits::PalletInfoAccess, pallet_collective, pallet_session, pallet_timestamp,
    sp_core::H256, sp_runtime::AccountId32,
};

#[test]
fn proved_reads_should_use_the_keys_of_the_pallets() {
    let (id, record, account) = (
        H256::repeat_byte(1),
        H256::repeat_byte(2),
        AccountId32::new([3; 32]),
    );
    let bytes = [3; 32];
    use pallet_consortium as consortium;
    use pallet_peks_search as search;
    use pallet_phi_index as index;
    let pairs = [
        (
            storage::now(),
            pallet_timestamp::Now::<Runtime>::hashed_key().to_vec(),
        ),
        (
            storage::session_index(),
            pallet_session::CurrentIndex::<Runtime>::hashed_key().to_vec(),
        ),
        (
            storage::council_members(),
            pallet_collective::Members::<Runtime, pallet_collective::Instance1>::hashed_key()
                .to_vec(),
        ),
        (
            storage::hospital(&id),
            consortium::Hospitals::<Runtime>::hashed_key_for(id),
        ),
        (
            storage::member(&bytes),
            consortium::Members::<Runtime>::hashed_key_for(&account),
        ),
        (
            storage::key_filing_months(&id),
            consortium::KeyFilingMonths::<Runtime>::hashed_key_for(id),
        ),
        (
            storage::encryption_key(&id, 7),
            consortium::EncryptionKeys::<Runtime>::hashed_key_for(id, 7),
        ),
        (
            storage::requester_key(&bytes),
            consortium::RequesterKeys::<Runtime>::hashed_key_for(&account),
        ),
        (
            storage::batch(&id),
            index::Batches::<Runtime>::hashed_key_for(id),
        ),
        (
            storage::batch_count(&id, 7),
            index::BatchCount::<Runtime>::hashed_key_for(id, 7),
        ),
        (
            storage::registered_block(&id, 7),
            index::RegisteredBlocks::<Runtime>::hashed_key_for(id, 7),
        ),
        (
            storage::request(&id),
            search::Requests::<Runtime>::hashed_key_for(id),
        ),
        (
            storage::matched(&id, &record),
            search::Matches::<Runtime>::hashed_key_for(id, record),
        ),
        (
            storage::tombstone(&id),
            search::Tombstones::<Runtime>::hashed_key_for(id),
        ),
    ];
    for (index, (ours, pallets)) in pairs.into_iter().enumerate() {
        assert_eq!(ours, pallets, "key {index}");
    }
    assert_eq!(
        [
            Consortium::name(),
            PeksSearch::name(),
            PhiIndex::name(),
            Timestamp::name()
        ],
        ["Consortium", "PeksSearch", "PhiIndex", "Timestamp"]
    );
}
