// SPDX-License-Identifier: Apache-2.0
//! What the calls do to hospitals, delegates, keys and the council.

use crate::{pallet::*, GenesisHospital, HospitalRecord, HospitalStatus, Member};
use alloc::vec::Vec;
use bspp_primitives::{epoch_at, traits::AuthorStandings, Epoch, HospitalId, Role, X25519Key};
use frame_support::{
    ensure,
    traits::{ChangeMembers, Get, InitializeMembers, Time},
    BoundedVec,
};
use frame_system::pallet_prelude::OriginFor;
use sp_runtime::{
    traits::{SaturatedConversion, Zero},
    DispatchError, DispatchResult,
};

impl<T: Config> Pallet<T> {
    /// The current month. Error: `InvalidEpoch` if the clock stands beyond all months.
    pub(crate) fn current_epoch() -> Result<Epoch, DispatchError> {
        epoch_at(T::Time::now()).ok_or_else(|| Error::<T>::InvalidEpoch.into())
    }

    /// The hospital that the sender operates. Error: `NotAuthorized`.
    pub(crate) fn ensure_operator(origin: OriginFor<T>) -> Result<HospitalId, DispatchError> {
        let who = frame_system::ensure_signed(origin)?;
        match Members::<T>::get(&who) {
            Some(Member {
                role: Role::Operator,
                hospital: Some(hospital),
            }) if Self::status(&hospital) == Some(HospitalStatus::Active) => Ok(hospital),
            _ => Err(Error::<T>::NotAuthorized.into()),
        }
    }

    /// Standing of a hospital; `None` if it never was one.
    pub fn status(hospital: &HospitalId) -> Option<HospitalStatus> {
        Hospitals::<T>::get(hospital).map(|record| record.status)
    }

    /// Lets an account without balance transact. Never taken back: the nonce must outlive the role.
    pub(crate) fn hold_account(who: &T::AccountId) {
        if frame_system::Pallet::<T>::providers(who).is_zero() {
            frame_system::Pallet::<T>::inc_providers(who);
        }
    }

    /// Whether an account has no role now. Roles at a removed hospital are none.
    pub(crate) fn is_free(who: &T::AccountId) -> bool {
        if Validators::<T>::contains_key(who) {
            return false;
        }
        match Members::<T>::get(who) {
            None
            | Some(Member {
                role: Role::Removed,
                ..
            }) => true,
            Some(Member {
                hospital: Some(hospital),
                ..
            }) => Self::status(&hospital) == Some(HospitalStatus::Removed),
            Some(Member { hospital: None, .. }) => false,
        }
    }

    fn give_role(who: &T::AccountId, role: Role, hospital: Option<HospitalId>) -> DispatchResult {
        ensure!(Self::is_free(who), Error::<T>::AlreadyExists);
        Self::hold_account(who);
        Members::<T>::insert(who, Member { role, hospital });
        Ok(())
    }

    fn take_role(who: &T::AccountId) {
        Members::<T>::insert(
            who,
            Member {
                role: Role::Removed,
                hospital: None,
            },
        );
    }

    pub(crate) fn do_add_hospital(
        hospital: HospitalId,
        operator: T::AccountId,
        key: X25519Key,
        from_epoch: Epoch,
    ) -> DispatchResult {
        ensure!(
            !Hospitals::<T>::contains_key(hospital),
            Error::<T>::AlreadyExists
        );
        Self::insert_key(hospital, from_epoch, key)?;
        HospitalIds::<T>::try_append(hospital).map_err(|_| Error::<T>::MaxHospitalsExceeded)?;
        Self::give_role(&operator, Role::Operator, Some(hospital))?;
        let added_at = frame_system::Pallet::<T>::block_number().saturated_into();
        let status = HospitalStatus::Active;
        Hospitals::<T>::insert(
            hospital,
            HospitalRecord {
                operator,
                status,
                added_at,
                delegates: 0,
            },
        );
        Ok(())
    }

    pub(crate) fn do_remove_hospital(hospital: HospitalId) -> DispatchResult {
        let mut record = Hospitals::<T>::get(hospital).ok_or(Error::<T>::NotFound)?;
        ensure!(
            record.status != HospitalStatus::Removed,
            Error::<T>::InvalidStatus
        );
        let validators = HospitalValidators::<T>::get(hospital);
        Self::ensure_enough_without(&validators)?;
        HospitalValidators::<T>::remove(hospital);
        for validator in &validators {
            Validators::<T>::remove(validator);
        }
        Self::take_role(&record.operator);
        // Delegates need no visit: a role at a removed hospital is none.
        record.status = HospitalStatus::Removed;
        record.delegates = 0;
        Hospitals::<T>::insert(hospital, record);
        UsedQuota::<T>::remove(hospital);
        T::Authors::leave_next_session(&validators);
        Ok(())
    }

    pub(crate) fn do_suspend_hospital(hospital: HospitalId) -> DispatchResult {
        let mut record = Hospitals::<T>::get(hospital).ok_or(Error::<T>::NotFound)?;
        ensure!(
            record.status == HospitalStatus::Active,
            Error::<T>::InvalidStatus
        );
        let validators = HospitalValidators::<T>::get(hospital);
        Self::ensure_enough_without(&validators)?;
        record.status = HospitalStatus::Suspended;
        Hospitals::<T>::insert(hospital, record);
        T::Authors::leave_next_session(&validators);
        Ok(())
    }

