// SPDX-License-Identifier: Apache-2.0
//! Wishes of patients that the gateway takes directly.
//!
//! They are rises of label versions, revocations, and requests for own records.
//!
//! A wish is written before it is acknowledged, is obeyed at once, and is brought to its chain until
//! it holds there.

mod forward;

use crate::{
    clock,
    disclose::Refusal,
    labels::LabelVersions,
    nonces::Nonces,
    outbox::{Forward, Outbox, Revoked},
    ports::{PatientRegistry, RecordArchive, RequestView},
    refusal_time,
    shares::{Kept, ShareStore},
};
use bspp_peks::{blake2b_256, verify_strict, LabelVersion};
use bspp_record::{
    verify_revocation, verify_tombstone, DisclosureError, DisclosurePackage, EncryptedRecord,
    OwnRecordRequest, SealedBox,
};
use bspp_types::{
    day_of, day_start,
    limits::{DAY_MS, MAX_GRANT_DAYS, MAX_LABEL_RISES_PER_MONTH},
    messages, Authority, Day, DisclosureGround, Ed25519Key, Ed25519Signature, HospitalId,
    LabelState, Moment, RequestId,
};
use forward::{wish_key, Forwarder};
use sp_core::H256;
use std::sync::Arc;
use tokio::time::Instant;

/// Maximum number of revocations of unopened requests of one account that are in force.
const MAX_UNOPENED_REVOCATIONS: usize = 32;
/// Maximum number of revocations of opened requests of one requester that are in force.
///
/// A requester who opens requests under keys of its own can revoke them here. More revocations go to
/// the consortium directly.
const MAX_OPENED_REVOCATIONS: usize = 256;

/// Takes the wishes of patients.
pub struct Wishes<V, P> {
    view: Arc<V>,
    chain_side: Arc<P>,
    versions: LabelVersions<P>,
    outbox: Outbox,
    shares: ShareStore,
    nonces: Arc<Nonces>,
    forwarder: Forwarder<V, P>,
    /// Held from the reading of a patient's version until the next one is written.
    taking: tokio::sync::Mutex<()>,
    chain: H256,
    hospital: HospitalId,
}

impl<V: RequestView + 'static, P: PatientRegistry + RecordArchive + 'static> Wishes<V, P> {
    /// Makes the taker of wishes.
    pub fn new(
        (view, chain_side): (Arc<V>, Arc<P>),
        versions: LabelVersions<P>,
        (outbox, shares): (Outbox, ShareStore),
        nonces: Arc<Nonces>,
        (chain, hospital): (H256, HospitalId),
    ) -> Self {
        let forwarder = Forwarder::new(Arc::clone(&view), Arc::clone(&chain_side), outbox.clone());
        Self {
            view,
            chain_side,
            versions,
            outbox,
            shares,
            nonces,
            forwarder,
            taking: tokio::sync::Mutex::default(),
            chain,
            hospital,
        }
    }

    /// The label versions of a patient. They are public on the hospital's chain.
    ///
    /// # Errors
    /// [`Refusal::Gateway`].
    pub async fn label_state(&self, account: [u8; 32]) -> Result<LabelState, Refusal> {
        Ok(self.versions.state(account).await?)
    }

