// SPDX-License-Identifier: Apache-2.0

use super::{matched, prove_first, revoke};
use crate::{mock::*, Error, Event, Matches};
use bspp_types::{day_start, DisclosureStatus, Match, MatchedRecord};
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::DispatchError;

#[test]
fn prove_match_should_record_the_match_when_the_proof_holds() {
    matched().build_and_execute(|| {
        System::set_block_number(5);
        Clock::set(NOW + HOUR);
        prove_first();
        let expected = Match {
            proved_at: 5,
            proved_on: NOW + HOUR,
            asked_on: None,
            ask_hash: None,
            disclosure: DisclosureStatus::Pending,
        };
        assert_eq!(
            PeksSearch::matched(request(1), record(10)),
            Some(expected.clone())
        );
        assert_eq!(
            PeksSearch::matches(request(1)),
            vec![MatchedRecord {
                record: record(10),
                matched: expected
            }]
        );
        assert_eq!(PeksSearch::request(request(1)).unwrap().matches, 1);
        assert_eq!(
            events(),
            vec![Event::MatchProved {
                request: request(1),
                record: record(10)
            }]
        );
    });
}

#[test]
fn prove_match_should_fail_when_the_origin_is_not_signed() {
    matched().build_and_execute(|| {
        for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
            assert_noop!(
                PeksSearch::prove_match(origin, proof(request(1), 0, 0, 10)),
                DispatchError::BadOrigin
            );
        }
    });
}

#[test]
fn prove_match_should_fail_when_the_request_is_unknown() {
    matched().build_and_execute(|| {
        assert_noop!(
            PeksSearch::prove_match(RuntimeOrigin::signed(DOCTOR), proof(request(9), 0, 0, 10)),
            Error::<Test>::RequestNotFound
        );
    });
}

#[test]
fn prove_match_should_fail_when_the_requesters_hospital_is_suspended() {
    matched().build_and_execute(|| {
        Members::suspend(HOSPITAL_B);
        assert_noop!(
            PeksSearch::prove_match(RuntimeOrigin::signed(DOCTOR), proof(request(1), 0, 0, 10)),
            Error::<Test>::NotAuthorized
        );
    });
}

#[test]
fn prove_match_should_fail_when_the_request_is_revoked() {
    matched().build_and_execute(|| {
        revoke(1);
        assert_noop!(
            PeksSearch::prove_match(RuntimeOrigin::signed(DOCTOR), proof(request(1), 0, 0, 10)),
            Error::<Test>::RequestNotOpen
        );
    });
}

#[test]
fn prove_match_should_fail_when_the_request_is_expired() {
    matched().build_and_execute(|| {
        Clock::set(day_start(EXPIRY));
        assert_noop!(
            PeksSearch::prove_match(RuntimeOrigin::signed(DOCTOR), proof(request(1), 0, 0, 10)),
            Error::<Test>::RequestExpired
        );
        Clock::set(day_start(EXPIRY) - 1);
        prove_first();
    });
}

#[test]
fn prove_match_should_fail_when_the_record_is_matched_already() {
    matched().build_and_execute(|| {
        prove_first();
        assert_noop!(
            PeksSearch::prove_match(RuntimeOrigin::signed(DOCTOR), proof(request(1), 0, 0, 10)),
            Error::<Test>::MatchAlreadyExists
        );
        // A match with another slot of the same record is the same match.
        let mut other = proof(request(1), 0, 0, 10);
        other.slot = 3;
        other.signature = sign_match(
            &match_key(10, 3),
            &CHAIN,
            request(1),
            &other.entry,
            3,
            &DOCTOR,
        );
        assert_noop!(
            PeksSearch::prove_match(RuntimeOrigin::signed(DOCTOR), other),
            Error::<Test>::MatchAlreadyExists
        );
    });
}

#[test]
fn prove_match_should_fail_when_the_request_has_all_its_matches() {
    matched().build_and_execute(|| {
        for n in 0..3u8 {
            assert_ok!(PeksSearch::prove_match(
                RuntimeOrigin::signed(DOCTOR),
                proof(request(1), 0, u32::from(n), 10 + n)
            ));
        }
        assert_noop!(
            PeksSearch::prove_match(RuntimeOrigin::signed(DOCTOR), proof(request(1), 0, 3, 13)),
            Error::<Test>::MaxMatchesPerRequestExceeded
        );
    });
}

#[test]
fn prove_match_should_fail_when_the_slot_is_out_of_range() {
    matched().build_and_execute(|| {
        for slot in [8, u8::MAX] {
            let mut proof = proof(request(1), 0, 0, 10);
            proof.slot = slot;
            assert_noop!(
                PeksSearch::prove_match(RuntimeOrigin::signed(DOCTOR), proof),
                Error::<Test>::InvalidSlot
            );
        }
    });
}

