// SPDX-License-Identifier: Apache-2.0
//! Benchmarks of every call, each on its longest path.

#![cfg(feature = "runtime-benchmarks")]

use crate::*;
use alloc::{boxed::Box, collections::BTreeSet, vec::Vec};
use bspp_primitives::traits::CurrentSlot;
use frame_benchmarking::v2::*;
use frame_support::{traits::Get, BoundedBTreeSet, BoundedVec};
use frame_system::RawOrigin;

/// Makes one admin fewer than the maximum, and returns one of them.
fn admins<T: Config>() -> T::AccountId {
    let accounts: BTreeSet<T::AccountId> = (1..T::MaxAdmins::get().max(2))
        .map(|n| account("admin", n, 0))
        .collect();
    let admin = accounts
        .first()
        .cloned()
        .unwrap_or_else(|| account("admin", 1, 0));
    Admins::<T>::put(BoundedBTreeSet::try_from(accounts).unwrap_or_default());
    admin
}

fn staff<T: Config>() -> T::AccountId {
    admins::<T>();
    let staff: T::AccountId = account("staff", 0, 0);
    Staff::<T>::insert(&staff, ());
    staff
}

fn node<T: Config>(n: u32) -> T::AccountId {
    let node: T::AccountId = account("node", n, 0);
    Nodes::<T>::insert(&node, ());
    node
}

#[benchmarks(where <T as Config>::RuntimeCall: From<frame_system::Call<T>>)]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn add_admin() {
        let admin = admins::<T>();
        let new: T::AccountId = account("new", 0, 0);

        #[extrinsic_call]
        _(RawOrigin::Signed(admin), new.clone());

        assert!(Pallet::<T>::is_admin(&new));
    }

    #[benchmark]
    fn remove_admin() {
        let admin = admins::<T>();
        let other: T::AccountId = account("other", 0, 0);
        Admins::<T>::mutate(|admins| {
            let _ = admins.try_insert(other.clone());
        });

        #[extrinsic_call]
        _(RawOrigin::Signed(admin), other.clone());

        assert!(!Pallet::<T>::is_admin(&other));
    }

    #[benchmark]
    fn add_staff() {
        let admin = admins::<T>();
        let new: T::AccountId = account("new", 0, 0);

        #[extrinsic_call]
        _(RawOrigin::Signed(admin), new.clone());

        assert!(Pallet::<T>::is_staff(&new));
    }

    #[benchmark]
    fn remove_staff() {
        let staff = staff::<T>();
        let admin = admins::<T>();

        #[extrinsic_call]
        _(RawOrigin::Signed(admin), staff.clone());

        assert!(!Pallet::<T>::is_staff(&staff));
    }

    #[benchmark]
    fn add_node() {
        let admin = admins::<T>();
        let new: T::AccountId = account("new", 0, 0);

        #[extrinsic_call]
        _(RawOrigin::Signed(admin), new.clone());

        assert!(Pallet::<T>::is_node(&new));
    }

    #[benchmark]
    fn remove_node() {
        let admin = admins::<T>();
        let node = node::<T>(0);
        Credentials::<T>::insert(&node, 1);

        #[extrinsic_call]
        _(RawOrigin::Signed(admin), node.clone());

        assert!(!Pallet::<T>::is_node(&node));
    }

    /// Measures the check of the set and of the first of `n` nodes.
    ///
    /// Nodes without session keys are refused. The estimate charges each node the same.
    #[benchmark]
    fn set_validators(n: Linear<1, { T::MaxNodes::get() }>) {
        let admin = admins::<T>();
        let validators: Vec<T::AccountId> = (0..n).map(node::<T>).collect();
        let validators = BoundedVec::truncate_from(validators);

        #[block]
        {
            let _ = Pallet::<T>::set_validators(RawOrigin::Signed(admin).into(), validators);
        }
    }

    #[benchmark]
    fn issue_credential() {
        let admin = admins::<T>();
        let node = node::<T>(0);
        T::Slot::set_slot(1);

        #[extrinsic_call]
        _(RawOrigin::Signed(admin), node.clone(), 2);

        assert_eq!(Pallet::<T>::credential(&node), Some(2));
    }

    #[benchmark]
    fn revoke_credential() {
        let admin = admins::<T>();
        let node = node::<T>(0);
        Credentials::<T>::insert(&node, 1);

        #[extrinsic_call]
        _(RawOrigin::Signed(admin), node.clone());

        assert_eq!(Pallet::<T>::credential(&node), None);
    }

    /// Dispatches the cheapest step of a runtime upgrade. Its own weight is charged in addition.
    #[benchmark]
    fn dispatch_as_root() {
        let admin = admins::<T>();
        let code_hash = T::Hash::default();
        let call: <T as Config>::RuntimeCall =
            frame_system::Call::authorize_upgrade { code_hash }.into();
        let call = Box::new(call);

        #[block]
        {
            let _ = Pallet::<T>::dispatch_as_root(RawOrigin::Signed(admin).into(), call);
        }
    }

    #[benchmark]
    fn set_quota() {
        let staff = staff::<T>();
        let admin = admins::<T>();

        #[extrinsic_call]
        _(RawOrigin::Signed(admin), staff.clone(), Some((1, 1)));

        assert!(Quotas::<T>::contains_key(&staff));
    }

    impl_benchmark_test_suite!(
        Pallet,
        crate::mock::ExtBuilder::default().build(),
        crate::mock::Test
    );
}
