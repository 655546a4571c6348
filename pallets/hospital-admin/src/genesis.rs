// SPDX-License-Identifier: Apache-2.0
//! The chain's genesis state. A mistake in it stops the build of the chain with a message.

use crate::{
    Admins, Config, ConsortiumChain, Credentials, GenesisConfig, HospitalIdentity, Nodes, Pallet,
    Quotas, Staff, Validators,
};
use alloc::{collections::BTreeSet, vec::Vec};
use bspp_primitives::quota::Quota;
use frame_support::{traits::Get, BoundedBTreeSet, BoundedVec};

impl<T: Config> Pallet<T> {
    /// Writes the genesis state.
    ///
    /// # Panics
    ///
    /// Panics if the numbers of admins, staff or validators exceed their bounds, if a validator
    /// occurs twice, or if an account has a quota that is not admin or staff.
    pub(crate) fn build_genesis(genesis: &GenesisConfig<T>) {
        HospitalIdentity::<T>::put(genesis.hospital);
        ConsortiumChain::<T>::put(genesis.chain);

        let admins: BTreeSet<T::AccountId> = genesis.admins.iter().cloned().collect();
        admins.iter().for_each(Self::add_reference);
        match BoundedBTreeSet::try_from(admins) {
            Ok(admins) => Admins::<T>::put(admins),
            Err(_) => panic!("genesis has more admins than {}", T::MaxAdmins::get()),
        }

        for account in &genesis.staff {
            Staff::<T>::insert(account, ());
            Self::add_reference(account);
        }
        assert!(
            Staff::<T>::count() <= T::MaxStaff::get(),
            "genesis has more staff than {}",
            T::MaxStaff::get()
        );

        for (account, weight, bytes) in &genesis.quotas {
            assert!(
                Self::may_have_quota(account),
                "genesis has a quota of an account that is not admin or staff"
            );
            Quotas::<T>::insert(account, Quota::of(*weight, *bytes));
        }

        let validators: Vec<T::AccountId> = genesis.validators.clone();
        for account in &validators {
            Nodes::<T>::insert(account, ());
            Self::add_node_references(account);
            if genesis.credentials_until > 0 {
                Credentials::<T>::insert(account, genesis.credentials_until);
            }
        }
        assert!(
            usize::try_from(Nodes::<T>::count()) == Ok(validators.len()),
            "genesis has a validator twice"
        );
        match BoundedVec::try_from(validators) {
            Ok(validators) => Validators::<T>::put(validators),
            Err(_) => panic!("genesis has more validators than {}", T::MaxNodes::get()),
        }
    }
}
