// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Authorities, GateParameters, SessionLengthOf};
use frame_support::traits::Get;
use sp_core::Pair;

#[test]
fn genesis_should_set_authors_and_parameters() {
    ExtBuilder::default().with_max_age(7).execute(|| {
        let expected: Vec<_> = (1..=4).map(|who| (who, pair_of(who, 0).public())).collect();
        assert_eq!(Authorities::<Test>::get(), expected);
        assert_eq!(GateParameters::<Test>::get(), MockParameters { max_age: 7 });
    });
}

#[test]
fn parameters_should_be_the_policys_when_genesis_does_not_name_any() {
    ExtBuilder::default().without_parameters().execute(|| {
        let expected = MockParameters { max_age: 2_000 };
        assert_eq!(GateParameters::<Test>::get(), expected);
    });
}

#[test]
fn session_length_should_be_the_default_when_genesis_says_zero() {
    ExtBuilder::default().execute(|| {
        let length: u64 = SessionLengthOf::<Test>::get();
        assert_eq!(length, u64::from(SESSION_LENGTH));
    });
}

#[test]
fn session_length_should_be_the_chains_when_genesis_says_so() {
    ExtBuilder::default().with_session_length(9).execute(|| {
        let length: u64 = SessionLengthOf::<Test>::get();
        assert_eq!(length, 9);
    });
}

#[test]
#[should_panic(expected = "invalid conformance genesis: MockParameters { max_age: 0 }")]
fn genesis_should_panic_when_parameters_are_invalid() {
    ExtBuilder::default().with_max_age(0).build();
}
