// SPDX-License-Identifier: Apache-2.0
//! Session wants a currency to hold deposits in. There are none.

use crate::mock::RuntimeHoldReason;
use frame_support::traits::{
    fungible::{hold, Dust, Inspect, InspectHold, Mutate, MutateHold, Unbalanced, UnbalancedHold},
    tokens::{DepositConsequence, Fortitude, Preservation, Provenance, WithdrawConsequence},
};
use sp_runtime::{DispatchError, DispatchResult};

/// Every balance is zero.
pub struct NoCurrency;

impl Inspect<u64> for NoCurrency {
    type Balance = u128;

    fn total_issuance() -> u128 {
        0
    }
    fn minimum_balance() -> u128 {
        0
    }
    fn total_balance(_: &u64) -> u128 {
        0
    }
    fn balance(_: &u64) -> u128 {
        0
    }
    fn reducible_balance(_: &u64, _: Preservation, _: Fortitude) -> u128 {
        0
    }
    fn can_deposit(_: &u64, _: u128, _: Provenance) -> DepositConsequence {
        DepositConsequence::Success
    }
    fn can_withdraw(_: &u64, _: u128) -> WithdrawConsequence<u128> {
        WithdrawConsequence::Success
    }
}

impl Unbalanced<u64> for NoCurrency {
    fn handle_dust(_: Dust<u64, Self>) {}
    fn write_balance(_: &u64, _: u128) -> Result<Option<u128>, DispatchError> {
        Ok(None)
    }
    fn set_total_issuance(_: u128) {}
}

impl Mutate<u64> for NoCurrency {}

impl InspectHold<u64> for NoCurrency {
    type Reason = RuntimeHoldReason;

    fn total_balance_on_hold(_: &u64) -> u128 {
        0
    }
    fn balance_on_hold(_: &RuntimeHoldReason, _: &u64) -> u128 {
        0
    }
}

impl UnbalancedHold<u64> for NoCurrency {
    fn set_balance_on_hold(_: &RuntimeHoldReason, _: &u64, _: u128) -> DispatchResult {
        Ok(())
    }
}

impl MutateHold<u64> for NoCurrency {}

impl hold::DoneSlash<RuntimeHoldReason, u64, u128> for NoCurrency {}
