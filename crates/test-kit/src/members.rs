// SPDX-License-Identifier: Apache-2.0
//! Members of a mocked consortium.

use bspp_primitives::traits::Membership;
use bspp_types::{FilingMonth, HospitalId, X25519Key};
use codec::{Decode, Encode};
use frame_support::storage::unhashed;
use std::collections::BTreeMap;

/// Accounts that act for hospitals, kept in the state. Each test begins without members.
pub struct Members;

/// Key in the state, which differs from the prefix of every pallet.
const KEY: &[u8] = b"bspp-test-kit/members";

#[derive(Default, Encode, Decode)]
struct Roll {
    /// The hospital by encoded account, and whether the account is its operator.
    accounts: BTreeMap<Vec<u8>, (HospitalId, bool)>,
    suspended: Vec<HospitalId>,
    /// The hospital by encoded account of its anchorer.
    anchorers: BTreeMap<Vec<u8>, HospitalId>,
    /// X25519 keys by encoded account.
    keys: BTreeMap<Vec<u8>, X25519Key>,
}

impl Roll {
    fn read() -> Self {
        unhashed::get_or_default(KEY)
    }

    fn change(change: impl FnOnce(&mut Self)) {
        let mut roll = Self::read();
        change(&mut roll);
        unhashed::put(KEY, &roll);
    }

    fn is_active(&self, hospital: &HospitalId) -> bool {
        !self.suspended.contains(hospital)
            && self.accounts.values().any(|(member, _)| member == hospital)
    }

    /// The active hospital for which an account acts, and whether it acts as operator.
    fn role_of<AccountId: Encode>(&self, who: &AccountId) -> Option<(HospitalId, bool)> {
        self.accounts
            .get(&who.encode())
            .copied()
            .filter(|(hospital, _)| self.is_active(hospital))
    }
}

impl Members {
    /// Makes an account the operator of a hospital, which thereby becomes a member.
    pub fn add_operator<AccountId: Encode>(hospital: HospitalId, who: &AccountId) {
        Roll::change(|roll| {
            roll.accounts.insert(who.encode(), (hospital, true));
        });
    }

    /// Makes an account a requester of a hospital, which thereby becomes a member.
    pub fn add_requester<AccountId: Encode>(hospital: HospitalId, who: &AccountId) {
        Roll::change(|roll| {
            roll.accounts.insert(who.encode(), (hospital, false));
        });
    }

    /// Makes an account the anchorer of a hospital.
    pub fn add_anchorer<AccountId: Encode>(hospital: HospitalId, who: &AccountId) {
        Roll::change(|roll| {
            roll.anchorers.insert(who.encode(), hospital);
        });
    }

    /// Registers the X25519 key of a requester.
    pub fn set_requester_key<AccountId: Encode>(who: &AccountId, key: X25519Key) {
        Roll::change(|roll| {
            roll.keys.insert(who.encode(), key);
        });
    }

    /// Suspends a hospital: it is no longer active, and no account acts for it.
    pub fn suspend(hospital: HospitalId) {
        Roll::change(|roll| roll.suspended.push(hospital));
    }
}

impl<AccountId: Encode> Membership<AccountId> for Members {
    fn hospital_of(who: &AccountId) -> Option<HospitalId> {
        Roll::read().role_of(who).map(|(hospital, _)| hospital)
    }

    fn is_operator(who: &AccountId, hospital: &HospitalId) -> bool {
        Roll::read().role_of(who) == Some((*hospital, true))
    }

    fn may_anchor(who: &AccountId) -> bool {
        let roll = Roll::read();
        roll.role_of(who).is_some_and(|(_, operator)| operator)
            || roll
                .anchorers
                .get(&who.encode())
                .is_some_and(|hospital| roll.is_active(hospital))
    }

    fn is_active(hospital: &HospitalId) -> bool {
        Roll::read().is_active(hospital)
    }

    fn requester_key(who: &AccountId) -> Option<X25519Key> {
        Roll::read().keys.get(&who.encode()).copied()
    }

    fn encryption_key(_: &HospitalId, _: FilingMonth) -> Option<X25519Key> {
        None
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn make_member(hospital: &HospitalId, operator: &AccountId, requester: &AccountId) {
        Self::add_operator(*hospital, operator);
        Self::add_requester(*hospital, requester);
    }
}
