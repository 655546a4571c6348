// SPDX-License-Identifier: Apache-2.0
//! Benchmarks of every call, each in its most expensive case.

use super::{benchmark_helper::BenchmarkHelper as _, *};
use alloc::{boxed::Box, vec::Vec};
use bspp_types::{FilingMonth, HospitalId, X25519Key};
use frame_benchmarking::v2::*;
use frame_support::traits::{EnsureOrigin, Get};
use frame_system::RawOrigin;
use sp_core::H256;

/// Every group of calls.
const ALL_GROUPS: [CallGroup; 9] = [
    CallGroup::Batches,
    CallGroup::Registrations,
    CallGroup::Requests,
    CallGroup::Matches,
    CallGroup::Disclosures,
    CallGroup::Requesters,
    CallGroup::EncryptionKeys,
    CallGroup::Proposals,
    CallGroup::Remarks,
];

/// The standard base point: a valid key.
fn key() -> X25519Key {
    let mut key = [0u8; 32];
    key[0] = 9;
    key
}

fn council<T: Config>() -> Result<<T as frame_system::Config>::RuntimeOrigin, BenchmarkError> {
    T::CouncilOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)
}

/// Hospital `n`, with its operator.
fn hospital<T: Config>(n: u32) -> Result<(HospitalId, T::AccountId), BenchmarkError> {
    let id = H256::from_low_u64_be(u64::from(n).saturating_add(1_000_000));
    let operator: T::AccountId = account("operator", n, 0);
    Pallet::<T>::do_add_hospital(id, operator.clone(), key(), 0)?;
    Ok((id, operator))
}

/// Adds hospitals with one validator each, up to the maximum beside those of genesis.
///
/// Genesis has the authors that remain when others leave.
fn fill<T: Config>(hospitals: u32, validators: u32) -> Result<(), BenchmarkError> {
    for n in 1..hospitals {
        if HospitalIds::<T>::get().is_full() {
            break;
        }
        let (id, _) = hospital::<T>(n)?;
        // One place stays for the validator that a benchmark admits.
        if n < validators && Validators::<T>::count().saturating_add(1) < T::MaxValidators::get() {
            Pallet::<T>::do_add_validator(id, &account("validator", n, 0))?;
        }
    }
    Ok(())
}

#[benchmarks]
mod benchmarks {
    use super::{benchmark_helper::BenchmarkHelper as _, *};

    #[benchmark]
    fn add_hospital() -> Result<(), BenchmarkError> {
        let origin = council::<T>()?;
        let id = H256::repeat_byte(1);
        let operator: T::AccountId = account("operator", 0, 0);
        #[extrinsic_call]
        _(
            origin as <T as frame_system::Config>::RuntimeOrigin,
            id,
            operator,
            key(),
        );
        assert_eq!(Pallet::<T>::status(&id), Some(HospitalStatus::Active));
        Ok(())
    }

    #[benchmark]
    fn remove_hospital(h: Linear<1, 100>, v: Linear<0, 100>) -> Result<(), BenchmarkError> {
        let origin = council::<T>()?;
        let (id, _) = hospital::<T>(0)?;
        fill::<T>(h, v)?;
        #[extrinsic_call]
        _(origin as <T as frame_system::Config>::RuntimeOrigin, id);
        assert_eq!(Pallet::<T>::status(&id), Some(HospitalStatus::Removed));
        Ok(())
    }

    #[benchmark]
    fn suspend_hospital(h: Linear<1, 100>, v: Linear<0, 100>) -> Result<(), BenchmarkError> {
        let origin = council::<T>()?;
        let (id, _) = hospital::<T>(0)?;
        fill::<T>(h, v)?;
        #[extrinsic_call]
        _(origin as <T as frame_system::Config>::RuntimeOrigin, id);
        assert_eq!(Pallet::<T>::status(&id), Some(HospitalStatus::Suspended));
        Ok(())
    }

