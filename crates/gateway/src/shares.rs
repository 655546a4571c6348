// SPDX-License-Identifier: Apache-2.0
//! The hospital's shares, without which no key opens a record.
//!
//! A share is durable on two media or more before its record is sent anywhere. A deletion is
//! written first, on every medium, and wins over any share: a medium that returns from an old
//! backup loses the share again when it is opened beside the others.
//!
//! Each medium has an identifier, and remembers the vault key by a check value: an empty medium in
//! place of a lost one, or another key, is refused.

mod label;
mod media;
mod medium;

pub(crate) use media::Media;

use crate::{
    clock,
    error::{GatewayError, Result},
    outbox::{JobId, Outbox},
    vault::Vault,
};
use bspp_peks::HospitalShare;
use bspp_types::RecordId;
use medium::Medium;
use std::{collections::BTreeSet, path::PathBuf, sync::Arc};
use zeroize::Zeroizing;

/// Minimum number of media.
pub const MIN_MEDIA: usize = 2;

/// A share as the store knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// The share.
    Share(HospitalShare),
    /// The share was deleted by an erasure.
    Deleted,
    /// No medium has the share.
    Absent,
}

/// The shares on all media. A clone is cheap.
#[derive(Clone, Debug)]
pub struct ShareStore {
    media: Arc<Vec<Medium>>,
    ids: BTreeSet<[u8; 32]>,
    vault: Vault,
}

fn place(rid: &RecordId) -> Vec<u8> {
    [b"share".as_slice(), &rid.0].concat()
}

/// Refuses folders that cannot be media of their own.
pub(crate) fn check_folders(folders: &[PathBuf]) -> Result<()> {
    let distinct: BTreeSet<&PathBuf> = folders.iter().collect();
    if distinct.len() < MIN_MEDIA || distinct.len() != folders.len() {
        return Err(GatewayError::InvalidConfig(format!(
            "share_dirs must name at least {MIN_MEDIA} folders, on different media"
        )));
    }
    Ok(())
}

/// Refuses a medium whose shares another vault key sealed.
fn check_key(medium: &Medium, vault: &Vault) -> Result<()> {
    let Some((rid, sealed)) = medium.sealed_sample()? else {
        return Ok(());
    };
    let fits = match medium.vault_check()? {
        Some(check) => check == vault.check_value(),
        // An earlier version wrote it.
        None => vault.unseal(&place(&rid), &sealed).is_ok(),
    };
    if fits {
        return Ok(());
    }
    Err(GatewayError::InvalidSecret(format!(
        "another vault key sealed the shares in {}: restore that key to vault_key_file, or name the \
         right medium in share_dirs",
        medium.path().display()
    )))
}

impl ShareStore {
    /// Opens all media, replays deletions on each, and completes a medium that lags.
    ///
    /// # Errors
    /// `InvalidConfig` (fewer than [`MIN_MEDIA`], or one twice), `InvalidSecret` (another vault key),
    /// `ShareMediumMismatch`, `DataDirInUse`, `SharesFailed`.
    pub fn open(folders: &[PathBuf], vault: Vault) -> Result<Self> {
        check_folders(folders)?;
        let media = Media::find(folders)?;
        media.check(None)?;
        Self::from_media(media, vault)
    }

    /// The same with media that were found and checked.
    pub(crate) fn from_media(media: Media, vault: Vault) -> Result<Self> {
        for medium in media.found() {
            check_key(medium, &vault)?;
        }
        let (media, ids) = media.label()?;
        for medium in &media {
            medium.set_vault_check(&vault.check_value())?;
        }
        let mut deleted = BTreeSet::new();
        let mut known = BTreeSet::new();
        for medium in &media {
            deleted.extend(medium.deletions()?);
            known.extend(medium.rids()?);
        }
        for medium in &media {
            let missing: BTreeSet<_> = deleted.difference(&medium.deletions()?).copied().collect();
            medium.delete(&missing)?;
        }
        let store = Self {
            media: Arc::new(media),
            ids,
            vault,
        };
        for rid in known.difference(&deleted) {
            store.complete(&RecordId::from(*rid))?;
        }
        Ok(store)
    }

