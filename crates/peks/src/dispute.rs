// SPDX-License-Identifier: Apache-2.0

//! An opening of one batch and label for a panel that judges a dispute, off chain.
//!
//! A holder of a trapdoor `T` shows `K = e(R, T)` and proves that it belongs to the key `A` and the
//! label point `Q`. From `K` the panel computes the secret of this batch and label, with which it
//! judges tags, match keys or wraps. It learns no trapdoor, and nothing of another label or batch.
//!
//! The proof is Fiat and Shamir's form of a proof of one preimage under two pairings: `W = w·g2`,
//! `c1 = e(g1, W)`, `c2 = e(R, W)`, `Z = W + c·T`. The challenge `c` is the first 128 bits of
//! `H(BSPP-V02-PROOF-OPENING ‖ role ‖ A ‖ Q ‖ R ‖ K ‖ c1 ‖ c2 ‖ context ‖ nonce)`, where `context`
//! is `chain ‖ hospital ‖ filing_month ‖ batch ‖ kw`. The verifier recomputes
//! `c1 = e(g1, Z)·e(A, Q)^-c` and `c2 = e(R, Z)·K^-c`.

use crate::{
    backend::{ArkBackend, DefaultBackend, PairingBackend},
    domain,
    gt::{GtBytes, GT_LEN},
    hash::blake2b_256_parts,
    label::{label_point, Context, KeywordLabel},
    points::{G1Point, G2Bytes, G2Point, PointError, G2_LEN},
    scalar::Scalar,
    tag::{OpenSecret, SearchSecret},
    trapdoor::{OpenTrapdoor, SearchTrapdoor},
    BatchId,
};
use alloc::vec::Vec;
use ark_bls12_381::{Fq12, Fr};
use ark_ff::{Field, One, PrimeField};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use rand_core::{CryptoRng, RngCore};
use scale_info::TypeInfo;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Length of an encoded opening: `K ‖ c ‖ Z`.
pub const OPENING_PROOF_LEN: usize = GT_LEN + CHALLENGE_LEN + G2_LEN;
/// Length of a challenge. 128 bits suffice: a forger gains 2^-128 a try.
const CHALLENGE_LEN: usize = 16;

/// The secret that an opening reveals.
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
pub enum OpeningRole {
    /// `s`, with which tags and match keys can be judged: `A = A_s`.
    #[codec(index = 0)]
    Search,
    /// `o`, with which wraps can be judged: `A = A_o`.
    #[codec(index = 1)]
    Open,
}

impl OpeningRole {
    fn byte(self) -> u8 {
        match self {
            Self::Search => 0,
            Self::Open => 1,
        }
    }
}

/// The reasons for which an opening is refused.
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
pub enum OpeningError {
    /// `K` is not a canonical encoding, is 1, or does not have order q.
    InvalidTarget,
    /// `Z` is not a valid point.
    InvalidResponse(PointError),
    /// The equations fail: another trapdoor, or an opening of another statement.
    Mismatch,
}

impl fmt::Display for OpeningError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidTarget => f.write_str("the opened value is not of the target group"),
            Self::InvalidResponse(error) => {
                write!(f, "the response of the opening is invalid: {error}")
            }
            Self::Mismatch => f.write_str("the opening does not fit its statement"),
        }
    }
}

impl core::error::Error for OpeningError {}

/// The batch and label that an opening is about.
///
/// The panel fills it from the chain, the patient's registered bundle and its own nonce; only `kw`
/// comes from the prover.
#[derive(Clone, PartialEq, Eq)]
pub struct OpeningStatement {
    /// Chain, hospital and filing month.
    pub context: Context,
    /// The batch.
    pub batch: BatchId,
    /// `R` of the batch.
    pub point: G1Point,
    /// `A_s` of the patient.
    pub search: G1Point,
    /// `A_o` of the patient.
    pub open: G1Point,
    /// The label.
    pub kw: KeywordLabel,
    /// The panel's nonce, fresh for each dispute.
    pub nonce: [u8; 32],
}

