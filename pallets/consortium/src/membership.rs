// SPDX-License-Identifier: Apache-2.0
//! What other pallets, the runtime API and checks read.

use crate::{pallet::*, HospitalStatus, Member};
use alloc::vec::Vec;
use bspp_primitives::{traits::Membership, Epoch, Hospital, HospitalId, Role, X25519Key};

impl<T: Config> Pallet<T> {
    /// A hospital as the runtime API shows it, with the key in force now.
    pub fn hospital(hospital: &HospitalId) -> Option<Hospital<T::AccountId>> {
        let record = Hospitals::<T>::get(hospital)?;
        Some(Hospital {
            operator: record.operator,
            encryption_key: Self::key_at(hospital, Self::current_epoch().ok()?)?,
            active: record.status == HospitalStatus::Active,
            added_at: record.added_at,
        })
    }

    /// Identifiers of all hospitals, removed ones too.
    pub fn hospitals() -> Vec<HospitalId> {
        HospitalIds::<T>::get().into_inner()
    }

    /// The key of a hospital in force in `epoch`, whatever its standing: labels of old months need it for ever.
    pub fn key_at(hospital: &HospitalId, epoch: Epoch) -> Option<X25519Key> {
        let epochs = KeyEpochs::<T>::get(hospital);
        let from = epochs.iter().rev().find(|from| **from <= epoch)?;
        EncryptionKeys::<T>::get(hospital, from)
    }

    /// Checks what must hold between the storage items.
    pub fn do_try_state() -> Result<(), &'static str> {
        use frame_support::{ensure, traits::Get};
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
                let delegate = Member {
                    role: Role::Delegate,
                    hospital: Some(*id),
                };
                let delegates = Members::<T>::iter_values()
                    .filter(|m| *m == delegate)
                    .count();
                ensure!(
                    usize::try_from(record.delegates) == Ok(delegates),
                    "delegates miscounted"
                );
            }
            let keys = KeyEpochs::<T>::get(id);
            ensure!(!keys.is_empty(), "a hospital without a key");
            ensure!(
                keys.windows(2).all(|p| matches!(p, [a, b] if a < b)),
                "key months unsorted"
            );
            for epoch in &keys {
                ensure!(
                    EncryptionKeys::<T>::contains_key(id, epoch),
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
        ensure!(validators <= T::MaxValidators::get(), "too many validators");
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
        for who in Members::<T>::iter_keys().chain(Validators::<T>::iter_keys()) {
            ensure!(
                frame_system::Pallet::<T>::providers(&who) > 0,
                "an account without reference"
            );
        }
        Ok(())
    }
}

impl<T: Config> Membership<T::AccountId> for Pallet<T> {
    fn hospital_of(who: &T::AccountId) -> Option<HospitalId> {
        match Members::<T>::get(who)? {
            Member {
                role: Role::Operator | Role::Delegate,
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

    fn is_active(hospital: &HospitalId) -> bool {
        Self::status(hospital) == Some(HospitalStatus::Active)
    }

    fn encryption_key(hospital: &HospitalId, epoch: Epoch) -> Option<X25519Key> {
        Self::key_at(hospital, epoch)
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn make_member(hospital: &HospitalId, operator: &T::AccountId, delegate: &T::AccountId) {
        // The standard base point is a valid key.
        let mut key = [0u8; 32];
        key[0] = 9;
        if Self::do_add_hospital(*hospital, operator.clone(), key, 0).is_err()
            || Self::do_add_delegate(*hospital, delegate).is_err()
        {
            panic!("the benchmark's member is already one");
        }
    }
}
