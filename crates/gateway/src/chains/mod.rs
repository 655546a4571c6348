// SPDX-License-Identifier: Apache-2.0
//! The ports on real chains.

mod consortium;
mod hospital;

pub use consortium::ConsortiumPort;
pub use hospital::HospitalPort;
