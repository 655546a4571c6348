// SPDX-License-Identifier: Apache-2.0
use crate::{mock::*, Error, Event, Heads};
use bspp_primitives::Header;
use frame_support::{assert_noop, assert_ok, BoundedVec};
use sp_consensus_grandpa::AuthorityId;
use sp_runtime::{traits::Header as _, DispatchError, DispatchResult};

fn initialise(origin: RuntimeOrigin, header: Header, voters: &[u16]) -> DispatchResult {
    HospitalAnchor::initialise_anchor(origin, A, Box::new(header), authorities(voters), 3)
}

#[test]
fn initialise_anchor_should_start_when_the_council_says_so() {
    ExtBuilder::default().execute(|| {
        let header = header(0, 1);
        assert_ok!(initialise(RuntimeOrigin::root(), header.clone(), &[0]));
        let (best, set_id) = HospitalAnchor::anchored_head(&A).unwrap();
        assert_eq!((best.number, best.hash), (0, header.hash()));
        assert_eq!(
            (best.state_root, best.anchored_at),
            (*header.state_root(), 1)
        );
        assert_eq!((best.anchored_slot, best.entry_blocks), (100, 0));
        assert_eq!(set_id, 3);
        assert_eq!(HospitalAnchor::head(&A, &header.hash()), Some(best));
        assert_eq!(HospitalAnchor::anchored_head(&B), None);
        assert!(!HospitalAnchor::is_halted(&A));
        let event = Event::AnchorInitialised {
            hospital: A,
            number: 0,
            hash: header.hash(),
        };
        System::assert_last_event(event.into());
    });
}

#[test]
fn initialise_anchor_should_refuse_when_the_origin_is_not_the_council() {
    ExtBuilder::default().execute(|| {
        for origin in [RuntimeOrigin::signed(OPERATOR_A), RuntimeOrigin::none()] {
            assert_noop!(
                initialise(origin, header(0, 1), &[0]),
                DispatchError::BadOrigin
            );
        }
    });
}

#[test]
fn initialise_anchor_should_refuse_when_it_exists() {
    ExtBuilder::default().anchored_a().execute(|| {
        let refusal = Error::<Test>::AlreadyExists;
        assert_noop!(
            initialise(RuntimeOrigin::root(), header(0, 1), &[0]),
            refusal
        );
    });
}

#[test]
fn initialise_anchor_should_refuse_when_the_hospital_is_no_member() {
    ExtBuilder::default().execute(|| {
        assert_noop!(
            HospitalAnchor::initialise_anchor(
                RuntimeOrigin::root(),
                NO_MEMBER,
                Box::new(header(0, 1)),
                authorities(&[0]),
                0
            ),
            Error::<Test>::InvalidHospital
        );
    });
}

#[test]
fn initialise_anchor_should_refuse_when_the_authorities_cannot_finalize() {
    ExtBuilder::default().execute(|| {
        let id = |number: u16| AuthorityId::from(bp_test_utils::Account(number));
        let sets = [
            vec![],
            vec![(id(0), 1), (id(0), 1)],
            vec![(id(0), 1), (id(1), 0)],
            vec![(id(0), u64::MAX), (id(1), 1)],
        ];
        for set in sets {
            assert_noop!(
                HospitalAnchor::initialise_anchor(
                    RuntimeOrigin::root(),
                    A,
                    Box::new(header(0, 1)),
                    BoundedVec::try_from(set).unwrap(),
                    0
                ),
                Error::<Test>::InvalidAuthorities
            );
        }
        assert_eq!(Heads::<Test>::iter().count(), 0);
    });
}

#[test]
fn initialise_anchor_should_refuse_when_the_header_is_oversized() {
    ExtBuilder::default().execute(|| {
        let mut header = header(0, 1);
        let filler = vec![0; MaxProofSize::get() as usize];
        header
            .digest_mut()
            .push(sp_runtime::DigestItem::Other(filler));
        let refusal = Error::<Test>::MaxProofSizeExceeded;
        assert_noop!(initialise(RuntimeOrigin::root(), header, &[0]), refusal);
    });
}
