// SPDX-License-Identifier: Apache-2.0
//! The order of an account's transactions, and the number of them that wait in the pool.

use crate::check_member::{Longevity, PRIORITY_PER_MILLE};
use bspp_primitives::{refusal, traits::Admission};
use codec::{Decode, DecodeWithMemTracking, Encode};
use core::{fmt, marker::PhantomData};
use polkadot_sdk::{
    frame_support::{
        dispatch::{DispatchInfo, PostDispatchInfo},
        traits::Get,
        weights::Weight,
    },
    frame_system,
    sp_runtime::{
        traits::{
            AsSystemOriginSigner, DispatchInfoOf, Dispatchable, Implication, PostDispatchInfoOf,
            SaturatedConversion, Saturating, TransactionExtension, ValidateResult,
        },
        transaction_validity::{
            InvalidTransaction, TransactionLongevity, TransactionPriority, TransactionSource,
            TransactionValidityError, ValidTransaction,
        },
        DispatchResult,
    },
};
use scale_info::TypeInfo;

/// The system pallet's check of nonces, with a maximum of waiting transactions.
///
/// The pool judges each transaction by the state of the best block, so quotas do not count what
/// waits. The distance of a nonce from the account's next one is the number of transactions that
/// wait before it. The pool therefore refuses distances beyond [`Admission::max_pending`], drops far
/// ones early, and puts near ones first. A block includes only the next nonce, so blocks need no
/// such check.
///
/// Name and data are those of the system pallet's extension, so clients need not know this one.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[scale_info(skip_type_params(T, A))]
pub struct CheckNonce<T: frame_system::Config, A>(frame_system::CheckNonce<T>, PhantomData<A>);

impl<T: frame_system::Config, A> CheckNonce<T, A> {
    /// Creates the extension, for signing.
    pub fn from(nonce: T::Nonce) -> Self {
        Self(frame_system::CheckNonce::from(nonce), PhantomData)
    }
}

impl<T: frame_system::Config, A> Clone for CheckNonce<T, A> {
    fn clone(&self) -> Self {
        Self::from(self.0 .0)
    }
}

impl<T: frame_system::Config, A> PartialEq for CheckNonce<T, A> {
    fn eq(&self, other: &Self) -> bool {
        self.0 .0 == other.0 .0
    }
}

impl<T: frame_system::Config, A> Eq for CheckNonce<T, A> {}

impl<T: frame_system::Config, A> fmt::Debug for CheckNonce<T, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CheckNonce({:?})", self.0 .0)
    }
}

/// The added priority and the life of a transaction behind `distance` others.
///
/// `None` if it may not wait. All are of one sender.
fn waiting(
    distance: u64,
    max_pending: u32,
    longevity: TransactionLongevity,
) -> Option<(TransactionPriority, TransactionLongevity)> {
    let max = u64::from(max_pending);
    let near = max.checked_sub(distance)?;
    let per_mille = near.saturating_mul(1000).checked_div(max).unwrap_or(0);
    let life = if near < max / 2 {
        longevity / 4
    } else {
        longevity
    };
    Some((per_mille.saturating_mul(PRIORITY_PER_MILLE), life))
}

impl<T, A> TransactionExtension<T::RuntimeCall> for CheckNonce<T, A>
where
    T: pallet_slot_duration::Config + Send + Sync,
    T::RuntimeCall: Dispatchable<Info = DispatchInfo, PostInfo = PostDispatchInfo>,
    T::RuntimeOrigin: AsSystemOriginSigner<T::AccountId> + Clone,
    A: Admission<T::AccountId, T::RuntimeCall> + Send + Sync + 'static,
{
    const IDENTIFIER: &'static str = "CheckNonce";
    type Implicit = ();
    type Val = <frame_system::CheckNonce<T> as TransactionExtension<T::RuntimeCall>>::Val;
    type Pre = <frame_system::CheckNonce<T> as TransactionExtension<T::RuntimeCall>>::Pre;

    fn weight(&self, call: &T::RuntimeCall) -> Weight {
        // The pool alone asks for the maximum of waiting transactions.
        self.0.weight(call)
    }

    fn validate(
        &self,
        origin: T::RuntimeOrigin,
        call: &T::RuntimeCall,
        info: &DispatchInfoOf<T::RuntimeCall>,
        len: usize,
        self_implicit: (),
        inherited_implication: &impl Implication,
        source: TransactionSource,
    ) -> ValidateResult<Self::Val, T::RuntimeCall> {
        let who = origin.as_system_origin_signer().cloned();
        let (validity, val, origin) = self.0.validate(
            origin,
            call,
            info,
            len,
            self_implicit,
            inherited_implication,
            source,
        )?;
        let who = match who {
            Some(who) if source != TransactionSource::InBlock => who,
            _ => return Ok((validity, val, origin)),
        };
        let next = frame_system::Pallet::<T>::account_nonce(&who);
        let distance = self.0 .0.saturating_sub(next).saturated_into::<u64>();
        let (priority, longevity) = waiting(distance, A::max_pending(&who), Longevity::<T>::get())
            .ok_or(InvalidTransaction::Custom(refusal::TOO_MANY_PENDING))?;
        let bounded = ValidTransaction {
            priority,
            longevity,
            ..Default::default()
        };
        Ok((validity.combine_with(bounded), val, origin))
    }

    fn prepare(
        self,
        val: Self::Val,
        origin: &T::RuntimeOrigin,
        call: &T::RuntimeCall,
        info: &DispatchInfoOf<T::RuntimeCall>,
        len: usize,
    ) -> Result<Self::Pre, TransactionValidityError> {
        self.0.prepare(val, origin, call, info, len)
    }

    fn post_dispatch_details(
        pre: Self::Pre,
        info: &DispatchInfoOf<T::RuntimeCall>,
        post_info: &PostDispatchInfoOf<T::RuntimeCall>,
        len: usize,
        result: &DispatchResult,
    ) -> Result<Weight, TransactionValidityError> {
        <frame_system::CheckNonce<T> as TransactionExtension<T::RuntimeCall>>::post_dispatch_details(
            pre, info, post_info, len, result,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_should_be_refused_beyond_the_maximum() {
        assert!(waiting(64, 64, 64).is_some());
        assert_eq!(waiting(65, 64, 64), None);
        assert_eq!(waiting(u64::MAX, 64, 64), None);
        assert_eq!(waiting(0, 0, 64), Some((0, 64)));
    }

    #[test]
    fn waiting_should_be_short_and_late_when_many_wait_before() {
        assert_eq!(waiting(0, 64, 64), Some((1000 * PRIORITY_PER_MILLE, 64)));
        assert_eq!(waiting(32, 64, 64), Some((500 * PRIORITY_PER_MILLE, 64)));
        assert!(matches!(waiting(33, 64, 64), Some((_, 16))));
        assert_eq!(waiting(64, 64, 64), Some((0, 16)));
    }
}
