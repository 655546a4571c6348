// SPDX-License-Identifier: Apache-2.0
//! An upgrade to this release on a state with data.
//!
//! It needs the feature `try-runtime`: `cargo test -p bspp-hospital-runtime --features try-runtime
//! try_runtime`. The checks of the project run it.

use super::{
    equivocations, operator,
    patients::{consent, enrolled},
    records::{header, month, record, store, SALT},
};
use crate::*;
use bspp_primitives::quota::Quota;
use bspp_runtime_common::dev;
use polkadot_sdk::{
    frame_support::{
        assert_ok,
        traits::{GetStorageVersion, Hooks, StorageVersion, TryState},
    },
    frame_system,
    frame_try_runtime::{
        runtime_decl_for_try_runtime::TryRuntimeV1, TryStateSelect, UpgradeCheckSelect,
    },
    sp_io::TestExternalities,
};

/// A chain with a patient, a consent, a batch, and an entry in each of two blocks.
///
/// The second block is not sealed. Staff has a quota, and an equivocation is noted.
fn with_data() -> TestExternalities {
    let mut state = enrolled();
    state.execute_with(|| {
        System::set_block_number(1);
        let consent = consent(month());
        assert_ok!(PhiRecords::open_batch(operator(), header(), SALT));
        System::set_extrinsic_index(1);
        assert_ok!(store(record(1, consent)));
        <PhiRecords as Hooks<_>>::on_finalize(1);
        System::set_block_number(2);
        System::set_extrinsic_index(1);
        assert_ok!(store(record(2, consent)));
        let staff = dev::account("Nurse");
        assert_ok!(HospitalAdmin::add_staff(operator(), staff.clone()));
        assert_ok!(HospitalAdmin::set_quota(operator(), staff, Some((1, 1))));
        equivocations::report_only_node();
    });
    state
}

#[test]
fn try_runtime_should_keep_a_state_with_data() {
    with_data().execute_with(|| {
        // A former release made the state.
        frame_system::LastRuntimeUpgrade::<Runtime>::kill();
        let (used, max) =
            <Runtime as TryRuntimeV1<Block>>::on_runtime_upgrade(UpgradeCheckSelect::All);
        assert!(
            used.all_lte(max),
            "the migrations of {used:?} need several blocks"
        );
        // The open block can be sealed.
        <PhiRecords as Hooks<_>>::on_finalize(2);
        assert_eq!(PhiRecords::entry_block_count(), 2);
    });
}

#[test]
fn try_runtime_should_find_a_fault_in_each_of_our_pallets() {
    let faults: [(&str, fn()); 5] = [
        ("SlotDuration", || {
            pallet_slot_duration::SlotDuration::<Runtime>::put(1);
        }),
        ("Conformance", || {
            pallet_conformance::KeySetOf::<Runtime>::insert(7, 9);
        }),
        ("HospitalAdmin", || {
            let stranger = dev::account("Stranger");
            pallet_hospital_admin::Quotas::<Runtime>::insert(stranger, Quota::of(1, 1));
        }),
        ("Patients", || {
            pallet_patients::UsedX25519Keys::<Runtime>::insert([7; 32], [7; 32]);
        }),
        ("PhiRecords", || {
            pallet_phi_records::EntryBlockCount::<Runtime>::put(9);
        }),
    ];
    for (name, fault) in faults {
        with_data().execute_with(|| {
            let check = || {
                let only = TryStateSelect::Only(vec![name.as_bytes().to_vec()]);
                AllPalletsWithSystem::try_state(System::block_number(), only)
            };
            assert_ok!(check());
            fault();
            assert!(check().is_err(), "{name}");
        });
    }
}

#[test]
fn try_runtime_should_find_versions_of_all_our_storage() {
    with_data().execute_with(|| {
        for (stored, in_code, name) in [
            versions::<Conformance>("Conformance"),
            versions::<HospitalAdmin>("HospitalAdmin"),
            versions::<Patients>("Patients"),
            versions::<PhiRecords>("PhiRecords"),
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
