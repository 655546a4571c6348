// SPDX-License-Identifier: Apache-2.0
//! The errors of a gateway.

use bspp_client::ClientError;

/// The result of an operation of the gateway.
pub type Result<T> = core::result::Result<T, GatewayError>;

/// The reasons for which a gateway fails, without health data, keywords or secrets.
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
    /// The shares of records cannot be read or written.
    #[error("SharesFailed: {0}")]
    Shares(String),
    /// The file has resources of several patients, or of another patient than the named one.
    #[error("SubjectMismatch: {0}")]
    Subject(String),
    /// The gateway cannot listen on an address.
    #[error("AddressNotUsable: {0}")]
    Address(String),
    /// A chain cannot be reached, or it refuses.
    #[error(transparent)]
    Chain(#[from] ClientError),
    /// The hospital of the chain is not the configured one.
    #[error("HospitalMismatch: the hospital chain is that of {found:?}")]
    HospitalMismatch {
        /// The hospital of the chain.
        found: bspp_types::HospitalId,
    },
    /// The operator's account may not act for the hospital.
    #[error("NotAuthorized: {0}")]
    NotAuthorized(String),
    /// The consortium has no anchor for the hospital.
    #[error("AnchorNotFound: the council has not started this hospital's anchor")]
    AnchorNotFound,
    /// The hospital's chain is shorter than its anchor.
    #[error(
        "ChainRebuilt: the hospital's node has finalized block {finalized}, and the anchor is at {anchored}. If the node \
         still synchronizes, wait. If the chain was rebuilt, ask the council to start its incarnation \
         (start_incarnation), with new keys of all voters"
    )]
    ChainRebuilt {
        /// The height of the anchored head.
        anchored: u32,
        /// The height of the newest finalized block.
        finalized: u32,
    },
    /// The anchored block is not in the hospital's chain.
    #[error(
        "AnchorNotOnChain: the anchored block {0} is not in the hospital's chain. Check that hospital_url is the right \
         node. If the chain was rebuilt, ask the council to start its incarnation (start_incarnation), with new keys of \
         all voters"
    )]
    AnchorNotOnChain(u32),
    /// No secret belongs to the key that the consortium names for this filing month.
    #[error("EncryptionKeyMismatch: none of the secrets is the key registered for month {0}")]
    EncryptionKeyMismatch(u16),
    /// The answers of the hospital's node contradict its state.
    #[error("EntryMismatch: {0}")]
    EntryMismatch(String),
    /// A chain refused the entry of a record in every attempt.
    #[error("EntryRefused: a chain refused the entry of a record {0} times; the job waits")]
    EntryRefused(u32),
    /// The set of voters that the consortium expects is not the set of the hospital chain.
    #[error("AuthoritySetMismatch: the consortium expects set {expected}, the chain has {found}")]
    AuthoritySetMismatch {
        /// The number of the set that the consortium tracks.
        expected: u64,
        /// The number of the set at the anchored block.
        found: u64,
    },
    /// The patient is not enrolled.
    #[error("PatientNotFound: the patient is not enrolled")]
    PatientNotFound,
    /// The patient's keys cannot be used.
    #[error("InvalidPatient: {0}")]
    InvalidPatient(#[from] bspp_record::PatientError),
    /// The patient has no consent in force for this filing month.
    #[error("ConsentNotFound: the patient has no consent in force for month {0}")]
    ConsentNotFound(u16),
    /// The file is not FHIR that can be stored.
    #[error("{0}")]
    InvalidFhir(#[from] bspp_record::FhirError),
    /// A record cannot be encrypted.
    #[error("{0}")]
    Encrypt(#[from] bspp_record::EncryptError),
    /// The clock shows a time outside the range of filing months.
    #[error("InvalidTime: the clock shows a time outside all months")]
    InvalidTime,
    /// The gateway is stopping.
    #[error("Stopping: the gateway is stopping")]
    Stopping,
}

impl GatewayError {
    /// The part of the message before the colon, for scripts.
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
