// SPDX-License-Identifier: Apache-2.0
//! Benchmarks of every call.
//!
//! The sets of authors are the session pallet's, so they have the size of those of the benchmarked
//! chain. Measure on a chain with many authors.

use crate::*;
use alloc::{boxed::Box, vec, vec::Vec};
use bspp_primitives::{
    conformance::{storage_draw, storage_response, Challenge, SuspensionReason, AURA_ENGINE_ID},
    traits::{AuthorSets, AuthorStandings, ConformancePolicy},
};
use bspp_types::{payload_hash, PayloadProof, MAX_PAYLOAD_BYTES};
use codec::Encode;
use frame_benchmarking::v2::*;
use frame_support::{
    traits::{EnsureOrigin, Get},
    BoundedVec,
};
use frame_system::{pallet_prelude::HeaderFor, RawOrigin};
use sp_core::{ed25519, sr25519, H256};
use sp_runtime::{generic::DigestItem, traits::Header, Digest};
use sp_staking::SessionIndex;

/// A session that no chain reaches.
const SESSION: SessionIndex = SessionIndex::MAX;

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

/// A header of almost the maximum length, sealed in slot 0. `fill` tells two of them apart.
fn sealed<T: Config>(aura: &sr25519::Public, fill: u8) -> Result<HeaderFor<T>, BenchmarkError> {
    /// Bytes of a header without the filling.
    const REST: usize = 256;

    let logs = vec![
        DigestItem::PreRuntime(AURA_ENGINE_ID, 0u64.encode()),
        DigestItem::Other(vec![fill; MAX_HEADER_BYTES.saturating_sub(REST)]),
    ];
    let mut header = <HeaderFor<T> as Header>::new(
        Default::default(),
        Default::default(),
        Default::default(),
        Default::default(),
        Digest { logs },
    );
    let hash = header.hash();
    let seal = T::Policy::sign_by_aura_key(aura, hash.as_ref())
        .ok_or(BenchmarkError::Stop("the host has no keystore"))?;
    let seal = DigestItem::Seal(AURA_ENGINE_ID, seal.0.to_vec());
    header.digest_mut().push(seal);
    Ok(header)
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

    #[benchmark]
    fn prove_storage() -> Result<(), BenchmarkError> {
        // The longest path: 19 nodes.
        let payload: Vec<u8> = (0..=u8::MAX)
            .cycle()
            .take(MAX_PAYLOAD_BYTES as usize)
            .collect();
        let challenge = Challenge {
            payload_hash: payload_hash(&payload),
            draw: storage_draw(&H256::zero(), 1),
        };
        let position = challenge.leaf(MAX_PAYLOAD_BYTES.into());
        let proof = PayloadProof::of_payload(&payload, position).ok_or(BenchmarkError::Skip)?;
        DueProof::<T>::put((challenge, storage_response(&proof)));
        #[extrinsic_call]
        _(RawOrigin::None, proof);
        assert!(!DueProof::<T>::exists());
        Ok(())
    }

    /// Two headers of almost the maximum length, by an author of the largest set.
    #[benchmark]
    fn report_double_authoring() -> Result<(), BenchmarkError> {
        let author = author::<T>()?;
        let aura = T::Policy::new_aura_key();
        let recorded = RecordedAuthor {
            author: author.clone(),
            hospital: Some(Default::default()),
            aura,
            grandpa: ed25519::Public::from_raw([0; 32]),
        };
        let count = usize::try_from(T::MaxAuthors::get()).unwrap_or(usize::MAX);
        let authors = BoundedVec::truncate_from(vec![recorded; count]);
        KeySets::<T>::insert(SESSION, authors);
        KeySetOf::<T>::insert(SESSION, SESSION);
        let first = Box::new(sealed::<T>(&aura, 1)?);
        let second = Box::new(sealed::<T>(&aura, 2)?);
        #[extrinsic_call]
        _(RawOrigin::Signed(author.clone()), SESSION, first, second);
        assert!(Pallet::<T>::is_suspended(&author));
        Ok(())
    }

    impl_benchmark_test_suite!(
        Pallet,
        crate::mock::ExtBuilder::default().build(),
        crate::mock::Test
    );
}
