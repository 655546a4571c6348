// SPDX-License-Identifier: Apache-2.0
//! Weights of the calls.
//!
//! Estimates from the work done, on the safe side, until they are measured on reference hardware: one strict Ed25519
//! verification inside the runtime is put at 600 µs, the points and two Schnorr proofs of a bundle at 15 ms, anything
//! else a call computes at 20 µs. Storage is charged by the runtime's database weights.

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::RocksDbWeight, RuntimeDbWeight, Weight},
};

/// Strict Ed25519 verification in WebAssembly, in picoseconds.
const VERIFY: u64 = 600_000_000;
/// Two points decoded with subgroup checks and two Schnorr proofs.
const VERIFY_BUNDLE: u64 = 15_000_000_000;
/// What every call computes.
const BASE: u64 = 20_000_000;
/// Proof size of a stored value: trie nodes and the value.
const VALUE_PROOF: u64 = 3_500;

/// Weight of every call.
pub trait WeightInfo {
    /// `add_admin`.
    fn add_admin() -> Weight;
    /// `remove_admin`.
    fn remove_admin() -> Weight;
    /// `add_clinician`.
    fn add_clinician() -> Weight;
    /// `remove_clinician`.
    fn remove_clinician() -> Weight;
    /// `add_node`.
    fn add_node() -> Weight;
    /// `remove_node`.
    fn remove_node() -> Weight;
    /// `set_validators` with `n` validators.
    fn set_validators(n: u32) -> Weight;
    /// `enrol_patient`.
    fn enrol_patient() -> Weight;
    /// `register_consent`.
    fn register_consent() -> Weight;
    /// `withdraw_consent` once authorized.
    fn withdraw_consent() -> Weight;
    /// Authorization of `withdraw_consent`.
    fn authorize_withdrawal() -> Weight;
    /// `issue_credential`.
    fn issue_credential() -> Weight;
    /// `revoke_credential`.
    fn revoke_credential() -> Weight;
    /// `dispatch_as_root`, without the dispatched call.
    fn dispatch_as_root() -> Weight;
}

fn weight(db: RuntimeDbWeight, time: u64, reads: u64, writes: u64) -> Weight {
    Weight::from_parts(BASE.saturating_add(time), VALUE_PROOF.saturating_mul(reads))
        .saturating_add(db.reads_writes(reads, writes))
}

macro_rules! estimates {
    ($db:expr) => {
        // Reads: admins, the account.
        fn add_admin() -> Weight {
            weight($db, 0, 2, 2)
        }
        fn remove_admin() -> Weight {
            weight($db, 0, 1, 1)
        }
        // Reads: admins, the clinician, the count, the account.
        fn add_clinician() -> Weight {
            weight($db, 0, 4, 3)
        }
        fn remove_clinician() -> Weight {
            weight($db, 0, 3, 2)
        }
        fn add_node() -> Weight {
            weight($db, 0, 4, 3)
        }
        // Reads: admins, the node, the count, validators, the credential.
        fn remove_node() -> Weight {
            weight($db, 0, 5, 3)
        }
        // Reads: admins, of each validator the node, its suspension and its keys.
        fn set_validators(n: u32) -> Weight {
            let n = u64::from(n);
            weight(
                $db,
                BASE.saturating_mul(n),
                n.saturating_mul(3).saturating_add(1),
                1,
            )
        }
        // Reads: admins, the clinician, the patient, chain, hospital, the block.
        fn enrol_patient() -> Weight {
            weight($db, VERIFY + VERIFY_BUNDLE, 6, 1)
        }
        // Reads: admins, the clinician, the patient, chain, hospital, the consent.
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
        // Reads: admins, the node, the slot.
        fn issue_credential() -> Weight {
            weight($db, 0, 3, 1)
        }
        // Reads: admins, the credential.
        fn revoke_credential() -> Weight {
            weight($db, 0, 2, 1)
        }
        fn dispatch_as_root() -> Weight {
            weight($db, 0, 1, 0)
        }
    };
}

/// Estimates with the runtime's database weights.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    estimates!(T::DbWeight::get());
}

/// For tests.
impl WeightInfo for () {
    estimates!(RocksDbWeight::get());
}
