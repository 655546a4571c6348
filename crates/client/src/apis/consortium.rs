// SPDX-License-Identifier: Apache-2.0
//! Runtime APIs of the consortium chain.

use super::runtime_apis;
use crate::{
    chain::At,
    consortium::ConsortiumClient,
    error::{ClientError, Result},
};
use bspp_primitives::AccountId;
use bspp_types::{
    AnchoredHead, Batch, BatchId, FilingMonth, Hospital, HospitalId, IdentifiedBatch, Incarnation,
    Match, MatchedRecord, RecordId, RegisteredBlock, Registration, Request, RequestId, Sequence,
    Tombstone, X25519Key,
};
use codec::Encode;

runtime_apis!(ConsortiumClient {
    /// A member hospital.
    hospital = "ConsortiumApi_hospital"(hospital: HospitalId) -> Option<Hospital<AccountId>>;
    /// The identifiers of all hospitals, including removed ones.
    hospitals = "ConsortiumApi_hospitals"() -> Vec<HospitalId>;
    /// The hospital's X25519 key of a filing month.
    encryption_key = "ConsortiumApi_encryption_key"(hospital: HospitalId, filing_month: FilingMonth) -> Option<X25519Key>;
    /// The registered X25519 key of a requester.
    requester_key = "ConsortiumApi_requester_key"(account: &AccountId) -> Option<X25519Key>;
    /// The active hospital for which an account acts.
    hospital_of = "ConsortiumApi_hospital_of"(account: &AccountId) -> Option<HospitalId>;
    /// The newest anchored head of a hospital chain, and the number of its set of voters.
    ///
    /// That set signs after the head.
    anchored_head = "ConsortiumApi_anchored_head"(hospital: HospitalId) -> Option<(AnchoredHead, u64)>;
    /// Batches of a hospital and filing month in the order of registration.
    ///
    /// The answer has a maximum of `limit` batches and begins at position `from`.
    batches = "PhiIndexApi_batches"(hospital: HospitalId, filing_month: FilingMonth, from: u32, limit: u32) -> Vec<IdentifiedBatch>;
    /// A batch.
    batch = "PhiIndexApi_batch"(id: BatchId) -> Option<Batch>;
    /// The sequence number of the entry block that must be registered next.
    next_sequence = "PhiIndexApi_next_sequence"(hospital: HospitalId) -> Sequence;
    /// A registered entry block.
    registered_block = "PhiIndexApi_registered_block"(hospital: HospitalId, sequence: Sequence) -> Option<RegisteredBlock>;
    /// The present incarnation of a hospital's chain.
    incarnation = "PhiIndexApi_incarnation"(hospital: HospitalId) -> Incarnation;
    /// A request.
    request = "PeksSearchApi_request"(id: RequestId) -> Option<Request<AccountId>>;
    /// A match of a request.
    matched = "PeksSearchApi_matched"(request: RequestId, record: RecordId) -> Option<Match>;
    /// The revocation of a request that was not opened.
    tombstone = "PeksSearchApi_tombstone"(request: RequestId) -> Option<Tombstone>;
    /// All matches of a request.
    matches = "PeksSearchApi_matches"(request: RequestId) -> Vec<MatchedRecord>;
});

impl ConsortiumClient {
    /// All batches of a hospital and filing month.
    ///
    /// # Errors
    /// Those of `ChainClient::rpc`.
    pub async fn all_batches(
        &self,
        at: At,
        hospital: HospitalId,
        filing_month: FilingMonth,
    ) -> Result<Vec<IdentifiedBatch>> {
        const PAGE: u32 = 128;
        /// More than the consortium takes in a month: a node must not keep the caller busy for ever.
        const MAX: usize = 16_384;
        let at = At::Block(self.resolve(at).await?);
        let mut all = Vec::new();
        let mut from = 0u32;
        loop {
            let page = self.batches(at, hospital, filing_month, from, PAGE).await?;
            let count = u32::try_from(page.len()).unwrap_or(u32::MAX);
            all.extend(page);
            if count < PAGE {
                return Ok(all);
            }
            if all.len() > MAX {
                return Err(ClientError::InvalidAnswer {
                    what: "PhiIndexApi_batches".into(),
                    reason: format!("a month has more than {MAX} batches"),
                });
            }
            from = from.saturating_add(count);
        }
    }

    /// The registrations of one consortium block.
    ///
    /// # Errors
    /// Those of `ChainClient::rpc`.
    pub async fn registrations(&self, block: sp_core::H256) -> Result<Vec<Registration>> {
        let found = self.block(At::Block(block)).await?;
        let args = [found.header.number.encode(), found.encoded_body()].concat();
        self.runtime_call("PhiIndexApi_registrations", &args, At::Block(block))
            .await
    }
}
