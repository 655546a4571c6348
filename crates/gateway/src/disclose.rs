// SPDX-License-Identifier: Apache-2.0
//! Disclosure: the checks of a request, and the release of the record.
//!
//! See steps 5 and 6 in section 8 of the protocol.

mod asked;
mod refusal;

pub use asked::AskedWatch;
pub use refusal::Refusal;

use crate::{
    clock,
    error::GatewayError,
    labels::LabelVersions,
    nonces::Nonces,
    outbox::{Answer, ArrivedQuestion, Outbox},
    ports::{PatientRegistry, RecordArchive, RequestView, Standing},
    refusal_time,
    secrets::EncryptionSecrets,
    shares::{Kept, ShareStore},
};
use bspp_client::Signer;
use bspp_peks::HospitalShare;
use bspp_primitives::{AccountId, Signature};
use bspp_record::{
    DisclosureError, DisclosurePackage, DisclosureRequest, EncryptedRecord, SealedBox,
    SignedPackage,
};
use bspp_types::{
    limits::ANSWER_PERIOD_MS, messages, DisclosureGround, Ed25519Key, FilingMonth, HospitalId,
    Moment, Record, RecordId, Request, RequestId, RequestStatus,
};
use sp_core::H256;
use sp_runtime::traits::Verify;
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// Whether an account of the consortium chain signed a message.
fn signed_by(signature: &Signature, message: &[u8], account: &[u8; 32]) -> bool {
    signature.verify(message, &AccountId::from(*account))
}

/// The hospital's side of a disclosure: its chain, its shares, its keys.
pub struct Holder<A> {
    /// The hospital chain.
    pub archive: Arc<A>,
    /// The shares of the records.
    pub shares: ShareStore,
    /// The label versions of the patients.
    pub versions: LabelVersions<A>,
    /// The hospital's X25519 secrets.
    pub secrets: Arc<EncryptionSecrets>,
    /// The operator, who signs packages.
    pub operator: Arc<Signer>,
}

/// Times of a disclosure, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// Maximum age of the finalized state.
    pub max_staleness: u64,
    /// Maximum difference between the clock of the gateway and the best block.
    pub max_skew: u64,
}

/// Checks and answers disclosure requests.
pub struct Discloser<V, A> {
    view: Arc<V>,
    holder: Holder<A>,
    outbox: Outbox,
    nonces: Arc<Nonces>,
    chain: H256,
    hospital: HospitalId,
    times: Times,
}

/// A record that the grant covers, ready to be released.
struct Covered {
    record: Record,
    share: HospitalShare,
    patient: Ed25519Key,
    filing_month: FilingMonth,
}

