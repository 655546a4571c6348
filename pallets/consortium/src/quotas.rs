// SPDX-License-Identifier: Apache-2.0
//! Quotas: the room of blocks that accounts and hospitals use in a session.
//!
//! A hospital's quota has two buckets. Three quarters are the reserve, which pays for the operator's
//! registrations and for nothing else. The common quarter pays for all other ordinary calls, and each
//! requester may use a share of it. So no number of requesters' keys touches registrations.
//! Operational calls count against quotas of their own, one for each account, and one for the
//! anchorers of a hospital.

use crate::{
    admission::{refused, CallKind},
    pallet::*,
    Grant, HospitalStatus, Part, Sender,
};
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

/// Part of a hospital's quota that is common: a quarter.
///
/// The rest is the reserve of registrations.
const COMMON_DIVISOR: u64 = 4;

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
    /// The reserve of a hospital, which registrations alone use.
    Reserve(HospitalId, Usage),
    /// The common part of a hospital's quota; for a requester also its share of that part.
    Common {
        hospital: HospitalId,
        usage: Usage,
        share: Option<(T::AccountId, Usage)>,
    },
}

impl<T: Config> Charge<T> {
    /// Writes the usage.
    pub(crate) fn store(self) {
        match self.counts {
            Counts::Operational(who, usage) => UsedOperationalQuota::<T>::insert(who, usage),
            Counts::Anchorers(hospital, usage) => UsedByAnchorers::<T>::insert(hospital, usage),
            Counts::Reserve(hospital, usage) => UsedReserve::<T>::insert(hospital, usage),
            Counts::Common {
                hospital,
                usage,
                share,
            } => {
                UsedCommon::<T>::insert(hospital, usage);
                if let Some((who, own)) = share {
                    UsedByDelegate::<T>::insert(who, own);
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
    /// The common part of every hospital's quota in a session.
    pub fn common_quota() -> Quota {
        let part = |whole: u64| whole.checked_div(COMMON_DIVISOR).unwrap_or(0);
        Quota::of(part(T::QuotaWeight::get()), part(T::QuotaBytes::get()))
    }

    /// The reserve that every hospital has in a session: all that is not common.
    pub(crate) fn base_reserve() -> Quota {
        let common = Self::common_quota();
        Quota::of(
            T::QuotaWeight::get().saturating_sub(common.weight),
            T::QuotaBytes::get().saturating_sub(common.bytes),
        )
    }

    /// The reserve of a hospital in a session, with what the council granted.
    ///
    /// A grant is for the operator's import, so it does not raise the common part.
    pub fn reserve_of(hospital: &HospitalId) -> Quota {
        let base = Self::base_reserve();
        match GrantedQuotas::<T>::get(hospital) {
            Some(grant) if T::Session::session_index() <= grant.until => Quota::of(
                base.weight.saturating_add(grant.weight),
                base.bytes.saturating_add(grant.bytes),
            ),
            _ => base,
        }
    }

    /// The share of one requester in the common part of its hospital's quota.
    fn share() -> Quota {
        Quota::of(T::DelegateWeight::get(), T::DelegateBytes::get())
    }

    /// The charge for a transaction. Refuses one that does not fit in a quota.
    pub(crate) fn charge_of(
        who: &T::AccountId,
        sender: &Sender,
        kind: CallKind,
        weight: u64,
        len: u32,
    ) -> Result<Charge<T>, TransactionValidityError> {
        let session = T::Session::session_index();
        let bytes = u64::from(len);
        let after = |before: Usage| before.with(session, weight, bytes);
        if kind == CallKind::Operational {
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
        let is_operator = sender.part == Part::Operator;
        if kind == CallKind::Registration && is_operator {
            let usage = after(UsedReserve::<T>::get(hospital));
            let used = fit(&usage, &Self::reserve_of(&hospital))?;
            let counts = Counts::Reserve(hospital, usage);
            return Ok(Charge { used, counts });
        }
        let usage = after(UsedCommon::<T>::get(hospital));
        let mut used = fit(&usage, &Self::common_quota())?;
        let share = if is_operator {
            None
        } else {
            let own = after(UsedByDelegate::<T>::get(who));
            used = used.max(fit(&own, &Self::share())?);
            Some((who.clone(), own))
        };
        Ok(Charge {
            used,
            counts: Counts::Common {
                hospital,
                usage,
                share,
            },
        })
    }

    /// Raises a hospital's reserve up to and including a session. Zeros end an earlier grant.
    pub(crate) fn do_grant_quota(
        hospital: HospitalId,
        weight: u64,
        bytes: u64,
        until: u32,
    ) -> DispatchResult {
        let grant = Grant {
            weight,
            bytes,
            until,
        };
        ensure!(
            Self::status(&hospital).is_some_and(|status| status != HospitalStatus::Removed),
            Error::<T>::NotFound
        );
        if grant.weight == 0 && grant.bytes == 0 {
            GrantedQuotas::<T>::remove(hospital);
        } else {
            ensure!(
                grant.until >= T::Session::session_index(),
                Error::<T>::SessionOver
            );
            GrantedQuotas::<T>::insert(hospital, grant);
        }
        Self::deposit_event(Event::QuotaGranted { hospital, grant });
        Ok(())
    }

    /// Forgets the quota of a hospital that was removed.
    pub(crate) fn forget_quota(hospital: &HospitalId) {
        UsedReserve::<T>::remove(hospital);
        UsedCommon::<T>::remove(hospital);
        UsedByAnchorers::<T>::remove(hospital);
        UsedByRegistrations::<T>::remove(hospital);
        GrantedQuotas::<T>::remove(hospital);
    }
}

impl<T: Config> QuotaRoom for Pallet<T> {
    fn room_for(hospital: &HospitalId, weight: u64, bytes: u64) -> bool {
        UsedReserve::<T>::get(hospital)
            .with(T::Session::session_index(), weight, bytes)
            .is_within(&Self::reserve_of(hospital))
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
        let used = now(UsedReserve::<T>::get(hospital));
        let registered = now(UsedByRegistrations::<T>::get(hospital));
        let reserve = Self::reserve_of(hospital);
        // In a session `used` and `registered` only grow and the reserve stays, unless the council
        // grants more. So a clock that stands does so until the session ends.
        let stops = |used: u64, registered: u64, call: u64, reserve: u64| {
            used.saturating_add(call) > reserve
                && registered.saturating_mul(2) >= reserve.saturating_sub(call)
        };
        stops(used.weight, registered.weight, weight, reserve.weight)
            || stops(used.bytes, registered.bytes, bytes, reserve.bytes)
    }
}
