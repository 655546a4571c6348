// SPDX-License-Identifier: Apache-2.0
//! The file with which a hospital enrols a patient: public keys and a signed consent.

use crate::{
    error::{CliError, CliResult},
    values::{hex0x, scale_hex},
};
use bspp_peks::PatientBundle;
use bspp_types::{ConsentTerms, Ed25519Signature};
use codec::{DecodeAll, Encode};
use serde::{Deserialize, Serialize};

/// The keys and the consent as SCALE in hex, for one hospital.
#[derive(Serialize, Deserialize)]
pub struct EnrolmentFile {
    /// The hospital of the enrolment, for people.
    pub hospital: String,
    bundle: String,
    terms: String,
    signature: String,
}

/// The decoded content.
pub struct Enrolment {
    /// The public keys.
    pub bundle: PatientBundle,
    /// The terms of the consent.
    pub terms: ConsentTerms,
    /// The patient's signature over the terms.
    pub signature: Ed25519Signature,
}

fn decode<T: DecodeAll>(text: &str, what: &str) -> CliResult<T> {
    scale_hex(text).ok_or_else(|| {
        CliError::Usage(format!(
            "the enrolment's {what} does not decode; ask the patient for a new file"
        ))
    })
}

impl EnrolmentFile {
    /// Encodes an enrolment.
    pub fn new(hospital: &[u8; 32], enrolment: &Enrolment) -> Self {
        Self {
            hospital: hex0x(hospital),
            bundle: hex0x(enrolment.bundle.encode()),
            terms: hex0x(enrolment.terms.encode()),
            signature: hex0x(enrolment.signature),
        }
    }

    /// Decodes the enrolment. The chain verifies the content.
    pub fn decode(&self) -> CliResult<Enrolment> {
        Ok(Enrolment {
            bundle: decode(&self.bundle, "bundle")?,
            terms: decode(&self.terms, "terms")?,
            signature: decode(&self.signature, "signature")?,
        })
    }
}
