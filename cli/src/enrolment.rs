// SPDX-License-Identifier: Apache-2.0
//! The file that a patient hands to a hospital to be enrolled: public keys and a signed consent.

use crate::{
    error::{CliError, CliResult},
    values::{hex0x, scale_hex},
};
use bspp_primitives::{ConsentTerms, Ed25519Signature, PatientBundle};
use codec::{DecodeAll, Encode};
use serde::{Deserialize, Serialize};

/// Keys and consent as SCALE in hex, for one hospital.
#[derive(Serialize, Deserialize)]
pub struct EnrolmentFile {
    /// The hospital it is made for, for people.
    pub hospital: String,
    bundle: String,
    terms: String,
    signature: String,
}

/// The decoded content.
pub struct Enrolment {
    /// Public keys.
    pub bundle: PatientBundle,
    /// What the patient agrees to.
    pub terms: ConsentTerms,
    /// The patient's signature over it.
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
    /// Packs an enrolment.
    pub fn new(hospital: &[u8; 32], enrolment: &Enrolment) -> Self {
        Self {
            hospital: hex0x(hospital),
            bundle: hex0x(enrolment.bundle.encode()),
            terms: hex0x(enrolment.terms.encode()),
            signature: hex0x(enrolment.signature),
        }
    }

    /// Unpacks it. The chain verifies what it says.
    pub fn decode(&self) -> CliResult<Enrolment> {
        Ok(Enrolment {
            bundle: decode(&self.bundle, "bundle")?,
            terms: decode(&self.terms, "terms")?,
            signature: decode(&self.signature, "signature")?,
        })
    }
}
