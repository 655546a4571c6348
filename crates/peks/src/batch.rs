// SPDX-License-Identifier: Apache-2.0

//! Batches: one secret `r`, thus one pairing for each search, for many records.
//!
//! See section 5 of the protocol.

use crate::{
    backend::{DefaultBackend, G1Arithmetic, PairingBackend},
    domain,
    hash::{blake2b_256_parts, put_lp},
    label::{label_point, Context, KeywordLabel},
    points::{G1Bytes, G1Point, PointError},
    scalar::Scalar,
    schnorr::{ProofError, SchnorrProof},
    tag::{OpenSecret, SearchSecret},
    BatchId, ChainId, FilingMonth, HospitalId,
};
use alloc::{boxed::Box, vec::Vec};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::{fmt, marker::PhantomData};
use rand_core::{CryptoRng, RngCore};
use scale_info::TypeInfo;
use zeroize::Zeroize;

/// `enc = H(BSPP-V02-ENCRYPTOR ‖ lp(encryptor) ‖ salt)`.
///
/// The result names an encryptor and does not reveal which department it is.
pub fn encryptor_id(encryptor: &[u8], salt: &[u8; 32]) -> [u8; 32] {
    let mut name = Vec::with_capacity(encryptor.len().saturating_add(4));
    put_lp(&mut name, encryptor);
    blake2b_256_parts(&[domain::ENCRYPTOR, &name, salt])
}

/// The reasons for which a batch header is refused.
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
pub enum BatchError {
    /// `R` is not a valid point.
    InvalidPoint(PointError),
    /// The proof does not show knowledge of `r` for this header and chain.
    InvalidProof(ProofError),
}

impl fmt::Display for BatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidPoint(error) => write!(f, "the batch point is invalid: {error}"),
            Self::InvalidProof(error) => {
                write!(f, "knowledge of the batch secret is not proved: {error}")
            }
        }
    }
}

impl core::error::Error for BatchError {}

/// The public data of a batch, registered on the consortium chain before the batch is used.
#[derive(
    Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen,
)]
pub struct BatchHeader {
    /// The hospital.
    pub hospital: HospitalId,
    /// [`encryptor_id`] of the encryptor that opened the batch.
    pub enc: [u8; 32],
    /// The number that the encryptor gave to the batch.
    pub number: u32,
    /// The filing month.
    pub filing_month: FilingMonth,
    /// `R = r·g1`.
    pub point: G1Bytes,
    /// Proof of knowledge of `r`.
    pub proof: SchnorrProof,
}

/// A header with a valid point and a valid proof for one chain.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ValidBatch {
    /// The batch's id.
    pub id: BatchId,
    /// `R`.
    pub point: G1Point,
}

impl BatchHeader {
    /// `H(BSPP-V02-BATCH ‖ chain ‖ hospital ‖ enc ‖ number ‖ filing_month ‖ R)`.
    ///
    /// The integers are little-endian.
    pub fn id(&self, chain: &ChainId) -> BatchId {
        blake2b_256_parts(&[
            domain::BATCH,
            chain,
            &self.hospital,
            &self.enc,
            &self.number.to_le_bytes(),
            &self.filing_month.to_le_bytes(),
            &self.point.0,
        ])
    }

    /// Checks point and proof with plain arkworks.
    pub fn verify(&self, chain: &ChainId) -> Result<ValidBatch, BatchError> {
        self.verify_with::<crate::DefaultG1>(chain)
    }

    /// Checks point and proof with the given arithmetic of G1.
    pub fn verify_with<G: G1Arithmetic>(&self, chain: &ChainId) -> Result<ValidBatch, BatchError> {
        let point = G::decode(&self.point).map_err(BatchError::InvalidPoint)?;
        let context = proof_context(
            chain,
            &self.hospital,
            &self.enc,
            self.number,
            self.filing_month,
        );
        self.proof
            .verify_with::<G>(domain::BATCH_POK, &point, &context)
            .map_err(BatchError::InvalidProof)?;
        Ok(ValidBatch {
            id: self.id(chain),
            point,
        })
    }
}

/// `chain ‖ hospital ‖ enc ‖ number ‖ filing_month`.
fn proof_context(
    chain: &ChainId,
    hospital: &HospitalId,
    enc: &[u8; 32],
    number: u32,
    filing_month: FilingMonth,
) -> Vec<u8> {
    [
        &chain[..],
        hospital,
        enc,
        &number.to_le_bytes(),
        &filing_month.to_le_bytes(),
    ]
    .concat()
}

