// SPDX-License-Identifier: Apache-2.0
#![cfg_attr(not(feature = "std"), no_std)]
#![doc = include_str!("../README.md")]

extern crate alloc;

mod authors;
mod check_member;
mod check_nonce;
pub mod constants;
mod currency;
pub mod dev;
pub mod genesis;
mod key_history;
mod keys;
mod upgrade;
mod verifiers;

pub use authors::{AuraSlot, NoPurgedKeys, SessionAuthors};
pub use check_member::{CheckMember, Longevity};
pub use check_nonce::CheckNonce;
pub use constants::*;
pub use currency::NoCurrency;
pub use key_history::{KeyHistory, KeyProof, RecordedSessions, ReportableSessions};
pub use keys::SessionKeys;
pub use upgrade::{is_authorized_upgrade, OnlyDueUpgrades};
pub use verifiers::{HostBatchVerifier, HostBundleVerifier, HostG1};
