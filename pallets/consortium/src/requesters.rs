// SPDX-License-Identifier: Apache-2.0
//! Requesters of a hospital: the accounts that may open requests for it.

use crate::{pallet::*, Member};
use bspp_peks::X25519Public;
use bspp_primitives::traits::Membership;
use bspp_types::{messages, HospitalId, Role, X25519Key};
use frame_support::{ensure, traits::Get};
use sp_runtime::{traits::Verify, DispatchResult};

impl<T: Config> Pallet<T> {
    /// Whether the account is a requester of an active hospital.
    pub(crate) fn is_requester(who: &T::AccountId) -> bool {
        let is_requester =
            Members::<T>::get(who).is_some_and(|member| member.role == Role::Requester);
        is_requester && <Self as Membership<T::AccountId>>::hospital_of(who).is_some()
    }

    /// Checks that a key is usable, and that the requester did not replace it earlier.
    fn ensure_usable_key(requester: &T::AccountId, key: &X25519Key) -> DispatchResult {
        ensure!(
            !X25519Public(*key).is_small_order()
                && !ReplacedRequesterKeys::<T>::contains_key(requester, key),
            Error::<T>::InvalidEncryptionKey
        );
        Ok(())
    }

    /// Checks that a key is usable and that the requester signed it for this hospital.
    fn check_requester_key(
        hospital: &HospitalId,
        requester: &T::AccountId,
        key: &X25519Key,
        signature: &T::RequesterSignature,
    ) -> DispatchResult {
        Self::ensure_usable_key(requester, key)?;
        let message = messages::requester_key_message(&T::ChainId::get(), hospital, requester, key);
        ensure!(
            signature.verify(message.as_slice(), requester),
            Error::<T>::InvalidSignature
        );
        Ok(())
    }

    pub(crate) fn do_rotate_requester_key(
        requester: T::AccountId,
        key: X25519Key,
    ) -> DispatchResult {
        ensure!(Self::is_requester(&requester), Error::<T>::NotFound);
        Self::ensure_usable_key(&requester, &key)?;
        if let Some(replaced) = RequesterKeys::<T>::get(&requester) {
            ensure!(replaced != key, Error::<T>::InvalidEncryptionKey);
            ReplacedRequesterKeys::<T>::insert(&requester, replaced, ());
        }
        RequesterKeys::<T>::insert(&requester, key);
        Self::deposit_event(Event::RequesterKeyRotated { requester, key });
        Ok(())
    }

    /// Adds a requester with the key that it signed.
    pub(crate) fn add_requester_with_key(
        hospital: HospitalId,
        requester: T::AccountId,
        key: X25519Key,
        signature: &T::RequesterSignature,
    ) -> DispatchResult {
        Self::check_requester_key(&hospital, &requester, &key, signature)?;
        Self::do_add_requester(hospital, &requester)?;
        RequesterKeys::<T>::insert(&requester, key);
        Self::deposit_event(Event::RequesterAdded {
            hospital,
            requester,
        });
        Ok(())
    }

    /// Adds a requester, without a key and an event.
    pub(crate) fn do_add_requester(
        hospital: HospitalId,
        requester: &T::AccountId,
    ) -> DispatchResult {
        let mut record = Hospitals::<T>::get(hospital).ok_or(Error::<T>::NotFound)?;
        ensure!(
            record.requesters < T::MaxRequesters::get(),
            Error::<T>::MaxRequestersExceeded
        );
        Self::give_role(requester, Role::Requester, Some(hospital))?;
        record.requesters = record.requesters.saturating_add(1);
        Hospitals::<T>::insert(hospital, record);
        Ok(())
    }

    pub(crate) fn do_remove_requester(
        hospital: HospitalId,
        requester: T::AccountId,
    ) -> DispatchResult {
        let expected = Member {
            role: Role::Requester,
            hospital: Some(hospital),
        };
        ensure!(
            Members::<T>::get(&requester) == Some(expected),
            Error::<T>::NotFound
        );
        Self::take_role(&requester);
        Hospitals::<T>::mutate_extant(hospital, |record| {
            record.requesters = record.requesters.saturating_sub(1);
        });
        Self::deposit_event(Event::RequesterRemoved {
            hospital,
            requester,
        });
        Ok(())
    }
}
