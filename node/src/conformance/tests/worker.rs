// SPDX-License-Identifier: Apache-2.0

use crate::conformance::{
    testing::*, AttestationSource, Attester, ConformingWorker, GateView, HonestSource, Metrics,
    Prover,
};
use bspp_primitives::{
    conformance::{check_digest, StandingFault},
    Hash, Header, OpaqueBlock,
};
use codec::Encode;
use futures::future::Ready;
use polkadot_sdk::{
    sc_consensus::{
        BlockCheckParams, BlockImport, BlockImportParams, ForkChoiceStrategy, ImportResult,
    },
    sc_consensus_slots::{SimpleSlotWorker, SlotInfo, StorageChanges},
    sc_telemetry::TelemetryHandle,
    sp_consensus::{
        BlockOrigin, Error as ConsensusError, NoNetwork, Proposal, ProposeArgs, Proposer,
    },
    sp_consensus_slots::Slot,
    sp_runtime::{Digest, DigestItem, OpaqueExtrinsic},
};
use std::time::Duration;

/// A substitute for Aura's worker. Its seal is the hash that it has to sign.
struct Aura {
    import: NoImport,
    network: NoNetwork,
    link: (),
    claims: bool,
}

struct NoImport;

#[async_trait::async_trait]
impl BlockImport<OpaqueBlock> for NoImport {
    type Error = ConsensusError;

    async fn check_block(
        &self,
        _: BlockCheckParams<OpaqueBlock>,
    ) -> Result<ImportResult, ConsensusError> {
        unreachable!("nothing is imported here")
    }

    async fn import_block(
        &self,
        _: BlockImportParams<OpaqueBlock>,
    ) -> Result<ImportResult, ConsensusError> {
        unreachable!("nothing is imported here")
    }
}

struct NoProposer;

impl Proposer<OpaqueBlock> for NoProposer {
    type Error = ConsensusError;
    type Proposal = Ready<Result<Proposal<OpaqueBlock>, ConsensusError>>;

    fn propose(self, _: ProposeArgs<OpaqueBlock>) -> Self::Proposal {
        unreachable!("nothing is proposed here")
    }
}

#[async_trait::async_trait]
impl SimpleSlotWorker<OpaqueBlock> for Aura {
    type BlockImport = NoImport;
    type SyncOracle = NoNetwork;
    type JustificationSyncLink = ();
    type CreateProposer = Ready<Result<NoProposer, ConsensusError>>;
    type Proposer = NoProposer;
    type Claim = &'static str;
    type AuxData = ();

    fn logging_target(&self) -> &'static str {
        "aura"
    }

    fn block_import(&mut self) -> &mut NoImport {
        &mut self.import
    }

    fn aux_data(&self, _: &Header, _: Slot) -> Result<(), ConsensusError> {
        Ok(())
    }

    fn authorities_len(&self, _: &()) -> Option<usize> {
        Some(1)
    }

    async fn claim_slot(&mut self, _: &Header, _: Slot, _: &()) -> Option<&'static str> {
        self.claims.then_some("mine")
    }

    fn pre_digest_data(&self, slot: Slot, _: &&'static str) -> Vec<DigestItem> {
        vec![aura(*slot)]
    }

    async fn block_import_params(
        &self,
        header: Header,
        hash: &Hash,
        body: Vec<OpaqueExtrinsic>,
        _: StorageChanges<OpaqueBlock>,
        claim: &'static str,
        _: (),
    ) -> Result<BlockImportParams<OpaqueBlock>, ConsensusError> {
        assert_eq!(claim, "mine");
        let mut block = BlockImportParams::new(BlockOrigin::Own, header);
        block
            .post_digests
            .push(DigestItem::Seal(*b"aura", hash.encode()));
        block.body = Some(body);
        Ok(block)
    }

    fn force_authoring(&self) -> bool {
        true
    }

    fn sync_oracle(&mut self) -> &mut NoNetwork {
        &mut self.network
    }

    fn justification_sync_link(&mut self) -> &mut () {
        &mut self.link
    }

    fn proposer(&mut self, _: &Header) -> Self::CreateProposer {
        futures::future::ready(Ok(NoProposer))
    }

    fn telemetry(&self) -> Option<TelemetryHandle> {
        None
    }

    fn proposing_remaining_duration(&self, _: &SlotInfo<OpaqueBlock>) -> Duration {
        Duration::ZERO
    }
}

