// SPDX-License-Identifier: Apache-2.0
//! Runtime APIs of a hospital chain.

use super::runtime_apis;
use crate::{
    chain::At,
    error::{ClientError, Result},
    hospital::HospitalClient,
};
use bspp_primitives::AccountId;
use bspp_types::{
    BatchId, Consent, ConsentId, EntryCommitment, HospitalBatch, HospitalId, LabelState, Patient,
    Record, RecordId, RecordLocation, Sequence, StoredRecord,
};
use sp_core::H256;

runtime_apis!(HospitalClient {
    /// The hospital's identifier.
    hospital_id = "HospitalAdminApi_hospital"() -> HospitalId;
    /// An enrolled patient.
    patient = "PatientsApi_patient"(account: [u8; 32]) -> Option<Patient>;
    /// A consent.
    consent = "PatientsApi_consent"(id: ConsentId) -> Option<Consent>;
    /// The label versions of a patient. An account that is not enrolled has version 0.
    label_state = "PatientsApi_label_state"(account: [u8; 32]) -> LabelState;
    /// A batch that was opened on this chain.
    batch = "PhiRecordsApi_batch"(id: BatchId) -> Option<HospitalBatch<AccountId>>;
    /// Whether an account is staff, and therefore may store records.
    may_store = "HospitalAdminApi_may_store"(account: &AccountId) -> bool;
    /// The location of a record.
    record_location = "PhiRecordsApi_record_location"(record: RecordId) -> Option<RecordLocation>;
    /// The number of entry blocks so far.
    entry_block_count = "PhiRecordsApi_entry_block_count"() -> Sequence;
    /// The commitment of an entry block.
    entry_commitment = "PhiRecordsApi_entry_commitment"(sequence: Sequence) -> Option<EntryCommitment>;
});

impl HospitalClient {
    /// The records that were stored in a block, in the order of storage.
    ///
    /// # Errors
    /// `BlockNotFound`, and those of `ChainClient::rpc`.
    pub async fn stored_records(&self, block: H256) -> Result<Vec<StoredRecord>> {
        let body = self.block(At::Block(block)).await?.encoded_body();
        self.runtime_call("PhiRecordsApi_stored_records", &body, At::Block(block))
            .await
    }

    /// A stored record with its location. `None` if the chain does not have it at `at`.
    ///
    /// # Errors
    /// `InvalidAnswer` if the node's answers contradict each other, and those of
    /// `ChainClient::rpc`.
    pub async fn record(
        &self,
        at: At,
        record: RecordId,
    ) -> Result<Option<(RecordLocation, Record)>> {
        let Some(location) = self.record_location(at, record).await? else {
            return Ok(None);
        };
        let block = self
            .block_hash(location.block)
            .await?
            .ok_or_else(|| ClientError::BlockNotFound(location.block.to_string()))?;
        let stored = self.stored_records(block).await?;
        match stored.into_iter().find(|stored| stored.rid == record) {
            Some(found) => Ok(Some((location, found.record))),
            None => Err(ClientError::InvalidAnswer {
                what: "stored_records".into(),
                reason: format!("record {record:?} is not in block {}", location.block),
            }),
        }
    }
}