    /// The identifiers of the media.
    pub(crate) fn media_ids(&self) -> &BTreeSet<[u8; 32]> {
        &self.ids
    }

    /// Copies a share to the media that lack it.
    fn complete(&self, rid: &RecordId) -> Result<()> {
        let mut sealed = None;
        let mut lacking = Vec::new();
        for medium in self.media.iter() {
            match medium.sealed(rid)? {
                Some(bytes) => sealed = sealed.or(Some(bytes)),
                None => lacking.push(medium),
            }
        }
        if let Some(sealed) = sealed {
            for medium in lacking {
                medium.write(|shares, _| {
                    shares
                        .insert(rid.0, sealed.as_slice())
                        .map(|_| ())
                        .map_err(|e| medium.failed(e))
                })?;
            }
        }
        Ok(())
    }

    /// Writes shares to every medium. They are durable when the method returns.
    ///
    /// # Errors
    /// `SharesFailed`: the records must not be sent anywhere.
    pub fn put(&self, shares: &[(RecordId, HospitalShare)]) -> Result<()> {
        let sealed = shares
            .iter()
            .map(|(rid, share)| Ok((rid.0, self.vault.seal(&place(rid), share.as_bytes())?)))
            .collect::<Result<Vec<_>>>()?;
        for medium in self.media.iter() {
            medium.write(|table, _| {
                for (rid, bytes) in &sealed {
                    table
                        .insert(*rid, bytes.as_slice())
                        .map_err(|e| medium.failed(e))?;
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// The share of a record.
    ///
    /// # Errors
    /// `SharesFailed` if no medium can be read.
    pub fn get(&self, rid: &RecordId) -> Result<Kept> {
        let mut found = None;
        let mut failure = None;
        for medium in self.media.iter() {
            match medium.is_deleted(rid) {
                Ok(true) => return Ok(Kept::Deleted),
                Ok(false) => {}
                Err(error) => failure = Some(error),
            }
            match medium.sealed(rid) {
                Ok(Some(bytes)) => found = found.or(Some(bytes)),
                Ok(None) => {}
                Err(error) => failure = Some(error),
            }
        }
        let Some(sealed) = found else {
            return failure.map_or(Ok(Kept::Absent), Err);
        };
        let plain = self.vault.unseal(&place(rid), &sealed)?;
        let bytes: [u8; 32] = plain
            .as_slice()
            .try_into()
            .map_err(|_| GatewayError::Shares("a share does not have 32 bytes".into()))?;
        Ok(Kept::Share(HospitalShare::from_bytes(*Zeroizing::new(
            bytes,
        ))))
    }

    /// Gives up the entries of a plain record for another encryption, with their shares.
    ///
    /// `reason` is that of the refusal.
    /// The result is `false` if the plaintext is not here any more; nothing is deleted then. A stop
    /// between the two leaves entries without shares, which the next call gives up.
    ///
    /// # Errors
    /// `SharesFailed`, `OutboxFailed`.
    pub fn redo(&self, outbox: &Outbox, plain: (JobId, u32), reason: &str) -> Result<bool> {
        let Some(rids) = outbox.replaceable(plain)? else {
            return Ok(false);
        };
        for rid in rids {
            self.delete(&rid)?;
        }
        outbox.redo(plain, reason, clock::now())
    }

    /// Deletes a share for ever.
    ///
    /// The deletion is durable on every medium when the method returns. A record without a known
    /// share is deleted too: its share can never return.
    ///
    /// # Errors
    /// `SharesFailed`: on a medium the deletion is not written yet. It is repeated by another call,
    /// and by the next start.
    pub fn delete(&self, rid: &RecordId) -> Result<()> {
        let one = BTreeSet::from([rid.0]);
        let outcomes: Vec<Result<()>> = self.media.iter().map(|m| m.delete(&one)).collect();
        outcomes.into_iter().collect()
    }
}

#[cfg(test)]
mod tests;
