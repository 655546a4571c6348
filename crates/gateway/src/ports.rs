// SPDX-License-Identifier: Apache-2.0
//! What each part of the gateway needs of the chains, as traits: so that every part can be tested without one.

use async_trait::async_trait;
use bspp_client::Result;
use bspp_primitives::*;
use sp_core::H256;

/// A finality proof and the height it proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven<P> {
    /// Height of the proved header.
    pub number: u32,
    /// The proof.
    pub proof: P,
}

/// Hospital chain: finality, for the relay.
#[async_trait]
pub trait FinalitySource: Send + Sync {
    /// A finality proof.
    type Proof: Clone + Send + Sync;

    /// Height of the newest final block.
    async fn finalized_number(&self) -> Result<u32>;

    /// Number of the authority set that signs after the newest final block.
    async fn latest_set_id(&self) -> Result<u64>;

    /// Proof for `number` or a later block, never beyond the end of the authority set that `number` belongs to. `None` if
    /// there is none yet.
    async fn prove_finality(&self, number: u32) -> Result<Option<Proven<Self::Proof>>>;

    /// Number of the authority set that signs after `anchored`, and the proof verified against that set, without what the
    /// verifier would refuse as redundant.
    async fn optimize(
        &self,
        anchored: H256,
        proof: Proven<Self::Proof>,
    ) -> Result<(u64, Proven<Self::Proof>)>;
}

/// Consortium chain: the hospital's anchor.
#[async_trait]
pub trait AnchorTarget: Send + Sync {
    /// A finality proof.
    type Proof: Clone + Send + Sync;

    /// The newest anchored head and the number of the set that signs after it. `None` if there is no anchor.
    async fn anchored_head(&self) -> Result<Option<(AnchoredHead, u64)>>;

    /// Submits a proof and waits until it is in a block.
    async fn submit_proof(&self, proof: &Proven<Self::Proof>) -> Result<()>;
}

/// Hospital chain: entry blocks, for registration.
#[async_trait]
pub trait EntrySource: Send + Sync {
    /// Entry block at a sequence number, on finalized state.
    async fn entry_block(&self, sequence: Sequence) -> Result<Option<EntryBlock>>;

    /// Number of entry blocks on finalized state.
    async fn entry_block_count(&self) -> Result<Sequence>;

    /// Entries of the block at a height, in their order.
    async fn entries(&self, number: u32) -> Result<Vec<Entry>>;

    /// Storage proof of the entry block at `sequence` in the state of block `head`.
    async fn prove_entry_block(&self, sequence: Sequence, head: H256) -> Result<Vec<Vec<u8>>>;
}

/// Consortium chain: registration of entries.
#[async_trait]
pub trait Registry: Send + Sync {
    /// Sequence of the entry block that must be registered next, on best state.
    async fn next_sequence(&self) -> Result<Sequence>;

    /// The newest anchored head.
    async fn anchor(&self) -> Result<Option<AnchoredHead>>;

    /// Registers an entry block and waits until that is in a block. Returns the block's height.
    async fn register_entries(
        &self,
        sequence: Sequence,
        head: H256,
        proof: Vec<Vec<u8>>,
        entries: Vec<Entry>,
    ) -> Result<BlockNumber>;

    /// A registered entry block, on finalized state if `finalized`.
    async fn registered(
        &self,
        sequence: Sequence,
        finalized: bool,
    ) -> Result<Option<RegisteredBlock>>;

    /// Whether searches on this node find the entry of `rid`, which block `registered_at` registered and which is final:
    /// `None` while the node's index has not come so far; `Some(false)` if the consortium refused the entry.
    async fn is_indexed(&self, rid: RecordId, registered_at: BlockNumber) -> Result<Option<bool>>;
}

/// A record to be stored.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Its identifier.
    pub rid: RecordId,
    /// Record without ciphertext.
    pub record: Record,
    /// Chunks that must be stored first. Empty if an earlier record has the same payload.
    pub chunks: Vec<Vec<u8>>,
}

/// What became of a record that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreOutcome {
    /// It is in the block at this height.
    Stored(BlockNumber),
    /// The chain refuses it, and would again.
    Refused(String),
    /// Not known: look for the record before it is sent again.
    Unknown(String),
}

/// Hospital chain: storing records.
#[async_trait]
pub trait RecordSink: Send + Sync {
    /// Where a record stands, on finalized or best state.
    async fn locate(&self, rid: RecordId, finalized: bool) -> Result<Option<RecordLocation>>;

    /// Height of the newest final block.
    async fn final_height(&self) -> Result<u32>;

    /// Sends records in this order and waits until each is in a block. One outcome for each.
    async fn store(&self, records: Vec<Outgoing>) -> Vec<StoreOutcome>;
}

/// Consortium chain: batches.
#[async_trait]
pub trait BatchRegistry: Send + Sync {
    /// Registers a batch and waits until that is final.
    async fn register_batch(&self, header: &BatchHeader) -> Result<()>;

    /// The hospital's X25519 key in force in a month.
    async fn encryption_key(&self, epoch: Epoch) -> Result<Option<X25519Key>>;
}

/// Hospital chain: patients.
#[async_trait]
pub trait PatientRegistry: Send + Sync {
    /// An enrolled patient.
    async fn patient(&self, account: [u8; 32]) -> Result<Option<Patient>>;

    /// A consent of the patient in force in a month: `named`, if it is one, otherwise any.
    async fn consent(
        &self,
        account: [u8; 32],
        named: Option<ConsentId>,
        epoch: Epoch,
    ) -> Result<Option<ConsentId>>;
}

/// Consortium chain: what a disclosure rests on.
#[async_trait]
pub trait RequestView: Send + Sync {
    /// Time of the newest final block.
    async fn finalized_time(&self) -> Result<Moment>;

    /// A request and its match of a record, both on the same finalized state.
    async fn finalized_request(
        &self,
        request: RequestId,
        record: RecordId,
    ) -> Result<(Option<Request<AccountId>>, Option<Match>)>;

    /// A request on best state.
    async fn best_request(&self, request: RequestId) -> Result<Option<Request<AccountId>>>;

    /// Says on chain that the record was disclosed. Already said is no error.
    async fn claim_disclosure(&self, request: RequestId, record: RecordId) -> Result<()>;

    /// Passes a patient's revocation on.
    async fn forward_revocation(
        &self,
        request: RequestId,
        signature: Ed25519Signature,
    ) -> Result<()>;
}

/// Hospital chain: records to be disclosed.
#[async_trait]
pub trait RecordArchive: Send + Sync {
    /// A record with the account of its patient, as the hospital's own records name it.
    async fn record(&self, rid: RecordId) -> Result<Option<(RecordLocation, Record)>>;

    /// The record's ciphertext, checked against its chunk hashes.
    async fn ciphertext(&self, record: &Record) -> Result<Vec<u8>>;

    /// Logs the disclosure and waits until that is in a block. Already logged is no error.
    async fn log_disclosure(
        &self,
        request: RequestId,
        record: RecordId,
        requester: [u8; 32],
    ) -> Result<()>;
}
