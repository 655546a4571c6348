// SPDX-License-Identifier: Apache-2.0
//! The author's part: a worker around Aura's slot worker that adds the attestation.

use super::{
    attest::{Attested, Attester, Skip},
    metrics::Metrics,
    notice::{notice, State},
    LOG_TARGET,
};
use bspp_primitives::{Hash, Header, OpaqueBlock};
use polkadot_sdk::{
    sc_consensus::BlockImportParams,
    sc_consensus_slots::{SimpleSlotWorker, SlotInfo, StorageChanges},
    sc_telemetry::TelemetryHandle,
    sp_consensus::Error as ConsensusError,
    sp_consensus_slots::Slot,
    sp_runtime::{DigestItem, OpaqueExtrinsic},
};
use std::time::Duration;

/// The source of attestations for the blocks of this node.
#[async_trait::async_trait]
pub trait AttestationSource: Send + Sync + 'static {
    /// The attestation for a block on `parent` in a slot of this node.
    ///
    /// If there is none, the node makes no block.
    async fn attest(&mut self, parent: &Header, slot: u64) -> Option<DigestItem>;

    /// Changes the header of a finished block before it is sealed.
    ///
    /// The default changes nothing, because the header already has its attestation.
    fn finish(&self, _header: &mut Header) {}

    /// Receives a sealed block before it is imported.
    fn sealed(&self, _block: &mut BlockImportParams<OpaqueBlock>) {}
}

/// Makes the attestation that the gate requires.
///
/// It counts attestations and notifies the operator when the state changes.
pub struct HonestSource {
    attester: Attester,
    metrics: Metrics,
    state: Option<State>,
}

impl HonestSource {
    /// Makes a source that uses this attester.
    pub fn new(attester: Attester, metrics: Metrics) -> Self {
        Self {
            attester,
            metrics,
            state: None,
        }
    }

    /// The attester.
    pub fn attester(&self) -> &Attester {
        &self.attester
    }

    /// Attests, counts the outcome and notifies the operator.
    ///
    /// # Errors
    ///
    /// The reason why this node cannot attest.
    pub async fn try_attest(&mut self, parent: Hash, slot: u64) -> Result<Attested, Skip> {
        let outcome = self.attester.attest(parent, slot).await;
        match &outcome {
            Ok(attested) => self.metrics.attested(&attested.attestation.kind),
            Err(skip) => self.metrics.skipped(skip.as_str()),
        }
        let state = State::of(&outcome);
        if let Some(notice) = notice(self.state.as_ref(), &state) {
            log::log!(target: LOG_TARGET, notice.level, "{}", notice.text);
            self.state = Some(state);
        } else {
            self.state.get_or_insert(state);
        }
        outcome
    }
}

#[async_trait::async_trait]
impl AttestationSource for HonestSource {
    async fn attest(&mut self, parent: &Header, slot: u64) -> Option<DigestItem> {
        let attested = self.try_attest(parent.hash(), slot).await.ok()?;
        Some(attested.attestation.to_digest_item())
    }
}

/// A claimed slot with its attestation.
pub struct Claim<C> {
    /// The inner worker's claim.
    pub inner: C,
    /// The attestation.
    pub attestation: DigestItem,
}

/// Aura's worker with an attestation in every block.
///
/// The inner worker does everything else.
pub struct ConformingWorker<W, S> {
    inner: W,
    source: S,
}

impl<W, S> ConformingWorker<W, S> {
    /// Wraps a worker.
    pub fn new(inner: W, source: S) -> Self {
        Self { inner, source }
    }
}

// `propose`, `create_inherent_data` and `on_slot` keep the default bodies of the trait, as in Aura.
// If this worker delegated them, they would use the digest of the inner worker.
#[async_trait::async_trait]
impl<W, S> SimpleSlotWorker<OpaqueBlock> for ConformingWorker<W, S>
where
    W: SimpleSlotWorker<OpaqueBlock> + Send + Sync,
    S: AttestationSource,
{
    type BlockImport = W::BlockImport;
    type SyncOracle = W::SyncOracle;
    type JustificationSyncLink = W::JustificationSyncLink;
    type CreateProposer = W::CreateProposer;
    type Proposer = W::Proposer;
    type Claim = Claim<W::Claim>;
    type AuxData = W::AuxData;

    fn logging_target(&self) -> &'static str {
        self.inner.logging_target()
    }

    fn block_import(&mut self) -> &mut Self::BlockImport {
        self.inner.block_import()
    }

    fn aux_data(&self, header: &Header, slot: Slot) -> Result<Self::AuxData, ConsensusError> {
        self.inner.aux_data(header, slot)
    }

    fn authorities_len(&self, aux_data: &Self::AuxData) -> Option<usize> {
        self.inner.authorities_len(aux_data)
    }

    async fn claim_slot(
        &mut self,
        header: &Header,
        slot: Slot,
        aux_data: &Self::AuxData,
    ) -> Option<Self::Claim> {
        // The node claims the slot first, because it attests only in its own slots.
        let inner = self.inner.claim_slot(header, slot, aux_data).await?;
        let attestation = self.source.attest(header, *slot).await?;
        Some(Claim { inner, attestation })
    }

    fn notify_slot(&self, header: &Header, slot: Slot, aux_data: &Self::AuxData) {
        self.inner.notify_slot(header, slot, aux_data);
    }

    fn pre_digest_data(&self, slot: Slot, claim: &Self::Claim) -> Vec<DigestItem> {
        let mut items = self.inner.pre_digest_data(slot, &claim.inner);
        items.push(claim.attestation.clone());
        items
    }

    async fn block_import_params(
        &self,
        mut header: Header,
        _header_hash: &Hash,
        body: Vec<OpaqueExtrinsic>,
        storage_changes: StorageChanges<OpaqueBlock>,
        claim: Self::Claim,
        aux_data: Self::AuxData,
    ) -> Result<BlockImportParams<OpaqueBlock>, ConsensusError> {
        self.source.finish(&mut header);
        let hash = header.hash();
        let mut block = self
            .inner
            .block_import_params(header, &hash, body, storage_changes, claim.inner, aux_data)
            .await?;
        self.source.sealed(&mut block);
        Ok(block)
    }

    fn force_authoring(&self) -> bool {
        self.inner.force_authoring()
    }

    fn should_backoff(&self, slot: Slot, chain_head: &Header) -> bool {
        self.inner.should_backoff(slot, chain_head)
    }

    fn sync_oracle(&mut self) -> &mut Self::SyncOracle {
        self.inner.sync_oracle()
    }

    fn justification_sync_link(&mut self) -> &mut Self::JustificationSyncLink {
        self.inner.justification_sync_link()
    }

    fn proposer(&mut self, block: &Header) -> Self::CreateProposer {
        self.inner.proposer(block)
    }

    fn telemetry(&self) -> Option<TelemetryHandle> {
        self.inner.telemetry()
    }

    fn proposing_remaining_duration(&self, slot_info: &SlotInfo<OpaqueBlock>) -> Duration {
        self.inner.proposing_remaining_duration(slot_info)
    }
}
