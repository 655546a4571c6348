// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![deny(unsafe_code, missing_docs)]
#![deny(clippy::unwrap_used, clippy::expect_used)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod consent;
pub mod container;
pub mod disclosure;
pub mod encrypt;
pub mod fhir;
pub mod grant;
mod json;
pub mod keywords;
pub mod open;
pub mod patient;
pub mod payload;
pub mod sealing;
pub mod slots;
pub mod split;

pub use consent::{consent_id, sign_withdrawal, SignedConsent};
pub use container::{reassemble, Payload, PayloadKind, Piece, ReassembleError, SourceId};
pub use disclosure::{
    AccountVerifier, DisclosureError, DisclosurePackage, DisclosureRequest, OwnRecordRequest,
    Question, SignedPackage,
};
pub use encrypt::{EncryptError, EncryptedRecord, Encryptor, SharedRecord};
pub use fhir::{Document, FhirError};
pub use grant::{
    create_grant, create_supplement, verify_close, verify_revocation, verify_tombstone,
    GrantEnvelope, GrantError, GrantHeader, GrantItem, GrantKey, GrantTerms, GrantedItem,
    GrantedLabel, ReceivedGrant, ScopeLeaf, ScopeOpening, ScopeTree, SignedSupplement, SlotOpening,
    Supplement, SupplementEnvelope,
};
pub use keywords::Keyword;
pub use open::{check_disclosed, open_record, slot_of, OpenError};
pub use patient::{Patient, PatientError};
pub use sealing::{SealedBox, SealingError};
pub use split::{random_source, split, PlainRecord};
