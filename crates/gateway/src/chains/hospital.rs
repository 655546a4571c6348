// SPDX-License-Identifier: Apache-2.0
//! The hospital's own chain.

use crate::ports::*;
use async_trait::async_trait;
use bspp_client::{
    calls::{patients, phi_records},
    verify_and_optimize, At, ClientError, FinalityProof, HospitalClient, Included, Pending, Result,
    Signer,
};
use bspp_peks::{BatchHeader, LabelVersion};
use bspp_phi_store::PhiStore;
use bspp_primitives::entry_commitment_storage;
use bspp_types::{
    BatchId, ConsentId, DisclosureGround, Ed25519Signature, Entry, EntryCommitment, FilingMonth,
    LabelState, Moment, Patient, Record, RecordId, RecordLocation, Records, Sequence,
    MAX_RECORDS_PER_CALL,
};
use sp_core::H256;
use std::sync::Arc;

/// The hospital's chain from the view of its gateway. A clone is cheap.
#[derive(Clone)]
pub struct HospitalPort {
    client: HospitalClient,
    operator: Arc<Signer>,
    payloads: PhiStore,
}

impl HospitalPort {
    /// Makes a view that acts with the gateway's key, and reads payloads from the PHI store.
    pub fn new(client: HospitalClient, operator: Arc<Signer>, payloads: PhiStore) -> Self {
        Self {
            client,
            operator,
            payloads,
        }
    }

    /// The client.
    pub fn client(&self) -> &HospitalClient {
        &self.client
    }

    async fn hash_at(&self, number: u32) -> Result<H256> {
        self.client
            .block_hash(number)
            .await?
            .ok_or_else(|| ClientError::BlockNotFound(number.to_string()))
    }

    /// Opens a batch and waits until a block includes it.
    pub(super) async fn open_batch(&self, header: &BatchHeader, salt: &[u8; 32]) -> Result<()> {
        let call = phi_records::open_batch(header, *salt);
        match self.client.submit_in_block(&call, &self.operator).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_dispatch("PhiRecords", "BatchAlreadyExists") => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// A consent in force for a filing month: `named` if it is given, else any.
    async fn consent_at(
        &self,
        at: At,
        account: [u8; 32],
        named: Option<ConsentId>,
        filing_month: FilingMonth,
    ) -> Result<Option<ConsentId>> {
        let Some(id) = named else {
            return self.client.consent_for(at, account, filing_month).await;
        };
        let consent = self.client.consent(at, id).await?;
        let covers = consent.is_some_and(|consent| {
            consent.terms.patient == account
                && !consent.withdrawn
                && (consent.terms.from..=consent.terms.until).contains(&filing_month)
        });
        Ok(covers.then_some(id))
    }

    /// The outcomes of the records of a call that a block includes.
    async fn outcomes(&self, rids: &[RecordId], included: &Included) -> Result<Vec<StoreOutcome>> {
        let refused = self
            .client
            .refused_records(included.block, &included.events)
            .await?;
        let outcome = |rid: &RecordId| match refused.iter().find(|(record, _)| record == rid) {
            None => StoreOutcome::Stored(included.number),
            // It is stored already, or the next attempt stores it.
            Some((_, failure)) if LATER.contains(&failure.name.as_str()) => {
                StoreOutcome::Unknown(failure.to_string())
            }
            Some((_, failure)) => StoreOutcome::Refused(failure.name.clone()),
        };
        Ok(rids.iter().map(outcome).collect())
    }

    /// Waits until a call with records is in a block.
    async fn included(&self, rids: Vec<RecordId>, mut call: Pending) -> Vec<StoreOutcome> {
        let result = match call.in_block().await {
            Ok(included) => self.outcomes(&rids, &included).await,
            Err(error) => Err(error),
        };
        result.unwrap_or_else(|error| {
            let outcome = match error.dispatch_name() {
                // The account is no longer staff.
                Some(name @ "PhiRecords::NotAuthorized") => StoreOutcome::Refused(name.to_owned()),
                _ => StoreOutcome::Unknown(error.to_string()),
            };
            vec![outcome; rids.len()]
        })
    }
}

/// Refusals of a record after which the same record is looked for, and sent again.
const LATER: [&str; 2] = [
    "PhiRecords::RecordAlreadyExists",
    "PhiRecords::MaxEntriesPerBlockExceeded",
];

#[async_trait]
impl FinalitySource for HospitalPort {
    type Proof = FinalityProof;

    async fn finalized_number(&self) -> Result<u32> {
        self.client.finalized_number().await
    }

    async fn latest_set_id(&self) -> Result<u64> {
        self.client.authority_set_id(At::Finalized).await
    }

    async fn prove_finality(&self, number: u32) -> Result<Option<Proven<FinalityProof>>> {
        let proof = self.client.prove_finality(number).await?;
        Ok(proof.map(|proof| Proven {
            number: proof.header.number,
            proof,
        }))
    }

    async fn contains(&self, number: u32, hash: H256) -> Result<bool> {
        Ok(self.client.block_hash(number).await? == Some(hash))
    }

