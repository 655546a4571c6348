// SPDX-License-Identifier: Apache-2.0
//! The state of the consortium chain after one finalized header, read by proof.

use crate::{
    error::{ClientError, Result},
    ChainClient,
};
use bspp_primitives::{consortium_storage as storage, AccountId, Header};
use bspp_types::{
    Batch, BatchId, FilingMonth, HospitalId, HospitalRecord, HospitalStatus, Match, Member, Moment,
    RecordId, RegisteredBlock, Request, RequestId, Role, Sequence, Tombstone, X25519Key,
};
use codec::Decode;
use sp_runtime::traits::BlakeTwo256;
use sp_state_machine::read_proof_check;
use sp_trie::StorageProof;

/// Maximum number of keys of one proof.
const KEYS_PER_PROOF: usize = 256;

/// The state after a finalized header. Every read checks a proof.
#[derive(Clone, Debug)]
pub struct ProvedState {
    client: ChainClient,
    header: Header,
}

impl ProvedState {
    /// The state after `header`, which the caller has verified.
    pub(super) fn new(client: ChainClient, header: Header) -> Self {
        Self { client, header }
    }

    /// The header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The time of the block, in milliseconds since the Unix epoch.
    pub async fn now(&self) -> Result<Moment> {
        self.required(storage::now(), "the time of the block").await
    }

    /// A hospital, whether it is active or not.
    pub async fn hospital(&self, id: &HospitalId) -> Result<Option<HospitalRecord<AccountId>>> {
        self.get(storage::hospital(id)).await
    }

    /// A hospital, if it is an active member.
    pub async fn active_hospital(
        &self,
        id: &HospitalId,
    ) -> Result<Option<HospitalRecord<AccountId>>> {
        let record = self.hospital(id).await?;
        Ok(record.filter(|record| record.status == HospitalStatus::Active))
    }

    /// The hospital for which an account is a requester.
    pub async fn requester_hospital(&self, account: &[u8; 32]) -> Result<Option<HospitalId>> {
        let member: Option<Member> = self.get(storage::member(account)).await?;
        Ok(member
            .filter(|member| member.role == Role::Requester)
            .and_then(|member| member.hospital))
    }

    /// The registered X25519 key of a requester.
    pub async fn requester_key(&self, account: &[u8; 32]) -> Result<Option<X25519Key>> {
        self.get(storage::requester_key(account)).await
    }

    /// The X25519 key of a hospital that is in force in a month.
    pub async fn encryption_key(
        &self,
        hospital: &HospitalId,
        filing_month: FilingMonth,
    ) -> Result<Option<X25519Key>> {
        let months: Option<Vec<FilingMonth>> =
            self.get(storage::key_filing_months(hospital)).await?;
        let in_force = months
            .unwrap_or_default()
            .into_iter()
            .filter(|from| *from <= filing_month)
            .max();
        match in_force {
            Some(from) => self.get(storage::encryption_key(hospital, from)).await,
            None => Ok(None),
        }
    }

    /// A batch.
    pub async fn batch(&self, id: &BatchId) -> Result<Option<Batch>> {
        self.get(storage::batch(id)).await
    }

    /// The number of batches of a hospital and month.
    pub async fn batch_count(
        &self,
        hospital: &HospitalId,
        filing_month: FilingMonth,
    ) -> Result<u32> {
        let count = self
            .get(storage::batch_count(hospital, filing_month))
            .await?;
        Ok(count.unwrap_or(0))
    }

    /// A registered entry block.
    pub async fn registered_block(
        &self,
        hospital: &HospitalId,
        sequence: Sequence,
    ) -> Result<Option<RegisteredBlock>> {
        self.get(storage::registered_block(hospital, sequence))
            .await
    }

    /// A request.
    pub async fn request(&self, id: &RequestId) -> Result<Option<Request<AccountId>>> {
        self.get(storage::request(id)).await
    }

    /// A match of a request.
    pub async fn matched(&self, request: &RequestId, record: &RecordId) -> Result<Option<Match>> {
        self.get(storage::matched(request, record)).await
    }

    /// Matches of a request, in the order of the records.
    pub async fn all_matched(
        &self,
        request: &RequestId,
        records: &[RecordId],
    ) -> Result<Vec<Option<Match>>> {
        let keys: Vec<_> = records
            .iter()
            .map(|record| storage::matched(request, record))
            .collect();
        self.get_all(&keys).await
    }

    /// The revocation of a request that was not opened.
    pub async fn tombstone(&self, request: &RequestId) -> Result<Option<Tombstone>> {
        self.get(storage::tombstone(request)).await
    }

    /// Requests, in the order of the identifiers.
    pub async fn all_requests(&self, ids: &[RequestId]) -> Result<Vec<Option<Request<AccountId>>>> {
        let keys: Vec<_> = ids.iter().map(storage::request).collect();
        self.get_all(&keys).await
    }

    /// Revocations of requests that were not opened, in the order of the identifiers.
    pub async fn all_tombstones(&self, ids: &[RequestId]) -> Result<Vec<Option<Tombstone>>> {
        let keys: Vec<_> = ids.iter().map(storage::tombstone).collect();
        self.get_all(&keys).await
    }

    async fn required<V: Decode>(&self, key: Vec<u8>, what: &str) -> Result<V> {
        self.get(key).await?.ok_or_else(|| {
            ClientError::InvalidStateProof(format!("the state does not have {what}"))
        })
    }

    async fn get<V: Decode>(&self, key: Vec<u8>) -> Result<Option<V>> {
        let nodes = self
            .client
            .read_proof(core::slice::from_ref(&key), self.header.hash())
            .await?;
        check_read(&self.header, nodes, &key)
    }

    async fn get_all<V: Decode>(&self, keys: &[Vec<u8>]) -> Result<Vec<Option<V>>> {
        let mut values = Vec::with_capacity(keys.len());
        for part in keys.chunks(KEYS_PER_PROOF) {
            let nodes = self.client.read_proof(part, self.header.hash()).await?;
            values.extend(check_reads(&self.header, nodes, part)?);
        }
        Ok(values)
    }
}

/// The value at a key in the state of a header, or its proved absence.
///
/// # Errors
/// `InvalidStateProof`.
pub fn check_read<V: Decode>(
    header: &Header,
    nodes: Vec<Vec<u8>>,
    key: &[u8],
) -> Result<Option<V>> {
    let values = check_reads(header, nodes, &[key])?;
    Ok(values.into_iter().next().flatten())
}

/// The values at keys in the state of a header, each or its proved absence, in order.
///
/// # Errors
/// `InvalidStateProof`.
pub fn check_reads<V: Decode, K: AsRef<[u8]>>(
    header: &Header,
    nodes: Vec<Vec<u8>>,
    keys: &[K],
) -> Result<Vec<Option<V>>> {
    let invalid = |reason: String| ClientError::InvalidStateProof(reason);
    let values = read_proof_check::<BlakeTwo256, _>(
        header.state_root,
        StorageProof::new(nodes),
        keys.iter(),
    )
    .map_err(|e| invalid(format!("block {}: {e}", header.number)))?;
    keys.iter()
        .map(|key| {
            values
                .get(key.as_ref())
                .and_then(Option::as_ref)
                .map(|bytes| V::decode(&mut bytes.as_slice()))
                .transpose()
                .map_err(|e| invalid(format!("a value of another type: {e}")))
        })
        .collect()
}
