// SPDX-License-Identifier: Apache-2.0
//! Equivocations are proved after their session, a rotation of keys, or a removal.

use super::blocks::Chain;
use crate::*;
use bspp_primitives::{conformance::SuspensionReason, AccountId};
use bspp_runtime_common::{dev, KeyProof, SessionKeys};
use codec::{Decode, Encode};
use polkadot_sdk::{
    frame_support::{assert_noop, assert_ok},
    pallet_collective, pallet_grandpa, pallet_session,
    sp_consensus_grandpa::EquivocationProof,
    sp_core::{crypto::key_types::GRANDPA, ed25519, ByteArray, Pair, H256},
    sp_runtime::DispatchResult,
};

/// Number of blocks in a session.
const SESSION: u32 = 3;

fn grandpa(name: &str) -> ed25519::Pair {
    ed25519::Pair::from_string(&format!("//{name}"), None).unwrap()
}

/// Two signed prevotes for different blocks, in the wire format of GRANDPA.
fn evidence(name: &str, set: u64, round: u64) -> EquivocationProof<H256, u32> {
    let pair = grandpa(name);
    let vote = |byte| {
        let target = (H256::repeat_byte(byte), 5u32);
        // The signed payload is the message, whose variant 0 is a prevote, the round and the set.
        let signature = pair.sign(&(0u8, target, round, set).encode());
        (target, signature)
    };
    let encoded = (set, 0u8, round, pair.public(), vote(1), vote(2)).encode();
    EquivocationProof::decode(&mut &encoded[..]).unwrap()
}

/// Reports an equivocation in a set, as a member does.
pub fn report(name: &str, set: u64, proof: KeyProof) -> DispatchResult {
    let member = RuntimeOrigin::signed(dev::account("DoctorB"));
    Grandpa::report_equivocation(member, Box::new(evidence(name, set, 7)), proof)
        .map(drop)
        .map_err(|failed| failed.error)
}

pub fn prove(name: &str, set: u64) -> Option<KeyProof> {
    Keys::prove_in_set(set, &grandpa(name).public().0)
}

fn suspension(name: &str) -> Option<SuspensionReason> {
    Conformance::suspension(&dev::validator(name))
}

fn set_keys(name: &str, keys: SessionKeys) {
    // Other tests cover the call and its proof of ownership.
    let who = dev::validator(name);
    if let Some(old) = pallet_session::NextKeys::<Runtime>::get(&who) {
        pallet_session::KeyOwner::<Runtime>::remove((GRANDPA, old.grandpa.to_raw_vec()));
    }
    pallet_session::KeyOwner::<Runtime>::insert((GRANDPA, keys.grandpa.to_raw_vec()), &who);
    pallet_session::NextKeys::<Runtime>::insert(&who, keys);
}

fn sessions(chain: &mut Chain, count: u32) {
    for _ in 0..count * SESSION {
        chain.advance_one();
    }
}

/// A chain of four voters, and the set in which all of them vote.
pub fn chain_of_four() -> (Chain, u64) {
    let mut chain = Chain::new(|| pallet_conformance::SessionLength::<Runtime>::put(SESSION));
    chain.tamper(|| {
        let operator = RuntimeOrigin::signed(dev::account("HospitalB"));
        let (hospital, validator) = (dev::HOSPITAL_B.id(), dev::validator("Dave"));
        assert_ok!(Consortium::add_validator(operator, validator.clone()));
        let council = RuntimeOrigin::from(pallet_collective::RawOrigin::<
            _,
            pallet_collective::Instance1,
        >::Members(3, 3));
        assert_ok!(Consortium::admit_validator(
            council, hospital, validator, true
        ));
        set_keys("Dave", dev::session_keys("Dave"));
    });
    sessions(&mut chain, 3);
    let set = chain.read(|| {
        assert_eq!(Session::validators().len(), 4);
        pallet_grandpa::CurrentSetId::<Runtime>::get()
    });
    (chain, set)
}

