// SPDX-License-Identifier: Apache-2.0
//! Quotas: the room of blocks that accounts and hospitals use in a session.
//!
//! A hospital has one quota. Its delegates, the requesters, may use a part of it each, and half of
//! it together; the rest is the operator's. Operational calls count against quotas of their own,
//! one for each account, and one for the anchorers of a hospital.

use crate::{admission::refused, pallet::*, Grant, HospitalStatus, Part, Sender};
use bspp_primitives::{
    quota::{Quota, Usage},
    refusal,
    traits::{CallRules, QuotaRoom},
};
use bspp_types::HospitalId;
use frame_support::{
    ensure,
    traits::{Get, ValidatorSet},
};
use sp_runtime::{transaction_validity::TransactionValidityError, DispatchResult};

/// Part of a hospital's quota that all of its delegates together may use: a half.
const DELEGATES_DIVISOR: u64 = 2;

/// The usage after a transaction, which is stored when a block includes it.
pub(crate) struct Charge<T: Config> {
    /// The used part of the narrowest quota, in parts per thousand.
    pub used: u16,
    counts: Counts<T>,
}

enum Counts<T: Config> {
    /// The account's own operational quota.
    Operational(T::AccountId, Usage),
    /// The operational quota of all anchorers that a hospital has one after the other.
    Anchorers(HospitalId, Usage),
    /// The hospital's quota; for delegates also their own one and the one that they share.
    Hospital {
        hospital: HospitalId,
        usage: Usage,
        delegate: Option<Delegated<T>>,
    },
}

struct Delegated<T: Config> {
    who: T::AccountId,
    own: Usage,
    together: Usage,
}

impl<T: Config> Charge<T> {
    /// Writes the usage.
    pub(crate) fn store(self) {
        match self.counts {
            Counts::Operational(who, usage) => UsedOperationalQuota::<T>::insert(who, usage),
            Counts::Anchorers(hospital, usage) => UsedByAnchorers::<T>::insert(hospital, usage),
            Counts::Hospital {
                hospital,
                usage,
                delegate,
            } => {
                UsedQuota::<T>::insert(hospital, usage);
                if let Some(Delegated { who, own, together }) = delegate {
                    UsedByDelegate::<T>::insert(who, own);
                    UsedByDelegates::<T>::insert(hospital, together);
                }
            }
        }
    }
}

/// Fails if the usage is beyond the quota. Otherwise it returns the used part.
fn fit(usage: &Usage, quota: &Quota) -> Result<u16, TransactionValidityError> {
    if usage.is_within(quota) {
        Ok(usage.per_mille(quota))
    } else {
        Err(refused(refusal::QUOTA_EXCEEDED))
    }
}

impl<T: Config> Pallet<T> {
    /// The quota that every hospital has in a session.
    fn base_quota() -> Quota {
        Quota::of(T::QuotaWeight::get(), T::QuotaBytes::get())
    }

    /// The quota of a hospital in a session, with what the council granted.
    pub fn quota_of(hospital: &HospitalId) -> Quota {
        let base = Self::base_quota();
        match GrantedQuotas::<T>::get(hospital) {
            Some(grant) if T::Session::session_index() <= grant.until => Quota::of(
                base.weight.saturating_add(grant.weight),
                base.bytes.saturating_add(grant.bytes),
            ),
            _ => base,
        }
    }

    /// The quota of one delegate, and the one that all delegates of a hospital share.
    ///
    /// A grant of the council is for the operator's import, so it does not raise them.
    fn delegate_quotas() -> (Quota, Quota) {
        let own = Quota::of(T::DelegateWeight::get(), T::DelegateBytes::get());
        let half = |whole: u64| whole.checked_div(DELEGATES_DIVISOR).unwrap_or(0);
        let base = Self::base_quota();
        (own, Quota::of(half(base.weight), half(base.bytes)))
    }

