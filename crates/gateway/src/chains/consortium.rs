// SPDX-License-Identifier: Apache-2.0
//! The consortium chain.

use crate::ports::*;
use async_trait::async_trait;
use bspp_client::{
    calls::{hospital_anchor, peks_search, phi_index},
    At, ConsortiumClient, FinalityProof, Result, Signer,
};
use bspp_peks::BatchHeader;
use bspp_primitives::AccountId;
use bspp_types::{
    AnchoredHead, Authority, BatchId, BlockNumber, Day, DisclosureStatus, Ed25519Signature,
    FilingMonth, HospitalId, Match, Moment, RecordId, RegisteredBlock, Request, RequestId,
    RequestStatus, Sequence, X25519Key,
};
use std::sync::Arc;

/// The consortium chain from the view of one hospital. A clone is cheap.
#[derive(Clone)]
pub struct ConsortiumPort {
    client: ConsortiumClient,
    operator: Arc<Signer>,
    anchorer: Option<Arc<Signer>>,
    hospital: HospitalId,
}

/// The number of blocks for which a registration is valid.
///
/// It is short: a registration whose turn has not come is made anew, against a newer head.
const REGISTRATION_MORTALITY: u64 = 16;

impl ConsortiumPort {
    /// Makes a view that acts for `hospital` with its operator's key.
    pub fn new(client: ConsortiumClient, operator: Arc<Signer>, hospital: HospitalId) -> Self {
        Self {
            client,
            operator,
            anchorer: None,
            hospital,
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
                .submit_for(&call, &self.operator, REGISTRATION_MORTALITY)
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
        // Each ends in a block or expires, so no more than these are ever in flight.
        for mut pending in sent {
            match pending.in_block().await {
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
        let call = peks_search::file_tombstone(authority, expiry, signature);
        match self.client.submit_and_finalize(&call, &self.operator).await {
            Ok(_) => Ok(true),
            // It holds already: filed before, revoked before, or expired.
            Err(error)
                if ["TombstoneAlreadyExists", "RequestNotOpen", "RequestExpired"]
                    .iter()
                    .any(|known| error.is_dispatch("PeksSearch", known)) =>
            {
                Ok(true)
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
