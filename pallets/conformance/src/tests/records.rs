// SPDX-License-Identifier: Apache-2.0
//! The records of past sessions' keys.

use crate::{mock::*, KeySetOf, KeySets, OldestSession};
use bspp_primitives::traits::{AuthorKeys, KeyRecords};
use sp_core::{ed25519, sr25519, H256};

/// The keys of an author in its given generation. They are numbers, not real keys.
fn keys(author: AccountId, generation: u8) -> AuthorKeys<AccountId> {
    let byte = u8::try_from(author).unwrap() ^ (generation << 4);
    AuthorKeys {
        author,
        aura: sr25519::Public::from_raw([byte; 32]),
        grandpa: ed25519::Public::from_raw([byte; 32]),
    }
}

fn record(session: u32, authors: &[(AccountId, u8)]) {
    let authors = authors.iter().map(|(who, n)| keys(*who, *n)).collect();
    Conformance::record(session, authors);
}

fn owner(session: u32, author: AccountId, generation: u8) -> Option<AccountId> {
    Conformance::owner(session, &keys(author, generation).grandpa.0).map(|owner| owner.author)
}

#[test]
fn key_should_be_found_in_its_own_sessions_only() {
    ExtBuilder::default().execute(|| {
        record(0, &[(1, 0), (2, 0)]);
        record(1, &[(1, 0), (2, 1)]);
        record(2, &[(1, 0)]);
        assert_eq!(owner(0, 2, 0), Some(2));
        assert_eq!(owner(1, 2, 0), None, "the key was rotated");
        assert_eq!(owner(1, 2, 1), Some(2));
        assert_eq!(owner(2, 2, 1), None, "the author has left");
        assert_eq!(owner(3, 1, 0), None, "the session has not begun");
        assert_eq!(
            Conformance::owner(0, &keys(1, 0).grandpa.0)
                .unwrap()
                .authors,
            2
        );
        assert_eq!(Conformance::owner(0, &[]), None);
    });
}

#[test]
fn view_should_give_the_authors_of_a_session() {
    ExtBuilder::default().execute(|| {
        record(0, &[(2, 0), (1, 0)]);
        let authors: Vec<_> = Conformance::recorded_authors(0)
            .into_iter()
            .map(|recorded| recorded.author)
            .collect();
        assert_eq!(authors, [2, 1]);
        assert!(Conformance::recorded_authors(1).is_empty());
        assert_eq!(Conformance::noted_equivocation(1), None);
    });
}

#[test]
fn equal_sessions_should_share_a_set() {
    ExtBuilder::default().execute(|| {
        for session in 0..3 {
            record(session, &[(1, 0), (2, 0)]);
        }
        assert_eq!(KeySets::<Test>::iter_keys().collect::<Vec<_>>(), [0]);
        assert_eq!(KeySetOf::<Test>::get(2), Some(0));
        // The order of the turns is part of the set.
        record(3, &[(2, 0), (1, 0)]);
        assert_eq!(KeySetOf::<Test>::get(3), Some(3));
    });
}

#[test]
fn old_sessions_should_be_forgotten_with_their_sets() {
    ExtBuilder::default().execute(|| {
        for session in 0..40u32 {
            // The keys change in every third session.
            let generation = u8::try_from(session / 3 % 8).unwrap();
            record(session, &[(1, generation), (2, 0)]);
            Conformance::do_try_state().unwrap();
            let kept = KeySetOf::<Test>::iter_keys().count();
            assert_eq!(kept, (session + 1).min(REPORTABLE_SESSIONS) as usize);
            let oldest = (session + 1).saturating_sub(REPORTABLE_SESSIONS);
            assert_eq!(OldestSession::<Test>::get(), oldest);
            assert_eq!(owner(oldest, 2, 0), Some(2));
            assert!(KeySets::<Test>::iter_keys().count() <= kept);
        }
        assert_eq!(owner(35, 2, 0), None);
    });
}

#[test]
fn hospital_should_be_that_of_the_session() {
    ExtBuilder::default().execute(|| {
        let (then, now) = (H256::repeat_byte(1), H256::repeat_byte(2));
        let hospital = |session, author| {
            let key = keys(author, 0).grandpa.0;
            Conformance::owner(session, &key).unwrap().hospital
        };
        record(0, &[(1, 0)]);
        Hospitals::set([(1, then)].into());
        record(1, &[(1, 0)]);
        Hospitals::set([(1, now)].into());
        assert_eq!(hospital(1, 1), Some(then));
        assert_eq!(hospital(0, 1), None, "the genesis did not know one");
    });
}