impl<V: RequestView + 'static, A: RecordArchive + PatientRegistry> Discloser<V, A> {
    /// Makes a discloser.
    pub fn new(
        view: Arc<V>,
        holder: Holder<A>,
        outbox: Outbox,
        nonces: Arc<Nonces>,
        (chain, hospital): (H256, HospitalId),
        times: Times,
    ) -> Self {
        Self {
            view,
            holder,
            outbox,
            nonces,
            chain,
            hospital,
            times,
        }
    }

    /// Issues a nonce to an account.
    pub fn issue_nonce(&self, account: &[u8; 32]) -> [u8; 32] {
        self.nonces.issue(account, clock::now())
    }

    /// Checks a request.
    ///
    /// If it is permitted, the method logs the disclosure and encrypts the record to the requester.
    ///
    /// # Errors
    /// Every check has its own [`Refusal`], but those of the hospital's own records: they share
    /// `NotCovered`.
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
        let account = *request.header.requester.account();
        self.nonces.take(&request.nonce, &account, now)?;
        // A permission needs finalized state that is recent; a revocation counts in any state.
        if self.outbox.is_revoked(&request.request)? {
            return Err(Refusal::RequestRevoked);
        }
        let time = self.check_time(now).await?;
        let (on_chain, matched) = self
            .view
            .finalized_request(request.request, request.record)
            .await?;
        let on_chain = on_chain.ok_or(Refusal::RequestNotFound)?;
        check_status(on_chain.status)?;
        if let Some(best) = self.view.best_request(request.request).await? {
            check_status(best.status)?;
        }
        request.verify_request(&self.chain, &self.hospital, &on_chain, time)?;
        self.check_standing(request, &on_chain.requester).await?;
        // The match is public, so its absence reveals nothing. The hospital looks at its own records
        // only for a record that the requester has found.
        matched.ok_or(Refusal::MatchNotFound)?;
        let Covered {
            record,
            share,
            patient,
            filing_month,
        } = match self.judge(request, on_chain.expires_at()).await {
            Ok(covered) => covered,
            Err(refusal) => {
                if matches!(refusal, Refusal::NotCovered) {
                    refusal_time::wait(arrival).await;
                }
                return Err(refusal);
            }
        };
        let ciphertext = self.holder.archive.ciphertext(&record).await?;
        let encrypted = EncryptedRecord {
            rid: request.record,
            record,
            payload: Arc::new(ciphertext),
        };
        let package = DisclosurePackage::new(&encrypted, &share);
        let signed = SignedPackage::new(package, &request.header, |message| {
            self.holder.operator.sign_bytes(message)
        });
        let sealed = signed
            .seal(&request.header, &mut rand::rngs::OsRng)
            .map_err(DisclosureError::Sealing)?;
        // The log entry comes before the release: without a log entry the record is not disclosed.
        let ground = DisclosureGround::Request(request.request);
        self.holder
            .archive
            .log_disclosure(ground, request.record, account)
            .await?;
        let elapsed = u64::try_from(arrival.elapsed().as_millis()).unwrap_or(u64::MAX);
        let now = now.saturating_add(elapsed);
        // No wait from this check on: what the gateway has acknowledged stops the release.
        if let Err(refusal) = self
            .check_again(request, &on_chain, (patient, filing_month), now)
            .await
        {
            self.answer_refusal(request, on_chain.expires_at(), &refusal);
            return Err(refusal);
        }
        self.claim(request.request, request.record);
        Ok(sealed)
    }

    /// Checks once more what may have changed while the log entry waited for its block.
    ///
    /// The facts of the gateway itself come last, without a wait between them and the answer.
    async fn check_again(
        &self,
        request: &DisclosureRequest<Signature>,
        on_chain: &Request<AccountId>,
        (patient, filing_month): (Ed25519Key, FilingMonth),
        now: Moment,
    ) -> Result<(), Refusal> {
        let time = self.check_time(now).await?;
        request.verify_request(&self.chain, &self.hospital, on_chain, time)?;
        if let Some(best) = self.view.best_request(request.request).await? {
            check_status(best.status)?;
        }
        self.check_standing(request, &on_chain.requester).await?;
        let state = self.holder.versions.state(patient).await?;
        request.check_currency(&state, filing_month)?;
        self.share(&request.record)?;
        if self.outbox.is_revoked(&request.request)? {
            return Err(Refusal::RequestRevoked);
        }
        self.note(request, on_chain.expires_at(), Answer::Released)
    }

    /// The time that judges expiry: the later of chain and gateway.
    ///
    /// The age of finalized state, and the skew against the best block, are judged apart: a
    /// consortium that does not finalize is not a wrong clock.
    async fn check_time(&self, now: Moment) -> Result<Moment, Refusal> {
        let age_ms = now.saturating_sub(self.view.finalized_time().await?);
        if age_ms > self.times.max_staleness {
            return Err(Refusal::StaleState { age_ms });
        }
        let best = self.view.best_time().await?;
        let skew_ms = best.abs_diff(now);
        if skew_ms > self.times.max_skew {
            return Err(Refusal::ClockSkew { skew_ms });
        }
        Ok(now.max(best))
    }

    /// Judges the grant by the hospital's own records, and answers a refusal on the consortium.
    ///
    /// The question has arrived: from here on the hospital owes an answer.
    async fn judge(
        &self,
        request: &DisclosureRequest<Signature>,
        expires_at: Moment,
    ) -> Result<Covered, Refusal> {
        self.note(request, expires_at, Answer::Owed)?;
        let judged = self.covered(request).await;
        if let Err(refusal) = &judged {
            self.answer_refusal(request, expires_at, refusal);
        }
        judged
    }

    /// The requested record with its share, if the grant covers it.
    ///
    /// Every reason for which it does not is `NotCovered`. The other refusals are for the rightful
    /// holder of a grant that covers the record.
    async fn covered(&self, request: &DisclosureRequest<Signature>) -> Result<Covered, Refusal> {
        let Holder {
            archive,
            versions,
            secrets,
            ..
        } = &self.holder;
        let not_covered = |_| Refusal::NotCovered;
        let opening = request.open_scope(secrets.all()).map_err(not_covered)?;
        let (location, record) = archive
            .record(request.record)
            .await?
            .ok_or(Refusal::NotCovered)?;
        let filing_month = archive
            .batch_month(record.entry.batch)
            .await?
            .ok_or(Refusal::NotCovered)?;
        request
            .covers(&opening, &location.patient, &record.entry, filing_month)
            .map_err(not_covered)?;
        let state = versions.state(location.patient).await?;
        request.check_currency(&state, filing_month)?;
        if !opening.leaf.may_open {
            return Err(DisclosureError::OpenNotGranted.into());
        }
        Ok(Covered {
            record,
            share: self.share(&request.record)?,
            patient: location.patient,
            filing_month,
        })
    }

    /// The share of a record.
    fn share(&self, record: &RecordId) -> Result<HospitalShare, Refusal> {
        match self.holder.shares.get(record)? {
            Kept::Share(share) => Ok(share),
            Kept::Deleted => Err(Refusal::ShareDeleted),
            Kept::Absent => Err(GatewayError::Shares("no medium has the share".into()).into()),
        }
    }

    async fn check_standing(
        &self,
        request: &DisclosureRequest<Signature>,
        requester: &AccountId,
    ) -> Result<(), Refusal> {
        let standing = self.view.finalized_standing(requester).await?;
        match standing {
            Standing {
                requester: false, ..
            } => Err(Refusal::RequesterNotActive),
            Standing {
                hospital: false, ..
            } => Err(Refusal::HospitalNotActive),
            Standing { requester_key, .. }
                if requester_key != Some(request.header.requester_key) =>
            {
                Err(Refusal::RequesterKeyMismatch)
            }
            Standing { .. } => Ok(()),
        }
    }

    /// Writes how the hospital answered a question that arrived.
    fn note(
        &self,
        request: &DisclosureRequest<Signature>,
        expires_at: Moment,
        answer: Answer,
    ) -> Result<(), Refusal> {
        let (id, record) = (request.request, request.record);
        let question = ArrivedQuestion {
            ask_hash: messages::ask_hash(&id, &record, &request.opening_hash),
            answer,
            until: expires_at.saturating_add(ANSWER_PERIOD_MS),
        };
        Ok(self.outbox.note_question(&id, &record, &question)?)
    }

    /// Answers on the consortium with a refusal, if the hospital has judged the grant.
    fn answer_refusal(
        &self,
        request: &DisclosureRequest<Signature>,
        expires_at: Moment,
        refusal: &Refusal,
    ) {
        if !refusal.is_answer() {
            return;
        }
        if let Err(error) = self.note(request, expires_at, Answer::Refused) {
            tracing::warn!(%error, "a refusal is not written");
        }
        self.refuse(request.request, request.record);
    }

    /// Refuses on the consortium a disclosure that was asked for there.
    fn refuse(&self, request: RequestId, record: RecordId) {
        let view = Arc::clone(&self.view);
        tokio::spawn(async move {
            if let Err(error) = view.refuse_disclosure(request, record).await {
                tracing::info!(%error, "the refusal is not on the consortium");
            }
        });
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
