// SPDX-License-Identifier: Apache-2.0

//! Ed25519 and match proofs: strict verification, and the context that a proof is bound to.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use bspp_peks::{verify_strict, Ed25519Secret, MatchStatement, SignatureError};
use proptest::prelude::*;

/// Encodings of the eight points of small order, non-canonical ones included.
const SMALL_ORDER: [&str; 14] = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
];

fn bytes(hex: &str) -> [u8; 32] {
    hex::decode(hex).unwrap().try_into().unwrap()
}

#[test]
fn verify_should_match_rfc_8032_test_1() {
    let seed = bytes("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    let key = Ed25519Secret::from_seed(&seed);
    assert_eq!(
        key.public(),
        bytes("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    );
    let signature = key.sign(b"");
    assert_eq!(verify_strict(&key.public(), b"", &signature), Ok(()));
    assert!(hex::encode(signature)
        .starts_with("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"));
}

#[test]
fn small_order_key_should_be_refused() {
    // With a key of small order and S = 0, an attacker finds R = −c·A by trial: such a signature
    // fits many messages.
    for key in SMALL_ORDER {
        for r in SMALL_ORDER {
            let mut signature = [0; 64];
            signature[..32].copy_from_slice(&bytes(r));
            for message in [&b"a"[..], b"b", b"c"] {
                assert_eq!(
                    verify_strict(&bytes(key), message, &signature),
                    Err(SignatureError::InvalidKey),
                    "{key}"
                );
            }
        }
    }
}

#[test]
fn non_canonical_key_should_be_refused() {
    // y + p for small y. Not all are points; none may pass as a key.
    for y in 0u8..19 {
        for sign in [0, 0x80] {
            let mut key = [0xff; 32];
            (key[0], key[31]) = (0xed + y, 0x7f | sign);
            assert_eq!(
                bspp_peks::ed25519::check_public(&key),
                Err(SignatureError::InvalidKey),
                "{y}"
            );
        }
    }
    assert_eq!(
        bspp_peks::ed25519::check_public(&Ed25519Secret::from_seed(&[1; 32]).public()),
        Ok(())
    );
}

#[test]
fn malleable_signature_should_be_refused() {
    let key = Ed25519Secret::from_seed(&[1; 32]);
    let mut signature = key.sign(b"message");
    // S + L, with L the order of the base point (RFC 8032 section 5.1).
    let order = bytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    let mut carry = 0;
    for (byte, add) in signature[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        (*byte, carry) = (sum as u8, sum >> 8);
    }
    assert_eq!(carry, 0);
    assert_eq!(
        verify_strict(&key.public(), b"message", &signature),
        Err(SignatureError::InvalidSignature)
    );
}

fn statement() -> MatchStatement {
    MatchStatement {
        chain: [1; 32],
        request: [2; 32],
        rid: [3; 32],
        tag: [4; 16],
        requester: [5; 32],
    }
}

#[test]
fn match_proof_should_verify() {
    let key = Ed25519Secret::from_seed(&[6; 32]);
    assert_eq!(
        statement().verify(&key.public(), &statement().sign(&key)),
        Ok(())
    );
}

proptest! {
    #[test]
    fn replayed_match_proof_should_be_refused(field in 0usize..7, byte in 0usize..16, bit in 0u8..8) {
        let key = Ed25519Secret::from_seed(&[6; 32]);
        let mut signature = statement().sign(&key);
        let mut other = statement();
        let mut public = key.public();
        let flip = 1u8 << bit;
        match field {
            0 => other.chain[byte] ^= flip,
            1 => other.request[byte] ^= flip,
            2 => other.rid[byte] ^= flip,
            3 => other.tag[byte] ^= flip,
            4 => other.requester[byte] ^= flip,
            5 => public = Ed25519Secret::from_seed(&[flip; 32]).public(),
            _ => signature[byte * 4] ^= flip,
        }
        prop_assert_eq!(other.verify(&public, &signature), Err(SignatureError::InvalidSignature));
    }
}