    async fn optimize(
        &self,
        _anchored: H256,
        mut proven: Proven<FinalityProof>,
    ) -> Result<(u64, Proven<FinalityProof>)> {
        // The set after the header's parent signed the header. It is also the set after the anchor,
        // because a proof never reaches beyond its set. The parent's state is younger, so the node
        // probably still has it.
        let set = self
            .client
            .authority_set(proven.proof.header.parent_hash)
            .await?;
        verify_and_optimize(&mut proven.proof, &set)?;
        Ok((set.id, proven))
    }
}

#[async_trait]
impl EntrySource for HospitalPort {
    async fn entry_commitment(&self, sequence: Sequence) -> Result<Option<EntryCommitment>> {
        self.client.entry_commitment(At::Finalized, sequence).await
    }

    async fn entry_block_count(&self) -> Result<Sequence> {
        self.client.entry_block_count(At::Finalized).await
    }

    async fn entries(&self, number: u32) -> Result<Vec<Entry>> {
        let block = self.hash_at(number).await?;
        let stored = self.client.stored_records(block).await?;
        Ok(stored
            .into_iter()
            .map(|stored| stored.record.entry)
            .collect())
    }

    async fn prove_entry_block(&self, sequence: Sequence, head: H256) -> Result<Vec<Vec<u8>>> {
        self.client
            .read_proof(&[entry_commitment_storage::key(sequence)], head)
            .await
    }
}

#[async_trait]
impl RecordSink for HospitalPort {
    async fn locate(&self, rid: RecordId, finalized: bool) -> Result<Option<RecordLocation>> {
        let at = if finalized { At::Finalized } else { At::Best };
        self.client.record_location(at, rid).await
    }

    async fn final_height(&self) -> Result<u32> {
        self.client.finalized_number().await
    }

    async fn store(&self, records: Vec<Outgoing>) -> Vec<StoreOutcome> {
        let mut sent = Vec::new();
        let mut failed = None;
        for part in records.chunks(MAX_RECORDS_PER_CALL as usize) {
            let rids: Vec<RecordId> = part.iter().map(|record| record.rid).collect();
            let body = part.iter().map(|record| record.record.clone());
            let call = phi_records::store_records(&Records::truncate_from(body.collect()));
            match self.client.submit(&call, &self.operator).await {
                Ok(pending) => sent.push(self.included(rids, pending)),
                // Stop at the first failure, because indices must keep their order.
                Err(error) => {
                    failed = Some(error.to_string());
                    break;
                }
            }
        }
        let mut outcomes = futures::future::join_all(sent).await.concat();
        let reason = failed.unwrap_or_default();
        outcomes.resize(records.len(), StoreOutcome::Unknown(reason));
        outcomes
    }
}

#[async_trait]
impl PatientRegistry for HospitalPort {
    async fn patient(&self, account: [u8; 32]) -> Result<Option<Patient>> {
        self.client.patient(At::Best, account).await
    }

    async fn label_state(&self, account: [u8; 32]) -> Result<LabelState> {
        self.client.label_state(At::Best, account).await
    }

    async fn raise_label_version(
        &self,
        account: [u8; 32],
        version: LabelVersion,
        revoke_before: Moment,
        signature: Ed25519Signature,
    ) -> Result<bool> {
        let finalized = self.client.label_state(At::Finalized, account).await?;
        if finalized.version >= version {
            // If another rise took the version, the gateway alone obeys this one.
            return Ok(finalized.revoke_before >= revoke_before);
        }
        if self.label_state(account).await?.version < version {
            let call = patients::raise_label_version(account, version, revoke_before, signature);
            self.client
                .submit_authorized(&call)
                .await?
                .in_block()
                .await?;
        }
        Ok(false)
    }

    async fn consent(
        &self,
        account: [u8; 32],
        named: Option<ConsentId>,
        filing_month: FilingMonth,
    ) -> Result<Option<ConsentId>> {
        self.consent_at(At::Best, account, named, filing_month)
            .await
    }
}

#[async_trait]
impl PatientEvidence for HospitalPort {
    async fn best_time(&self) -> Result<Moment> {
        self.client.timestamp(At::Best).await
    }

    async fn evidence(
        &self,
        account: [u8; 32],
        named: Option<ConsentId>,
        filing_month: FilingMonth,
    ) -> Result<Evidence> {
        let at = At::Block(self.client.finalized_hash().await?);
        Ok(Evidence {
            time: self.client.timestamp(at).await?,
            patient: self.client.patient(at, account).await?,
            consent: self.consent_at(at, account, named, filing_month).await?,
        })
    }
}

#[async_trait]
impl RecordArchive for HospitalPort {
    async fn record(&self, rid: RecordId) -> Result<Option<(RecordLocation, Record)>> {
        self.client.record(At::Finalized, rid).await
    }

    async fn ciphertext(&self, record: &Record) -> Result<Vec<u8>> {
        let payload = self.payloads.get(record.entry.payload_hash).await;
        payload.map_err(|error| ClientError::InvalidAnswer {
            what: "the PHI store".into(),
            reason: error.to_string(),
        })
    }

    async fn batch_month(&self, batch: BatchId) -> Result<Option<FilingMonth>> {
        let found = self.client.batch(At::Finalized, batch).await?;
        Ok(found.map(|batch| batch.filing_month))
    }

    async fn log_disclosure(
        &self,
        ground: DisclosureGround,
        record: RecordId,
        recipient: [u8; 32],
    ) -> Result<()> {
        let call = phi_records::log_disclosure(ground, record, recipient);
        match self.client.submit_in_block(&call, &self.operator).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_dispatch("PhiRecords", "DisclosureAlreadyExists") => Ok(()),
            Err(error) => Err(error),
        }
    }
}
