// SPDX-License-Identifier: Apache-2.0
//! All that a gateway keeps: its outbox, its vault key and its shares.
//!
//! A missing key or medium looks like that of a first start. So the parts are opened together, and
//! a key is made only if nothing is sealed that it could not open.

use crate::{
    error::{GatewayError, Result},
    outbox::Outbox,
    shares::{check_folders, Media, ShareStore},
    vault::Vault,
};
use std::path::{Path, PathBuf};

/// The place of plain records in the vault.
pub(crate) const PLAIN: &[u8] = b"plain";

/// The outbox, the vault key and the shares of a gateway.
pub struct AtRest {
    /// The outbox.
    pub outbox: Outbox,
    /// The vault key.
    pub vault: Vault,
    /// The shares.
    pub shares: ShareStore,
}

impl AtRest {
    /// Opens all parts, or makes them at a first start.
    ///
    /// `admit` lets media for shares differ from those of the last start. No refusal changes
    /// anything.
    ///
    /// # Errors
    /// `InvalidSecret` (the key is missing, or is another one), `ShareMediumMismatch`,
    /// `InvalidConfig`, `DataDirInUse`, `OutboxFailed`, `SharesFailed`.
    pub fn open(
        data_dir: &Path,
        vault_key_file: &Path,
        share_dirs: &[PathBuf],
        admit: bool,
    ) -> Result<Self> {
        check_folders(share_dirs)?;
        let outbox = Outbox::open(data_dir)?;
        let media = Media::find(share_dirs)?;
        if admit {
            tracing::warn!("media for shares may differ from those of the last start");
        } else {
            media.check(outbox.share_media()?.as_ref())?;
        }
        let invalid = |reason: &str| {
            GatewayError::InvalidSecret(format!("{}: {reason}", vault_key_file.display()))
        };
        if !vault_key_file.exists() && (outbox.holds_sealed()? || media.hold_shares()?) {
            return Err(invalid(
                "the vault key is missing, and data_dir or share_dirs hold what it sealed. Mount its \
                 medium or restore it from a backup. If it is lost for good, move the folders of \
                 data_dir and share_dirs away: nobody can open their content",
            ));
        }
        let vault = Vault::open(vault_key_file)?;
        if !is_key_of(&outbox, &vault)? {
            return Err(invalid(
                "another vault key sealed what data_dir holds. Restore that key from a backup",
            ));
        }
        let shares = ShareStore::from_media(media, vault.clone())?;
        outbox.set_vault_check(&vault.check_value())?;
        outbox.set_share_media(shares.media_ids())?;
        Ok(Self {
            outbox,
            vault,
            shares,
        })
    }
}

/// Whether the key is the one that sealed what the outbox holds.
fn is_key_of(outbox: &Outbox, vault: &Vault) -> Result<bool> {
    if !outbox.holds_sealed()? {
        return Ok(true);
    }
    match (outbox.vault_check()?, outbox.sealed_sample()?) {
        (Some(check), _) => Ok(check == vault.check_value()),
        // An earlier version wrote it.
        (None, Some(sealed)) => Ok(vault.unseal(PLAIN, &sealed).is_ok()),
        (None, None) => Ok(true),
    }
}

#[cfg(test)]
mod tests;
