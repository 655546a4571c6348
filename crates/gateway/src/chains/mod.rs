// SPDX-License-Identifier: Apache-2.0
//! The implementation of the ports with real chains.

mod consortium;
mod hospital;

pub use consortium::ConsortiumPort;
pub use hospital::HospitalPort;
