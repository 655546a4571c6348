// SPDX-License-Identifier: Apache-2.0
//! A chain with this pallet alone.
#![allow(clippy::unwrap_used)]

use crate as pallet_slot_duration;
use frame_support::derive_impl;
use sp_runtime::BuildStorage;

type Block = frame_system::mocking::MockBlock<Test>;

frame_support::construct_runtime!(
    pub enum Test {
        System: frame_system,
        SlotDuration: pallet_slot_duration,
    }
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = Block;
}

impl pallet_slot_duration::Config for Test {}

/// A chain whose genesis sets this slot length.
pub fn chain(slot_duration: u64) -> sp_io::TestExternalities {
    let genesis = RuntimeGenesisConfig {
        slot_duration: pallet_slot_duration::GenesisConfig {
            slot_duration,
            ..Default::default()
        },
        ..Default::default()
    };
    genesis.build_storage().unwrap().into()
}