    #[benchmark]
    fn readmit_hospital() -> Result<(), BenchmarkError> {
        let origin = council::<T>()?;
        let (id, _) = hospital::<T>(0)?;
        Pallet::<T>::do_suspend_hospital(id)?;
        #[extrinsic_call]
        _(origin as <T as frame_system::Config>::RuntimeOrigin, id);
        assert_eq!(Pallet::<T>::status(&id), Some(HospitalStatus::Active));
        Ok(())
    }

    #[benchmark]
    fn change_operator() -> Result<(), BenchmarkError> {
        let origin = council::<T>()?;
        let (id, _) = hospital::<T>(0)?;
        let operator: T::AccountId = account("new operator", 0, 0);
        #[extrinsic_call]
        _(
            origin as <T as frame_system::Config>::RuntimeOrigin,
            id,
            operator.clone(),
        );
        assert_eq!(
            Hospitals::<T>::get(id).map(|record| record.operator),
            Some(operator)
        );
        Ok(())
    }

    #[benchmark]
    fn set_council(m: Linear<1, 32>) -> Result<(), BenchmarkError> {
        let origin = council::<T>()?;
        let m = m.min(T::MaxCouncil::get());
        let old: Vec<T::AccountId> = (0..m).map(|n| account("old", n, 0)).collect();
        Pallet::<T>::do_set_council(old, None)?;
        let new: Vec<T::AccountId> = (0..m).map(|n| account("new", n, 0)).collect();
        #[extrinsic_call]
        _(
            origin as <T as frame_system::Config>::RuntimeOrigin,
            new,
            None,
        );
        assert_eq!(u32::try_from(CouncilMembers::<T>::get().len()), Ok(m));
        Ok(())
    }

    #[benchmark]
    fn dispatch_as_root() -> Result<(), BenchmarkError> {
        let origin = council::<T>()?;
        #[extrinsic_call]
        _(
            origin as <T as frame_system::Config>::RuntimeOrigin,
            Box::new(T::BenchmarkHelper::root_call()),
        );
        Ok(())
    }

    #[benchmark]
    fn add_requester() -> Result<(), BenchmarkError> {
        let (id, operator) = hospital::<T>(0)?;
        let requester = T::BenchmarkHelper::requester();
        let message = bspp_types::messages::requester_key_message(
            &T::ChainId::get(),
            &id,
            &requester,
            &key(),
        );
        let signature = T::BenchmarkHelper::sign(&message);
        #[extrinsic_call]
        _(
            RawOrigin::Signed(operator),
            requester.clone(),
            key(),
            signature,
        );
        assert!(Members::<T>::contains_key(&requester));
        Ok(())
    }

    #[benchmark]
    fn rotate_requester_key() -> Result<(), BenchmarkError> {
        let (id, _) = hospital::<T>(0)?;
        let requester: T::AccountId = account("requester", 0, 0);
        Pallet::<T>::do_add_requester(id, &requester)?;
        let mut replaced = key();
        replaced[0] = 16;
        RequesterKeys::<T>::insert(&requester, replaced);
        #[extrinsic_call]
        _(RawOrigin::Signed(requester.clone()), key());
        assert_eq!(RequesterKeys::<T>::get(&requester), Some(key()));
        Ok(())
    }

    #[benchmark]
    fn remove_requester() -> Result<(), BenchmarkError> {
        let (id, operator) = hospital::<T>(0)?;
        let requester: T::AccountId = account("requester", 0, 0);
        Pallet::<T>::do_add_requester(id, &requester)?;
        #[extrinsic_call]
        _(RawOrigin::Signed(operator), requester.clone());
        assert!(Pallet::<T>::is_free(&requester));
        Ok(())
    }

    #[benchmark]
    fn rotate_encryption_key() -> Result<(), BenchmarkError> {
        let (id, operator) = hospital::<T>(0)?;
        let from: FilingMonth = Pallet::<T>::current_filing_month()?.saturating_add(1);
        #[extrinsic_call]
        _(RawOrigin::Signed(operator), from, key());
        assert!(EncryptionKeys::<T>::contains_key(id, from));
        Ok(())
    }

