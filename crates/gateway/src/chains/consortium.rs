// SPDX-License-Identifier: Apache-2.0
//! The consortium chain.

use crate::ports::*;
use async_trait::async_trait;
use bspp_client::{
    calls::{hospital_anchor, peks_search, phi_index},
    At, ClientError, ConsortiumClient, FinalityProof, Included, Pending, Result, Signer,
};
use bspp_peks::BatchHeader;
use bspp_primitives::AccountId;
use bspp_types::{
    messages, AnchoredHead, Authority, BatchId, BlockNumber, Day, DisclosureStatus,
    Ed25519Signature, FilingMonth, HospitalId, Match, Moment, RecordId, RegisteredBlock, Request,
    RequestId, RequestStatus, Sequence, X25519Key,
};
use sp_core::H256;
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The consortium chain from the view of one hospital. A clone is cheap.
#[derive(Clone)]
pub struct ConsortiumPort {
    client: ConsortiumClient,
    operator: Arc<Signer>,
    anchorer: Option<Arc<Signer>>,
    hospital: HospitalId,
    /// Requests of other hospitals, which are not read again.
    ///
    /// A request never changes its hospital.
    foreign: Arc<Mutex<BTreeSet<RequestId>>>,
}

/// The number of blocks for which a registration is valid.
///
/// It is short: a registration whose turn has not come is made anew, against a newer head.
const REGISTRATION_MORTALITY: u64 = bspp_types::limits::REGISTRATION_MORTALITY;

impl ConsortiumPort {
    /// Makes a view that acts for `hospital` with its operator's key.
    pub fn new(client: ConsortiumClient, operator: Arc<Signer>, hospital: HospitalId) -> Self {
        Self {
            client,
            operator,
            anchorer: None,
            hospital,
            foreign: Arc::default(),
        }
    }

    /// The same view, with a key that sends the anchors in place of the operator's.
    pub fn with_anchorer(mut self, anchorer: Option<Arc<Signer>>) -> Self {
        self.anchorer = anchorer;
        self
    }

    /// The sequence number on the consortium of the hospital chain's first entry block.
    async fn base(&self, at: At) -> Result<Sequence> {
        Ok(self.client.incarnation(at, self.hospital).await?.base)
    }

    /// The client.
    pub fn client(&self) -> &ConsortiumClient {
        &self.client
    }
}

/// Waits until a transaction is in a block, or can never be.
///
/// A chain that makes no blocks for long keeps the transaction valid. If the gateway gave it up then,
/// it would send its blocks twice.
async fn settled(mut pending: Pending) -> Result<Included> {
    loop {
        match pending.in_block().await {
            Err(ClientError::TimeExpired { .. }) => {
                tracing::warn!("the consortium makes no blocks; a registration waits");
            }
            outcome => return outcome,
        }
    }
}

#[async_trait]
impl AnchorTarget for ConsortiumPort {
    type Proof = FinalityProof;

    async fn anchored_head(&self) -> Result<Option<(AnchoredHead, u64)>> {
        self.client.anchored_head(At::Best, self.hospital).await
    }

    fn has_own_account(&self) -> bool {
        self.anchorer.is_some()
    }

    async fn submit_proof(&self, proof: &Proven<FinalityProof>) -> Result<()> {
        let call = hospital_anchor::submit_finality_proof(self.hospital, &proof.proof);
        let signer = self.anchorer.as_ref().unwrap_or(&self.operator);
        match self.client.submit_in_block(&call, signer).await {
            Ok(_) => Ok(()),
            // Another relayer anchored this head or a later one.
            Err(error) if error.is_dispatch("HospitalAnchor", "InvalidNumber") => Ok(()),
            Err(error) => Err(error),
        }
    }
}

#[async_trait]
impl Registry for ConsortiumPort {
    async fn next_sequence(&self) -> Result<Sequence> {
        let at = At::Block(self.client.best_hash().await?);
        let next = self.client.next_sequence(at, self.hospital).await?;
        Ok(next.saturating_sub(self.base(at).await?))
    }

    async fn anchor(&self) -> Result<Option<AnchoredHead>> {
        let anchored = self.client.anchored_head(At::Best, self.hospital).await?;
        Ok(anchored.map(|(head, _)| head))
    }

