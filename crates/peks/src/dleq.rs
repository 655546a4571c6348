// SPDX-License-Identifier: Apache-2.0

//! Chaum and Pedersen's proof that two points have the same logarithm: `log_g1 A = log_R U`.
//!
//! The commitments are `C1 = k·g1` and `C2 = k·R`, the response is `z = k + c·a`. The verifier
//! checks `z·g1 = C1 + c·A` and `z·R = C2 + c·U`. The challenge is built as in [`crate::schnorr`],
//! over `A ‖ R ‖ U ‖ C1 ‖ C2`.

use crate::{
    backend::{DefaultBackend, G1Arithmetic, PairingBackend},
    domain,
    points::{G1Bytes, G1Point},
    scalar::{fr_from_le, fr_to_le, Scalar},
    schnorr::{challenge, one_time, ProofError},
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use rand_core::{CryptoRng, RngCore};
use scale_info::TypeInfo;

/// A proof of equal logarithms. 128 bytes.
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
pub struct DleqProof {
    /// `C1 = k·g1`.
    pub commitment_generator: G1Bytes,
    /// `C2 = k·R`.
    pub commitment_base: G1Bytes,
    /// `z = k + c·a mod q`, little-endian.
    pub response: [u8; 32],
}

impl DleqProof {
    /// Proves that `public = secret·g1` and `image = secret·base`.
    pub fn prove<R: RngCore + CryptoRng + ?Sized>(
        secret: &Scalar,
        public: &G1Point,
        base: &G1Point,
        image: &G1Point,
        context: &[u8],
        rng: &mut R,
    ) -> Self {
        let k = one_time(domain::DLEQ_NONCE, domain::DLEQ, secret, context, rng);
        let c1 = DefaultBackend::g1_mul(&G1Point::generator(), &k);
        let c2 = DefaultBackend::g1_mul(base, &k);
        let c = challenge(
            domain::DLEQ,
            &points(public, base, image, &c1, &c2),
            context,
        );
        let z = *k.fr() + c * secret.fr();
        Self {
            commitment_generator: c1.to_bytes(),
            commitment_base: c2.to_bytes(),
            response: fr_to_le(&z),
        }
    }

    /// Checks the proof with plain arkworks.
    pub fn verify(
        &self,
        public: &G1Point,
        base: &G1Point,
        image: &G1Point,
        context: &[u8],
    ) -> Result<(), ProofError> {
        self.verify_with::<crate::DefaultG1>(public, base, image, context)
    }

    /// Checks the proof with the given arithmetic of G1.
    pub fn verify_with<G: G1Arithmetic>(
        &self,
        public: &G1Point,
        base: &G1Point,
        image: &G1Point,
        context: &[u8],
    ) -> Result<(), ProofError> {
        let z = fr_from_le(&self.response).ok_or(ProofError::NonCanonicalResponse)?;
        let c1 = G::decode(&self.commitment_generator).map_err(ProofError::InvalidCommitment)?;
        let c2 = G::decode(&self.commitment_base).map_err(ProofError::InvalidCommitment)?;
        let c = challenge(
            domain::DLEQ,
            &points(public, base, image, &c1, &c2),
            context,
        );
        if G::check(&G1Point::generator(), &z, &c1, &c, public)
            && G::check(base, &z, &c2, &c, image)
        {
            Ok(())
        } else {
            Err(ProofError::Mismatch)
        }
    }
}

fn points<'a>(
    public: &'a G1Point,
    base: &'a G1Point,
    image: &'a G1Point,
    c1: &'a G1Point,
    c2: &'a G1Point,
) -> [&'a [u8]; 5] {
    [
        public.as_bytes(),
        base.as_bytes(),
        image.as_bytes(),
        c1.as_bytes(),
        c2.as_bytes(),
    ]
}
