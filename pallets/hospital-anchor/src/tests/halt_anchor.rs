// SPDX-License-Identifier: Apache-2.0
use crate::{mock::*, Error, Event};
use bspp_primitives::traits::AnchoredState;
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{traits::Header as _, DispatchError};

#[test]
fn halt_anchor_should_stop_heads_and_reads_until_resumed() {
    let (root, proof) = state(&[(b"key", b"value"), (b"kez", b"other")], b"key");
    let mut at_root = header(10, 0);
    at_root.set_state_root(root);
    let hash = at_root.hash();
    ExtBuilder::default()
        .anchored(A, at_root, &[0], 0)
        .execute(|| {
            assert_ok!(HospitalAnchor::halt_anchor(RuntimeOrigin::root(), A));
            System::assert_last_event(Event::AnchorHalted { hospital: A }.into());
            let next = header(11, 0);
            let submit = || {
                let proof = justify(&next, &[0], 0);
                let relayer = RuntimeOrigin::signed(ANCHORER_B);
                HospitalAnchor::submit_finality_proof(relayer, A, Box::new(next.clone()), proof)
            };
            let read = || <HospitalAnchor as AnchoredState>::read(&A, &hash, proof.clone(), b"key");
            assert_noop!(submit(), Error::<Test>::AnchorHalted);
            assert!(matches!(read(), Err(Error::AnchorHalted)));

            assert_ok!(HospitalAnchor::resume_anchor(RuntimeOrigin::root(), A));
            System::assert_last_event(Event::AnchorResumed { hospital: A }.into());
            assert_eq!(read().ok(), Some(b"value".to_vec()));
            assert_ok!(submit());
        });
}

#[test]
fn halt_anchor_should_refuse_when_the_origin_is_not_the_council() {
    ExtBuilder::default().anchored_a().execute(|| {
        let signed = || RuntimeOrigin::signed(OPERATOR_A);
        assert_noop!(
            HospitalAnchor::halt_anchor(signed(), A),
            DispatchError::BadOrigin
        );
        assert_noop!(
            HospitalAnchor::resume_anchor(signed(), A),
            DispatchError::BadOrigin
        );
    });
}

#[test]
fn halt_anchor_should_refuse_when_there_is_none_or_it_is_halted() {
    ExtBuilder::default().anchored_a().execute(|| {
        let root = RuntimeOrigin::root;
        assert_noop!(
            HospitalAnchor::halt_anchor(root(), B),
            Error::<Test>::NotFound
        );
        assert_ok!(HospitalAnchor::halt_anchor(root(), A));
        assert_noop!(
            HospitalAnchor::halt_anchor(root(), A),
            Error::<Test>::AnchorHalted
        );
    });
}

#[test]
fn resume_anchor_should_refuse_when_there_is_none_or_it_is_not_halted() {
    ExtBuilder::default().anchored_a().execute(|| {
        let root = RuntimeOrigin::root;
        assert_noop!(
            HospitalAnchor::resume_anchor(root(), B),
            Error::<Test>::NotFound
        );
        assert_noop!(
            HospitalAnchor::resume_anchor(root(), A),
            Error::<Test>::NotHalted
        );
    });
}
