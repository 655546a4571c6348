// SPDX-License-Identifier: Apache-2.0

//! Schnorr proofs of knowledge of a discrete logarithm to the base g1.
//!
//! Fiat and Shamir's method makes them non-interactive. With statement `X = x·g1`, commitment `C =
//! k·g1` and `z = k + c·x`, the check is `z·g1 = C + c·X`. The challenge is BLAKE2b-512 of `domain
//! ‖ X ‖ C ‖ lp(context)`, read as a little-endian integer and reduced modulo q. It covers the
//! role, the statement, the commitment and the whole context, so a proof is not valid elsewhere.

use crate::{
    backend::{DefaultBackend, G1Arithmetic, PairingBackend},
    domain,
    hash::{blake2b_512_parts, put_lp},
    points::{G1Bytes, G1Point, PointError},
    residue::fr_from_le,
    scalar::Scalar,
};
use alloc::vec::Vec;
use ark_bls12_381::Fr;
use ark_ff::PrimeField;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use rand_core::{CryptoRng, RngCore};
use scale_info::TypeInfo;
use zeroize::Zeroizing;

/// The reasons for which a proof of knowledge is refused.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Debug,
    Encode,
    Decode,
    DecodeWithMemTracking,
    TypeInfo,
    MaxEncodedLen,
)]
pub enum ProofError {
    /// The commitment is not a valid point.
    InvalidCommitment(PointError),
    /// The response is not below q.
    NonCanonicalResponse,
    /// The equation fails: a wrong secret, or a proof for another statement or context.
    Mismatch,
}

impl fmt::Display for ProofError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidCommitment(error) => {
                write!(f, "the proof's commitment is invalid: {error}")
            }
            Self::NonCanonicalResponse => f.write_str("the proof's response is not reduced"),
            Self::Mismatch => f.write_str("the proof does not fit its statement and context"),
        }
    }
}

impl core::error::Error for ProofError {}

/// A proof of knowledge. 80 bytes.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Debug,
    Encode,
    Decode,
    DecodeWithMemTracking,
    TypeInfo,
    MaxEncodedLen,
)]
pub struct SchnorrProof {
    /// `C = k·g1`.
    pub commitment: G1Bytes,
    /// `z = k + c·x mod q`, little-endian.
    pub response: [u8; 32],
}

/// Hashes `domain ‖ points ‖ lp(context)` to a challenge.
fn challenge(domain: &[u8], points: &[&[u8]], context: &[u8]) -> Fr {
    let mut message = Vec::new();
    message.extend_from_slice(domain);
    for point in points {
        message.extend_from_slice(point);
    }
    put_lp(&mut message, context);
    Fr::from_le_bytes_mod_order(&blake2b_512_parts(&[&message]))
}

/// The one-time scalar of a proof.
///
/// It is derived from fresh randomness, the secret, the role and the context together, so that a
/// weak random number generator alone does not reveal the secret.
fn one_time<R: RngCore + CryptoRng + ?Sized>(
    domain: &[u8],
    secret: &Scalar,
    context: &[u8],
    rng: &mut R,
) -> Scalar {
    let mut ikm = Zeroizing::new([0u8; 64]);
    let (left, right) = ikm.split_at_mut(32);
    left.copy_from_slice(secret.to_le_bytes().as_slice());
    rng.fill_bytes(right);
    Scalar::derive(domain::SCHNORR_NONCE, ikm.as_slice(), &[domain, context])
}

impl SchnorrProof {
    /// Proves knowledge of `secret` in the role `domain` and the given context.
    ///
    /// `statement` is the public point of the secret.
    pub fn prove<R: RngCore + CryptoRng + ?Sized>(
        domain: &[u8],
        secret: &Scalar,
        statement: &G1Point,
        context: &[u8],
        rng: &mut R,
    ) -> Self {
        let k = one_time(domain, secret, context, rng);
        let commitment = DefaultBackend::g1_mul(&G1Point::generator(), &k);
        let c = challenge(
            domain,
            &[statement.as_bytes(), commitment.as_bytes()],
            context,
        );
        Self {
            commitment: commitment.to_bytes(),
            response: k.respond(&c, secret),
        }
    }

    /// Checks the proof with plain arkworks.
    pub fn verify(
        &self,
        domain: &[u8],
        statement: &G1Point,
        context: &[u8],
    ) -> Result<(), ProofError> {
        self.verify_with::<crate::DefaultG1>(domain, statement, context)
    }

    /// Checks the proof with the given arithmetic of G1.
    pub fn verify_with<G: G1Arithmetic>(
        &self,
        domain: &[u8],
        statement: &G1Point,
        context: &[u8],
    ) -> Result<(), ProofError> {
        let z = fr_from_le(&self.response).ok_or(ProofError::NonCanonicalResponse)?;
        let commitment = G::decode(&self.commitment).map_err(ProofError::InvalidCommitment)?;
        let c = challenge(
            domain,
            &[statement.as_bytes(), commitment.as_bytes()],
            context,
        );
        if G::check(&G1Point::generator(), &z, &commitment, &c, statement) {
            Ok(())
        } else {
            Err(ProofError::Mismatch)
        }
    }
}
