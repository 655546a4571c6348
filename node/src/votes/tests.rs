// SPDX-License-Identifier: Apache-2.0
#![allow(clippy::unwrap_used, clippy::expect_used)]
//! Decisions about votes, the record's file, and the keystore under the guard.

use super::{
    record::{Admission, File},
    state::{self, HasVoted, OwnVotes},
    *,
};
use crate::anchor::{AnchoredChain, Watch};
use bspp_primitives::{Hash, Header};
use bspp_rpc_types::NotedAnchor;
use codec::Encode;
use polkadot_sdk::{
    sc_consensus_grandpa::{Message, Precommit, Prevote},
    sp_consensus_grandpa::{localized_payload, KEY_TYPE},
    sp_core::ed25519,
    sp_keystore::{testing::MemoryKeystore, Keystore},
};
use std::{collections::BTreeMap, path::Path, sync::Arc};

const KEY: [u8; 32] = [7; 32];

fn genesis() -> Hash {
    Hash::repeat_byte(0x61)
}

fn target(byte: u8) -> Target {
    (Hash::repeat_byte(byte), 9)
}

fn record(set: u64, round: u64) -> Record {
    Record {
        prevote: Some(target(1)),
        ..Record::new(genesis(), set, round, KEY)
    }
}

fn position(set: u64, next_round: u64) -> Position {
    let stored = state::stored(set, next_round - 1, BTreeMap::new());
    Position::read(&stored).unwrap()
}

/// The position of a database that has a prevote for `byte` in `round`.
fn voted(set: u64, round: u64, byte: u8) -> Position {
    let votes = HasVoted::Yes(KEY, OwnVotes::Prevote(None, target(byte)));
    let stored = state::stored(set, round - 1, BTreeMap::from([(round, votes)]));
    Position::read(&stored).unwrap()
}

#[test]
fn voter_should_vote_when_it_never_voted() {
    assert!(may_vote(None, &position(0, 1)));
    assert!(may_vote(None, &position(5, 40)));
}

#[test]
fn voter_should_vote_when_the_recorded_round_or_set_is_over() {
    let record = record(3, 17);
    assert!(may_vote(Some(&record), &position(3, 18)));
    assert!(may_vote(Some(&record), &position(4, 1)));
}

/// Attack: a voter that was purged in its round is made to vote in it again.
#[test]
fn voter_should_be_silent_when_its_database_lacks_its_votes() {
    let record = record(3, 17);
    for behind in [
        position(0, 1),
        position(2, 99),
        position(3, 1),
        position(3, 17),
    ] {
        assert!(!may_vote(Some(&record), &behind), "{behind:?}");
    }
    // The database has other votes than the record.
    assert!(!may_vote(Some(&record), &voted(3, 17, 2)));
}

#[test]
fn voter_should_vote_when_its_database_has_its_votes() {
    let record = record(3, 17);
    assert!(may_vote(Some(&record), &voted(3, 17, 1)));
    // GRANDPA stores a vote before it signs it, so the database may have more.
    let votes = HasVoted::Yes(KEY, OwnVotes::Precommit(None, target(1), target(1)));
    let stored = state::stored(3, 16, BTreeMap::from([(17, votes)]));
    assert!(may_vote(Some(&record), &Position::read(&stored).unwrap()));
}

#[test]
fn restart_should_help_when_the_database_has_reached_the_round() {
    let record = record(3, 17);
    assert!(!restart_helps(None, &position(3, 17)));
    assert!(!restart_helps(Some(&record), &position(3, 16)));
    assert!(!restart_helps(Some(&record), &position(2, 30)));
    assert!(restart_helps(Some(&record), &position(3, 17)));
    assert!(restart_helps(Some(&record), &position(3, 18)));
    assert!(restart_helps(Some(&record), &position(4, 1)));
}

#[test]
fn votes_should_be_restored_in_their_round_only() {
    let record = record(3, 17);
    let reached = state::stored(3, 16, BTreeMap::from([(17, HasVoted::No)]));
    let restored = state::with_votes_of(&reached, &record).unwrap();
    let position_after = Position::read(&restored).unwrap();
    assert!(position_after.has_votes_of(&record));
    assert!(may_vote(Some(&record), &position_after));
    // A second time there is nothing to do.
    assert_eq!(state::with_votes_of(&restored, &record), None);
    for (set, last) in [(3, 15), (3, 17), (2, 16), (4, 16)] {
        let other = state::stored(set, last, BTreeMap::new());
        assert_eq!(state::with_votes_of(&other, &record), None);
    }
    assert_eq!(state::with_votes_of(&[9, 9], &record), None);
}

fn admit(before: Option<&Record>, at: (u64, u64), vote: Vote) -> Admission {
    Record::admit(before, genesis(), KEY, at, vote)
}

