// SPDX-License-Identifier: Apache-2.0
//! The gateway's view of both chains, as traits, so that tests of each part need no chain.

use async_trait::async_trait;
use bspp_client::Result;
use bspp_peks::{BatchHeader, LabelVersion};
use bspp_primitives::AccountId;
use bspp_types::{
    AnchoredHead, Authority, BatchId, BlockNumber, ConsentId, Day, DisclosureGround,
    Ed25519Signature, Entry, EntryBlock, EntryCommitment, FilingMonth, LabelState, Match, Moment,
    Patient, Record, RecordId, RecordLocation, RegisteredBlock, Request, RequestId, Sequence,
    X25519Key,
};
use sp_core::H256;

/// A finality proof and the height that it proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven<P> {
    /// The height of the proved header.
    pub number: u32,
    /// The proof.
    pub proof: P,
}

/// The hospital chain: finality, for the relay.
#[async_trait]
pub trait FinalitySource: Send + Sync {
    /// A finality proof.
    type Proof: Clone + Send + Sync;

    /// The height of the newest finalized block.
    async fn finalized_number(&self) -> Result<u32>;

    /// The number of the set of voters that signs after the newest finalized block.
    async fn latest_set_id(&self) -> Result<u64>;

    /// A finality proof for `number` or a later block. `None` if there is none yet.
    ///
    /// The proof never reaches beyond the end of the set of voters that `number` belongs to.
    async fn prove_finality(&self, number: u32) -> Result<Option<Proven<Self::Proof>>>;

    /// Whether the finalized chain has this block at this height.
    async fn contains(&self, _number: u32, _hash: H256) -> Result<bool> {
        Ok(true)
    }

    /// Verifies a proof against the set of voters that signs after `anchored`, and minimizes it.
    ///
    /// The result is the number of that set, and the proof without the redundant parts that the
    /// verifier would refuse.
    async fn optimize(
        &self,
        anchored: H256,
        proof: Proven<Self::Proof>,
    ) -> Result<(u64, Proven<Self::Proof>)>;
}

/// The consortium chain: the hospital's anchor.
#[async_trait]
pub trait AnchorTarget: Send + Sync {
    /// A finality proof.
    type Proof: Clone + Send + Sync;

    /// The newest anchored head and the number of the set that signs after it.
    ///
    /// The result is `None` if there is no anchor.
    async fn anchored_head(&self) -> Result<Option<(AnchoredHead, u64)>>;

    /// Whether anchors come from an account of their own, so that they never wait behind others.
    fn has_own_account(&self) -> bool {
        false
    }

    /// Submits a proof and waits until a block includes it.
    async fn submit_proof(&self, proof: &Proven<Self::Proof>) -> Result<()>;
}

/// The hospital chain: entry blocks, for registration.
#[async_trait]
pub trait EntrySource: Send + Sync {
    /// The commitment of the entry block at a sequence number, in finalized state.
    async fn entry_commitment(&self, sequence: Sequence) -> Result<Option<EntryCommitment>>;

    /// The number of entry blocks in finalized state.
    async fn entry_block_count(&self) -> Result<Sequence>;

    /// The entries of the block at a height, in their order.
    async fn entries(&self, number: u32) -> Result<Vec<Entry>>;

    /// The storage proof of the entry block at `sequence` in the state of block `head`.
    async fn prove_entry_block(&self, sequence: Sequence, head: H256) -> Result<Vec<Vec<u8>>>;
}

/// A call that registers entry blocks, with sequence numbers of the hospital's chain.
#[derive(Clone, Debug)]
pub struct Registering {
    /// The anchored block against which the proof holds.
    pub head: H256,
    /// The storage proof of the newest entry block.
    pub proof: Vec<Vec<u8>>,
    /// The entry blocks, consecutive and ascending.
    pub blocks: Vec<EntryBlock>,
}

/// The consortium chain: registration of entries.
///
/// Sequence numbers are those of the hospital's own chain, without earlier incarnations.
#[async_trait]
pub trait Registry: Send + Sync {
    /// The sequence number of the entry block that must be registered next, in best state.
    async fn next_sequence(&self) -> Result<Sequence>;

    /// The newest anchored head.
    async fn anchor(&self) -> Result<Option<AnchoredHead>>;

    /// Sends calls that register entry blocks, in order, and waits until all are settled.
    ///
    /// The result is the height of the block that includes the last one. If some are not included,
    /// the result is the first error.
    async fn register_blocks(&self, calls: Vec<Registering>) -> Result<BlockNumber>;

