// SPDX-License-Identifier: Apache-2.0
//! Disclosure: the checks of a request, and the release of the record.
//!
//! See steps 5 and 7 in section 8 of the protocol.

use crate::{
    clock,
    error::GatewayError,
    nonces::{NonceError, Nonces},
    outbox::Outbox,
    ports::{RecordArchive, RequestView, Standing},
};
use bspp_client::ClientError;
use bspp_primitives::{AccountId, Signature};
use bspp_record::{
    verify_revocation, DisclosureError, DisclosurePackage, DisclosureRequest, SealedBox,
};
use bspp_types::{
    messages, Ed25519Key, Ed25519Signature, HospitalId, Moment, Record, RecordId, RequestId,
    RequestStatus,
};
use sp_core::H256;
use sp_runtime::traits::Verify;
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// The time after which a request for a record that the grant does not cover is refused.
///
/// It is longer than the look-up of a record, so that the time of the answer does not show how far
/// the checks came.
const REFUSAL_TIME: Duration = Duration::from_millis(500);

/// The reasons for which a disclosure or revocation is refused.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The nonce is not valid.
    #[error(transparent)]
    Nonce(#[from] NonceError),
    /// The finalized consortium state is too old for a permission.
    #[error("StaleState: the newest finalized consortium block is {age_ms} ms old")]
    StaleState {
        /// The age of that block, in milliseconds.
        age_ms: u64,
    },
    /// The consortium has not finalized this request.
    #[error("RequestNotFound: the request is not finalized on the consortium")]
    RequestNotFound,
    /// The patient has revoked.
    #[error("RequestRevoked: the patient has revoked the request")]
    RequestRevoked,
    /// The patient has closed the request.
    #[error("RequestClosed: the patient has closed the request")]
    RequestClosed,
    /// The requester was removed, or the requester's hospital is suspended or removed.
    #[error("RequesterNotActive: the requester does not act for an active hospital any more")]
    RequesterNotActive,
    /// The hospital of this gateway is suspended or removed.
    #[error("HospitalNotActive: this hospital is not an active member of the consortium")]
    HospitalNotActive,
    /// The grant does not cover this record.
    ///
    /// It is the answer for a record that the hospital does not have, and for a record of another
    /// patient: it reveals neither whose a record is nor whether it exists.
    #[error("NotCovered: the grant does not cover this record")]
    NotCovered,
    /// The grant, a signature or a field is wrong.
    #[error(transparent)]
    Disclosure(#[from] DisclosureError),
    /// The record was not matched under the request.
    #[error("MatchNotFound: the request has no finalized match of this record")]
    MatchNotFound,
    /// The revocation is not signed by the grant's key.
    #[error("InvalidSignature: not signed by the grant's one-time key")]
    InvalidRevocation,
    /// The revocation names another request than the one that its key opens.
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
    /// The part of the message before the colon, for scripts.
    pub fn code(&self) -> String {
        if let Self::Gateway(error) = self {
            return error.code();
        }
        let text = self.to_string();
        text.split(':').next().unwrap_or_default().to_owned()
    }
}

/// Whether an account of the consortium chain signed a message.
fn signed_by(signature: &Signature, message: &[u8], account: &[u8; 32]) -> bool {
    signature.verify(message, &AccountId::from(*account))
}

/// Checks and answers disclosure requests.
pub struct Discloser<V, A> {
    view: Arc<V>,
    archive: A,
    outbox: Outbox,
    nonces: Nonces,
    chain: H256,
    hospital: HospitalId,
    max_staleness: u64,
    /// The time from arrival to the refusal of a record that the grant does not cover.
    refusal_time: Duration,
}

impl<V: RequestView + 'static, A: RecordArchive> Discloser<V, A> {
    /// Makes a discloser.
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
            refusal_time: REFUSAL_TIME,
        }
    }

    /// Issues a nonce.
    pub fn issue_nonce(&self) -> [u8; 32] {
        self.nonces.issue(clock::now())
    }

    /// Checks a request.
    ///
    /// If it is permitted, the method logs the disclosure and encrypts the record to the requester.
    ///
    /// # Errors
    /// Every check has its own [`Refusal`].
    pub async fn disclose(
        &self,
        request: &DisclosureRequest<Signature>,
    ) -> Result<SealedBox, Refusal> {
        self.disclose_at(request, clock::now()).await
    }

    pub(crate) async fn disclose_at(
        &self,
        request: &DisclosureRequest<Signature>,
        now: Moment,
    ) -> Result<SealedBox, Refusal> {
        let arrival = Instant::now();
        request.verify_requester(&self.chain, &self.hospital, signed_by)?;
        self.nonces.take(&request.nonce, now)?;
        // A permission needs finalized state that is recent; a revocation counts in any state.
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
        request.verify_request(&self.chain, &self.hospital, &on_chain, now)?;
        self.check_standing(&on_chain.requester).await?;
        // The match is public, so its absence reveals nothing. The hospital looks at its own records
        // only for a record that the requester has found.
        matched.ok_or(Refusal::MatchNotFound)?;
        let Some(record) = self.covered(request).await? else {
            tokio::time::sleep_until(arrival + self.refusal_time).await;
            return Err(Refusal::NotCovered);
        };
        let ciphertext = self.archive.ciphertext(&record).await?;
        let package = DisclosurePackage {
            record: request.record,
            wraps: record.wraps,
            ciphertext,
        };
        let sealed = package
            .seal(&request.header, &mut rand::rngs::OsRng)
            .map_err(DisclosureError::Sealing)?;
        // The log entry comes before the release: without a log entry the record is not disclosed.
        let requester: [u8; 32] = on_chain.requester.clone().into();
        self.archive
            .log_disclosure(request.request, request.record, requester)
            .await?;
        // The patient may have revoked, here or on chain, while the log entry waited for its block,
        // or the council may have removed the requester.
        if self.outbox.is_revoked(&request.request)? {
            return Err(Refusal::RequestRevoked);
        }
        if let Some(best) = self.view.best_request(request.request).await? {
            check_status(best.status)?;
        }
        self.check_standing(&on_chain.requester).await?;
        self.claim(request.request, request.record);
        Ok(sealed)
    }

    /// The requested record, if it is a record of the patient who signed the grant.
    async fn covered(
        &self,
        request: &DisclosureRequest<Signature>,
    ) -> Result<Option<Record>, Refusal> {
        let found = self.archive.record(request.record).await?;
        Ok(found.and_then(|(location, record)| {
            let signed = request
                .header
                .verify(&request.patient_signature, &location.patient);
            signed.is_ok().then_some(record)
        }))
    }

    async fn check_standing(&self, requester: &AccountId) -> Result<(), Refusal> {
        let standing = self.view.finalized_standing(requester).await?;
        match standing {
            Standing {
                requester: false, ..
            } => Err(Refusal::RequesterNotActive),
            Standing {
                hospital: false, ..
            } => Err(Refusal::HospitalNotActive),
            Standing { .. } => Ok(()),
        }
    }

    /// Claims on the consortium that the record was disclosed.
    ///
    /// The requester does not wait for the claim.
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

    /// Takes a revocation directly from the patient, and forwards it to the consortium.
    ///
    /// When the method has returned, no record is disclosed under the request.
    ///
    /// # Errors
    /// [`Refusal::RequestMismatch`], [`Refusal::InvalidRevocation`], and an error if the revocation
    /// cannot be written.
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
                tracing::info!(%error, "the revocation was not forwarded");
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