/// An open batch with its secret `r`.
///
/// The secret exists only in memory: it cannot be serialized, it is boxed, so that a move leaves no
/// copy, and it is erased when dropped. After a crash the encryptor opens another batch.
pub struct OpenBatch {
    chain: ChainId,
    header: BatchHeader,
    id: BatchId,
    point: G1Point,
    secret: Box<Scalar>,
}

impl OpenBatch {
    /// Draws a fresh `r` and proves knowledge of it.
    pub fn open<R: RngCore + CryptoRng + ?Sized>(
        chain: &ChainId,
        hospital: &HospitalId,
        enc: &[u8; 32],
        number: u32,
        filing_month: FilingMonth,
        rng: &mut R,
    ) -> Self {
        let secret = Box::new(Scalar::random(rng));
        let point = DefaultBackend::g1_mul(&G1Point::generator(), &secret);
        let context = proof_context(chain, hospital, enc, number, filing_month);
        let proof = SchnorrProof::prove(domain::BATCH_POK, &secret, &point, &context, rng);
        let header = BatchHeader {
            hospital: *hospital,
            enc: *enc,
            number,
            filing_month,
            point: point.to_bytes(),
            proof,
        };
        Self {
            chain: *chain,
            id: header.id(chain),
            header,
            point,
            secret,
        }
    }

    /// The header to register.
    pub fn header(&self) -> &BatchHeader {
        &self.header
    }

    /// The batch's id.
    pub fn id(&self) -> &BatchId {
        &self.id
    }

    /// `R`.
    pub fn point(&self) -> &G1Point {
        &self.point
    }

    /// Chain, hospital and filing month, as labels use them.
    pub fn context(&self) -> Context {
        Context {
            chain: self.chain,
            hospital: self.header.hospital,
            filing_month: self.header.filing_month,
        }
    }

    /// Multiplies the keys of a patient by `r`, for all labels of the patient in this batch.
    ///
    /// Callers keep the result until the batch closes.
    pub fn patient<B: PairingBackend>(&self, a_s: &G1Point, a_o: &G1Point) -> BatchPatient<B> {
        BatchPatient {
            batch: self.id,
            a_s: a_s.clone(),
            a_o: a_o.clone(),
            secrets: Box::new(PatientSecrets {
                search: B::g1_mul(a_s, &self.secret),
                open: B::g1_mul(a_o, &self.secret),
            }),
            backend: PhantomData,
        }
    }

    /// `s` and `o` of a patient's label. It costs one hash to the curve and two pairings.
    ///
    /// `patient` is the result of [`Self::patient`] of this batch. Callers keep the secrets until
    /// the batch closes.
    pub fn label_secrets<B: PairingBackend>(
        &self,
        patient: &BatchPatient<B>,
        kw: &KeywordLabel,
    ) -> (SearchSecret, OpenSecret) {
        if patient.batch != self.id {
            // The products of another batch would give secrets that nobody finds.
            return self.label_secrets(&self.patient::<B>(&patient.a_s, &patient.a_o), kw);
        }
        let (a_s, a_o) = (&patient.a_s, &patient.a_o);
        let q = B::prepare(&label_point::<B>(&self.context(), a_s, a_o, kw));
        let k_s = B::pairing_prepared(&patient.secrets.search, &q);
        let k_o = B::pairing_prepared(&patient.secrets.open, &q);
        (
            SearchSecret::extract(&k_s, a_s, &self.point),
            OpenSecret::extract(&k_o, a_o, &self.point),
        )
    }
}

/// `r·A_s` and `r·A_o`, erased when dropped.
struct PatientSecrets {
    search: G1Point,
    open: G1Point,
}

impl Drop for PatientSecrets {
    fn drop(&mut self) {
        self.search.zeroize();
        self.open.zeroize();
    }
}

/// `r·A_s` and `r·A_o`, which an encryptor keeps for one patient while a batch is open.
///
/// The products are erased when dropped; `Debug` prints nothing. They are boxed, so that a map of
/// patients leaves none behind when the map grows.
pub struct BatchPatient<B> {
    batch: BatchId,
    a_s: G1Point,
    a_o: G1Point,
    secrets: Box<PatientSecrets>,
    backend: PhantomData<fn() -> B>,
}

impl<B> BatchPatient<B> {
    /// The batch.
    pub fn batch(&self) -> &BatchId {
        &self.batch
    }

    /// `A_s`.
    pub fn search_public(&self) -> &G1Point {
        &self.a_s
    }

    /// `A_o`.
    pub fn open_public(&self) -> &G1Point {
        &self.a_o
    }
}

impl<B> fmt::Debug for BatchPatient<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BatchPatient")
    }
}

impl fmt::Debug for OpenBatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenBatch")
            .field("header", &self.header)
            .finish_non_exhaustive()
    }
}