    #[benchmark]
    fn add_validator() -> Result<(), BenchmarkError> {
        let (id, operator) = hospital::<T>(0)?;
        let validator: T::AccountId = account("validator", 0, 0);
        #[extrinsic_call]
        _(RawOrigin::Signed(operator), validator.clone());
        assert!(ProposedValidators::<T>::get(id).contains(&validator));
        Ok(())
    }

    #[benchmark]
    fn withdraw_validator() -> Result<(), BenchmarkError> {
        let (id, operator) = hospital::<T>(0)?;
        let validator: T::AccountId = account("validator", 0, 0);
        Pallet::<T>::do_propose_validator(id, validator.clone())?;
        #[extrinsic_call]
        _(RawOrigin::Signed(operator), validator);
        assert!(!ProposedValidators::<T>::contains_key(id));
        Ok(())
    }

    #[benchmark]
    fn admit_validator(h: Linear<2, 100>, v: Linear<2, 100>) -> Result<(), BenchmarkError> {
        let origin = council::<T>()?;
        let (id, _) = hospital::<T>(0)?;
        let validator: T::AccountId = account("validator", 0, 0);
        Pallet::<T>::do_propose_validator(id, validator.clone())?;
        fill::<T>(h, v)?;
        #[extrinsic_call]
        _(
            origin as <T as frame_system::Config>::RuntimeOrigin,
            id,
            validator.clone(),
            true,
        );
        assert!(Validators::<T>::contains_key(&validator));
        Ok(())
    }

    #[benchmark]
    fn authorize_upgrade() -> Result<(), BenchmarkError> {
        let origin = council::<T>()?;
        #[extrinsic_call]
        _(
            origin as <T as frame_system::Config>::RuntimeOrigin,
            Default::default(),
        );
        assert!(AuthorizedUpgrade::<T>::exists());
        Ok(())
    }

    #[benchmark]
    fn pause() -> Result<(), BenchmarkError> {
        let origin = council::<T>()?;
        let groups: CallGroupList = ALL_GROUPS.to_vec().try_into().unwrap_or_default();
        #[extrinsic_call]
        _(origin as <T as frame_system::Config>::RuntimeOrigin, groups);
        assert_eq!(PausedCalls::<T>::get().len(), ALL_GROUPS.len());
        Ok(())
    }

    #[benchmark]
    fn grant_quota() -> Result<(), BenchmarkError> {
        let origin = council::<T>()?;
        let (id, _) = hospital::<T>(0)?;
        #[extrinsic_call]
        _(
            origin as <T as frame_system::Config>::RuntimeOrigin,
            id,
            1,
            1,
            u32::MAX,
        );
        assert!(GrantedQuotas::<T>::contains_key(id));
        Ok(())
    }

    #[benchmark]
    fn remove_validator(h: Linear<2, 100>, v: Linear<2, 100>) -> Result<(), BenchmarkError> {
        let (id, operator) = hospital::<T>(0)?;
        let validator: T::AccountId = account("validator", 0, 0);
        Pallet::<T>::do_add_validator(id, &validator)?;
        fill::<T>(h, v)?;
        #[extrinsic_call]
        _(RawOrigin::Signed(operator), validator.clone());
        assert!(!Validators::<T>::contains_key(&validator));
        Ok(())
    }

    /// Another account had the role.
    #[benchmark]
    fn set_anchorer() -> Result<(), BenchmarkError> {
        let (id, operator) = hospital::<T>(0)?;
        Pallet::<T>::do_set_anchorer(id, Some(&account("former", 0, 0)))?;
        let anchorer: T::AccountId = account("anchorer", 0, 0);
        #[extrinsic_call]
        _(RawOrigin::Signed(operator), Some(anchorer.clone()));
        assert_eq!(Pallet::<T>::anchorer(&id), Some(anchorer));
        Ok(())
    }

    impl_benchmark_test_suite!(
        Pallet,
        crate::mock::ExtBuilder::default().build(),
        crate::mock::Test
    );
}
