// SPDX-License-Identifier: Apache-2.0
//! The extension that keeps calls out of restricted blocks, by class and attested shortfall.

use crate::{pallet::*, weights::WeightInfo};
use bspp_primitives::traits::ConformancePolicy;
use codec::{Decode, DecodeWithMemTracking, Encode};
use core::{fmt, marker::PhantomData};
use frame_support::weights::Weight;
use scale_info::TypeInfo;
use sp_runtime::{
    traits::{DispatchInfoOf, DispatchOriginOf, Implication, TransactionExtension, ValidateResult},
    transaction_validity::{
        InvalidTransaction, TransactionSource, TransactionValidityError, ValidTransaction,
    },
};

/// Refuses calls that the block does not admit, if its author attested standing only.
///
/// The attested kind tells which classes of calls the block admits:
/// [`bspp_primitives::AttestationKind::admits`].
///
/// The extension carries no data, so clients that do not know it may ignore it. The pool's
/// validation accepts every call, because the pool must not drop a transaction when the best block
/// happens to be restricted. When a block applies a refused call, the call "exhausts resources": a
/// proposer keeps such a transaction for a later block, and an imported block that contains one is
/// invalid.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[scale_info(skip_type_params(T))]
pub struct CheckConformance<T>(PhantomData<T>);

impl<T> CheckConformance<T> {
    /// Creates the extension, for signing.
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T> Default for CheckConformance<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Clone for CheckConformance<T> {
    fn clone(&self) -> Self {
        Self::new()
    }
}

impl<T> PartialEq for CheckConformance<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T> Eq for CheckConformance<T> {}

impl<T> fmt::Debug for CheckConformance<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CheckConformance")
    }
}

type CallOf<T> = <T as frame_system::Config>::RuntimeCall;

impl<T: Config> CheckConformance<T> {
    fn check(call: &CallOf<T>) -> Result<(), TransactionValidityError> {
        let admits = CurrentAttestation::<T>::get()
            .is_none_or(|attested| attested.kind.admits(T::Policy::class_of(call)));
        if admits {
            Ok(())
        } else {
            Err(InvalidTransaction::ExhaustsResources.into())
        }
    }
}

impl<T: Config + Send + Sync> TransactionExtension<CallOf<T>> for CheckConformance<T> {
    const IDENTIFIER: &'static str = "CheckConformance";
    type Implicit = ();
    type Val = ();
    type Pre = ();

    fn weight(&self, _: &CallOf<T>) -> Weight {
        T::WeightInfo::check_call()
    }

    fn validate(
        &self,
        origin: DispatchOriginOf<CallOf<T>>,
        _call: &CallOf<T>,
        _info: &DispatchInfoOf<CallOf<T>>,
        _len: usize,
        _self_implicit: (),
        _inherited_implication: &impl Implication,
        _source: TransactionSource,
    ) -> ValidateResult<(), CallOf<T>> {
        Ok((ValidTransaction::default(), (), origin))
    }

    fn prepare(
        self,
        _val: (),
        _origin: &DispatchOriginOf<CallOf<T>>,
        call: &CallOf<T>,
        _info: &DispatchInfoOf<CallOf<T>>,
        _len: usize,
    ) -> Result<(), TransactionValidityError> {
        Self::check(call)
    }

    fn bare_validate_and_prepare(
        call: &CallOf<T>,
        _info: &DispatchInfoOf<CallOf<T>>,
        _len: usize,
    ) -> Result<(), TransactionValidityError> {
        Self::check(call)
    }
}
