// SPDX-License-Identifier: Apache-2.0
//! A patient from the view of a hospital, for one filing month and label version.

use bspp_peks::{
    BundleError, Context, Kappa, LabelScope, LabelVersion, PatientBundle, ValidBundle, X25519Error,
    X25519Secret,
};
use core::fmt;

/// The reasons for which records cannot be encrypted for a patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatientError {
    /// The bundle's keys, proofs or signature are wrong.
    #[error("InvalidBundle: {0}")]
    InvalidBundle(BundleError),
    /// A label key cannot be agreed on.
    #[error("InvalidKey: {0}")]
    InvalidKey(X25519Error),
}

/// A patient from the view of an encryptor, for one filing month and label version.
///
/// It holds the verified public keys and the label key that the patient shares with the hospital.
#[derive(Clone)]
pub struct Patient {
    pub(crate) context: Context,
    pub(crate) bundle: ValidBundle,
    pub(crate) kappa: Kappa,
}

impl Patient {
    /// Verifies the bundle and agrees on the label key.
    ///
    /// `hospital` is the hospital's X25519 secret of that filing month. `version` is the patient's
    /// label version now: it must be read for each record.
    pub fn new(
        bundle: &PatientBundle,
        context: Context,
        version: LabelVersion,
        hospital: &X25519Secret,
    ) -> Result<Self, PatientError> {
        let bundle = bundle
            .verify(&context.chain, &context.hospital)
            .map_err(PatientError::InvalidBundle)?;
        let scope = LabelScope {
            hospital: context.hospital,
            filing_month: context.filing_month,
            version,
            bundle_hash: bundle.hash,
        };
        let kappa = Kappa::hospital_side(hospital, &bundle.x25519, &scope)
            .map_err(PatientError::InvalidKey)?;
        Ok(Self {
            context,
            bundle,
            kappa,
        })
    }

    /// The patient's account on the hospital's chain.
    pub fn account(&self) -> &[u8; 32] {
        &self.bundle.account
    }
}

impl fmt::Debug for Patient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Patient")
    }
}
