// SPDX-License-Identifier: Apache-2.0
//! RPCs that `bspp-node` adds.

mod buckets;
mod phi;
mod search;
mod session;

pub use search::{Search, SearchStep};
pub use session::SessionKeys;
