// SPDX-License-Identifier: Apache-2.0
#![cfg_attr(not(feature = "std"), no_std)]
#![doc = include_str!("../README.md")]

extern crate alloc;

pub mod consortium;
pub mod day;
pub mod entry;
pub mod filing_month;
pub mod hospital;
pub mod ids;
pub mod limits;
pub mod merkle;
pub mod messages;
pub mod payload;
pub mod search;

pub use consortium::*;
pub use day::*;
pub use entry::*;
pub use filing_month::*;
pub use hospital::*;
pub use ids::*;
pub use merkle::*;
pub use payload::*;
pub use search::*;

pub use primitive_types::H256;
