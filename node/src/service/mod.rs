// SPDX-License-Identifier: Apache-2.0
//! The service of the node, which is the same for both chains.
//!
//! The chains differ in their runtimes, and only the consortium chain has a tag index.

mod authoring;
mod block_size;
mod finality;
mod full;
mod import;
mod partial;
mod storage;

pub use authoring::{Authoring, Authorship, Conforming};
pub use full::{default_index_path, new_full};
pub use import::aura_verifier;
pub use partial::{new_partial, Partial};

/// Period, in blocks, in which the node stores GRANDPA's justifications.
///
/// With the value one, the node stores the justification of every block that ends a round. A
/// gateway needs a finality proof for every head that it anchors. Until the authorities change for
/// the first time, the node can make such proofs only from stored justifications.
pub const JUSTIFICATION_PERIOD: u32 = 1;