    /// Takes a rise of the label version. It is obeyed when the method returns.
    ///
    /// # Errors
    /// [`Refusal::InvalidWish`] (signature), [`Refusal::WishRefused`] (the account is not enrolled,
    /// or the version is not the next one), [`Refusal::VersionUsed`], [`Refusal::Gateway`].
    pub async fn raise_label_version(
        &self,
        account: Ed25519Key,
        version: LabelVersion,
        revoke_before: Moment,
        signature: Ed25519Signature,
    ) -> Result<(), Refusal> {
        let message = messages::label_version_message(
            &self.chain,
            &self.hospital,
            &account,
            version,
            revoke_before,
        );
        verify_strict(&account, &message, &signature).map_err(|_| Refusal::InvalidWish)?;
        if self.chain_side.patient(account).await?.is_none() {
            return Err(Refusal::WishRefused);
        }
        // Two rises with one version would else both be acknowledged, and one of them be lost.
        let _taking = self.taking.lock().await;
        let state = self.versions.state(account).await?;
        if version <= state.version {
            // Another device may have used the version, with an earlier time of revocation.
            return if state.revoke_before >= revoke_before {
                Ok(())
            } else {
                Err(Refusal::VersionUsed)
            };
        }
        let now = clock::now();
        // Rises of this month, those that wait included: the chain would refuse more.
        let at_start = bspp_types::filing_month_at(now)
            .and_then(|month| month.checked_sub(1))
            .map_or(0, |before| state.version_in(before));
        let allowed = Some(version) == state.version.checked_add(1)
            && (state.revoke_before..=now).contains(&revoke_before)
            && state.version.saturating_sub(at_start) < MAX_LABEL_RISES_PER_MONTH;
        if !allowed {
            return Err(Refusal::WishRefused);
        }
        let wish = Forward::LabelVersion {
            account,
            version,
            revoke_before,
            taken_on: now,
            signature,
        };
        self.outbox
            .add_forward(&blake2b_256(&wish_key(&wish)), &wish)?;
        tracing::info!("a rise of a label version was received directly");
        Ok(())
    }

    /// Takes the revocation of a request that may not be opened yet.
    ///
    /// The account that is enrolled here must have signed it, so that strangers cannot use the quota
    /// of the hospital. When the method returns, no record is disclosed under the request.
    ///
    /// # Errors
    /// [`Refusal::InvalidWish`], [`Refusal::WishRefused`] (not enrolled, an expiry beyond
    /// the longest grant, or too many in force), [`Refusal::Gateway`].
    pub async fn revoke_unopened(
        &self,
        (account, account_signature): (Ed25519Key, Ed25519Signature),
        authority: Authority,
        expiry: Day,
        signature: Ed25519Signature,
    ) -> Result<(), Refusal> {
        let request = messages::request_id(&authority);
        let message = messages::unopened_message(&self.chain, &self.hospital, &request);
        verify_strict(&account, &message, &account_signature).map_err(|_| Refusal::InvalidWish)?;
        verify_tombstone(&self.chain, &authority, expiry, &signature)
            .map_err(|_| Refusal::InvalidWish)?;
        let wish = Forward::Tombstone {
            account,
            authority,
            expiry,
            signature,
        };
        let now = clock::now();
        let end = day_start(expiry);
        if end <= now {
            // The grant has expired, so the revocation holds already.
            return Ok(());
        }
        let maximum = u64::from(MAX_GRANT_DAYS).saturating_mul(DAY_MS);
        if end.saturating_sub(now) > maximum || self.chain_side.patient(account).await?.is_none() {
            return Err(Refusal::WishRefused);
        }
        let revoked = Revoked {
            signature,
            expiry,
            account: Some(account),
        };
        let limits = (day_of(now), MAX_UNOPENED_REVOCATIONS);
        self.write_revocation(&request, &revoked, &wish, limits)?;
        tracing::info!("a revocation of an unopened request was received");
        Ok(())
    }

    /// Takes the revocation of an opened request.
    ///
    /// When the method has returned, no record is disclosed under the request. Nothing is written for
    /// a request that the consortium does not have or that is for another hospital, so strangers cannot
    /// fill the disk. A requester can fill the place of its own requests only.
    ///
    /// # Errors
    /// [`Refusal::RequestMismatch`], [`Refusal::InvalidRevocation`], [`Refusal::RequestNotFound`],
    /// [`Refusal::HospitalMismatch`], [`Refusal::WishRefused`] (too many in force),
    /// [`Refusal::Gateway`].
    pub async fn revoke(
        &self,
        request: RequestId,
        authority: &Authority,
        signature: Ed25519Signature,
    ) -> Result<(), Refusal> {
        if messages::request_id(authority) != request {
            return Err(Refusal::RequestMismatch);
        }
        verify_revocation(&self.chain, authority, &signature)
            .map_err(|_| Refusal::InvalidRevocation)?;
        let opened = self
            .view
            .best_request(request)
            .await?
            .ok_or(Refusal::RequestNotFound)?;
        if opened.hospital != self.hospital {
            return Err(Refusal::HospitalMismatch);
        }
        let revoked = Revoked {
            signature,
            expiry: opened.expiry,
            account: Some(opened.requester.into()),
        };
        let wish = Forward::Revocation { request, signature };
        let limits = (day_of(clock::now()), MAX_OPENED_REVOCATIONS);
        self.write_revocation(&request, &revoked, &wish, limits)?;
        tracing::info!("a revocation was received directly");
        Ok(())
    }

