// SPDX-License-Identifier: Apache-2.0
//! Tests: one file for each call and one for each duty of the pallet.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod attacks;
mod blocks;
mod capture;
mod content;
mod extension;
mod gate;
mod genesis;
mod invariants;
mod offences;
mod readmit_author;
mod records;
mod report_double_authoring;
mod session;
mod set_parameters;
mod standing;
mod storage;
mod suspend_author;
