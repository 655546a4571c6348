// SPDX-License-Identifier: Apache-2.0
//! Reports of two blocks in one slot.

use super::blocks::*;
use crate::{mock::*, Error, Event, OffenceKind, SettledSlots, MAX_HEADER_BYTES};
use bspp_primitives::{
    conformance::{SuspensionReason, AURA_ENGINE_ID},
    traits::{AuthorKeys, KeyRecords},
};
use codec::Encode;
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult};
use frame_system::pallet_prelude::HeaderFor;
use sp_core::{ed25519, sr25519, Pair, H256};
use sp_runtime::{generic::DigestItem, traits::Header as _, Digest, DispatchError};

type Header = HeaderFor<Test>;

/// The session whose keys the tests use.
const SESSION: u32 = 0;
/// A slot of author 2, which has the second turn of four.
const SLOT: u64 = 401;
const AUTHOR: AccountId = 2;

fn aura(author: AccountId) -> sr25519::Pair {
    let mut seed = [0xa0; 32];
    seed[..8].copy_from_slice(&author.to_le_bytes());
    sr25519::Pair::from_seed(&seed)
}

/// Runs a test on a chain that has recorded the Aura keys of its four authors.
fn on_chain(test: impl FnOnce()) {
    ExtBuilder::default().execute(|| {
        let authors = (1..=4).map(|author| AuthorKeys {
            author,
            aura: aura(author).public(),
            grandpa: ed25519::Public::from_raw([0; 32]),
        });
        Conformance::record(SESSION, authors.collect());
        test();
    });
}

/// A sealed header. `state` tells headers of one slot apart.
fn header(slot: u64, state: u8, sealer: AccountId) -> Header {
    let digest = Digest {
        logs: vec![DigestItem::PreRuntime(AURA_ENGINE_ID, slot.encode())],
    };
    let header = Header::new(
        9,
        Default::default(),
        H256::repeat_byte(state),
        H256::repeat_byte(1),
        digest,
    );
    sealed(header, sealer)
}

fn sealed(mut header: Header, sealer: AccountId) -> Header {
    let seal = aura(sealer).sign(header.hash().as_bytes());
    let seal = DigestItem::Seal(AURA_ENGINE_ID, seal.0.to_vec());
    header.digest_mut().push(seal);
    header
}

fn report_in(session: u32, first: Header, second: Header) -> DispatchResult {
    let origin = RuntimeOrigin::signed(77);
    Conformance::report_double_authoring(origin, session, Box::new(first), Box::new(second))
}

fn report(first: Header, second: Header) -> DispatchResult {
    report_in(SESSION, first, second)
}

#[test]
fn author_should_be_suspended_when_it_made_two_blocks() {
    on_chain(|| {
        let hospital = H256::repeat_byte(3);
        Hospitals::set([(AUTHOR, hospital)].into());
        block_with(|| {
            assert_ok!(report(header(SLOT, 1, AUTHOR), header(SLOT, 2, AUTHOR)));
            let reason = SuspensionReason::Equivocation { session: SESSION };
            let expected = [
                Event::AuthorSuspended {
                    author: AUTHOR,
                    reason,
                },
                Event::EquivocationProved {
                    author: AUTHOR,
                    hospital: Some(hospital),
                    session: SESSION,
                    kind: OffenceKind::Blocks,
                },
            ];
            assert_eq!(events(), expected);
        });
    });
}

#[test]
fn blocks_of_different_heights_should_be_judged() {
    on_chain(|| {
        let mut other = header(SLOT, 1, AUTHOR);
        other.digest_mut().pop();
        other.set_number(12);
        assert_ok!(report(header(SLOT, 1, AUTHOR), sealed(other, AUTHOR)));
    });
}

#[test]
fn report_should_be_refused_when_nobody_signed_it() {
    on_chain(|| {
        let (first, second) = (header(SLOT, 1, AUTHOR), header(SLOT, 2, AUTHOR));
        for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
            let call = Conformance::report_double_authoring(
                origin,
                SESSION,
                Box::new(first.clone()),
                Box::new(second.clone()),
            );
            assert_noop!(call, DispatchError::BadOrigin);
        }
    });
}