/// Ends the present set: a voter rotates its GRANDPA key.
pub fn rotate(chain: &mut Chain, name: &'static str, set: u64) {
    chain.tamper(|| {
        let grandpa = dev::session_keys("Eve").grandpa;
        let keys = SessionKeys {
            grandpa,
            ..dev::session_keys(name)
        };
        set_keys(name, keys);
    });
    sessions(chain, 3);
    chain.read(|| assert!(pallet_grandpa::CurrentSetId::<Runtime>::get() > set));
}

#[test]
fn equivocation_should_be_proved_from_the_first_session_on() {
    let mut chain = Chain::new(|| ());
    chain.tamper(|| {
        let proof = prove("Alice", 0).unwrap();
        assert_eq!((proof.session, proof.authors), (0, 3));
        assert_ok!(report("Alice", 0, proof));
        // One of three voters is a third, so the council decides.
        let noted = pallet_conformance::NotedEquivocations::<Runtime>::get(dev::validator("Alice"));
        assert_eq!(noted, Some(0));
    });
}

#[test]
fn equivocation_of_an_ended_session_should_suspend_its_author() {
    let (mut chain, set) = chain_of_four();
    rotate(&mut chain, "Alice", set);
    chain.tamper(|| {
        let proof = prove("Dave", set).unwrap();
        let session = proof.session;
        assert!(session < Session::current_index());
        assert_ok!(report("Dave", set, proof));
        let reason = SuspensionReason::Equivocation { session };
        assert_eq!(suspension("Dave"), Some(reason));
        assert_eq!(suspension("Alice"), None);
    });
    sessions(&mut chain, 1);
    chain.read(|| assert!(!Session::validators().contains(&dev::validator("Dave"))));
}

/// Attack: a validator that voted twice rotates its keys, so that nobody owns the old key.
#[test]
fn equivocation_with_a_rotated_key_should_suspend_its_author() {
    let (mut chain, set) = chain_of_four();
    rotate(&mut chain, "Alice", set);
    chain.tamper(|| {
        let old = grandpa("Alice").public();
        let owned = Session::key_owner(GRANDPA, old.as_ref());
        assert_eq!(owned, None);
        assert_ok!(report("Alice", set, prove("Alice", set).unwrap()));
        assert!(suspension("Alice").is_some());
    });
}

/// Attack: a hospital removes its validator before the report of its double vote arrives.
#[test]
fn equivocation_of_a_removed_validator_should_suspend_it() {
    let (mut chain, set) = chain_of_four();
    let removed: AccountId = dev::validator("Bob");
    chain.tamper(|| {
        let operator = RuntimeOrigin::signed(dev::account("HospitalA"));
        assert_ok!(Consortium::remove_validator(operator, removed.clone()));
    });
    sessions(&mut chain, 3);
    chain.tamper(|| {
        assert!(!Session::validators().contains(&removed));
        let proof = prove("Bob", set).unwrap();
        let owner = <Conformance as bspp_primitives::traits::KeyRecords<AccountId>>::owner(
            proof.session,
            &grandpa("Bob").public().0,
        );
        let hospital = owner.unwrap().hospital;
        assert_eq!(hospital, Some(dev::HOSPITAL_A.id()), "the hospital then");
        assert_ok!(report("Bob", set, proof));
        assert!(suspension("Bob").is_some());
    });
}

/// Attack: a reporter names another session, another number of authors or a stranger's key.
#[test]
fn false_proof_should_be_refused() {
    let (mut chain, set) = chain_of_four();
    rotate(&mut chain, "Alice", set);
    chain.tamper(|| {
        let right = prove("Dave", set).unwrap();
        let other_session = KeyProof {
            session: Session::current_index(),
            ..right.clone()
        };
        let invalid = pallet_grandpa::Error::<Runtime>::InvalidEquivocationProof;
        assert_noop!(report("Dave", set, other_session), invalid);
        let key = pallet_grandpa::Error::<Runtime>::InvalidKeyOwnershipProof;
        let fewer = KeyProof {
            authors: 1,
            ..right.clone()
        };
        assert_noop!(report("Dave", set, fewer), key);
        let key = pallet_grandpa::Error::<Runtime>::InvalidKeyOwnershipProof;
        assert_noop!(report("Mallory", set, right), key);
        assert_eq!(prove("Mallory", set), None);
        assert_eq!(prove("Dave", set + 100), None);
    });
}