#[test]
fn altered_entry_should_be_refused_although_its_match_key_signs() {
    matched().build_and_execute(|| {
        // The requester puts a slot with a key of its own into a registered entry.
        let mut forged = proof(request(1), 0, 0, 10);
        forged.entry.slots[2].match_key = match_key(99, 0).public();
        forged.signature = sign_match(
            &match_key(99, 0),
            &CHAIN,
            request(1),
            &forged.entry,
            2,
            &DOCTOR,
        );
        assert_noop!(
            PeksSearch::prove_match(RuntimeOrigin::signed(DOCTOR), forged),
            Error::<Test>::EntryNotRegistered
        );
    });
}

#[test]
fn prove_match_should_fail_when_the_path_or_block_is_another() {
    matched().build_and_execute(|| {
        let mut elsewhere = proof(request(1), 0, 0, 10);
        elsewhere.path.leaf_index = 1;
        let mut later = proof(request(1), 0, 0, 10);
        later.sequence = 1;
        for proof in [elsewhere, later] {
            assert_noop!(
                PeksSearch::prove_match(RuntimeOrigin::signed(DOCTOR), proof),
                Error::<Test>::EntryNotRegistered
            );
        }
    });
}

#[test]
fn prove_match_should_fail_when_the_entry_is_another_hospitals() {
    matched()
        .with_block(HOSPITAL_B, vec![entry(20)])
        .build_and_execute(|| {
            assert_noop!(
                PeksSearch::prove_match(RuntimeOrigin::signed(DOCTOR), proof(request(1), 1, 0, 20)),
                Error::<Test>::EntryNotRegistered
            );
        });
}

#[test]
fn replayed_match_proof_should_be_refused_when_sent_by_another_requester() {
    matched().build_and_execute(|| {
        prove_first();
        let seen = proof(request(1), 0, 0, 10);
        assert_noop!(
            PeksSearch::prove_match(RuntimeOrigin::signed(OTHER_DOCTOR), seen.clone()),
            Error::<Test>::NotAuthorized
        );
        // The thief uses the proof under a request of its own.
        assert_ok!(PeksSearch::open_request(
            RuntimeOrigin::signed(OTHER_DOCTOR),
            grant_for(2, &OTHER_DOCTOR)
        ));
        let mut replayed = seen;
        replayed.request = request(2);
        assert_noop!(
            PeksSearch::prove_match(RuntimeOrigin::signed(OTHER_DOCTOR), replayed),
            Error::<Test>::InvalidSignature
        );
    });
}

#[test]
fn replayed_match_proof_should_be_refused_when_made_for_another_request() {
    matched().with_request(grant(2)).build_and_execute(|| {
        let mut replayed = proof(request(1), 0, 0, 10);
        replayed.request = request(2);
        assert_noop!(
            PeksSearch::prove_match(RuntimeOrigin::signed(DOCTOR), replayed),
            Error::<Test>::InvalidSignature
        );
    });
}

#[test]
fn replayed_match_proof_should_be_refused_when_made_for_another_chain() {
    matched().build_and_execute(|| {
        let mut replayed = proof(request(1), 0, 0, 10);
        replayed.signature = sign_match(
            &match_key(10, 2),
            &H256([0xDD; 32]),
            request(1),
            &replayed.entry,
            2,
            &DOCTOR,
        );
        assert_noop!(
            PeksSearch::prove_match(RuntimeOrigin::signed(DOCTOR), replayed),
            Error::<Test>::InvalidSignature
        );
    });
}

#[test]
fn replayed_match_proof_should_be_refused_when_made_for_another_record_or_slot() {
    matched().build_and_execute(|| {
        let mut other_record = proof(request(1), 0, 1, 11);
        other_record.signature = proof(request(1), 0, 0, 10).signature;
        let mut other_slot = proof(request(1), 0, 0, 10);
        other_slot.slot = 3;
        for proof in [other_record, other_slot] {
            assert_noop!(
                PeksSearch::prove_match(RuntimeOrigin::signed(DOCTOR), proof),
                Error::<Test>::InvalidSignature
            );
        }
        assert_eq!(Matches::<Test>::iter().count(), 0);
    });
}

#[test]
fn forged_match_proof_with_small_order_key_should_be_refused() {
    let mut weak = entry(10);
    weak.slots[2].match_key = [0; 32];
    weak.slots[2].match_key[0] = 1;
    ExtBuilder::default()
        .with_block(HOSPITAL_A, vec![weak.clone()])
        .with_request(grant(1))
        .build_and_execute(move || {
            let mut forged = proof(request(1), 0, 0, 10);
            forged.entry = weak;
            forged.signature = [0; 64];
            forged.signature[0] = 1;
            assert_noop!(
                PeksSearch::prove_match(RuntimeOrigin::signed(DOCTOR), forged),
                Error::<Test>::InvalidSignature
            );
        });
}
