// SPDX-License-Identifier: Apache-2.0
//! Wishes of patients that the gateway takes directly.
//!
//! They are rises of label versions, revocations, and requests for own records.
//!
//! A wish is written before it is acknowledged, is obeyed at once, and is brought to its chain until
//! it holds there.

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
use bspp_client::Result as ChainResult;
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
use codec::Encode;
use sp_core::H256;
use std::{collections::BTreeSet, sync::Arc};
use tokio::time::Instant;

/// Maximum number of revocations of unopened requests of one account that are in force.
const MAX_UNOPENED_REVOCATIONS: usize = 32;

/// Takes the wishes of patients.
pub struct Wishes<V, P> {
    view: Arc<V>,
    chain_side: Arc<P>,
    versions: LabelVersions<P>,
    outbox: Outbox,
    shares: ShareStore,
    nonces: Arc<Nonces>,
    chain: H256,
    hospital: HospitalId,
}

impl<V: RequestView, P: PatientRegistry + RecordArchive> Wishes<V, P> {
    /// Makes the taker of wishes.
    pub fn new(
        (view, chain_side): (Arc<V>, Arc<P>),
        versions: LabelVersions<P>,
        (outbox, shares): (Outbox, ShareStore),
        nonces: Arc<Nonces>,
        (chain, hospital): (H256, HospitalId),
    ) -> Self {
        Self {
            view,
            chain_side,
            versions,
            outbox,
            shares,
            nonces,
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
    /// or the version is not the next one), [`Refusal::Gateway`].
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
        let state = self.versions.state(account).await?;
        if version <= state.version {
            return Ok(());
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
        self.write_revocation(&request, &revoked, &wish, now)?;
        tracing::info!("a revocation of an unopened request was received");
        Ok(())
    }

    /// Takes the revocation of an opened request.
    ///
    /// When the method has returned, no record is disclosed under the request. Nothing is written for
    /// a request that the consortium does not have, so strangers cannot fill the disk.
    ///
    /// # Errors
    /// [`Refusal::RequestMismatch`], [`Refusal::InvalidRevocation`], [`Refusal::RequestNotFound`],
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
        let opened = self.view.best_request(request).await?;
        let expiry = opened.ok_or(Refusal::RequestNotFound)?.expiry;
        let revoked = Revoked {
            signature,
            expiry,
            account: None,
        };
        let wish = Forward::Revocation { request, signature };
        self.write_revocation(&request, &revoked, &wish, clock::now())?;
        tracing::info!("a revocation was received directly");
        Ok(())
    }

    fn write_revocation(
        &self,
        request: &RequestId,
        revoked: &Revoked,
        wish: &Forward,
        now: Moment,
    ) -> Result<(), Refusal> {
        let limits = (day_of(now), MAX_UNOPENED_REVOCATIONS);
        let id = blake2b_256(&wish_key(wish));
        let written = self.outbox.revoke(request, revoked, (&id, wish), limits)?;
        written.then_some(()).ok_or(Refusal::WishRefused)
    }

    /// Brings waiting wishes to their chains, rises of a patient in the order of their versions.
    ///
    /// A wish that its chain does not take now holds back no other patient's. It stays, since it holds
    /// here in any case and the refusal may be of this moment, for example a used-up quota.
    ///
    /// # Errors
    /// The first one of the chains, after all wishes were tried.
    pub async fn forward(&self) -> crate::error::Result<()> {
        let mut wishes = self.outbox.forwards()?;
        wishes.sort_by_cached_key(|(_, wish)| wish_key(wish));
        let mut first = None;
        let mut held_back = BTreeSet::new();
        for (id, wish) in wishes {
            let account = match &wish {
                Forward::LabelVersion { account, .. } => Some(*account),
                Forward::Tombstone { .. } | Forward::Revocation { .. } => None,
            };
            // The chain takes a version only after the one before it.
            if account.is_some_and(|account| held_back.contains(&account)) {
                continue;
            }
            match self.bring(&wish).await {
                Ok(true) => self.outbox.remove_forward(&id)?,
                Ok(false) => {}
                Err(error) => {
                    held_back.extend(account);
                    first.get_or_insert(error);
                }
            }
        }
        first.map_or(Ok(()), |error| Err(error.into()))
    }

    /// Brings a wish to its chain. Returns whether it holds in finalized state.
    async fn bring(&self, wish: &Forward) -> ChainResult<bool> {
        match wish {
            Forward::Tombstone {
                authority,
                expiry,
                signature,
                ..
            } => {
                if day_start(*expiry) <= clock::now() {
                    return Ok(true);
                }
                self.view
                    .file_tombstone(authority, *expiry, *signature)
                    .await
            }
            Forward::Revocation { request, signature } => {
                self.view.forward_revocation(*request, *signature).await
            }
            Forward::LabelVersion {
                account,
                version,
                revoke_before,
                signature,
                ..
            } => {
                self.chain_side
                    .raise_label_version(*account, *version, *revoke_before, *signature)
                    .await
            }
        }
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
            chunks: Arc::new(vec![ciphertext]),
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
        Ok(sealed)
    }
}

/// The part of a wish that names it. The same wish with another time is the same wish.
///
/// The order of these keys is the order in which wishes go to their chains: revocations first, and
/// the rises of an account by version.
fn wish_key(wish: &Forward) -> Vec<u8> {
    match wish {
        Forward::Tombstone { authority, .. } => (0u8, authority).encode(),
        Forward::Revocation { request, .. } => (1u8, request).encode(),
        Forward::LabelVersion {
            account, version, ..
        } => (2u8, account, version.to_be_bytes()).encode(),
    }
}

#[cfg(test)]
mod tests;