impl fmt::Debug for OpeningStatement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OpeningStatement")
    }
}

/// `(K, c, Z)`. 688 bytes. A value of this type is not checked yet.
///
/// `K` lets its holder judge all slots of the batch with this label, so it goes to the panel only.
/// It is erased when dropped; its `Debug` prints nothing.
#[derive(
    Clone,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    TypeInfo,
    MaxEncodedLen,
    Zeroize,
    ZeroizeOnDrop,
)]
pub struct OpeningProof {
    /// `gt(K)`.
    pub target: [u8; GT_LEN],
    /// `c`, little-endian.
    pub challenge: [u8; CHALLENGE_LEN],
    /// `Z`.
    pub response: [u8; G2_LEN],
}

impl fmt::Debug for OpeningProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OpeningProof")
    }
}

impl SearchTrapdoor {
    /// Opens a batch and label for a panel: reveals `s`. This is the trapdoor of the label.
    pub fn prove_opening<R: RngCore + CryptoRng + ?Sized>(
        &self,
        statement: &OpeningStatement,
        rng: &mut R,
    ) -> OpeningProof {
        OpeningProof::prove(OpeningRole::Search, self.point(), statement, rng)
    }
}

impl OpenTrapdoor {
    /// Opens a batch and label for a panel: reveals `o`. This is the trapdoor of the label.
    pub fn prove_opening<R: RngCore + CryptoRng + ?Sized>(
        &self,
        statement: &OpeningStatement,
        rng: &mut R,
    ) -> OpeningProof {
        OpeningProof::prove(OpeningRole::Open, self.point(), statement, rng)
    }
}

impl OpeningStatement {
    /// `A` of a role.
    fn key(&self, role: OpeningRole) -> &G1Point {
        match role {
            OpeningRole::Search => &self.search,
            OpeningRole::Open => &self.open,
        }
    }

    /// `Q`.
    fn label_point(&self) -> G2Point {
        label_point::<DefaultBackend>(&self.context, &self.search, &self.open, &self.kw)
    }

    /// `chain ‖ hospital ‖ filing_month ‖ batch ‖ kw ‖ nonce`.
    fn tail(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(
            [
                &self.context.chain[..],
                &self.context.hospital,
                &self.context.filing_month.to_le_bytes(),
                &self.batch,
                self.kw.as_bytes(),
                &self.nonce,
            ]
            .concat(),
        )
    }

    fn challenge(
        &self,
        role: OpeningRole,
        q: &G2Point,
        k: &[u8; GT_LEN],
        c1: &GtBytes,
        c2: &GtBytes,
    ) -> [u8; CHALLENGE_LEN] {
        let hash = blake2b_256_parts(&[
            domain::OPENING_PROOF,
            &[role.byte()],
            self.key(role).as_bytes(),
            q.as_bytes(),
            self.point.as_bytes(),
            k,
            c1.as_bytes(),
            c2.as_bytes(),
            &self.tail(),
        ]);
        let mut out = [0; CHALLENGE_LEN];
        for (to, from) in out.iter_mut().zip(hash) {
            *to = from;
        }
        out
    }

    /// `w`, from fresh randomness, the trapdoor and the whole statement together.
    ///
    /// So a weak random number generator alone does not reveal the trapdoor.
    fn one_time<R: RngCore + CryptoRng + ?Sized>(
        &self,
        role: OpeningRole,
        trapdoor: &G2Point,
        q: &G2Point,
        rng: &mut R,
    ) -> Scalar {
        let mut ikm = Zeroizing::new([0u8; G2_LEN + 32]);
        let (left, right) = ikm.split_at_mut(G2_LEN);
        left.copy_from_slice(trapdoor.as_bytes());
        rng.fill_bytes(right);
        Scalar::derive(
            domain::OPENING_NONCE,
            ikm.as_slice(),
            &[
                &[role.byte()],
                self.key(role).as_bytes(),
                q.as_bytes(),
                self.point.as_bytes(),
                &self.tail(),
            ],
        )
    }
}

