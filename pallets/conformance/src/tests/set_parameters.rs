// SPDX-License-Identifier: Apache-2.0

use super::blocks::*;
use crate::{mock::*, Error, Event, GateParameters};
use bspp_primitives::conformance::{AttestationKind, Refusal};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

#[test]
fn set_parameters_should_decide_from_the_next_block_on() {
    ExtBuilder::default().execute(|| {
        blocks(4);
        let slot = next_slot();
        let before = Draft::honest(slot + 1);
        assert!(matches!(before.kind, AttestationKind::Full { .. }));
        block_in(slot, || {
            let parameters = MockParameters { max_age: 1 };
            assert_ok!(Conformance::set_parameters(
                RuntimeOrigin::root(),
                parameters
            ));
            assert_eq!(GateParameters::<Test>::get(), parameters);
            assert_eq!(events(), [Event::ParametersChanged]);
            // The attestation of this block does not change.
            let attested = Conformance::attestation().unwrap();
            assert!(matches!(attested.kind, AttestationKind::Full { .. }));
        });
        let slot = slot + 1;
        let old = Draft {
            kind: before.kind,
            ..Draft::honest(slot)
        };
        assert_refused(&old.digest(), Refusal::Overstated);
        assert_eq!(Draft::honest(slot).kind, STALE);
        block_in(slot, || ());
    });
}

#[test]
fn set_parameters_should_fail_when_they_are_invalid() {
    ExtBuilder::default().execute(|| {
        assert_noop!(
            Conformance::set_parameters(RuntimeOrigin::root(), MockParameters { max_age: 0 }),
            Error::<Test>::InvalidParameters
        );
    });
}

#[test]
fn set_parameters_should_fail_when_the_origin_is_not_allowed() {
    ExtBuilder::default().execute(|| {
        for origin in [RuntimeOrigin::signed(1), RuntimeOrigin::none()] {
            assert_noop!(
                Conformance::set_parameters(origin, MockParameters::default()),
                DispatchError::BadOrigin
            );
        }
    });
}
