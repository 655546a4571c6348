// SPDX-License-Identifier: Apache-2.0
//! Admission: the accounts that may transact, and the bound on their use.
//!
//! The chain has no fees, so quotas bound the use.

use crate::{pallet::*, HospitalStatus, Member, Usage};
use bspp_primitives::{refusal, traits::Admission};
use bspp_types::{HospitalId, Role};
use frame_support::traits::{Contains, Get, ValidatorSet};
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};

/// The cost of an admitted transaction.
enum Charge {
    /// It is free, because it keeps the chain going.
    Free,
    /// It counts against this hospital's quota.
    Hospital(HospitalId),
}

fn refused(code: u8) -> TransactionValidityError {
    InvalidTransaction::Custom(code).into()
}

impl<T: Config> Pallet<T> {
    /// Returns the hospital if it is in good standing.
    fn in_standing(hospital: HospitalId) -> Result<HospitalId, TransactionValidityError> {
        match Self::status(&hospital) {
            Some(HospitalStatus::Active) => Ok(hospital),
            Some(HospitalStatus::Suspended) => Err(refused(refusal::SUSPENDED)),
            Some(HospitalStatus::Removed) | None => Err(refused(refusal::NOT_MEMBER)),
        }
    }

    fn admit(
        who: &T::AccountId,
        call: &<T as Config>::RuntimeCall,
    ) -> Result<Charge, TransactionValidityError> {
        let operational = T::OperationalCalls::contains(call);
        let charge_unless_operational = |hospital| {
            let hospital = Self::in_standing(hospital)?;
            Ok(if operational {
                Charge::Free
            } else {
                Charge::Hospital(hospital)
            })
        };
        match Members::<T>::get(who) {
            Some(Member {
                role: Role::Council,
                ..
            }) if operational => Ok(Charge::Free),
            Some(Member {
                role: Role::Council,
                ..
            }) => Err(refused(refusal::CALL_NOT_AUTHORIZED)),
            Some(Member {
                role: Role::Operator,
                hospital: Some(hospital),
            }) => charge_unless_operational(hospital),
            // A hospital has many requesters, so all of their calls count against the quota.
            Some(Member {
                role: Role::Requester,
                hospital: Some(hospital),
            }) => Self::in_standing(hospital).map(Charge::Hospital),
            _ => match Validators::<T>::get(who) {
                Some(hospital) => charge_unless_operational(hospital),
                None => Err(refused(refusal::NOT_MEMBER)),
            },
        }
    }

    /// The hospital's usage after this transaction. Refuses usage beyond the quota.
    fn used_with(
        hospital: &HospitalId,
        weight: u64,
        len: u32,
    ) -> Result<Usage, TransactionValidityError> {
        let session = T::Session::session_index();
        let mut usage = UsedQuota::<T>::get(hospital);
        if usage.session != session {
            usage = Usage {
                session,
                ..Default::default()
            };
        }
        usage.weight = usage.weight.saturating_add(weight);
        usage.bytes = usage.bytes.saturating_add(u64::from(len));
        if usage.weight > T::QuotaWeight::get() || usage.bytes > T::QuotaBytes::get() {
            return Err(refused(refusal::QUOTA_EXCEEDED));
        }
        Ok(usage)
    }
}

/// `used` of `quota` in parts per thousand.
///
/// The integrity test ensures that the quota is not zero.
fn per_mille(used: u64, quota: u64) -> u16 {
    let parts = u128::from(used)
        .saturating_mul(1000)
        .checked_div(u128::from(quota));
    parts
        .and_then(|parts| u16::try_from(parts).ok())
        .unwrap_or(1000)
        .min(1000)
}

impl<T: Config> Admission<T::AccountId, <T as Config>::RuntimeCall> for Pallet<T> {
    fn is_operational(call: &<T as Config>::RuntimeCall) -> bool {
        T::OperationalCalls::contains(call)
    }

    fn check(
        who: &T::AccountId,
        call: &<T as Config>::RuntimeCall,
        weight: u64,
        len: u32,
    ) -> Result<u16, TransactionValidityError> {
        let Charge::Hospital(hospital) = Self::admit(who, call)? else {
            return Ok(0);
        };
        let usage = Self::used_with(&hospital, weight, len)?;
        Ok(per_mille(usage.weight, T::QuotaWeight::get())
            .max(per_mille(usage.bytes, T::QuotaBytes::get())))
    }

    fn charge(
        who: &T::AccountId,
        call: &<T as Config>::RuntimeCall,
        weight: u64,
        len: u32,
    ) -> Result<(), TransactionValidityError> {
        if let Charge::Hospital(hospital) = Self::admit(who, call)? {
            UsedQuota::<T>::insert(hospital, Self::used_with(&hospital, weight, len)?);
        }
        Ok(())
    }
}