    /// A registered entry block, in finalized state if `finalized` is set, else in best state.
    async fn registered(
        &self,
        sequence: Sequence,
        finalized: bool,
    ) -> Result<Option<RegisteredBlock>>;

    /// Whether searches on this node find the finalized entry of `rid`.
    ///
    /// `registered_at` is the block that registered it. The result is `None` while the node's index
    /// has not reached that block, and `Some(false)` if the consortium refused the entry.
    async fn is_indexed(&self, rid: RecordId, registered_at: BlockNumber) -> Result<Option<bool>>;
}

/// A record to be stored.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// The identifier of the record.
    pub rid: RecordId,
    /// The record. Its payload is in the PHI store already.
    pub record: Record,
}

/// The hospital's PHI store, for payloads.
#[async_trait]
pub trait PayloadSink: Send + Sync {
    /// Makes a payload durable in enough stores. A payload that is there is not an error.
    async fn put(&self, payload: &[u8]) -> crate::error::Result<()>;
}

/// Payloads in memory, for tests. They can fail.
#[cfg(test)]
#[derive(Default)]
pub(crate) struct Payloads {
    /// The payload hashes in the order of their writes.
    pub stored: std::sync::Mutex<Vec<H256>>,
    /// Whether writes fail.
    pub broken: std::sync::atomic::AtomicBool,
}

#[cfg(test)]
#[async_trait]
impl PayloadSink for Payloads {
    #[allow(clippy::unwrap_used)]
    async fn put(&self, payload: &[u8]) -> crate::error::Result<()> {
        if self.broken.load(std::sync::atomic::Ordering::Relaxed) {
            return Err(crate::error::GatewayError::Outbox("disk full".into()));
        }
        let hash = bspp_types::payload_hash(payload);
        self.stored.lock().unwrap().push(hash);
        Ok(())
    }
}

#[async_trait]
impl PayloadSink for bspp_phi_store::PhiStore {
    async fn put(&self, payload: &[u8]) -> crate::error::Result<()> {
        self.put(payload.to_vec()).await?;
        Ok(())
    }
}

/// The outcome of sending a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreOutcome {
    /// The record is in the block at this height.
    Stored(BlockNumber),
    /// The chain refuses the record permanently.
    Refused(String),
    /// The outcome is unknown: look for the record before sending it again.
    Unknown(String),
}

/// The hospital chain: storage of records.
#[async_trait]
pub trait RecordSink: Send + Sync {
    /// The location of a record, in finalized or best state.
    async fn locate(&self, rid: RecordId, finalized: bool) -> Result<Option<RecordLocation>>;

    /// The height of the newest finalized block.
    async fn final_height(&self) -> Result<u32>;

    /// Sends records in this order, waits until each is included, and returns their outcomes.
    async fn store(&self, records: Vec<Outgoing>) -> Vec<StoreOutcome>;
}

/// Both chains: batches.
#[async_trait]
pub trait BatchRegistry: Send + Sync {
    /// Opens a batch on both chains.
    ///
    /// It registers the batch on the consortium and waits until the registration is finalized, then
    /// opens it on the hospital chain and waits for inclusion. `salt` shows the hospital chain that
    /// the header names this account. A chain that has the batch already is not an error, so the
    /// same header may be sent again.
    async fn open_batch(&self, header: &BatchHeader, salt: &[u8; 32]) -> Result<()>;

    /// The hospital's X25519 key of a filing month.
    async fn encryption_key(&self, filing_month: FilingMonth) -> Result<Option<X25519Key>>;
}

/// The hospital chain: patients.
#[async_trait]
pub trait PatientRegistry: Send + Sync {
    /// An enrolled patient.
    async fn patient(&self, account: [u8; 32]) -> Result<Option<Patient>>;

    /// The label versions of a patient, in best state: a rise counts at once.
    async fn label_state(&self, account: [u8; 32]) -> Result<LabelState>;

    /// Brings a rise of the label version to the chain. Returns whether it is final there.
    ///
    /// A rise whose version another one took, with an earlier `revoke_before`, is never final.
    async fn raise_label_version(
        &self,
        account: [u8; 32],
        version: LabelVersion,
        revoke_before: Moment,
        signature: Ed25519Signature,
    ) -> Result<bool>;

