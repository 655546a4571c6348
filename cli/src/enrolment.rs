// SPDX-License-Identifier: Apache-2.0
//! The files with which a hospital enrols a patient and takes a withdrawal of a consent.
//!
//! They hold public keys and signatures.

use crate::{
    error::{CliError, CliResult},
    values::{hex0x, scale_hex},
};
use bspp_peks::PatientBundle;
use bspp_types::{ConsentId, ConsentTerms, Ed25519Signature};
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

/// A signed withdrawal as SCALE in hex.
#[derive(Serialize, Deserialize)]
pub struct WithdrawalFile {
    consent: String,
    signature: String,
}

impl WithdrawalFile {
    /// Encodes a withdrawal.
    pub fn new(consent: &ConsentId, signature: &Ed25519Signature) -> Self {
        Self {
            consent: hex0x(consent),
            signature: hex0x(signature),
        }
    }

    /// Decodes the withdrawal. The chain verifies the signature.
    pub fn decode(&self) -> CliResult<(ConsentId, Ed25519Signature)> {
        let wrong =
            || CliError::usage("the withdrawal does not decode; ask the patient for a new file");
        Ok((
            scale_hex(&self.consent).ok_or_else(wrong)?,
            scale_hex(&self.signature).ok_or_else(wrong)?,
        ))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use bspp_types::H256;

    #[test]
    fn withdrawal_should_be_read_as_written() {
        let file = WithdrawalFile::new(&H256([1; 32]), &[2; 64]);
        assert_eq!(file.decode().unwrap(), (H256([1; 32]), [2; 64]));
        let cut = WithdrawalFile {
            signature: "0x02".into(),
            ..file
        };
        assert!(cut.decode().is_err());
    }
}
