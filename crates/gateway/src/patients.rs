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
    outbox::{Forward, Outbox},
    ports::{PatientRegistry, RecordArchive, RequestView},
    shares::{Kept, ShareStore},
};
use bspp_client::Result as ChainResult;
use bspp_peks::{blake2b_256, verify_strict, LabelVersion};
use bspp_record::{
    verify_tombstone, DisclosureError, DisclosurePackage, EncryptedRecord, OwnRecordRequest,
    SealedBox,
};
use bspp_types::{
    limits::MAX_LABEL_RISES_PER_MONTH, messages, Authority, Day, DisclosureGround, Ed25519Key,
    Ed25519Signature, HospitalId, LabelState, Moment,
};
use codec::Encode;
use sp_core::H256;
use std::sync::Arc;

/// Maximum number of revocations of unopened requests of one account that wait.
const MAX_WAITING_TOMBSTONES: usize = 8;

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
            && state.version.saturating_sub(at_start) < MAX_LABEL_RISES_PER_MONTH
            && self.chain_side.patient(account).await?.is_some();
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
    /// [`Refusal::InvalidWish`], [`Refusal::WishRefused`] (not enrolled, or too many wait),
    /// [`Refusal::Gateway`].
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
        let id = blake2b_256(&wish_key(&wish));
        let waiting = self.outbox.forwards()?;
        let of_account = waiting.iter().filter(|(known, wish)| {
            *known != id && matches!(wish, Forward::Tombstone { account: of, .. } if *of == account)
        });
        if of_account.count() >= MAX_WAITING_TOMBSTONES
            || self.chain_side.patient(account).await?.is_none()
        {
            return Err(Refusal::WishRefused);
        }
        self.outbox.revoke(&request, &signature)?;
        self.outbox.add_forward(&id, &wish)?;
        tracing::info!("a revocation of an unopened request was received");
        Ok(())
    }

    /// Brings waiting wishes to their chains. Returns whether any is left.
    ///
    /// # Errors
    /// Those of the chains: the wishes are kept, and the next call tries again.
    pub async fn forward(&self) -> crate::error::Result<bool> {
        for (id, wish) in self.outbox.forwards()? {
            let outcome: ChainResult<()> = match &wish {
                Forward::Tombstone {
                    authority,
                    expiry,
                    signature,
                    ..
                } => {
                    self.view
                        .file_tombstone(authority, *expiry, *signature)
                        .await
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
            };
            match outcome {
                Ok(()) => self.outbox.remove_forward(&id)?,
                // A refusal of the runtime may be of this moment, for example a used-up quota. The
                // wish stays: it holds here in any case.
                Err(error) => return Err(error.into()),
            }
        }
        Ok(false)
    }

    /// Gives a patient an own record, share included, and logs it.
    ///
    /// # Errors
    /// [`Refusal::Disclosure`] (signature), [`Refusal::Nonce`], [`Refusal::NotCovered`] (the record
    /// is not the patient's, does not exist, or was erased), [`Refusal::Gateway`].
    pub async fn own_record(&self, request: &OwnRecordRequest) -> Result<SealedBox, Refusal> {
        request.verify(&self.chain, &self.hospital)?;
        self.nonces
            .take(&request.nonce, &request.patient, clock::now())?;
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
fn wish_key(wish: &Forward) -> Vec<u8> {
    match wish {
        Forward::Tombstone { authority, .. } => (0u8, authority).encode(),
        Forward::LabelVersion {
            account, version, ..
        } => (1u8, account, version).encode(),
    }
}

#[cfg(test)]
mod tests;
