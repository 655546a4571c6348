// SPDX-License-Identifier: Apache-2.0
//! Admission: the accounts that may transact, and the calls that each of them may send.
//!
//! The chain has no fees, so quotas bound the use: `quotas.rs`.

use crate::{pallet::*, HospitalStatus, Member, Part, Sender};
use bspp_primitives::{
    refusal,
    traits::{Admission, Admitted, CallRules},
};
use bspp_types::{HospitalId, Role};
use frame_support::weights::Weight;
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};

/// The quota that pays for a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallKind {
    /// The sender's operational quota.
    Operational,
    /// The reserve of the operator's hospital.
    Registration,
    /// The common part of the hospital's quota.
    Ordinary,
}

pub(crate) fn refused(code: u8) -> TransactionValidityError {
    InvalidTransaction::Custom(code).into()
}

impl<T: Config> Pallet<T> {
    /// The part of an account at a hospital in good standing.
    fn part_at(part: Part, hospital: HospitalId) -> Result<Sender, TransactionValidityError> {
        match Self::status(&hospital) {
            Some(HospitalStatus::Active) => Ok(Sender {
                part,
                hospital: Some(hospital),
            }),
            Some(HospitalStatus::Suspended) => Err(refused(refusal::SUSPENDED)),
            Some(HospitalStatus::Removed) | None => Err(refused(refusal::NOT_MEMBER)),
        }
    }

    /// The part in which an account may transact.
    fn sender(who: &T::AccountId) -> Result<Sender, TransactionValidityError> {
        match Members::<T>::get(who) {
            Some(Member {
                role: Role::Council,
                ..
            }) => Ok(Sender {
                part: Part::Council,
                hospital: None,
            }),
            Some(Member {
                role: Role::Operator,
                hospital: Some(hospital),
            }) => Self::part_at(Part::Operator, hospital),
            Some(Member {
                role: Role::Anchorer,
                hospital: Some(hospital),
            }) => Self::part_at(Part::Anchorer, hospital),
            Some(Member {
                role: Role::Requester,
                hospital: Some(hospital),
            }) => Self::part_at(Part::Requester, hospital),
            _ => match Validators::<T>::get(who) {
                Some(hospital) => Self::part_at(Part::Validator, hospital),
                None => Err(refused(refusal::NOT_MEMBER)),
            },
        }
    }

    /// The sender, and the kind of the call.
    ///
    /// An operational call is exempt from the ordinary quota or refused. For that reason restricted
    /// blocks, which admit calls by their kind, have only those that their senders may send.
    fn admit(
        who: &T::AccountId,
        call: &<T as Config>::RuntimeCall,
    ) -> Result<(Sender, CallKind), TransactionValidityError> {
        let sender = Self::sender(who)?;
        let (kind, admitted) = if T::Calls::is_operational(call) {
            (CallKind::Operational, T::Calls::exempt(&sender, call))
        } else if T::Calls::is_registration(call) {
            (CallKind::Registration, T::Calls::permitted(&sender, call))
        } else {
            (CallKind::Ordinary, T::Calls::permitted(&sender, call))
        };
        if admitted {
            Ok((sender, kind))
        } else {
            Err(refused(refusal::CALL_NOT_AUTHORIZED))
        }
    }
}

impl<T: Config> Admission<T::AccountId, <T as Config>::RuntimeCall> for Pallet<T> {
    fn is_operational(call: &<T as Config>::RuntimeCall) -> bool {
        T::Calls::is_operational(call)
    }

    fn check(
        who: &T::AccountId,
        call: &<T as Config>::RuntimeCall,
        weight: u64,
        len: u32,
    ) -> Result<Admitted, TransactionValidityError> {
        let (sender, kind) = Self::admit(who, call)?;
        T::Calls::check_bounds(who, call, len).map_err(refused)?;
        let charge = Self::charge_of(who, &sender, kind, weight, len)?;
        Ok(Admitted {
            operational: kind == CallKind::Operational,
            used: charge.used,
        })
    }

    fn charge(
        who: &T::AccountId,
        call: &<T as Config>::RuntimeCall,
        weight: u64,
        len: u32,
    ) -> Result<(), TransactionValidityError> {
        let (sender, kind) = Self::admit(who, call)?;
        T::Calls::check_ready(call).map_err(refused)?;
        Self::charge_of(who, &sender, kind, weight, len)?.store();
        Ok(())
    }

    fn weight(call: &<T as Config>::RuntimeCall) -> Weight {
        T::Calls::weight(call)
    }

    fn check_call(call: &<T as Config>::RuntimeCall) -> Result<(), TransactionValidityError> {
        Self::ensure_open(call)
    }

    fn may_be_bare(call: &<T as Config>::RuntimeCall) -> bool {
        T::Calls::may_be_bare(call)
    }
}
