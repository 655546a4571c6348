// SPDX-License-Identifier: Apache-2.0
//! Equivocations of a hospital's own nodes.

use super::{chain, operator, CONSORTIUM};
use crate::{configs::Keys, genesis_config_presets::HOSPITAL_A_LOCAL, *};
use bspp_runtime_common::dev;
use codec::{Decode, Encode};
use polkadot_sdk::{
    frame_support::{assert_noop, assert_ok},
    pallet_grandpa,
    sp_consensus_grandpa::EquivocationProof,
    sp_core::{ed25519, Pair, H256},
};

/// Two signed prevotes in round 7 of set 0, in the wire format of GRANDPA.
fn evidence(pair: &ed25519::Pair) -> EquivocationProof<H256, u32> {
    let (set, round) = (0u64, 7u64);
    let vote = |byte| {
        let target = (H256::repeat_byte(byte), 5u32);
        (target, pair.sign(&(0u8, target, round, set).encode()))
    };
    let encoded = (set, 0u8, round, pair.public(), vote(1), vote(2)).encode();
    EquivocationProof::decode(&mut &encoded[..]).unwrap()
}

/// Reports an equivocation of the chain's only node, which is noted for the admins.
#[cfg(feature = "try-runtime")]
pub(super) fn report_only_node() {
    let name = dev::HOSPITAL_A.hospital_validators[0];
    let pair = ed25519::Pair::from_string(&format!("//{name}"), None).unwrap();
    let proof = Keys::prove_in_set(0, &pair.public().0).unwrap();
    assert_ok!(Grandpa::report_equivocation(
        operator(),
        Box::new(evidence(&pair)),
        proof
    ));
}

#[test]
fn equivocation_of_the_only_node_should_be_noted_for_the_admins() {
    chain(HOSPITAL_A_LOCAL, CONSORTIUM).execute_with(|| {
        let name = dev::HOSPITAL_A.hospital_validators[0];
        let pair = ed25519::Pair::from_string(&format!("//{name}"), None).unwrap();
        let proof = Keys::prove_in_set(0, &pair.public().0).unwrap();
        let stranger = ed25519::Pair::from_string("//Mallory", None).unwrap();
        assert_noop!(
            Grandpa::report_equivocation(operator(), Box::new(evidence(&stranger)), proof.clone()),
            pallet_grandpa::Error::<Runtime>::InvalidKeyOwnershipProof
        );
        assert_ok!(Grandpa::report_equivocation(
            operator(),
            Box::new(evidence(&pair)),
            proof
        ));
        let author = dev::validator(name);
        let noted = pallet_conformance::NotedEquivocations::<Runtime>::get(&author);
        assert_eq!(noted, Some(0));
        // Without its only author the chain would stop.
        assert_eq!(Conformance::suspension(&author), None);
    });
}
