// SPDX-License-Identifier: Apache-2.0
//! Admission to a chain without fees: members only, each within its quota.

use bspp_primitives::{refusal, traits::Admission};
use bspp_types::limits::transaction_longevity;
use codec::{Decode, DecodeWithMemTracking, Encode};
use core::{fmt, marker::PhantomData};
use pallet_slot_duration::SlotDurationOf;
use polkadot_sdk::{
    frame_support::{
        dispatch::{DispatchClass, DispatchInfo, PostDispatchInfo},
        traits::Get,
        weights::Weight,
    },
    sp_runtime::{
        traits::{
            AsSystemOriginSigner, DispatchInfoOf, Dispatchable, Implication, PostDispatchInfoOf,
            TransactionExtension, ValidateResult,
        },
        transaction_validity::{
            InvalidTransaction, TransactionLongevity, TransactionPriority, TransactionSource,
            TransactionValidity, TransactionValidityError, UnknownTransaction, ValidTransaction,
        },
        DispatchResult,
    },
};
use scale_info::TypeInfo;

/// Number of blocks for which a transaction may wait in the pool.
pub struct Longevity<T>(PhantomData<T>);

impl<T: pallet_slot_duration::Config> Get<TransactionLongevity> for Longevity<T> {
    fn get() -> TransactionLongevity {
        transaction_longevity(SlotDurationOf::<T>::get())
    }
}

/// Priority of operational calls.
///
/// Patients' authorized calls set a priority of their own, which may be higher.
pub const OPERATIONAL_PRIORITY: TransactionPriority = 1 << 60;
/// Priority of other calls for each thousandth of the quota that is still free.
pub const PRIORITY_PER_MILLE: TransactionPriority = 1 << 20;

/// Refuses signers and calls that `A` does not admit, and charges the quota of the others.
///
/// A call that is not operational for its signer has the class `Normal`, so it never uses the room
/// that blocks reserve for operational calls.
///
/// The extension carries no data, so clients that do not know it may ignore it. It is before
/// `CheckNonce`, so that an account that is not a member sees this reason and not that it cannot
/// pay. Transactions without a signer (authorized by their own call) pass.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[scale_info(skip_type_params(T, A))]
pub struct CheckMember<T, A>(PhantomData<(T, A)>);

impl<T, A> CheckMember<T, A> {
    /// Creates the extension, for signing.
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T, A> Default for CheckMember<T, A> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T, A> Clone for CheckMember<T, A> {
    fn clone(&self) -> Self {
        Self::new()
    }
}

impl<T, A> PartialEq for CheckMember<T, A> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T, A> Eq for CheckMember<T, A> {}

impl<T, A> fmt::Debug for CheckMember<T, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CheckMember")
    }
}

/// The result of [`CheckMember`] about the signer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signer<AccountId> {
    /// An admitted account.
    Member(AccountId),
    /// The transaction has no signer, so there is nothing to check.
    None,
}

/// Priority of a call after the use of `used` thousandths of the quota.
fn priority(operational: bool, used: u16) -> TransactionPriority {
    let free = TransactionPriority::from(1000u16.saturating_sub(used));
    let base = if operational { OPERATIONAL_PRIORITY } else { 0 };
    base.saturating_add(free.saturating_mul(PRIORITY_PER_MILLE))
}

impl<T, A> TransactionExtension<T::RuntimeCall> for CheckMember<T, A>
where
    T: pallet_slot_duration::Config + Send + Sync,
    T::RuntimeCall: Dispatchable<Info = DispatchInfo, PostInfo = PostDispatchInfo>,
    T::RuntimeOrigin: AsSystemOriginSigner<T::AccountId> + Clone,
    A: Admission<T::AccountId, T::RuntimeCall> + Send + Sync + 'static,
{
    const IDENTIFIER: &'static str = "CheckMember";
    type Implicit = ();
    type Val = Signer<T::AccountId>;
    type Pre = Weight;

    fn weight(&self, call: &T::RuntimeCall) -> Weight {
        // Checked twice, charged once: role, hospital, session, the quotas and their usage. Then
        // the usage is written.
        Weight::from_parts(30_000_000, 40_000)
            .saturating_add(T::DbWeight::get().reads_writes(11, 3))
            .saturating_add(A::weight(call))
    }

    fn validate(
        &self,
        origin: T::RuntimeOrigin,
        call: &T::RuntimeCall,
        info: &DispatchInfoOf<T::RuntimeCall>,
        len: usize,
        _self_implicit: (),
        _inherited_implication: &impl Implication,
        _source: TransactionSource,
    ) -> ValidateResult<Self::Val, T::RuntimeCall> {
        A::check_call(call)?;
        let Some(who) = origin.as_system_origin_signer().cloned() else {
            return Ok((ValidTransaction::default(), Signer::None, origin));
        };
        let admitted = A::check(&who, call, info.total_weight().ref_time(), length(len))?;
        // Only operational calls may use the room that blocks reserve for their class.
        if !admitted.operational && info.class != DispatchClass::Normal {
            return Err(InvalidTransaction::Custom(refusal::CALL_NOT_AUTHORIZED).into());
        }
        let validity = ValidTransaction {
            priority: priority(admitted.operational, admitted.used),
            longevity: Longevity::<T>::get(),
            ..Default::default()
        };
        Ok((validity, Signer::Member(who), origin))
    }

    fn prepare(
        self,
        signer: Self::Val,
        _origin: &T::RuntimeOrigin,
        call: &T::RuntimeCall,
        info: &DispatchInfoOf<T::RuntimeCall>,
        len: usize,
    ) -> Result<Weight, TransactionValidityError> {
        match signer {
            Signer::Member(who) => {
                A::charge(&who, call, info.total_weight().ref_time(), length(len))?;
                Ok(Weight::zero())
            }
            // The extension did nothing, so it returns the weight.
            Signer::None => Ok(self.weight(call)),
        }
    }

    // Transactions of the old format without a signature.
    fn bare_validate(
        call: &T::RuntimeCall,
        _info: &DispatchInfoOf<T::RuntimeCall>,
        _len: usize,
    ) -> TransactionValidity {
        A::check_call(call)?;
        Ok(ValidTransaction::default())
    }

    fn bare_validate_and_prepare(
        call: &T::RuntimeCall,
        info: &DispatchInfoOf<T::RuntimeCall>,
        _len: usize,
    ) -> Result<(), TransactionValidityError> {
        // Inherents are the only mandatory calls.
        if info.class != DispatchClass::Mandatory && !A::may_be_bare(call) {
            return Err(UnknownTransaction::NoUnsignedValidator.into());
        }
        A::check_call(call)
    }

    fn post_dispatch_details(
        unspent: Weight,
        _info: &DispatchInfoOf<T::RuntimeCall>,
        _post_info: &PostDispatchInfoOf<T::RuntimeCall>,
        _len: usize,
        _result: &DispatchResult,
    ) -> Result<Weight, TransactionValidityError> {
        Ok(unspent)
    }
}

fn length(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn priority_should_put_operational_calls_first_and_fall_with_use() {
        assert!(priority(true, 1000) > priority(false, 0));
        assert!(priority(false, 0) > priority(false, 1));
        assert_eq!(priority(false, 1000), 0);
        assert_eq!(priority(false, u16::MAX), 0);
    }
}
