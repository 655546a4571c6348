// SPDX-License-Identifier: Apache-2.0
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod admission;
mod anchorers;
mod author_sets;
mod council;
mod genesis;
mod hospitals;
mod invariants;
mod keys;
mod leaving;
mod pause;
mod plan;
mod proposals;
mod quotas;
mod requesters;
mod standing;
mod upgrades;
mod validators;
mod votes;
