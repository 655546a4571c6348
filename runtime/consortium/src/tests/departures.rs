// SPDX-License-Identifier: Apache-2.0
//! The session keys of former validators.

use super::blocks::Chain;
use crate::*;
use bspp_runtime_common::dev;
use polkadot_sdk::{frame_support::assert_ok, pallet_session};

#[test]
fn keys_should_be_purged_when_a_removed_validators_last_session_is_over() {
    let mut chain = Chain::new(|| {
        pallet_conformance::SessionLength::<Runtime>::put(3);
    });
    let bob = dev::validator("Bob");
    let operator = || RuntimeOrigin::signed(dev::account("HospitalA"));
    chain.tamper(|| {
        assert_ok!(Consortium::remove_validator(operator(), bob.clone()));
    });
    chain.read(|| assert!(pallet_session::NextKeys::<Runtime>::contains_key(&bob)));
    for _ in 0..7 {
        chain.advance_one();
    }
    chain.read(|| {
        assert!(!pallet_session::NextKeys::<Runtime>::contains_key(&bob));
        let owners: Vec<_> = pallet_session::KeyOwner::<Runtime>::iter_values().collect();
        assert!(!owners.is_empty() && !owners.contains(&bob));
        assert!(!Session::validators().contains(&bob));
        // The nonce must survive.
        assert!(System::providers(&bob) > 0);
        assert_eq!(System::consumers(&bob), 0);
        assert!(pallet_consortium::DepartedValidators::<Runtime>::get().is_empty());
    });
    // The account may be a validator again.
    chain.tamper(|| {
        assert_ok!(Consortium::add_validator(operator(), bob.clone()));
    });
}