#[test]
fn votes_should_be_admitted_once_and_in_order() {
    let Admission::Store(one) = admit(None, (3, 17), Vote::Prevote(target(1))) else {
        panic!("the first vote is free");
    };
    assert_eq!(one, record(3, 17));
    let before = Some(&one);
    assert_eq!(
        admit(before, (3, 17), Vote::Prevote(target(1))),
        Admission::Known
    );
    assert_eq!(
        admit(before, (3, 17), Vote::Prevote(target(2))),
        Admission::Refuse
    );
    assert_eq!(
        admit(before, (3, 16), Vote::Prevote(target(1))),
        Admission::Refuse
    );
    assert_eq!(
        admit(before, (2, 99), Vote::Precommit(target(1))),
        Admission::Refuse
    );
    let other_key = Record::admit(
        before,
        genesis(),
        [8; 32],
        (3, 17),
        Vote::Prevote(target(1)),
    );
    assert_eq!(other_key, Admission::Refuse);
    for (at, vote) in [
        ((3, 17), Vote::Precommit(target(2))),
        ((3, 18), Vote::Prevote(target(2))),
        ((4, 1), Vote::Propose(target(2))),
    ] {
        assert!(
            matches!(admit(before, at, vote), Admission::Store(_)),
            "{vote:?}"
        );
    }
}

#[test]
fn record_should_be_read_back_for_its_own_chain_only() {
    let dir = tempfile::tempdir().unwrap();
    let file = File::new(dir.path());
    assert_eq!(file.read(genesis()).unwrap(), None);
    file.write(&record(3, 17)).unwrap();
    file.write(&record(3, 18)).unwrap();
    assert_eq!(file.read(genesis()).unwrap(), Some(record(3, 18)));
    assert_eq!(file.read(Hash::zero()).unwrap(), None);
    for broken in [&b""[..], &[2, 0], &[1, 0]] {
        std::fs::write(file.path(), broken).unwrap();
        assert!(file.read(genesis()).is_err());
    }
}

fn guarded(folder: &Path, stored: Vec<u8>) -> (Arc<VotingKeystore>, ed25519::Public) {
    watched(folder, stored, None)
}

fn watched(
    folder: &Path,
    stored: Vec<u8>,
    anchor: Option<Arc<Watch>>,
) -> (Arc<VotingKeystore>, ed25519::Public) {
    let inner = MemoryKeystore::new();
    let public = inner
        .ed25519_generate_new(KEY_TYPE, Some("//Alice"))
        .unwrap();
    let guard = Guard::with(folder, genesis(), Arc::new(move || Some(stored.clone()))).unwrap();
    (VotingKeystore::new(Arc::new(inner), guard, anchor), public)
}

fn prevote(byte: u8) -> Message<Header> {
    let (target_hash, target_number) = target(byte);
    Message::<Header>::Prevote(Prevote::<Header> {
        target_hash,
        target_number,
    })
}

/// Attack: the database of a voter is removed while its round is open.
#[test]
fn keystore_should_sign_one_vote_of_a_kind_across_a_purge() {
    let dir = tempfile::tempdir().unwrap();
    let fresh = || state::stored(3, 16, BTreeMap::new());
    let (keystore, public) = guarded(dir.path(), fresh());
    let sign = |keystore: &VotingKeystore, message: &Message<Header>| {
        let payload = localized_payload(17, 3, message);
        keystore.ed25519_sign(KEY_TYPE, &public, &payload).unwrap()
    };
    let owned = [(public.0.to_vec(), KEY_TYPE)];
    assert!(keystore.has_keys(&owned));
    assert!(sign(&keystore, &prevote(1)).is_some());
    assert!(sign(&keystore, &prevote(2)).is_none());

    let (purged, _) = guarded(dir.path(), fresh());
    assert!(!purged.has_keys(&owned), "the node only follows");
    assert!(sign(&purged, &prevote(2)).is_none());
    assert!(sign(&purged, &prevote(1)).is_some(), "the same vote again");
    let (target_hash, target_number) = target(1);
    let precommit = Message::<Header>::Precommit(Precommit::<Header> {
        target_hash,
        target_number,
    });
    assert!(sign(&purged, &precommit).is_some());
    let (later, _) = guarded(dir.path(), state::stored(3, 17, BTreeMap::new()));
    assert!(later.has_keys(&owned));
}

#[test]
fn keystore_should_refuse_a_payload_that_is_not_a_vote() {
    let dir = tempfile::tempdir().unwrap();
    let (keystore, public) = guarded(dir.path(), state::stored(0, 0, BTreeMap::new()));
    for payload in [Vec::new(), (prevote(1), 1u64).encode(), vec![9; 60]] {
        let signed = keystore.ed25519_sign(KEY_TYPE, &public, &payload).unwrap();
        assert_eq!(signed, None);
    }
}

/// A chain without blocks.
struct NoBlocks;

impl AnchoredChain for NoBlocks {
    fn finalized(&self) -> u32 {
        0
    }

    fn hash(&self, _: u32) -> Result<Option<Hash>, String> {
        Ok(None)
    }
}

/// Fault: a hospital's node that lost its database finalizes a new chain.
#[test]
fn voter_should_be_silent_when_its_chain_lacks_the_anchor() {
    let dir = tempfile::tempdir().unwrap();
    let watch = Watch::open(None, 0, Arc::new(NoBlocks), None).unwrap();
    let fresh = state::stored(0, 0, BTreeMap::new());
    let (keystore, public) = watched(dir.path(), fresh, Some(watch.clone()));
    let owned = [(public.0.to_vec(), KEY_TYPE)];
    assert!(keystore.has_keys(&owned));
    let anchor = NotedAnchor {
        incarnation: 0,
        number: 7,
        hash: Hash::repeat_byte(1),
    };
    watch.note(anchor).unwrap();
    assert!(!keystore.has_keys(&owned));
}
