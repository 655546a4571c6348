// SPDX-License-Identifier: Apache-2.0
//! The invariants of the pallet's storage.

#![cfg(any(test, feature = "try-runtime", feature = "std"))]

use crate::{pallet::*, HospitalStatus, Member};
use bspp_types::Role;
use frame_support::{
    ensure,
    traits::{Get, ValidatorSet},
};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Checks the invariants between the storage items.
    pub fn do_try_state() -> Result<(), TryRuntimeError> {
        let ids = HospitalIds::<T>::get();
        ensure!(
            ids.len() == Hospitals::<T>::iter().count(),
            "hospitals and identifiers differ"
        );
        let mut validators = 0;
        for id in &ids {
            let record = Hospitals::<T>::get(id).ok_or("an identifier without a hospital")?;
            let operator = Members::<T>::get(&record.operator);
            let expected = Some(Member {
                role: Role::Operator,
                hospital: Some(*id),
            });
            if record.status != HospitalStatus::Removed {
                ensure!(operator == expected, "an operator's role differs");
                let requester = Member {
                    role: Role::Requester,
                    hospital: Some(*id),
                };
                let requesters = Members::<T>::iter_values()
                    .filter(|m| *m == requester)
                    .count();
                ensure!(
                    usize::try_from(record.requesters) == Ok(requesters),
                    "requesters miscounted"
                );
            }
            let keys = KeyFilingMonths::<T>::get(id);
            ensure!(!keys.is_empty(), "a hospital without a key");
            ensure!(
                keys.windows(2).all(|p| matches!(p, [a, b] if a < b)),
                "key months unsorted"
            );
            for filing_month in &keys {
                ensure!(
                    EncryptionKeys::<T>::contains_key(id, filing_month),
                    "a month without its key"
                );
            }
            for validator in HospitalValidators::<T>::get(id) {
                ensure!(
                    Validators::<T>::get(&validator) == Some(*id),
                    "a validator's hospital differs"
                );
                validators += 1;
            }
        }
        ensure!(
            Validators::<T>::count() == validators,
            "validators miscounted"
        );
        let departed = DepartedValidators::<T>::get();
        let noted = u32::try_from(departed.len()).unwrap_or(u32::MAX);
        ensure!(
            validators.saturating_add(noted) <= T::MaxValidators::get(),
            "too many validators"
        );
        ensure!(
            !departed.iter().any(Validators::<T>::contains_key),
            "a validator that left is one"
        );
        for (id, proposed) in ProposedValidators::<T>::iter() {
            let status = Self::status(&id).ok_or("a proposal without a hospital")?;
            ensure!(
                status != HospitalStatus::Removed && !proposed.is_empty(),
                "a proposal of nobody"
            );
        }
        for (hospital, who) in Anchorers::<T>::iter() {
            let expected = Some(Member {
                role: Role::Anchorer,
                hospital: Some(hospital),
            });
            ensure!(
                Members::<T>::get(&who) == expected,
                "an anchorer's role differs"
            );
        }
        for who in CouncilMembers::<T>::get() {
            let expected = Some(Member {
                role: Role::Council,
                hospital: None,
            });
            ensure!(
                Members::<T>::get(&who) == expected,
                "a council member's role differs"
            );
        }
        for (who, key) in RequesterKeys::<T>::iter() {
            ensure!(
                Members::<T>::get(&who).is_some_and(|member| member.role == Role::Requester),
                "a requester's key without a requester"
            );
            ensure!(
                !ReplacedRequesterKeys::<T>::contains_key(&who, key),
                "a replaced key is registered again"
            );
        }
        let (session, common) = (T::Session::session_index(), Self::common_quota());
        for usage in UsedCommon::<T>::iter_values().filter(|usage| usage.session == session) {
            ensure!(
                usage.is_within(&common),
                "a hospital used more than its common quota"
            );
        }
        let hospitals = UsedReserve::<T>::iter_keys()
            .chain(UsedCommon::<T>::iter_keys())
            .chain(GrantedQuotas::<T>::iter_keys());
        for hospital in hospitals {
            ensure!(
                Self::status(&hospital).is_some_and(|status| status != HospitalStatus::Removed),
                "a quota without a hospital"
            );
        }
        let accounts =
            UsedOperationalQuota::<T>::iter_keys().chain(UsedByDelegate::<T>::iter_keys());
        for who in accounts {
            ensure!(
                frame_system::Pallet::<T>::providers(&who) > 0,
                "usage of an account that was never a member"
            );
        }
        for who in Members::<T>::iter_keys().chain(Validators::<T>::iter_keys()) {
            ensure!(
                frame_system::Pallet::<T>::providers(&who) > 0,
                "an account without reference"
            );
        }
        Ok(())
    }
}