impl OpeningProof {
    fn prove<R: RngCore + CryptoRng + ?Sized>(
        role: OpeningRole,
        trapdoor: &G2Point,
        statement: &OpeningStatement,
        rng: &mut R,
    ) -> Self {
        type B = DefaultBackend;
        let q = statement.label_point();
        let k = B::pairing(&statement.point, trapdoor);
        let w = statement.one_time(role, trapdoor, &q, rng);
        let mut commitment = B::g2_mul(&G2Point::generator(), &w);
        let c1 = B::pairing(&G1Point::generator(), &commitment);
        let c2 = B::pairing(&statement.point, &commitment);
        let challenge = statement.challenge(role, &q, k.as_bytes(), &c1, &c2);
        let mut one = [0; CHALLENGE_LEN];
        one[0] = 1;
        // The sum is the identity with a probability of 2^-255; the fallback, which no verifier
        // accepts, keeps the function total.
        let response = B::g2_sum(&[(&commitment, &one), (trapdoor, &challenge)])
            .unwrap_or_else(G2Point::generator);
        commitment.zeroize();
        Self {
            target: *k.as_bytes(),
            challenge,
            response: *response.as_bytes(),
        }
    }

    /// Checks that this opens `s` of the statement, and computes it.
    ///
    /// It handles values that the panel may see, in arkworks, and costs three pairings.
    pub fn verify_search(
        &self,
        statement: &OpeningStatement,
    ) -> Result<SearchSecret, OpeningError> {
        let k = self.verify(OpeningRole::Search, statement)?;
        Ok(SearchSecret::extract(
            &k,
            &statement.search,
            &statement.point,
        ))
    }

    /// Checks that this opens `o` of the statement, and computes it.
    ///
    /// It handles values that the panel may see, in arkworks, and costs three pairings.
    pub fn verify_open(&self, statement: &OpeningStatement) -> Result<OpenSecret, OpeningError> {
        let k = self.verify(OpeningRole::Open, statement)?;
        Ok(OpenSecret::extract(&k, &statement.open, &statement.point))
    }

    fn verify(
        &self,
        role: OpeningRole,
        statement: &OpeningStatement,
    ) -> Result<GtBytes, OpeningError> {
        let k = GtBytes::decode(&self.target).ok_or(OpeningError::InvalidTarget)?;
        // The order excludes zero, −K and the elements of small order outside GT.
        if k.is_one() || !k.pow(Fr::MODULUS).is_one() {
            return Err(OpeningError::InvalidTarget);
        }
        let z = G2Bytes(self.response)
            .validate()
            .map_err(OpeningError::InvalidResponse)?;
        let q = statement.label_point();
        let c = challenge_limbs(&self.challenge);
        let image = ArkBackend::pairing_value(statement.key(role), &q);
        let c1 = quotient(
            ArkBackend::pairing_value(&G1Point::generator(), &z),
            &image,
            &c,
        )?;
        let c2 = quotient(ArkBackend::pairing_value(&statement.point, &z), &k, &c)?;
        let expected = statement.challenge(role, &q, &self.target, &c1, &c2);
        if bool::from(expected.ct_eq(&self.challenge)) {
            Ok(GtBytes::from_ark(&k))
        } else {
            Err(OpeningError::Mismatch)
        }
    }
}

/// The challenge as two limbs, the least significant one first.
fn challenge_limbs(challenge: &[u8; CHALLENGE_LEN]) -> [u64; 2] {
    let value = u128::from_le_bytes(*challenge);
    // The casts keep the low 64 bits of each half.
    [value as u64, (value >> 64) as u64]
}

/// `value · base^-c`.
fn quotient(value: Fq12, base: &Fq12, c: &[u64; 2]) -> Result<GtBytes, OpeningError> {
    let inverse = base.pow(c).inverse().ok_or(OpeningError::Mismatch)?;
    Ok(GtBytes::from_ark(&(value * inverse)))
}