    async fn register_blocks(&self, calls: Vec<Registering>) -> Result<BlockNumber> {
        let base = self.base(At::Best).await?;
        // One birth: if one expires, no later one stays valid behind the gap of nonces. Another call of
        // the operator that fills the gap would else let it fail, at the cost of the reserve.
        let birth = self.client.birth().await?;
        let (mut sent, mut refused) = (Vec::with_capacity(calls.len()), None);
        for Registering {
            head,
            proof,
            mut blocks,
        } in calls
        {
            for block in &mut blocks {
                block.sequence = block.sequence.saturating_add(base);
            }
            let call = phi_index::register_blocks(head, &proof, &blocks);
            let submitted = self
                .client
                .submit_from(&call, &self.operator, birth, REGISTRATION_MORTALITY)
                .await;
            match submitted {
                Ok(pending) => sent.push(pending),
                // Those that follow would leave a gap.
                Err(error) => {
                    refused = Some(error);
                    break;
                }
            }
        }
        let (mut at, mut failed) = (0, None);
        // Each ends in a block or expires, the last one too, before this method returns: no more than
        // these are ever in flight, and no anchor is sent before. The next step begins with the first
        // block that is not registered, so it fills a gap of nonces with the blocks of the
        // transaction that expired there (R6c of the model).
        for pending in sent {
            match settled(pending).await {
                Ok(included) => at = included.number,
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        match failed.or(refused) {
            None => Ok(at),
            Some(error) => Err(error),
        }
    }

    async fn registered(
        &self,
        sequence: Sequence,
        finalized: bool,
    ) -> Result<Option<RegisteredBlock>> {
        let at = if finalized { At::Finalized } else { At::Best };
        let sequence = sequence.saturating_add(self.base(at).await?);
        self.client
            .registered_block(at, self.hospital, sequence)
            .await
    }

    async fn is_indexed(&self, rid: RecordId, registered_at: BlockNumber) -> Result<Option<bool>> {
        // The order matters: a missing entry is evidence only if the index was complete before the
        // look-up.
        let indexed = self.client.index_status().await?.indexed_block;
        if self.client.entry(rid).await?.is_some() {
            return Ok(Some(true));
        }
        Ok((indexed >= registered_at).then_some(false))
    }
}

impl ConsortiumPort {
    /// Registers a batch and waits until the registration is finalized.
    ///
    /// A batch that is registered is not an error.
    pub(super) async fn register_batch(&self, header: &BatchHeader) -> Result<()> {
        let id = BatchId::from(header.id(&self.client.chain().0));
        if self.client.batch(At::Finalized, id).await?.is_some() {
            return Ok(());
        }
        let call = phi_index::register_batch(header);
        match self.client.submit_and_finalize(&call, &self.operator).await {
            Ok(_) => Ok(()),
            // An earlier attempt has registered it in the meantime.
            Err(error) if error.is_dispatch("PhiIndex", "AlreadyExists") => {
                let known = self.client.batch(At::Finalized, id).await?;
                known.map(|_| ()).ok_or(error)
            }
            Err(error) => Err(error),
        }
    }

    /// The hospital's X25519 key of a filing month.
    pub(super) async fn encryption_key(
        &self,
        filing_month: FilingMonth,
    ) -> Result<Option<X25519Key>> {
        self.client
            .encryption_key(At::Finalized, self.hospital, filing_month)
            .await
    }
}

#[async_trait]
impl RequestView for ConsortiumPort {
    async fn finalized_time(&self) -> Result<Moment> {
        self.client.timestamp(At::Finalized).await
    }

    async fn finalized_request(
        &self,
        request: RequestId,
        record: RecordId,
    ) -> Result<(Option<Request<AccountId>>, Option<Match>)> {
        let at = At::Block(self.client.finalized_hash().await?);
        let found = self.client.request(at, request).await?;
        let matched = self.client.matched(at, request, record).await?;
        Ok((found, matched))
    }

    async fn finalized_standing(&self, requester: &AccountId) -> Result<Standing> {
        let at = At::Block(self.client.finalized_hash().await?);
        let acts_for = self.client.hospital_of(at, requester).await?;
        let own = self.client.hospital(at, self.hospital).await?;
        Ok(Standing {
            requester: acts_for.is_some(),
            requester_key: self.client.requester_key(at, requester).await?,
            hospital: own.is_some_and(|hospital| hospital.active),
        })
    }

    async fn best_time(&self) -> Result<Moment> {
        self.client.timestamp(At::Best).await
    }

    async fn best_request(&self, request: RequestId) -> Result<Option<Request<AccountId>>> {
        self.client.request(At::Best, request).await
    }

    async fn claim_disclosure(&self, request: RequestId, record: RecordId) -> Result<()> {
        let call = peks_search::claim_disclosure(request, record);
        match self.client.submit_in_block(&call, &self.operator).await {
            Ok(_) => Ok(()),
            // It was claimed before, or the requester has already confirmed it.
            Err(error) if error.is_dispatch("PeksSearch", "InvalidDisclosureStatus") => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn refuse_disclosure(&self, request: RequestId, record: RecordId) -> Result<()> {
        let matched = self.client.matched(At::Best, request, record).await?;
        if matched.is_none_or(|matched| matched.disclosure != DisclosureStatus::Asked) {
            return Ok(());
        }
        let call = peks_search::refuse_disclosure(request, record);
        match self.client.submit_in_block(&call, &self.operator).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_dispatch("PeksSearch", "InvalidDisclosureStatus") => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn file_tombstone(
        &self,
        authority: &Authority,
        expiry: Day,
        signature: Ed25519Signature,
    ) -> Result<bool> {
        let request = messages::request_id(authority);
        if self.is_ended(At::Finalized, request).await? {
            return Ok(true);
        }
        if self.is_ended(At::Best, request).await? {
            return Ok(false);
        }
        let call = peks_search::file_tombstone(authority, expiry, signature);
        match self.client.submit_in_block(&call, &self.operator).await {
            Ok(_) => Ok(false),
            Err(error) if error.is_dispatch("PeksSearch", "RequestExpired") => Ok(true),
            // A block has it already: filed before, or revoked before.
            Err(error)
                if ["TombstoneAlreadyExists", "RequestNotOpen"]
                    .iter()
                    .any(|known| error.is_dispatch("PeksSearch", known)) =>
            {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    async fn forward_revocation(
        &self,
        request: RequestId,
        signature: Ed25519Signature,
    ) -> Result<bool> {
        let Some(best) = self.client.request(At::Best, request).await? else {
            // It has expired and was swept.
            return Ok(true);
        };
        if best.expires_at() <= self.best_time().await? {
            return Ok(true);
        }
        if best.status == RequestStatus::Open {
            let call = peks_search::revoke_request(request, signature);
            self.client
                .submit_authorized(&call)
                .await?
                .in_block()
                .await?;
            return Ok(false);
        }
        let finalized = self.client.request(At::Finalized, request).await?;
        Ok(finalized.is_some_and(|known| known.status != RequestStatus::Open))
    }
}

#[async_trait]
impl AskedQuestions for ConsortiumPort {
    async fn asked(&self) -> Result<(Moment, Vec<AskedQuestion>)> {
        let at = At::Block(self.client.finalized_hash().await?);
        let mut asked = Vec::new();
        for id in self.open_requests(at).await? {
            for found in self.client.matches(at, id).await? {
                let Match {
                    asked_on: Some(asked_on),
                    ask_hash: Some(ask_hash),
                    disclosure: DisclosureStatus::Asked,
                    ..
                } = found.matched
                else {
                    continue;
                };
                asked.push(AskedQuestion {
                    request: id,
                    record: found.record,
                    ask_hash,
                    asked_on,
                });
            }
        }
        Ok((self.client.timestamp(at).await?, asked))
    }
}

impl ConsortiumPort {
    /// Whether a request was revoked or closed, opened or not.
    async fn is_ended(&self, at: At, request: RequestId) -> Result<bool> {
        if let Some(known) = self.client.request(at, request).await? {
            return Ok(known.status != RequestStatus::Open);
        }
        Ok(self.client.tombstone(at, request).await?.is_some())
    }

    /// The open requests for records of this hospital.
    async fn open_requests(&self, at: At) -> Result<Vec<RequestId>> {
        let keys = self
            .client
            .storage_keys("PeksSearch", "Requests", at)
            .await?;
        // The map hashes with `Blake2_128Concat`: the identifier is the end of the key.
        let all: BTreeSet<RequestId> = keys
            .iter()
            .filter_map(|key| key.split_last_chunk::<32>())
            .map(|(_, id)| H256(*id))
            .collect();
        let mut own = Vec::new();
        for id in self.not_foreign(&all) {
            match self.client.request(at, id).await? {
                Some(request) if request.hospital != self.hospital => {
                    self.foreign().insert(id);
                }
                Some(request) if request.status == RequestStatus::Open => own.push(id),
                Some(_) | None => {}
            }
        }
        Ok(own)
    }

    /// The requests that are not known as those of other hospitals.
    ///
    /// It forgets those that were swept.
    fn not_foreign(&self, all: &BTreeSet<RequestId>) -> Vec<RequestId> {
        let mut foreign = self.foreign();
        foreign.retain(|id| all.contains(id));
        all.iter()
            .copied()
            .filter(|id| !foreign.contains(id))
            .collect()
    }

    fn foreign(&self) -> MutexGuard<'_, BTreeSet<RequestId>> {
        self.foreign.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
