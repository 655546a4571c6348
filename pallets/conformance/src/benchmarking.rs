// SPDX-License-Identifier: Apache-2.0
//! Benchmarks of every call.
//!
//! The sets of authors are the session pallet's, so they have the size of those of the benchmarked
//! chain. Measure on a chain with many authors.

use crate::*;
use alloc::vec::Vec;
use bspp_primitives::{
    conformance::SuspensionReason,
    traits::{AuthorSets, AuthorStandings, ConformancePolicy},
};
use frame_benchmarking::v2::*;
use frame_support::traits::EnsureOrigin;

type OriginOf<T> = <T as frame_system::Config>::RuntimeOrigin;

fn suspend_origin<T: Config>() -> Result<OriginOf<T>, BenchmarkError> {
    T::SuspendOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)
}

/// An author that may be suspended.
///
/// The last author of each set has standing, so that the walk is long.
fn author<T: Config>() -> Result<T::AccountId, BenchmarkError> {
    let current: Vec<T::AccountId> = T::AuthorSets::current();
    let queued: Vec<T::AccountId> = T::AuthorSets::queued();
    for last in [current.last(), queued.last()] {
        T::Policy::make_conformant(last.ok_or(BenchmarkError::Skip)?);
    }
    Ok(account("author", 0, 0))
}

fn suspended<T: Config>() -> Result<T::AccountId, BenchmarkError> {
    let author = author::<T>()?;
    Pallet::<T>::do_suspend(author.clone(), SuspensionReason::Decision)?;
    NotedEquivocations::<T>::insert(&author, 0);
    Ok(author)
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn suspend_author() -> Result<(), BenchmarkError> {
        let origin = suspend_origin::<T>()?;
        let author = author::<T>()?;
        #[extrinsic_call]
        _(origin as OriginOf<T>, author.clone());
        assert!(Pallet::<T>::is_suspended(&author));
        Ok(())
    }

    #[benchmark]
    fn readmit_author() -> Result<(), BenchmarkError> {
        let origin = suspend_origin::<T>()?;
        let author = suspended::<T>()?;
        #[extrinsic_call]
        _(origin as OriginOf<T>, author.clone());
        assert!(!Pallet::<T>::is_suspended(&author));
        assert!(!NotedEquivocations::<T>::contains_key(&author));
        Ok(())
    }

    #[benchmark]
    fn set_parameters() -> Result<(), BenchmarkError> {
        let origin = suspend_origin::<T>()?;
        #[extrinsic_call]
        _(origin as OriginOf<T>, T::Parameters::default());
        assert_eq!(GateParameters::<T>::get(), T::Parameters::default());
        Ok(())
    }

    impl_benchmark_test_suite!(
        Pallet,
        crate::mock::ExtBuilder::default().build(),
        crate::mock::Test
    );
}
