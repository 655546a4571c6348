// SPDX-License-Identifier: Apache-2.0
//! Weights of the calls.
//!
//! They are high estimates of the work until they are measured on reference hardware: 600 µs for
//! one strict Ed25519 verification inside the runtime, 15 ms for the points and two Schnorr proofs
//! of a bundle, and 20 µs for all other work of a call. The runtime's database weights charge the
//! storage.

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::RocksDbWeight, RuntimeDbWeight, Weight},
};

/// Strict Ed25519 verification in WebAssembly, in picoseconds.
const VERIFY: u64 = 600_000_000;
/// Decoding two points with subgroup checks, and verifying two Schnorr proofs.
const VERIFY_BUNDLE: u64 = 15_000_000_000;
/// The work that every call does.
const BASE: u64 = 20_000_000;
/// Proof size of a stored value: trie nodes and the value.
const VALUE_PROOF: u64 = 3_500;

/// Weight of every call.
pub trait WeightInfo {
    /// `enrol_patient`.
    fn enrol_patient() -> Weight;
    /// `register_consent`.
    fn register_consent() -> Weight;
    /// `withdraw_consent` once authorized.
    fn withdraw_consent() -> Weight;
    /// Authorization of `withdraw_consent`.
    fn authorize_withdrawal() -> Weight;
    /// `raise_label_version` once authorized.
    fn raise_label_version() -> Weight;
    /// Authorization of `raise_label_version`.
    fn authorize_rise() -> Weight;
}

fn weight(db: RuntimeDbWeight, time: u64, reads: u64, writes: u64) -> Weight {
    Weight::from_parts(BASE.saturating_add(time), VALUE_PROOF.saturating_mul(reads))
        .saturating_add(db.reads_writes(reads, writes))
}

macro_rules! estimates {
    ($db:expr) => {
        // Reads: admins, the member of staff, the patient, two points, the X25519 key, chain,
        // hospital, the block. Writes: the patient and the three keys.
        fn enrol_patient() -> Weight {
            weight($db, VERIFY + VERIFY_BUNDLE, 9, 4)
        }
        // Reads: admins, the member of staff, the patient, chain, hospital, the consent.
        fn register_consent() -> Weight {
            weight($db, VERIFY, 6, 1)
        }
        fn withdraw_consent() -> Weight {
            weight($db, 0, 1, 1)
        }
        // Reads: the consent, chain, hospital.
        fn authorize_withdrawal() -> Weight {
            weight($db, VERIFY, 3, 0)
        }
        // Reads: the patient, the label version, the clock. Writes: the version, the rise.
        fn raise_label_version() -> Weight {
            weight($db, 0, 3, 2)
        }
        // Reads: the patient, the label version, the clock, chain, hospital.
        fn authorize_rise() -> Weight {
            weight($db, VERIFY, 5, 0)
        }
    };
}

/// Estimates, with the database costs of the runtime `T`.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    estimates!(T::DbWeight::get());
}

/// Weights for tests.
impl WeightInfo for () {
    estimates!(RocksDbWeight::get());
}
