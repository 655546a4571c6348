// SPDX-License-Identifier: Apache-2.0
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod attester;
mod doubles;
mod notice;
mod verifier;
mod worker;