    /// The charge for a transaction. Refuses one that does not fit in a quota.
    pub(crate) fn charge_of(
        who: &T::AccountId,
        sender: &Sender,
        operational: bool,
        weight: u64,
        len: u32,
    ) -> Result<Charge<T>, TransactionValidityError> {
        let session = T::Session::session_index();
        let bytes = u64::from(len);
        let after = |before: Usage| before.with(session, weight, bytes);
        if operational {
            let quota = T::Calls::operational_quota(sender);
            // An operator may change the anchorer at any time, which must not bring a new quota.
            let (usage, counts) = match (sender.part, sender.hospital) {
                (Part::Anchorer, Some(hospital)) => {
                    let usage = after(UsedByAnchorers::<T>::get(hospital));
                    (usage, Counts::Anchorers(hospital, usage))
                }
                _ => {
                    let usage = after(UsedOperationalQuota::<T>::get(who));
                    (usage, Counts::Operational(who.clone(), usage))
                }
            };
            let used = fit(&usage, &quota)?;
            return Ok(Charge { used, counts });
        }
        // Council members have no ordinary quota.
        let hospital = sender
            .hospital
            .ok_or_else(|| refused(refusal::CALL_NOT_AUTHORIZED))?;
        let usage = after(UsedQuota::<T>::get(hospital));
        let mut used = fit(&usage, &Self::quota_of(&hospital))?;
        let delegate = if sender.part == Part::Operator {
            None
        } else {
            let own = after(UsedByDelegate::<T>::get(who));
            let together = after(UsedByDelegates::<T>::get(hospital));
            let (own_quota, shared_quota) = Self::delegate_quotas();
            used = used
                .max(fit(&own, &own_quota)?)
                .max(fit(&together, &shared_quota)?);
            Some(Delegated {
                who: who.clone(),
                own,
                together,
            })
        };
        Ok(Charge {
            used,
            counts: Counts::Hospital {
                hospital,
                usage,
                delegate,
            },
        })
    }

    /// Raises a hospital's quota up to and including a session. Zeros end an earlier grant.
    pub(crate) fn do_grant_quota(hospital: HospitalId, grant: Grant) -> DispatchResult {
        ensure!(
            Self::status(&hospital).is_some_and(|status| status != HospitalStatus::Removed),
            Error::<T>::NotFound
        );
        if grant.weight == 0 && grant.bytes == 0 {
            GrantedQuotas::<T>::remove(hospital);
            return Ok(());
        }
        ensure!(
            grant.until >= T::Session::session_index(),
            Error::<T>::SessionOver
        );
        GrantedQuotas::<T>::insert(hospital, grant);
        Ok(())
    }

    /// Forgets the quota of a hospital that was removed.
    pub(crate) fn forget_quota(hospital: &HospitalId) {
        UsedQuota::<T>::remove(hospital);
        UsedByDelegates::<T>::remove(hospital);
        UsedByAnchorers::<T>::remove(hospital);
        UsedByRegistrations::<T>::remove(hospital);
        GrantedQuotas::<T>::remove(hospital);
    }
}

impl<T: Config> QuotaRoom for Pallet<T> {
    fn room_for(hospital: &HospitalId, weight: u64, bytes: u64) -> bool {
        UsedQuota::<T>::get(hospital)
            .with(T::Session::session_index(), weight, bytes)
            .is_within(&Self::quota_of(hospital))
    }

    fn note_registered(hospital: &HospitalId, weight: u64, bytes: u64) {
        let session = T::Session::session_index();
        UsedByRegistrations::<T>::mutate(hospital, |used| {
            *used = used.with(session, weight, bytes);
        });
    }

    fn quota_stops(hospital: &HospitalId, weight: u64, bytes: u64) -> bool {
        // Zeros make usage of an earlier session count as none.
        let now = |usage: Usage| usage.with(T::Session::session_index(), 0, 0);
        let (used, quota) = (now(UsedQuota::<T>::get(hospital)), Self::quota_of(hospital));
        let delegates = now(UsedByDelegates::<T>::get(hospital));
        let registered = now(UsedByRegistrations::<T>::get(hospital));
        let stops = |used: u64, delegates: u64, registered: u64, call: u64, quota: u64| {
            let by_operator = used.saturating_sub(delegates);
            used.saturating_add(call) > quota && registered.saturating_mul(2) >= by_operator
        };
        stops(
            used.weight,
            delegates.weight,
            registered.weight,
            weight,
            quota.weight,
        ) || stops(
            used.bytes,
            delegates.bytes,
            registered.bytes,
            bytes,
            quota.bytes,
        )
    }
}
