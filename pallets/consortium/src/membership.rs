// SPDX-License-Identifier: Apache-2.0
//! The accounts that act for a hospital, as other pallets see them.

use crate::{pallet::*, HospitalStatus, Member};
use bspp_primitives::traits::Membership;
use bspp_types::{FilingMonth, HospitalId, Role, X25519Key};

impl<T: Config> Membership<T::AccountId> for Pallet<T> {
    fn hospital_of(who: &T::AccountId) -> Option<HospitalId> {
        match Members::<T>::get(who)? {
            Member {
                role: Role::Operator | Role::Requester,
                hospital,
            } => hospital.filter(Self::is_active),
            _ => None,
        }
    }

    fn is_operator(who: &T::AccountId, hospital: &HospitalId) -> bool {
        let expected = Member {
            role: Role::Operator,
            hospital: Some(*hospital),
        };
        Members::<T>::get(who) == Some(expected) && Self::is_active(hospital)
    }

    fn may_anchor(who: &T::AccountId) -> bool {
        matches!(
            Members::<T>::get(who),
            Some(Member {
                role: Role::Operator | Role::Anchorer,
                hospital: Some(hospital),
            }) if Self::is_active(&hospital)
        )
    }

    fn is_active(hospital: &HospitalId) -> bool {
        Self::status(hospital) == Some(HospitalStatus::Active)
    }

    fn encryption_key(hospital: &HospitalId, filing_month: FilingMonth) -> Option<X25519Key> {
        Self::key_at(hospital, filing_month)
    }

    fn requester_key(who: &T::AccountId) -> Option<X25519Key> {
        RequesterKeys::<T>::get(who).filter(|_| Self::is_requester(who))
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn make_member(hospital: &HospitalId, operator: &T::AccountId, requester: &T::AccountId) {
        // The standard base point is a valid key.
        let mut key = [0u8; 32];
        key[0] = 9;
        if Self::do_add_hospital(*hospital, operator.clone(), key, 0).is_err()
            || Self::do_add_requester(*hospital, requester).is_err()
        {
            panic!("the benchmark's member is already one");
        }
        RequesterKeys::<T>::insert(requester, key);
    }
}
