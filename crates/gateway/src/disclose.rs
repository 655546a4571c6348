// SPDX-License-Identifier: Apache-2.0
//! Disclosure: whether a requester may have a record, and handing it over (protocol section 8, steps 5 and 7).

use crate::{
    clock,
    error::GatewayError,
    nonces::{NonceError, Nonces},
    outbox::Outbox,
    ports::{RecordArchive, RequestView},
};
use bspp_client::ClientError;
use bspp_primitives::{
    messages, Ed25519Key, Ed25519Signature, HospitalId, Moment, RecordId, RequestId, RequestStatus,
};
use bspp_record::{
    verify_revocation, DisclosureContext, DisclosureError, DisclosurePackage, DisclosureRequest,
    SealedBox,
};
use sp_core::H256;
use std::{sync::Arc, time::Duration};

/// Why a disclosure or revocation is refused.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The nonce is not good.
    #[error(transparent)]
    Nonce(#[from] NonceError),
    /// The finalized consortium state is too old to give a permission.
    #[error("StaleState: the newest final consortium block is {age_ms} ms old")]
    StaleState {
        /// Its age in milliseconds.
        age_ms: u64,
    },
    /// No such request is final.
    #[error("RequestNotFound: no such request is final on the consortium")]
    RequestNotFound,
    /// The patient has revoked.
    #[error("RequestRevoked: the patient has revoked the request")]
    RequestRevoked,
    /// The patient has closed the request.
    #[error("RequestClosed: the patient has closed the request")]
    RequestClosed,
    /// The hospital has no such record.
    #[error("RecordNotFound: the hospital has no such record")]
    RecordNotFound,
    /// The grant, a signature or a field is wrong.
    #[error(transparent)]
    Disclosure(#[from] DisclosureError),
    /// The record was not matched under the request.
    #[error("MatchNotFound: no final match of this record stands under the request")]
    MatchNotFound,
    /// The revocation is not signed by the grant's key.
    #[error("InvalidSignature: not signed by the grant's one-time key")]
    InvalidRevocation,
    /// The revocation names another request than its key opens.
    #[error("RequestMismatch: the key opens another request")]
    RequestMismatch,
    /// The gateway itself fails.
    #[error(transparent)]
    Gateway(#[from] GatewayError),
}

impl From<ClientError> for Refusal {
    fn from(error: ClientError) -> Self {
        Self::Gateway(error.into())
    }
}

impl Refusal {
    /// The part before the colon: what scripts may compare.
    pub fn code(&self) -> String {
        if let Self::Gateway(error) = self {
            return error.code();
        }
        let text = self.to_string();
        text.split(':').next().unwrap_or_default().to_owned()
    }
}

/// Judges and answers disclosure requests.
pub struct Discloser<V, A> {
    view: Arc<V>,
    archive: A,
    outbox: Outbox,
    nonces: Nonces,
    chain: H256,
    hospital: HospitalId,
    max_staleness: u64,
}

impl<V: RequestView + 'static, A: RecordArchive> Discloser<V, A> {
    /// A discloser.
    pub fn new(
        view: Arc<V>,
        archive: A,
        outbox: Outbox,
        nonces: Nonces,
        (chain, hospital): (H256, HospitalId),
        max_staleness: u64,
    ) -> Self {
        Self {
            view,
            archive,
            outbox,
            nonces,
            chain,
            hospital,
            max_staleness,
        }
    }

    /// Gives out a nonce.
    ///
    /// # Errors
    /// [`Refusal::Nonce`].
    pub fn issue_nonce(&self) -> Result<[u8; 32], Refusal> {
        Ok(self.nonces.issue(clock::now())?)
    }

    /// Checks a request, and if it is allowed logs the disclosure and encrypts the record to the requester.
    ///
    /// # Errors
    /// Every check has its own [`Refusal`].
    pub async fn disclose(&self, request: &DisclosureRequest) -> Result<SealedBox, Refusal> {
        self.disclose_at(request, clock::now()).await
    }

    pub(crate) async fn disclose_at(
        &self,
        request: &DisclosureRequest,
        now: Moment,
    ) -> Result<SealedBox, Refusal> {
        self.nonces.take(&request.nonce, now)?;
        // Permissions only from final state that is fresh; revocations from wherever they are seen.
        if self.outbox.is_revoked(&request.request)? {
            return Err(Refusal::RequestRevoked);
        }
        let age_ms = now.saturating_sub(self.view.finalized_time().await?);
        if age_ms > self.max_staleness {
            return Err(Refusal::StaleState { age_ms });
        }
        let (on_chain, matched) = self
            .view
            .finalized_request(request.request, request.record)
            .await?;
        let on_chain = on_chain.ok_or(Refusal::RequestNotFound)?;
        check_status(on_chain.status)?;
        if let Some(best) = self.view.best_request(request.request).await? {
            check_status(best.status)?;
        }
        let (location, record) = self
            .archive
            .record(request.record)
            .await?
            .ok_or(Refusal::RecordNotFound)?;
        request.verify(&DisclosureContext {
            chain: &self.chain,
            hospital: &self.hospital,
            patient: &location.patient,
            request: &on_chain,
            nonce: &request.nonce,
            now,
        })?;
        matched.ok_or(Refusal::MatchNotFound)?;

        let ciphertext = self.archive.ciphertext(&record).await?;
        let package = DisclosurePackage {
            record: request.record,
            wraps: record.wraps,
            ciphertext,
        };
        let sealed = package
            .seal(&request.header, &mut rand::rngs::OsRng)
            .map_err(DisclosureError::Sealing)?;
        // Logged before it is released: what cannot be logged is not disclosed.
        let requester: [u8; 32] = on_chain.requester.into();
        self.archive
            .log_disclosure(request.request, request.record, requester)
            .await?;
        // It may have been revoked, here or on chain, while the log entry was on its way.
        if self.outbox.is_revoked(&request.request)? {
            return Err(Refusal::RequestRevoked);
        }
        if let Some(best) = self.view.best_request(request.request).await? {
            check_status(best.status)?;
        }
        self.claim(request.request, request.record);
        Ok(sealed)
    }

    /// Says on the consortium that the record was disclosed. The requester need not wait for it.
    fn claim(&self, request: RequestId, record: RecordId) {
        const ATTEMPTS: u32 = 5;
        let view = Arc::clone(&self.view);
        tokio::spawn(async move {
            for attempt in 1..=ATTEMPTS {
                match view.claim_disclosure(request, record).await {
                    Ok(()) => return,
                    Err(error) => {
                        tracing::warn!(%error, attempt, "the disclosure is not claimed yet");
                        tokio::time::sleep(Duration::from_secs(u64::from(attempt) * 3)).await;
                    }
                }
            }
        });
    }

    /// Takes a revocation directly from the patient. From its return on no record is disclosed under the request. It is passed
    /// on to the consortium as well.
    ///
    /// # Errors
    /// [`Refusal::RequestMismatch`], [`Refusal::InvalidRevocation`], or that it cannot be written.
    pub fn revoke(
        &self,
        request: RequestId,
        grant_key: &Ed25519Key,
        signature: Ed25519Signature,
    ) -> Result<(), Refusal> {
        if messages::request_id(grant_key) != request {
            return Err(Refusal::RequestMismatch);
        }
        verify_revocation(&self.chain, grant_key, &signature)
            .map_err(|_| Refusal::InvalidRevocation)?;
        self.outbox.revoke(&request, &signature)?;
        tracing::info!("a revocation was received directly");
        let view = Arc::clone(&self.view);
        tokio::spawn(async move {
            if let Err(error) = view.forward_revocation(request, signature).await {
                tracing::info!(%error, "the revocation was not passed on");
            }
        });
        Ok(())
    }
}

fn check_status(status: RequestStatus) -> Result<(), Refusal> {
    match status {
        RequestStatus::Open => Ok(()),
        RequestStatus::Revoked => Err(Refusal::RequestRevoked),
        RequestStatus::Closed => Err(Refusal::RequestClosed),
    }
}

#[cfg(test)]
mod tests;