    /// A consent of the patient in force for a filing month: `named` if it is given, else any.
    async fn consent(
        &self,
        account: [u8; 32],
        named: Option<ConsentId>,
        filing_month: FilingMonth,
    ) -> Result<Option<ConsentId>>;
}

/// The facts of a patient in finalized state of the hospital chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The time of the finalized block.
    pub time: Moment,
    /// The patient. `None` if the patient is not enrolled.
    pub patient: Option<Patient>,
    /// The consent, as [`PatientRegistry::consent`] finds it.
    pub consent: Option<ConsentId>,
}

/// The hospital chain: its time, and the evidence without which no job ends.
#[async_trait]
pub trait PatientEvidence: Send + Sync {
    /// The time of the best block.
    async fn best_time(&self) -> Result<Moment>;

    /// A patient and a consent, both in the newest finalized state.
    async fn evidence(
        &self,
        account: [u8; 32],
        named: Option<ConsentId>,
        filing_month: FilingMonth,
    ) -> Result<Evidence>;
}

/// The standing of the two parties of a disclosure, in finalized state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whether the requester acts for an active hospital.
    pub requester: bool,
    /// The registered X25519 key of the requester.
    pub requester_key: Option<X25519Key>,
    /// Whether the hospital of this gateway is active.
    pub hospital: bool,
}

/// The consortium chain: the requests and matches of a disclosure.
#[async_trait]
pub trait RequestView: Send + Sync {
    /// The time of the newest finalized block.
    async fn finalized_time(&self) -> Result<Moment>;

    /// A request and its match of a record, both in the same finalized state.
    async fn finalized_request(
        &self,
        request: RequestId,
        record: RecordId,
    ) -> Result<(Option<Request<AccountId>>, Option<Match>)>;

    /// The standing of a requester and of this hospital, in finalized state.
    async fn finalized_standing(&self, requester: &AccountId) -> Result<Standing>;

    /// The time of the best block.
    async fn best_time(&self) -> Result<Moment>;

    /// A request in best state.
    async fn best_request(&self, request: RequestId) -> Result<Option<Request<AccountId>>>;

    /// Claims on chain that the record was disclosed. An earlier claim is not an error.
    async fn claim_disclosure(&self, request: RequestId, record: RecordId) -> Result<()>;

    /// Refuses on chain a disclosure that was asked for. If nobody asked, it does nothing.
    async fn refuse_disclosure(&self, request: RequestId, record: RecordId) -> Result<()>;

    /// Files the revocation of a request, opened or not. Returns whether it is final there.
    ///
    /// It does not wait for finality: a later call finds it.
    async fn file_tombstone(
        &self,
        authority: &Authority,
        expiry: Day,
        signature: Ed25519Signature,
    ) -> Result<bool>;

    /// Forwards the revocation of an opened request. Returns whether it is final there.
    async fn forward_revocation(
        &self,
        request: RequestId,
        signature: Ed25519Signature,
    ) -> Result<bool>;
}

/// A question of a requester on the consortium, which waits for the answer of this hospital.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AskedQuestion {
    /// The request.
    pub request: RequestId,
    /// The record.
    pub record: RecordId,
    /// [`bspp_types::messages::ask_hash`] of the question.
    pub ask_hash: H256,
    /// The time at which it was asked.
    pub asked_on: Moment,
}

/// The consortium chain: the questions that were asked there.
#[async_trait]
pub trait AskedQuestions: Send + Sync {
    /// The time of the newest finalized block, and the questions that wait in its state.
    ///
    /// They are those of open requests for records of this hospital. It is state, not events, so that
    /// a gateway that was off misses none.
    async fn asked(&self) -> Result<(Moment, Vec<AskedQuestion>)>;
}

/// The hospital chain: records to be disclosed.
#[async_trait]
pub trait RecordArchive: Send + Sync {
    /// A record with its location, which names the account of its patient.
    async fn record(&self, rid: RecordId) -> Result<Option<(RecordLocation, Record)>>;

    /// The record's ciphertext, checked against its payload hash.
    async fn ciphertext(&self, record: &Record) -> Result<Vec<u8>>;

    /// The filing month of a batch. `None` if the chain does not have the batch.
    async fn batch_month(&self, batch: BatchId) -> Result<Option<FilingMonth>>;

    /// Logs the disclosure and waits until a block includes it.
    ///
    /// An earlier log entry is not an error.
    async fn log_disclosure(
        &self,
        ground: DisclosureGround,
        record: RecordId,
        recipient: [u8; 32],
    ) -> Result<()>;
}