    pub(crate) fn do_readmit_hospital(hospital: HospitalId) -> DispatchResult {
        let mut record = Hospitals::<T>::get(hospital).ok_or(Error::<T>::NotFound)?;
        ensure!(
            record.status == HospitalStatus::Suspended,
            Error::<T>::InvalidStatus
        );
        record.status = HospitalStatus::Active;
        Hospitals::<T>::insert(hospital, record);
        Ok(())
    }

    pub(crate) fn do_change_operator(
        hospital: HospitalId,
        operator: T::AccountId,
    ) -> DispatchResult {
        let mut record = Hospitals::<T>::get(hospital).ok_or(Error::<T>::NotFound)?;
        ensure!(
            record.status != HospitalStatus::Removed,
            Error::<T>::InvalidStatus
        );
        Self::give_role(&operator, Role::Operator, Some(hospital))?;
        Self::take_role(&record.operator);
        record.operator = operator;
        Hospitals::<T>::insert(hospital, record);
        Ok(())
    }

    pub(crate) fn do_add_delegate(hospital: HospitalId, delegate: &T::AccountId) -> DispatchResult {
        let mut record = Hospitals::<T>::get(hospital).ok_or(Error::<T>::NotFound)?;
        ensure!(
            record.delegates < T::MaxDelegates::get(),
            Error::<T>::MaxDelegatesExceeded
        );
        Self::give_role(delegate, Role::Delegate, Some(hospital))?;
        record.delegates = record.delegates.saturating_add(1);
        Hospitals::<T>::insert(hospital, record);
        Ok(())
    }

    pub(crate) fn do_remove_delegate(
        hospital: HospitalId,
        delegate: &T::AccountId,
    ) -> DispatchResult {
        let expected = Member {
            role: Role::Delegate,
            hospital: Some(hospital),
        };
        ensure!(
            Members::<T>::get(delegate) == Some(expected),
            Error::<T>::NotFound
        );
        Self::take_role(delegate);
        Hospitals::<T>::mutate_extant(hospital, |record| {
            record.delegates = record.delegates.saturating_sub(1);
        });
        Ok(())
    }

    pub(crate) fn do_rotate_encryption_key(
        hospital: HospitalId,
        from_epoch: Epoch,
        key: X25519Key,
    ) -> DispatchResult {
        let now = Self::current_epoch()?;
        let latest = now.saturating_add(T::MaxKeyNotice::get());
        ensure!(
            from_epoch > now && from_epoch <= latest,
            Error::<T>::InvalidEpoch
        );
        Self::insert_key(hospital, from_epoch, key)
    }

    /// Appends a key to a hospital's history. Keys in force, or announced, are never replaced.
    fn insert_key(hospital: HospitalId, from_epoch: Epoch, key: X25519Key) -> DispatchResult {
        ensure!(
            !bspp_peks::X25519Public(key).is_small_order(),
            Error::<T>::InvalidEncryptionKey
        );
        KeyEpochs::<T>::try_mutate(hospital, |epochs| {
            ensure!(
                epochs.last().is_none_or(|last| from_epoch > *last),
                Error::<T>::InvalidEpoch
            );
            epochs
                .try_push(from_epoch)
                .map_err(|_| Error::<T>::MaxKeysExceeded)
        })?;
        EncryptionKeys::<T>::insert(hospital, from_epoch, key);
        Ok(())
    }

    /// Sets the council; returns how many members it has.
    pub(crate) fn do_set_council(
        mut members: Vec<T::AccountId>,
        prime: Option<T::AccountId>,
    ) -> Result<u32, DispatchError> {
        members.sort();
        let distinct = members
            .windows(2)
            .all(|pair| !matches!(pair, [a, b] if a == b));
        let prime_is_member = prime.as_ref().is_none_or(|prime| members.contains(prime));
        ensure!(
            !members.is_empty() && distinct && prime_is_member,
            Error::<T>::InvalidCouncil
        );
        let members = BoundedVec::<_, T::MaxCouncil>::try_from(members)
            .map_err(|_| Error::<T>::MaxCouncilExceeded)?;
        let old = CouncilMembers::<T>::get();
        for gone in old.iter().filter(|who| !members.contains(who)) {
            Self::take_role(gone);
        }
        for new in members.iter().filter(|who| !old.contains(who)) {
            Self::give_role(new, Role::Council, None)?;
        }
        if old.is_empty() {
            T::Council::initialize_members(&members);
        } else {
            T::Council::set_members_sorted(&members, &old);
        }
        T::Council::set_prime(prime);
        let count = members.len().saturated_into();
        CouncilMembers::<T>::put(members);
        Ok(count)
    }

    /// Builds the first state. Keys are in force from the first month: at genesis there is no time yet.
    pub(crate) fn build_genesis(
        hospitals: &[GenesisHospital<T::AccountId>],
        council: &[T::AccountId],
    ) -> DispatchResult {
        for hospital in hospitals {
            let GenesisHospital {
                id,
                operator,
                encryption_key,
                validators,
                delegates,
            } = hospital;
            Self::do_add_hospital(*id, operator.clone(), encryption_key.0, 0)?;
            for validator in validators {
                Self::do_add_validator(*id, validator)?;
            }
            for delegate in delegates {
                Self::do_add_delegate(*id, delegate)?;
            }
        }
        if !council.is_empty() {
            Self::do_set_council(council.to_vec(), None)?;
        }
        Ok(())
    }
}
