// SPDX-License-Identifier: Apache-2.0
//! Weights of the calls.
//!
//! They are high estimates of the work until they are measured on reference hardware: 20 µs for the
//! work of a call. The runtime's database weights charge the storage.

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::RocksDbWeight, RuntimeDbWeight, Weight},
};

/// The work that every call does, in picoseconds.
const BASE: u64 = 20_000_000;
/// Proof size of a stored value: trie nodes and the value.
const VALUE_PROOF: u64 = 3_500;

/// Weight of every call.
pub trait WeightInfo {
    /// `add_admin`.
    fn add_admin() -> Weight;
    /// `remove_admin`.
    fn remove_admin() -> Weight;
    /// `add_staff`.
    fn add_staff() -> Weight;
    /// `remove_staff`.
    fn remove_staff() -> Weight;
    /// `add_node`.
    fn add_node() -> Weight;
    /// `remove_node`.
    fn remove_node() -> Weight;
    /// `set_validators` with `n` validators.
    fn set_validators(n: u32) -> Weight;
    /// `issue_credential`.
    fn issue_credential() -> Weight;
    /// `revoke_credential`.
    fn revoke_credential() -> Weight;
    /// `dispatch_as_root`, without the dispatched call.
    fn dispatch_as_root() -> Weight;
    /// `set_quota`.
    fn set_quota() -> Weight;
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
        // Reads: admins, the member of staff.
        fn remove_admin() -> Weight {
            weight($db, 0, 2, 2)
        }
        // Reads: admins, the member of staff, the count, the account.
        fn add_staff() -> Weight {
            weight($db, 0, 4, 3)
        }
        // Reads: admins, the member of staff, the count.
        fn remove_staff() -> Weight {
            weight($db, 0, 3, 3)
        }
        fn add_node() -> Weight {
            weight($db, 0, 4, 3)
        }
        // Reads: admins, the node, the count, validators, the credential.
        fn remove_node() -> Weight {
            weight($db, 0, 5, 3)
        }
        // Reads: admins; for each validator the node, its suspension and its keys.
        fn set_validators(n: u32) -> Weight {
            let n = u64::from(n);
            weight(
                $db,
                BASE.saturating_mul(n),
                n.saturating_mul(3).saturating_add(1),
                1,
            )
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
        // Reads: admins, the member of staff.
        fn set_quota() -> Weight {
            weight($db, 0, 2, 1)
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
