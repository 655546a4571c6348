// SPDX-License-Identifier: Apache-2.0
//! Facts about the vault key and the share media that belong to an outbox.

use super::*;

const VAULT_CHECK: &str = "vault_check";
const SHARE_MEDIA: &str = "share_media";

impl Outbox {
    fn meta<T: Decode>(&self, key: &'static str) -> Result<Option<T>> {
        let read = self.0.begin_read().map_err(failed)?;
        let meta = read.open_table(META).map_err(failed)?;
        let known = meta.get(key).map_err(failed)?;
        known.map(|bytes| decode(bytes.value())).transpose()
    }

    fn set_meta(&self, key: &'static str, value: &impl Encode) -> Result<()> {
        let write = self.0.begin_write().map_err(failed)?;
        {
            let mut meta = write.open_table(META).map_err(failed)?;
            meta.insert(key, value.encode().as_slice())
                .map_err(failed)?;
        }
        write.commit().map_err(failed)
    }

    /// Whether something here is of use with one vault key only.
    ///
    /// It is plaintext that waits, or the fingerprint of a patient.
    pub fn holds_sealed(&self) -> Result<bool> {
        let read = self.0.begin_read().map_err(failed)?;
        let plains = read.open_table(PLAINS).map_err(failed)?;
        let subjects = read.open_table(SUBJECTS).map_err(failed)?;
        let waits = plains.first().map_err(failed)?.is_some();
        let bound = subjects.first().map_err(failed)?.is_some();
        Ok(waits || bound)
    }

    /// A sealed plain record, if one waits.
    pub fn sealed_sample(&self) -> Result<Option<Vec<u8>>> {
        let read = self.0.begin_read().map_err(failed)?;
        let plains = read.open_table(PLAINS).map_err(failed)?;
        let first = plains.first().map_err(failed)?;
        Ok(first.map(|(_, sealed)| sealed.value().to_vec()))
    }

    /// The check value of the vault key with which the gateway last started.
    pub fn vault_check(&self) -> Result<Option<[u8; 32]>> {
        self.meta(VAULT_CHECK)
    }

    /// Writes the check value of the vault key.
    pub fn set_vault_check(&self, check: &[u8; 32]) -> Result<()> {
        self.set_meta(VAULT_CHECK, check)
    }

    /// The identifiers of the share media with which the gateway last started.
    pub fn share_media(&self) -> Result<Option<BTreeSet<[u8; 32]>>> {
        self.meta(SHARE_MEDIA)
    }

    /// Writes the identifiers of the share media.
    pub fn set_share_media(&self, media: &BTreeSet<[u8; 32]>) -> Result<()> {
        self.set_meta(SHARE_MEDIA, media)
    }
}
