// SPDX-License-Identifier: Apache-2.0
//! The implementation of the ports with real chains.

mod batches;
mod consortium;
mod hospital;

pub use batches::BatchPort;
pub use consortium::ConsortiumPort;
pub use hospital::HospitalPort;