#[test]
fn report_should_be_refused_when_the_slots_differ() {
    on_chain(|| {
        // Both slots are the author's.
        let call = report(header(SLOT, 1, AUTHOR), header(SLOT + 4, 2, AUTHOR));
        assert_noop!(call, Error::<Test>::InvalidHeaders);
    });
}

/// Attack: a member reports one block twice to suspend its author.
#[test]
fn one_block_reported_twice_should_be_refused() {
    on_chain(|| {
        let block = header(SLOT, 1, AUTHOR);
        let call = report(block.clone(), block.clone());
        assert_noop!(call, Error::<Test>::InvalidHeaders);
        // The author sealed it again. Signatures of sr25519 differ each time.
        let again = header(SLOT, 1, AUTHOR);
        assert_ne!(block.hash(), again.hash());
        assert_noop!(report(block, again), Error::<Test>::InvalidHeaders);
    });
}

/// Attack: a member makes a second block itself, with its own seal, no seal or a broken one.
#[test]
fn block_without_the_authors_seal_should_be_refused() {
    on_chain(|| {
        let block = header(SLOT, 1, AUTHOR);
        let mut unsealed = header(SLOT, 2, AUTHOR);
        unsealed.digest_mut().pop();
        let mut short = unsealed.clone();
        short
            .digest_mut()
            .push(DigestItem::Seal(AURA_ENGINE_ID, vec![0; 63]));
        let mut other_engine = unsealed.clone();
        other_engine
            .digest_mut()
            .push(DigestItem::Seal(*b"BABE", vec![0; 64]));
        for forged in [header(SLOT, 2, 3), unsealed, short, other_engine] {
            let call = report(block.clone(), forged.clone());
            assert_noop!(call, Error::<Test>::InvalidHeaders);
            let call = report(forged, block.clone());
            assert_noop!(call, Error::<Test>::InvalidHeaders);
        }
    });
}

/// Attack: an author seals two blocks in another author's slot to suspend that author.
#[test]
fn blocks_in_the_slot_of_another_author_should_be_refused() {
    on_chain(|| {
        let call = report(header(SLOT, 1, 3), header(SLOT, 2, 3));
        assert_noop!(call, Error::<Test>::InvalidHeaders);
    });
}

#[test]
fn report_should_be_refused_when_a_header_is_too_long() {
    on_chain(|| {
        let mut long = header(SLOT, 2, AUTHOR);
        long.digest_mut().pop();
        let item = DigestItem::Consensus(*b"FRNK", vec![0; MAX_HEADER_BYTES]);
        long.digest_mut().push(item);
        let call = report(header(SLOT, 1, AUTHOR), sealed(long, AUTHOR));
        assert_noop!(call, Error::<Test>::InvalidHeaders);
    });
}

#[test]
fn report_should_be_refused_when_the_session_is_not_recorded() {
    on_chain(|| {
        let call = report_in(1, header(SLOT, 1, AUTHOR), header(SLOT, 2, AUTHOR));
        assert_noop!(call, Error::<Test>::SessionNotFound);
    });
}

#[test]
fn report_should_be_refused_when_the_author_is_suspended() {
    on_chain(|| {
        assert_ok!(report(header(SLOT, 1, AUTHOR), header(SLOT, 2, AUTHOR)));
        let call = report(header(SLOT, 1, AUTHOR), header(SLOT, 3, AUTHOR));
        assert_noop!(call, Error::<Test>::AlreadyExists);
    });
}

/// Attack: a member reports blocks again after the council has readmitted the author.
#[test]
fn settled_blocks_should_be_refused() {
    on_chain(|| {
        assert_ok!(report(header(SLOT, 1, AUTHOR), header(SLOT, 2, AUTHOR)));
        blocks(6);
        block_with(|| {
            assert_ok!(Conformance::readmit_author(RuntimeOrigin::root(), AUTHOR));
        });
        let settled = SettledSlots::<Test>::get(AUTHOR).unwrap();
        assert_eq!(
            Some(settled),
            Conformance::attestation().map(|attestation| attestation.slot)
        );
        let mine = settled - settled % 4 + 1;
        let old = if mine > settled { mine - 4 } else { mine };
        let call = report(header(old, 1, AUTHOR), header(old, 2, AUTHOR));
        assert_noop!(call, Error::<Test>::AlreadySettled);
        let new = old + 4;
        assert_ok!(report(header(new, 1, AUTHOR), header(new, 2, AUTHOR)));
    });
}
