// SPDX-License-Identifier: Apache-2.0
#![cfg_attr(not(feature = "std"), no_std)]
#![doc = include_str!("../README.md")]

mod durations;
mod try_state;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

use bspp_types::limits::{DEFAULT_SLOT_DURATION, MAX_SLOT_DURATION, MIN_SLOT_DURATION};

pub use durations::{slots_in, HalfSlot, SlotDurationOf, SlotsIn};
pub use pallet::*;

/// Whether a chain may have slots of this number of milliseconds.
pub fn is_allowed(millis: u64) -> bool {
    (MIN_SLOT_DURATION..=MAX_SLOT_DURATION).contains(&millis)
}

/// The slot length.
// FRAME's macros expand to `expect`s on constant metadata. The other modules contain the logic.
#[allow(clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use frame_support::{pallet_prelude::*, traits::ConstU64};
    use frame_system::pallet_prelude::*;

    /// Version of the storage's layout.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    /// The configuration, which is empty: the genesis sets the slot length.
    #[pallet::config]
    pub trait Config: frame_system::Config {}

    /// The pallet.
    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    /// Length of a slot in milliseconds, set at genesis and never changed.
    #[pallet::storage]
    pub type SlotDuration<T: Config> =
        StorageValue<_, u64, ValueQuery, ConstU64<DEFAULT_SLOT_DURATION>>;

    /// The slot length at genesis.
    #[pallet::genesis_config]
    pub struct GenesisConfig<T: Config> {
        /// Length of a slot in milliseconds.
        pub slot_duration: u64,
        /// Binds the configuration to a runtime.
        #[serde(skip)]
        pub _config: core::marker::PhantomData<T>,
    }

    impl<T: Config> Default for GenesisConfig<T> {
        fn default() -> Self {
            Self {
                slot_duration: DEFAULT_SLOT_DURATION,
                _config: Default::default(),
            }
        }
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            // A genesis that breaks the pallet's rules must not start a chain.
            assert!(
                is_allowed(self.slot_duration),
                "invalid slot duration in the genesis: {} ms; allowed are {MIN_SLOT_DURATION} to {MAX_SLOT_DURATION}",
                self.slot_duration
            );
            SlotDuration::<T>::put(self.slot_duration);
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }
}
