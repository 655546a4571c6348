// SPDX-License-Identifier: Apache-2.0
//! The grants in a wallet: the one-time key and the purpose of each.

use crate::{
    error::{CliError, CliResult},
    files,
    keys::SecretText,
    values::hex0x,
};
use bspp_record::GrantKey;
use bspp_types::RequestId;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// A grant in the wallet.
#[derive(Serialize, Deserialize)]
pub(super) struct KeptGrant {
    /// The request that the grant opens.
    pub(super) request: String,
    /// The hospital that has the records.
    pub(super) hospital: String,
    /// The doctor's account.
    pub(super) requester: String,
    /// HL7 purpose of use.
    pub(super) purpose: String,
    /// End of the grant, milliseconds since 1970-01-01 UTC.
    pub(super) expiry: u64,
    /// The key that signs the revocation and the closing.
    pub(super) grant_key: SecretText,
}

/// The folder of a wallet's grants.
pub(super) fn folder(wallet: &Path) -> PathBuf {
    wallet.join("grants")
}

/// The file of a grant.
pub(super) fn path(wallet: &Path, request: &RequestId) -> PathBuf {
    folder(wallet).join(format!("{}.json", hex::encode(request)))
}

/// Reads the one-time key of a grant.
pub(super) fn key(wallet: &Path, request: &RequestId) -> CliResult<GrantKey> {
    let path = path(wallet, request);
    if !path.exists() {
        return Err(CliError::NotFound(format!(
            "the wallet has no grant for request {}",
            hex0x(request)
        )));
    }
    let grant: KeptGrant = files::read_json(&path)?;
    Ok(GrantKey::from_seed(&*grant.grant_key.bytes("grant_key")?))
}