    fn write_revocation(
        &self,
        request: &RequestId,
        revoked: &Revoked,
        wish: &Forward,
        limits: (Day, usize),
    ) -> Result<(), Refusal> {
        let id = blake2b_256(&wish_key(wish));
        let written = self.outbox.revoke(request, revoked, (&id, wish), limits)?;
        written.then_some(()).ok_or(Refusal::WishRefused)
    }

    /// Brings waiting wishes to their chains: each chain and each account for itself.
    ///
    /// # Errors
    /// `OutboxFailed`, and the first failure of a chain since the last call.
    pub async fn forward(&self) -> crate::error::Result<()> {
        self.forwarder.forward().await
    }

    /// Gives a patient an own record, share included, and logs it.
    ///
    /// # Errors
    /// [`Refusal::Disclosure`] (signature), [`Refusal::Nonce`], [`Refusal::NotCovered`] (the record
    /// is not the patient's, does not exist, or was erased), [`Refusal::Gateway`].
    pub async fn own_record(&self, request: &OwnRecordRequest) -> Result<SealedBox, Refusal> {
        let arrival = Instant::now();
        request.verify(&self.chain, &self.hospital)?;
        self.nonces
            .take(&request.nonce, &request.patient, clock::now())?;
        let answer = self.give_own_record(request).await;
        // The time of this refusal does not show whether a record exists, or whose it is.
        if matches!(answer, Err(Refusal::NotCovered)) {
            refusal_time::wait(arrival).await;
        }
        answer
    }

    async fn give_own_record(&self, request: &OwnRecordRequest) -> Result<SealedBox, Refusal> {
        let (_, record) = self
            .chain_side
            .record(request.record)
            .await?
            .filter(|(location, _)| location.patient == request.patient)
            .ok_or(Refusal::NotCovered)?;
        let patient = self
            .chain_side
            .patient(request.patient)
            .await?
            .ok_or(Refusal::NotCovered)?;
        let Kept::Share(share) = self.shares.get(&request.record)? else {
            return Err(Refusal::NotCovered);
        };
        let ciphertext = self.chain_side.ciphertext(&record).await?;
        let encrypted = EncryptedRecord {
            rid: request.record,
            record,
            payload: Arc::new(ciphertext),
        };
        let package = DisclosurePackage::new(&encrypted, &share);
        let sealed = OwnRecordRequest::seal(
            &package,
            (&self.chain, &self.hospital),
            &patient.bundle.x25519,
            &mut rand::rngs::OsRng,
        )
        .map_err(DisclosureError::Sealing)?;
        self.chain_side
            .log_disclosure(DisclosureGround::OwnRecord, request.record, request.patient)
            .await?;
        // An erasure or a recovery while the log entry waited for its block stops the release. The share
        // comes last: no wait follows it.
        let known = self.chain_side.patient(request.patient).await?;
        if known.is_none_or(|known| known.bundle.x25519 != patient.bundle.x25519) {
            return Err(Refusal::NotCovered);
        }
        let Kept::Share(_) = self.shares.get(&request.record)? else {
            return Err(Refusal::NotCovered);
        };
        Ok(sealed)
    }
}

#[cfg(test)]
mod tests;
