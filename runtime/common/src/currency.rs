// SPDX-License-Identifier: Apache-2.0
//! A currency for pallets that need one, on a chain that has none.

use core::marker::PhantomData;
use polkadot_sdk::{
    frame_support::traits::{
        fungible::{
            hold, Dust, Inspect, InspectHold, Mutate, MutateHold, Unbalanced, UnbalancedHold,
        },
        tokens::{DepositConsequence, Fortitude, Preservation, Provenance, WithdrawConsequence},
    },
    sp_runtime::{DispatchError, DispatchResult, TokenError},
};

/// A currency in which every balance is zero and stays zero.
///
/// A deposit of zero can be held and released. Any other deposit fails. `Reason` is the runtime's
/// reason for holds.
pub struct NoCurrency<Reason>(PhantomData<Reason>);

fn nothing_or_fail(amount: u128) -> DispatchResult {
    if amount == 0 {
        Ok(())
    } else {
        Err(TokenError::Unsupported.into())
    }
}

impl<AccountId, Reason> Inspect<AccountId> for NoCurrency<Reason> {
    type Balance = u128;

    fn total_issuance() -> u128 {
        0
    }
    fn minimum_balance() -> u128 {
        0
    }
    fn total_balance(_: &AccountId) -> u128 {
        0
    }
    fn balance(_: &AccountId) -> u128 {
        0
    }
    fn reducible_balance(_: &AccountId, _: Preservation, _: Fortitude) -> u128 {
        0
    }
    fn can_deposit(_: &AccountId, amount: u128, _: Provenance) -> DepositConsequence {
        if amount == 0 {
            DepositConsequence::Success
        } else {
            DepositConsequence::CannotCreate
        }
    }
    fn can_withdraw(_: &AccountId, amount: u128) -> WithdrawConsequence<u128> {
        if amount == 0 {
            WithdrawConsequence::Success
        } else {
            WithdrawConsequence::BalanceLow
        }
    }
}

impl<AccountId, Reason> Unbalanced<AccountId> for NoCurrency<Reason> {
    fn handle_dust(_: Dust<AccountId, Self>) {}
    fn write_balance(_: &AccountId, amount: u128) -> Result<Option<u128>, DispatchError> {
        nothing_or_fail(amount).map(|()| None)
    }
    fn set_total_issuance(_: u128) {}
}

impl<AccountId: Eq, Reason> Mutate<AccountId> for NoCurrency<Reason> {}

impl<AccountId, Reason: codec::Encode + scale_info::TypeInfo + 'static> InspectHold<AccountId>
    for NoCurrency<Reason>
{
    type Reason = Reason;

    fn total_balance_on_hold(_: &AccountId) -> u128 {
        0
    }
    fn balance_on_hold(_: &Reason, _: &AccountId) -> u128 {
        0
    }
}

impl<AccountId, Reason: codec::Encode + scale_info::TypeInfo + 'static> UnbalancedHold<AccountId>
    for NoCurrency<Reason>
{
    fn set_balance_on_hold(_: &Reason, _: &AccountId, amount: u128) -> DispatchResult {
        nothing_or_fail(amount)
    }
}

impl<AccountId, Reason: codec::Encode + scale_info::TypeInfo + 'static> MutateHold<AccountId>
    for NoCurrency<Reason>
{
}

impl<AccountId, Reason: codec::Encode + scale_info::TypeInfo + 'static>
    hold::DoneSlash<Reason, AccountId, u128> for NoCurrency<Reason>
{
}

#[cfg(test)]
mod tests {
    use super::*;
    use polkadot_sdk::frame_support::traits::tokens::Precision;

    type Currency = NoCurrency<u8>;

    #[test]
    fn hold_should_succeed_when_the_deposit_is_zero() {
        assert_eq!(<Currency as MutateHold<u64>>::hold(&1, &7, 0), Ok(()));
        assert_eq!(
            <Currency as MutateHold<u64>>::release_all(&1, &7, Precision::Exact),
            Ok(0)
        );
    }

    #[test]
    fn hold_should_fail_when_there_is_a_deposit() {
        assert!(<Currency as MutateHold<u64>>::hold(&1, &7, 1).is_err());
        assert!(<Currency as Mutate<u64>>::mint_into(&7, 1).is_err());
    }
}
