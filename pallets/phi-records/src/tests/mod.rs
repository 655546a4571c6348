// SPDX-License-Identifier: Apache-2.0
//! Tests: one file per call, and files for content, entry blocks and stored records.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod content;
mod entry_blocks;
mod log_disclosure;
mod open_batch;
mod store_records;
mod stored_records;
mod write_off;

use crate::mock::*;

/// Origins that are not signed.
fn unsigned() -> [RuntimeOrigin; 2] {
    [RuntimeOrigin::none(), RuntimeOrigin::root()]
}
