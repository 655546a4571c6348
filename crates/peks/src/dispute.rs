// SPDX-License-Identifier: Apache-2.0

//! A patient's voluntary disclosure in a dispute about one batch and keyword.
//!
//! See section 7 of the protocol.

use crate::{
    backend::{DefaultBackend, G1Arithmetic, PairingBackend},
    dleq::DleqProof,
    keys::PatientKeys,
    label::{search_point, Context, KeywordLabel},
    points::{G1Bytes, G1Point, PointError},
    schnorr::ProofError,
    tag::SearchSecret,
    BatchId,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use rand_core::{CryptoRng, RngCore};
use scale_info::TypeInfo;

/// The reasons for which a disclosure is refused.
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
pub enum DisputeError {
    /// `U` is not a valid point.
    InvalidPoint(PointError),
    /// The proof does not show equal logarithms for this batch and label.
    InvalidProof(ProofError),
}

impl fmt::Display for DisputeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidPoint(error) => write!(f, "the disclosed point is invalid: {error}"),
            Self::InvalidProof(error) => write!(f, "the disclosed point is not proved: {error}"),
        }
    }
}

impl core::error::Error for DisputeError {}

/// `U = a_s·R`, the label and a proof.
///
/// The disclosure does not reveal a trapdoor. With `U`, anyone can test other *known* labels in
/// this batch.
#[derive(
    Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen,
)]
pub struct Disclosure {
    /// `U = a_s·R`.
    pub point: G1Bytes,
    /// The label, which the disclosure makes public.
    pub kw: [u8; 32],
    /// `log_g1 A_s = log_R U`.
    pub proof: DleqProof,
}

/// `chain ‖ hospital ‖ filing_month ‖ batch ‖ kw`.
fn proof_context(context: &Context, batch: &BatchId, kw: &[u8; 32]) -> Vec<u8> {
    [
        &context.chain[..],
        &context.hospital,
        &context.filing_month.to_le_bytes(),
        batch,
        kw,
    ]
    .concat()
}

impl PatientKeys {
    /// Discloses one batch and label.
    pub fn disclose<R: RngCore + CryptoRng + ?Sized>(
        &self,
        context: &Context,
        batch: &BatchId,
        r: &G1Point,
        kw: &KeywordLabel,
        rng: &mut R,
    ) -> Disclosure {
        let u = DefaultBackend::g1_mul(r, self.search_scalar());
        let proof_context = proof_context(context, batch, kw.as_bytes());
        let proof = DleqProof::prove(
            self.search_scalar(),
            self.search_public(),
            r,
            &u,
            &proof_context,
            rng,
        );
        Disclosure {
            point: u.to_bytes(),
            kw: *kw.as_bytes(),
            proof,
        }
    }
}

impl Disclosure {
    /// Checks the proof and computes `s` from `K_s = e(U, Q_s)`. It costs one pairing.
    ///
    /// With `s`, tags of the batch can be judged.
    pub fn verify_with<B: PairingBackend, G: G1Arithmetic>(
        &self,
        context: &Context,
        batch: &BatchId,
        r: &G1Point,
        a_s: &G1Point,
    ) -> Result<SearchSecret, DisputeError> {
        let u = G::decode(&self.point).map_err(DisputeError::InvalidPoint)?;
        self.proof
            .verify_with::<G>(a_s, r, &u, &proof_context(context, batch, &self.kw))
            .map_err(DisputeError::InvalidProof)?;
        let q = search_point::<B>(context, a_s, &KeywordLabel::from_bytes(self.kw));
        Ok(SearchSecret::extract(&B::pairing(&u, &q), a_s, r))
    }
}
