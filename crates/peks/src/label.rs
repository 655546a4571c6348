// SPDX-License-Identifier: Apache-2.0

//! Keywords, keyed labels and the points that labels hash to (protocol section 3).

use crate::{
    backend::PairingBackend,
    domain,
    hash::{expand, extract, put_lp},
    points::{G1Point, G2Point},
    x25519::{X25519Error, X25519Public, X25519Secret},
    ChainId, FilingMonth, HospitalId, LabelVersion,
};
use alloc::{string::String, vec::Vec};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use hmac::{Hmac, Mac};
use scale_info::TypeInfo;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The system of the reserved keyword, which is in every entry.
pub const IDENTITY_SYSTEM: &str = "urn:bspp:slot";
/// The code of the reserved keyword, which is in every entry.
pub const IDENTITY_CODE: &str = "identity";

/// A coded concept `(system, code)`, as in a FHIR `Coding`.
///
/// It reveals something about a patient: it is erased when dropped, and its `Debug` prints nothing.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Zeroize, ZeroizeOnDrop)]
pub struct Keyword {
    system: String,
    code: String,
}

impl Keyword {
    /// Makes a keyword. Both parts are taken byte for byte.
    pub fn new(system: impl Into<String>, code: impl Into<String>) -> Self {
        Self {
            system: system.into(),
            code: code.into(),
        }
    }

    /// The reserved keyword by which all of a patient's records are found.
    pub fn identity() -> Self {
        Self::new(IDENTITY_SYSTEM, IDENTITY_CODE)
    }

    /// Whether this is the reserved keyword.
    pub fn is_identity(&self) -> bool {
        self.system == IDENTITY_SYSTEM && self.code == IDENTITY_CODE
    }

    /// The code system's URI.
    pub fn system(&self) -> &str {
        &self.system
    }

    /// The code.
    pub fn code(&self) -> &str {
        &self.code
    }
}

impl fmt::Debug for Keyword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keyword")
    }
}

/// The values for which a hospital and a patient share one κ.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct LabelScope {
    /// The hospital.
    pub hospital: HospitalId,
    /// The filing month.
    pub filing_month: FilingMonth,
    /// The version of the patient's labels at the hospital.
    pub version: LabelVersion,
    /// The hash of the patient's bundle: [`crate::ValidBundle::hash`].
    ///
    /// It stops a patient who enrols with the `X` of another.
    pub bundle_hash: [u8; 32],
}

/// κ: the secret that a hospital and a patient share for a filing month and label version.
///
/// Without κ, nobody can guess a keyword from a trapdoor.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Kappa([u8; 32]);

impl Kappa {
    /// κ as the hospital computes it, from its X25519 secret of that filing month.
    pub fn hospital_side(
        secret: &X25519Secret,
        patient: &X25519Public,
        scope: &LabelScope,
    ) -> Result<Self, X25519Error> {
        Ok(Self::derive(
            &*secret.agree(patient)?,
            scope,
            &secret.public(),
        ))
    }

    /// κ as the patient computes it, from the hospital's X25519 key of that filing month.
    pub fn patient_side(
        secret: &X25519Secret,
        hospital_key: &X25519Public,
        scope: &LabelScope,
    ) -> Result<Self, X25519Error> {
        Ok(Self::derive(
            &*secret.agree(hospital_key)?,
            scope,
            hospital_key,
        ))
    }

    /// `Expand(Extract(KAPPA, shared), hospital ‖ month ‖ version ‖ X_h ‖ bundle hash)`.
    fn derive(shared: &[u8; 32], scope: &LabelScope, x_h: &X25519Public) -> Self {
        let prk = extract(domain::KAPPA, shared);
        Self(*expand(
            &prk,
            &[
                &scope.hospital,
                &scope.filing_month.to_le_bytes(),
                &scope.version.to_le_bytes(),
                &x_h.0,
                &scope.bundle_hash,
            ],
        ))
    }

    /// `kw = HMAC-SHA256(κ, lp(system) ‖ lp(code))`.
    pub fn label(&self, keyword: &Keyword) -> KeywordLabel {
        let mut message = Zeroizing::new(Vec::with_capacity(
            8 + keyword.system.len() + keyword.code.len(),
        ));
        put_lp(&mut message, keyword.system.as_bytes());
        put_lp(&mut message, keyword.code.as_bytes());
        // HMAC takes keys of any length, so the `else` branch is never taken.
        let Ok(mut mac) = <Hmac<Sha256> as Mac>::new_from_slice(&self.0) else {
            return KeywordLabel([0; 32]);
        };
        mac.update(&message);
        KeywordLabel(mac.finalize().into_bytes().into())
    }
}

impl fmt::Debug for Kappa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kappa")
    }
}

/// `kw`: the label of a keyword for one patient, hospital, filing month and label version.
///
/// It is erased when dropped; its `Debug` prints nothing.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct KeywordLabel([u8; 32]);

impl KeywordLabel {
    /// Takes a label that came with a trapdoor.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for KeywordLabel {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for KeywordLabel {}

impl fmt::Debug for KeywordLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeywordLabel")
    }
}

/// A label with the filing month for which it was made.
///
/// A match key commits to both. Its `Debug` prints nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct MonthLabel {
    /// The filing month.
    pub filing_month: FilingMonth,
    /// The label.
    pub kw: KeywordLabel,
}

impl fmt::Debug for MonthLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MonthLabel")
    }
}

/// The chain, hospital and filing month of a record.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Debug,
    Encode,
    Decode,
    DecodeWithMemTracking,
    TypeInfo,
    MaxEncodedLen,
)]
pub struct Context {
    /// Genesis hash of the consortium chain.
    pub chain: ChainId,
    /// The hospital.
    pub hospital: HospitalId,
    /// The filing month.
    pub filing_month: FilingMonth,
}

/// `Q`: the point of a label, for the search scalar and the open scalar alike.
///
/// The message is `lp(chain) ‖ A_s ‖ A_o ‖ hospital ‖ filing_month ‖ kw`. One point serves both
/// scalars because they are independent.
pub fn label_point<B: PairingBackend>(
    context: &Context,
    a_s: &G1Point,
    a_o: &G1Point,
    kw: &KeywordLabel,
) -> G2Point {
    let mut message = Zeroizing::new(Vec::with_capacity(198));
    put_lp(&mut message, &context.chain);
    message.extend_from_slice(a_s.as_bytes());
    message.extend_from_slice(a_o.as_bytes());
    message.extend_from_slice(&context.hospital);
    message.extend_from_slice(&context.filing_month.to_le_bytes());
    message.extend_from_slice(&kw.0);
    B::hash_to_g2(domain::H2C_LABEL, &message)
}
