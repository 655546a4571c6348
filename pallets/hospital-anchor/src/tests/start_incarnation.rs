// SPDX-License-Identifier: Apache-2.0
//! Tests of a hospital chain that was rebuilt from nothing.
use crate::{mock::*, Error, Event, HeadRing};
use bspp_primitives::{
    traits::{Anchorage, AnchoredState},
    Header,
};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{DispatchError, DispatchResult};

fn start(origin: RuntimeOrigin, header: Header, voters: &[u16]) -> DispatchResult {
    HospitalAnchor::start_incarnation(origin, A, Box::new(header), authorities(voters), 5)
}

fn submit(header: &Header, voters: &[u16]) -> DispatchResult {
    let proof = justify(header, voters, 5);
    let relayer = RuntimeOrigin::signed(OPERATOR_A);
    HospitalAnchor::submit_finality_proof(relayer, A, Box::new(header.clone()), proof)
}

#[test]
fn start_incarnation_should_follow_the_registered_blocks_when_the_council_says_so() {
    ExtBuilder::default().anchored_a().execute(|| {
        assert_ok!(submit(&with_total(header(20, 0), 9), &[0, 1, 2]));
        Index::register(A, 7);
        NowSlot::set(150);
        let genesis = header(0, 1);
        assert_ok!(start(RuntimeOrigin::root(), genesis.clone(), &[4, 5, 6]));
        let event = Event::IncarnationStarted {
            hospital: A,
            number: 0,
            hash: genesis.hash(),
        };
        System::assert_last_event(event.into());
        // Blocks 7 and 8 of the former chain are lost, and nothing waits.
        let best = HospitalAnchor::best_head(&A).unwrap();
        assert_eq!((best.number, best.entry_blocks), (0, 7));
        assert_eq!(HospitalAnchor::waiting_since(&A, 7), None);
        assert_eq!(HeadRing::<Test>::iter_prefix(A).count(), 1);

        // The new chain counts its own blocks from zero on.
        NowSlot::set(160);
        assert_ok!(submit(&with_total(header(3, 1), 2), &[4, 5, 6]));
        let facts = HospitalAnchor::anchored(&A).unwrap();
        assert_eq!(facts.entry_blocks, 9);
        assert_eq!(HospitalAnchor::waiting_since(&A, 7), Some(160));
        assert_eq!(HospitalAnchor::waiting_since(&A, 9), None);
    });
}

/// Attack: the voters of the lost chain anchor a block of it above the new one.
#[test]
fn relayer_with_a_proof_of_the_former_incarnation_should_be_refused() {
    ExtBuilder::default().anchored_a().execute(|| {
        let old = header(30, 0);
        assert_ok!(start(RuntimeOrigin::root(), header(0, 1), &[4, 5, 6]));
        assert_noop!(submit(&old, &[0, 1, 2]), Error::<Test>::InvalidVoter);
    });
}

/// Attack: a rebuilt chain keeps voters, so that proofs of the lost chain hold for it.
#[test]
fn hospital_with_a_voter_of_the_former_incarnation_should_be_refused() {
    ExtBuilder::default().anchored_a().execute(|| {
        for voters in [&[0][..], &[4, 5, 3], &[0, 1, 2, 3]] {
            let refusal = Error::<Test>::VoterReused;
            assert_noop!(start(RuntimeOrigin::root(), header(0, 1), voters), refusal);
        }
    });
}

/// Attack: the operator registers by a state of the lost chain.
#[test]
fn heads_of_the_former_incarnation_should_be_forgotten() {
    let (root, proof) = state(&[(b"key", b"value")], b"key");
    let mut old = header(10, 0);
    old.state_root = root;
    let hash = old.hash();
    ExtBuilder::default().anchored(A, old, &[0], 5).execute(|| {
        let read = || <HospitalAnchor as AnchoredState>::read(&A, &hash, proof.clone(), b"key");
        assert!(read().is_ok());
        assert_ok!(start(RuntimeOrigin::root(), header(0, 1), &[4]));
        assert!(matches!(read(), Err(Error::UnknownHead)));
    });
}

#[test]
fn start_incarnation_should_refuse_when_the_origin_is_not_the_council() {
    ExtBuilder::default().anchored_a().execute(|| {
        for origin in [RuntimeOrigin::signed(OPERATOR_A), RuntimeOrigin::none()] {
            let refusal = DispatchError::BadOrigin;
            assert_noop!(start(origin, header(0, 1), &[4]), refusal);
        }
    });
}

#[test]
fn start_incarnation_should_refuse_when_there_is_no_anchor() {
    ExtBuilder::default().execute(|| {
        let refusal = Error::<Test>::NotFound;
        assert_noop!(start(RuntimeOrigin::root(), header(0, 1), &[4]), refusal);
    });
}

#[test]
fn start_incarnation_should_refuse_when_the_set_is_invalid_or_the_index_is_full() {
    ExtBuilder::default().anchored_a().execute(|| {
        let refusal = Error::<Test>::InvalidAuthorities;
        assert_noop!(start(RuntimeOrigin::root(), header(0, 1), &[4, 4]), refusal);
        MayIncarnate::set(false);
        let refusal = DispatchError::Other("MaxIncarnationsExceeded");
        assert_noop!(start(RuntimeOrigin::root(), header(0, 1), &[4]), refusal);
    });
}
