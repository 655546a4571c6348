// SPDX-License-Identifier: Apache-2.0
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod bucket;
mod fixtures;
mod index;
mod store;
