// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]

#[cfg(feature = "pallets")]
mod clock;
mod entry;
#[cfg(feature = "pallets")]
mod members;
mod registration;

#[cfg(feature = "pallets")]
pub use bspp_runtime_common::NoCurrency;
#[cfg(feature = "pallets")]
pub use clock::Clock;
pub use entry::EntryBuilder;
#[cfg(feature = "pallets")]
pub use members::Members;
pub use registration::{entry, hospital, registration};
