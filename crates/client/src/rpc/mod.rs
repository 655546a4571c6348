// SPDX-License-Identifier: Apache-2.0
//! RPCs that `bspp-node` adds.

mod anchor;
mod buckets;
mod phi;
mod search;
mod session;

pub use buckets::{checked_block, places_of, WantedTag};
pub use phi::checked_entry;
pub use search::{search_step, Search, SearchStep};
pub use session::SessionKeys;
