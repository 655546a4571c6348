// SPDX-License-Identifier: Apache-2.0
//! Quotas: the room of blocks that each account uses in a session.
//!
//! Each account of admins and staff has the same quota, unless an admin or the genesis gives it one
//! of its own, as the gateway needs. Operational calls count against another quota.

use crate::{
    admission::refused, Config, Error, Event, Pallet, Quotas, Sender, UsedOperationalQuota,
    UsedQuota,
};
use bspp_primitives::{
    quota::{Quota, Usage},
    refusal,
    traits::CallRules,
};
use frame_support::{
    ensure,
    traits::{Get, ValidatorSet},
};
use sp_runtime::{transaction_validity::TransactionValidityError, DispatchResult};

impl<T: Config> Pallet<T> {
    /// The quota of an account's ordinary calls in a session.
    pub fn quota_of(who: &T::AccountId) -> Quota {
        Quotas::<T>::get(who).unwrap_or_else(T::StaffQuota::get)
    }

    /// The usage after a transaction, and the used part in parts per thousand.
    ///
    /// Refuses a transaction that does not fit in the quota.
    pub(crate) fn usage_after(
        who: &T::AccountId,
        sender: &Sender,
        operational: bool,
        weight: u64,
        len: u32,
    ) -> Result<(Usage, u16), TransactionValidityError> {
        let (before, quota) = if operational {
            (
                UsedOperationalQuota::<T>::get(who),
                T::Calls::operational_quota(sender),
            )
        } else {
            (UsedQuota::<T>::get(who), Self::quota_of(who))
        };
        let usage = before.with(T::Session::session_index(), weight, len.into());
        if usage.is_within(&quota) {
            Ok((usage, usage.per_mille(&quota)))
        } else {
            Err(refused(refusal::QUOTA_EXCEEDED))
        }
    }

    /// Writes the usage of an account.
    pub(crate) fn store_usage(who: &T::AccountId, operational: bool, usage: Usage) {
        if operational {
            UsedOperationalQuota::<T>::insert(who, usage);
        } else {
            UsedQuota::<T>::insert(who, usage);
        }
    }

    /// Whether an account may have a quota of its own: admins and staff.
    pub(crate) fn may_have_quota(who: &T::AccountId) -> bool {
        Self::is_staff(who) || Self::is_admin(who)
    }

    pub(crate) fn do_set_quota(account: T::AccountId, quota: Option<(u64, u64)>) -> DispatchResult {
        ensure!(Self::may_have_quota(&account), Error::<T>::StaffNotFound);
        let quota = quota.map(|(weight, bytes)| Quota::of(weight, bytes));
        Quotas::<T>::set(&account, quota);
        Self::deposit_event(Event::QuotaSet { account, quota });
        Ok(())
    }

    /// Takes the own quota of an account that is no longer admin or staff.
    pub(crate) fn drop_quota(who: &T::AccountId) {
        if !Self::may_have_quota(who) {
            Quotas::<T>::remove(who);
        }
    }
}
