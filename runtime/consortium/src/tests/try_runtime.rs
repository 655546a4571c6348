// SPDX-License-Identifier: Apache-2.0
//! An upgrade to this release on a state with data.
//!
//! It needs the feature `try-runtime`: `cargo test -p bspp-consortium-runtime --features try-runtime
//! try_runtime`. The checks of the project run it.

use super::equivocations::{chain_of_four, prove, report, rotate};
use crate::*;
use bspp_runtime_common::dev;
use polkadot_sdk::{
    frame_support::{
        assert_ok,
        traits::{GetStorageVersion, StorageVersion, TryState},
    },
    frame_system,
    frame_try_runtime::{
        runtime_decl_for_try_runtime::TryRuntimeV1, TryStateSelect, UpgradeCheckSelect,
    },
    sp_core::H256,
};

#[test]
fn try_runtime_should_keep_a_state_with_data() {
    // Four voters, several sets and sessions, a suspended author and a removed requester.
    let (mut chain, set) = chain_of_four();
    rotate(&mut chain, "Alice", set);
    chain.tamper(|| {
        assert_ok!(report("Dave", set, prove("Dave", set).unwrap()));
        let operator = RuntimeOrigin::signed(dev::account("HospitalB"));
        assert_ok!(Consortium::remove_requester(
            operator,
            dev::account("DoctorB")
        ));
    });
    for _ in 0..4 {
        chain.advance_one();
    }
    chain.tamper(|| {
        // A former release made the state.
        frame_system::LastRuntimeUpgrade::<Runtime>::kill();
        let (used, max) =
            <Runtime as TryRuntimeV1<Block>>::on_runtime_upgrade(UpgradeCheckSelect::All);
        assert!(
            used.all_lte(max),
            "the migrations of {used:?} need several blocks"
        );
    });
    // The chain goes on.
    chain.advance_one();
}

#[test]
fn try_runtime_should_find_a_fault_in_each_of_our_pallets() {
    const STRANGER: H256 = H256::repeat_byte(7);

    let faults: [(&str, fn()); 6] = [
        ("SlotDuration", || {
            pallet_slot_duration::SlotDuration::<Runtime>::put(1);
        }),
        ("Conformance", || {
            pallet_conformance::KeySetOf::<Runtime>::insert(7, 9);
        }),
        ("Consortium", || {
            let stranger = dev::account("Stranger");
            pallet_consortium::RequesterKeys::<Runtime>::insert(stranger, [1; 32]);
        }),
        ("HospitalAnchor", || {
            pallet_hospital_anchor::StoodAt::<Runtime>::insert(STRANGER, 1);
        }),
        ("PhiIndex", || {
            pallet_phi_index::NextSequence::<Runtime>::insert(STRANGER, 5);
        }),
        ("PeksSearch", || {
            pallet_peks_search::TombstoneCount::<Runtime>::insert(STRANGER, 1);
        }),
    ];
    let (mut chain, _) = chain_of_four();
    for (name, fault) in faults {
        let check = move || {
            let only = TryStateSelect::Only(vec![name.as_bytes().to_vec()]);
            AllPalletsWithSystem::try_state(System::block_number(), only)
        };
        chain.read(|| {
            assert_ok!(check());
            fault();
            assert!(check().is_err(), "{name}");
        });
    }
}

#[test]
fn try_runtime_should_find_versions_of_all_our_storage() {
    let (mut chain, _) = chain_of_four();
    chain.read(|| {
        for (stored, in_code, name) in [
            versions::<Conformance>("Conformance"),
            versions::<Consortium>("Consortium"),
            versions::<HospitalAnchor>("HospitalAnchor"),
            versions::<PhiIndex>("PhiIndex"),
            versions::<PeksSearch>("PeksSearch"),
            versions::<SlotDuration>("SlotDuration"),
        ] {
            assert_eq!(stored, in_code, "{name}");
            assert!(stored >= 1, "{name}");
        }
    });
}

fn versions<P>(name: &'static str) -> (StorageVersion, StorageVersion, &'static str)
where
    P: GetStorageVersion<InCodeStorageVersion = StorageVersion>,
{
    (
        P::on_chain_storage_version(),
        P::in_code_storage_version(),
        name,
    )
}
