// SPDX-License-Identifier: Apache-2.0
//! Migrations over several blocks: they leave alone what the gate reads.

use super::blocks::Chain;
use crate::{release::BlockMigrations, *};
use polkadot_sdk::{
    frame_support::{
        migrations::{MultiStepMigrator, SteppedMigrations},
        traits::PalletInfoAccess,
    },
    pallet_migrations,
    sp_io::hashing::twox_128,
};

/// The pallets whose storage the gate reads.
fn gate_reads() -> [&'static str; 8] {
    [
        System::name(),
        SlotDuration::name(),
        Timestamp::name(),
        Conformance::name(),
        Aura::name(),
        Session::name(),
        Consortium::name(),
        HospitalAnchor::name(),
    ]
}

#[test]
fn block_migrations_should_name_prefixes_that_the_gate_does_not_read() {
    for n in 0..BlockMigrations::len() {
        let prefixes = BlockMigrations::nth_migrating_prefixes(n).flatten();
        let prefixes = prefixes.unwrap_or_else(|| panic!("migration {n} names no prefixes"));
        for prefix in prefixes {
            assert!(prefix.len() >= 16, "migration {n} takes more than a pallet");
            for pallet in gate_reads() {
                let read = twox_128(pallet.as_bytes());
                assert!(!prefix.starts_with(&read), "migration {n} changes {pallet}");
            }
        }
    }
    // The gate also reads the number of registrations.
    assert_eq!(
        BlockMigrations::len(),
        0,
        "see what PhiIndex::registered reads"
    );
}

#[test]
fn chain_should_go_on_while_migrations_run() {
    let mut chain = Chain::new(|| ());
    chain.advance_one();
    chain.tamper(|| {
        pallet_migrations::Cursor::<Runtime>::put(pallet_migrations::MigrationCursor::Stuck);
        assert!(MultiBlockMigrations::ongoing());
    });
    // Blocks have their inherents, and the gate judges them as before.
    chain.advance_one();
    chain.advance_one();
}
