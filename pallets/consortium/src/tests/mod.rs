// SPDX-License-Identifier: Apache-2.0
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod admission;
mod author_sets;
mod council;
mod genesis;
mod hospitals;
mod invariants;
mod keys;
mod leaving;
mod requesters;
mod standing;
mod validators;
