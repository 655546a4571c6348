// SPDX-License-Identifier: Apache-2.0
//! State without a runtime API, read by storage key.

use crate::{chain::*, error::*, hospital::HospitalClient};
use bspp_types::{Consent, ConsentId, FilingMonth, Moment};
use codec::Decode;
use sp_core::{Bytes, H256};
use sp_io::hashing::twox_128;

/// The number of keys of one query.
const PAGE: u32 = 512;

fn map_prefix(pallet: &str, item: &str) -> Vec<u8> {
    [twox_128(pallet.as_bytes()), twox_128(item.as_bytes())].concat()
}

impl ChainClient {
    /// The time of a block, as its author set it: milliseconds since 1970-01-01 UTC.
    ///
    /// # Errors
    /// `InvalidAnswer` if the block has no time, and those of [`Self::rpc`].
    pub async fn timestamp(&self, at: At) -> Result<Moment> {
        let invalid = |reason: String| ClientError::InvalidAnswer {
            what: "Timestamp.Now".into(),
            reason,
        };
        let bytes = self
            .storage(&map_prefix("Timestamp", "Now"), at)
            .await?
            .ok_or_else(|| invalid("the block has no time".into()))?;
        Moment::decode(&mut bytes.as_slice()).map_err(|e| invalid(e.to_string()))
    }

    /// All keys of a storage map, in the order of the trie.
    pub async fn storage_keys(&self, pallet: &str, map: &str, at: At) -> Result<Vec<Vec<u8>>> {
        let block = self.resolve(at).await?;
        let prefix = Bytes(map_prefix(pallet, map));
        let mut keys: Vec<Vec<u8>> = Vec::new();
        loop {
            let start = keys.last().cloned().map(Bytes);
            let page: Vec<Bytes> = self
                .rpc("state_getKeysPaged", params![&prefix, PAGE, start, block])
                .await?;
            let last = page.len() < PAGE as usize;
            keys.extend(page.into_iter().map(|key| key.0));
            if last {
                return Ok(keys);
            }
        }
    }
}

impl HospitalClient {
    /// The consents of a patient, including withdrawn ones.
    ///
    /// The method reads all consents of the hospital: do not use it in hot paths.
    ///
    /// # Errors
    /// `InvalidAnswer`, and those of [`ChainClient::rpc`].
    pub async fn consents_of(
        &self,
        at: At,
        patient: [u8; 32],
    ) -> Result<Vec<(ConsentId, Consent)>> {
        let at = At::Block(self.resolve(at).await?);
        let mut found = Vec::new();
        for key in self.storage_keys("Patients", "Consents", at).await? {
            // The map hashes with `Blake2_128Concat`: the identifier is the end of the key.
            let Some((_, id)) = key.split_last_chunk::<32>() else {
                continue;
            };
            let id = H256(*id);
            if let Some(consent) = self.consent(at, id).await? {
                if consent.terms.patient == patient {
                    found.push((id, consent));
                }
            }
        }
        Ok(found)
    }

    /// A consent of the patient that is in force and covers the filing month.
    ///
    /// # Errors
    /// As [`Self::consents_of`].
    pub async fn consent_for(
        &self,
        at: At,
        patient: [u8; 32],
        filing_month: FilingMonth,
    ) -> Result<Option<ConsentId>> {
        let covers = |consent: &Consent| {
            !consent.withdrawn && (consent.terms.from..=consent.terms.until).contains(&filing_month)
        };
        let all = self.consents_of(at, patient).await?;
        Ok(all
            .into_iter()
            .find(|(_, consent)| covers(consent))
            .map(|(id, _)| id))
    }
}
