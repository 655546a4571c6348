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
    /// The PHI store cannot be read or written.
    #[error(transparent)]
    PhiStore(#[from] bspp_phi_store::PhiStoreError),
    /// The shares of records cannot be read or written.
    #[error("SharesFailed: {0}")]
    Shares(String),
    /// The file has resources of several patients, or not of the named patient.
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
    /// Records of a job are parked, because a chain refused their entries in several attempts.
    #[error("EntryRefused: {parked} records are parked and tried again later; the reason of one: {reason}")]
    EntryRefused {
        /// The number of parked records.
        parked: u64,
        /// The reason for which one of them is parked.
        reason: String,
    },
    /// The gateway's clock and the hospital chain differ too much.
    #[error(
        "ClockSkew: the gateway's clock and the hospital chain's best block differ by {0} seconds; no record is filed and \
         no job ends. Correct the clock, or wait until the hospital's node has synchronized"
    )]
    ClockSkew(u64),
    /// The finalized state of the hospital chain is too old to end a job.
    #[error(
        "StaleState: the hospital chain's newest finalized block is {0} seconds old; no job ends by such old state"
    )]
    StaleState(u64),
    /// The best block shows a reason to end a job that finalized state does not show.
    #[error("NotFinal: finalized state of the hospital chain does not show this yet: {0}")]
    NotFinal(String),
    /// A share medium is missing, empty, foreign, or a copy of another one.
    #[error(
        "ShareMediumMismatch: {0}. Mount the right medium and start again. If it is lost or replaced for good, start \
         once with --admit-share-media (bspp gateway run): its shares are then filled from the other media"
    )]
    ShareMedium(String),
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