fn worker<S>(source: S, claims: bool) -> ConformingWorker<Aura, S> {
    let aura = Aura {
        import: NoImport,
        network: NoNetwork,
        link: (),
        claims,
    };
    ConformingWorker::new(aura, source)
}

/// A source that returns this item as the attestation and changes the block.
struct Meddler(Option<DigestItem>);

#[async_trait::async_trait]
impl AttestationSource for Meddler {
    async fn attest(&mut self, _: &Header, slot: u64) -> Option<DigestItem> {
        assert_eq!(slot, SLOT);
        self.0.clone()
    }

    fn finish(&self, header: &mut Header) {
        header.digest.logs.clear();
    }

    fn sealed(&self, block: &mut BlockImportParams<OpaqueBlock>) {
        block.fork_choice = Some(ForkChoiceStrategy::Custom(false));
    }
}

/// A header with a hash that the source does not read.
fn head() -> Header {
    header(vec![])
}

#[tokio::test]
async fn pre_digest_data_should_be_the_slot_and_the_attestation() {
    let item = good().to_digest_item();
    let mut worker = worker(Meddler(Some(item.clone())), true);
    let claim = worker.claim_slot(&head(), SLOT.into(), &()).await.unwrap();
    assert_eq!(
        worker.pre_digest_data(SLOT.into(), &claim),
        vec![aura(SLOT), item]
    );
}

#[tokio::test]
async fn claim_slot_should_fail_when_there_is_no_attestation() {
    let mut worker = worker(Meddler(None), true);
    assert!(worker.claim_slot(&head(), SLOT.into(), &()).await.is_none());
}

#[tokio::test]
async fn claim_slot_should_fail_when_the_slot_is_not_ours() {
    let mut worker = worker(Meddler(Some(good().to_digest_item())), false);
    assert!(worker.claim_slot(&head(), SLOT.into(), &()).await.is_none());
}

#[tokio::test]
async fn block_import_params_should_seal_the_finished_header() {
    let item = good().to_digest_item();
    let mut worker = worker(Meddler(Some(item.clone())), true);
    let claim = worker.claim_slot(&head(), SLOT.into(), &()).await.unwrap();
    let proposed = header(vec![item]);
    let hash = proposed.hash();
    let block = worker
        .block_import_params(
            proposed,
            &hash,
            vec![],
            StorageChanges::<OpaqueBlock>::default(),
            claim,
            (),
        )
        .await
        .unwrap();
    assert!(block.header.digest.logs.is_empty());
    assert_eq!(
        block.post_digests,
        vec![DigestItem::Seal(*b"aura", block.header.hash().encode())]
    );
    assert_eq!(block.fork_choice, Some(ForkChoiceStrategy::Custom(false)));
}

#[tokio::test]
async fn honest_source_should_attest_on_the_parent_it_is_given() {
    let gates = Gates::open();
    *gates.parent.lock().unwrap() = head().hash();
    let attester = Attester::new(gates.clone(), keystore(1), Prover::none());
    let mut source = HonestSource::new(attester, Metrics::default());
    let item = source.attest(&head(), SLOT).await.unwrap();
    let digest = Digest {
        logs: vec![aura(SLOT), item],
    };
    let checked = check_digest(&digest, &genesis(), &head().hash(), |slot| {
        gates.gate(head().hash(), slot).unwrap()
    });
    assert_eq!(checked.unwrap().kind, full());
    gates.refuse(StandingFault::NotMember);
    assert_eq!(source.attest(&head(), SLOT).await, None);
}
