// SPDX-License-Identifier: Apache-2.0
//! Means that a runtime must supply for the benchmarks.

use bspp_types::ConsentId;

/// Prepares the state of other pallets.
pub trait BenchmarkHelper {
    /// Registers a consent of this patient that covers the current month, and returns it.
    fn make_consent(patient: [u8; 32]) -> ConsentId;
}
