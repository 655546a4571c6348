// SPDX-License-Identifier: Apache-2.0
//! What can go wrong in a gateway.

use bspp_client::ClientError;

/// Result in a gateway.
pub type Result<T> = core::result::Result<T, GatewayError>;

/// Why a gateway fails. No error holds health data, keywords or secrets.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// A setting is missing or wrong.
    #[error("InvalidConfig: {0}")]
    InvalidConfig(String),
    /// A secret cannot be read.
    #[error("InvalidSecret: {0}")]
    InvalidSecret(String),
    /// Another gateway uses the data folder.
    #[error("DataDirInUse: another gateway uses {0}")]
    DataDirInUse(String),
    /// The outbox cannot be read or written.
    #[error("OutboxFailed: {0}")]
    Outbox(String),
    /// An address cannot be listened on.
    #[error("AddressNotUsable: {0}")]
    Address(String),
    /// A chain cannot be reached, or refuses.
    #[error(transparent)]
    Chain(#[from] ClientError),
    /// The hospital of the chain is not the one configured.
    #[error("HospitalMismatch: the hospital chain is that of {found:?}")]
    HospitalMismatch {
        /// What the chain says.
        found: bspp_primitives::HospitalId,
    },
    /// The operator's account may not act for the hospital.
    #[error("NotAuthorized: {0}")]
    NotAuthorized(String),
    /// The consortium has no anchor for the hospital.
    #[error("AnchorNotFound: the council has not started this hospital's anchor")]
    AnchorNotFound,
    /// None of the secrets is the one that the consortium names for this month.
    #[error("EncryptionKeyMismatch: none of the secrets is the key registered for month {0}")]
    EncryptionKeyMismatch(u16),
    /// What the hospital's node gave is not what its state says.
    #[error("EntryMismatch: {0}")]
    EntryMismatch(String),
    /// The authority set that the consortium expects is not the one of the hospital chain.
    #[error("AuthoritySetMismatch: the consortium expects set {expected}, the chain has {found}")]
    AuthoritySetMismatch {
        /// Number that the consortium tracks.
        expected: u64,
        /// Number at the anchored block.
        found: u64,
    },
    /// The patient is not enrolled.
    #[error("PatientNotFound: no such patient is enrolled")]
    PatientNotFound,
    /// The patient's keys cannot be used.
    #[error("InvalidPatient: {0}")]
    InvalidPatient(#[from] bspp_record::PatientError),
    /// The patient has given no consent for this month.
    #[error("ConsentNotFound: the patient has no consent in force for month {0}")]
    ConsentNotFound(u16),
    /// The file is no FHIR that can be stored.
    #[error("{0}")]
    InvalidFhir(#[from] bspp_record::FhirError),
    /// A record cannot be encrypted.
    #[error("{0}")]
    Encrypt(#[from] bspp_record::EncryptError),
    /// The clock shows a month that cannot be counted.
    #[error("InvalidTime: the clock shows no month")]
    InvalidTime,
    /// The gateway is stopping.
    #[error("Stopping: the gateway is stopping")]
    Stopping,
}

impl GatewayError {
    /// The part before the colon: what scripts may compare.
    pub fn code(&self) -> String {
        let text = self.to_string();
        let code = text.split(':').next().unwrap_or_default();
        let is_code = !code.is_empty() && code.chars().all(|c| c.is_ascii_alphanumeric());
        if is_code {
            code.to_owned()
        } else {
            "Failed".to_owned()
        }
    }
}
