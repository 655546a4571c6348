// SPDX-License-Identifier: Apache-2.0
//! Consent: the patient's signature that lets a hospital store and index records.
//!
//! A consent covers the records of some filing months.

use bspp_peks::{verify_strict, PatientKeys, SignatureError};
pub use bspp_types::messages::consent_id;
use bspp_types::{
    messages, ConsentId, ConsentTerms, Ed25519Signature, FilingMonth, HospitalId, H256,
};
use rand_core::{CryptoRng, RngCore};

/// A consent that is ready to be registered on the hospital's chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedConsent {
    /// The terms that the patient agreed to.
    pub terms: ConsentTerms,
    /// The patient's signature over [`messages::consent_message`].
    pub signature: Ed25519Signature,
}

impl SignedConsent {
    /// Agrees to records of the filing months `from` to `until`, both included.
    pub fn sign<R: RngCore + CryptoRng>(
        keys: &PatientKeys,
        (from, until): (FilingMonth, FilingMonth),
        rng: &mut R,
    ) -> Self {
        let account = keys.account();
        let mut salt = [0u8; 32];
        rng.fill_bytes(&mut salt);
        let terms = ConsentTerms {
            patient: account.public(),
            from,
            until,
            salt,
        };
        let (chain, hospital) = (H256(*keys.chain()), H256(*keys.hospital()));
        let signature = account.sign(&messages::consent_message(&chain, &hospital, &terms));
        Self { terms, signature }
    }

    /// Checks the signature.
    pub fn verify(&self, chain: &H256, hospital: &HospitalId) -> Result<(), SignatureError> {
        let message = messages::consent_message(chain, hospital, &self.terms);
        verify_strict(&self.terms.patient, &message, &self.signature)
    }
}

/// The patient's signature that withdraws a consent.
pub fn sign_withdrawal(keys: &PatientKeys, consent: &ConsentId) -> Ed25519Signature {
    let (chain, hospital) = (H256(*keys.chain()), H256(*keys.hospital()));
    let message = messages::consent_withdrawal_message(&chain, &hospital, consent);
    keys.account().sign(&message)
}
