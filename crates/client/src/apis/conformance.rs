// SPDX-License-Identifier: Apache-2.0
//! Runtime APIs of both chains: authors with their standing, and attestations.

use super::runtime_apis;
use crate::{
    chain::{At, ChainClient},
    error::{ClientError, Result},
};
use bspp_primitives::{
    conformance::{AuthorStanding, BlockAttestation, Gate, SuspensionReason},
    AccountId,
};
use codec::Decode;

/// The name of the gate's pallet in both runtimes.
const PALLET: &str = "Conformance";

runtime_apis!(ChainClient {
    /// The gate of a child of this block in a slot. `None` if there are no authors.
    gate = "ConformanceApi_gate"(slot: u64) -> Option<Gate<AccountId>>;
    /// The attestation of the block's author. `None` for the genesis block.
    attestation = "ConformanceApi_attestation"() -> Option<BlockAttestation<AccountId>>;
    /// The authors of the current session with their standing and evidence.
    authors = "ConformanceApi_authors"() -> Vec<AuthorStanding<AccountId>>;
    /// The reason for an account's suspension from authoring. `None` if it is not suspended.
    suspension = "ConformanceApi_suspension"(author: &AccountId) -> Option<SuspensionReason>;
    /// The length of a slot, in milliseconds.
    slot_duration = "AuraApi_slot_duration"() -> u64;
});

/// The account at the end of a map's key, because the maps hash with `…Concat`.
fn account_of(key: &[u8]) -> Option<AccountId> {
    key.split_last_chunk::<32>()
        .map(|(_, account)| AccountId::new(*account))
}

impl ChainClient {
    /// All suspended authors with the reason, including those outside the current session.
    ///
    /// # Errors
    /// Those of [`Self::rpc`].
    pub async fn suspensions(&self, at: At) -> Result<Vec<(AccountId, SuspensionReason)>> {
        let at = At::Block(self.resolve(at).await?);
        let mut found = Vec::new();
        for key in self.storage_keys(PALLET, "Suspensions", at).await? {
            let Some(author) = account_of(&key) else {
                continue;
            };
            if let Some(reason) = self.suspension(at, &author).await? {
                found.push((author, reason));
            }
        }
        Ok(found)
    }

    /// The equivocations that the council must decide: the author, and the session of each.
    ///
    /// # Errors
    /// `InvalidAnswer`, and those of [`Self::rpc`].
    pub async fn noted_equivocations(&self, at: At) -> Result<Vec<(AccountId, u32)>> {
        let at = At::Block(self.resolve(at).await?);
        let mut found = Vec::new();
        for key in self.storage_keys(PALLET, "NotedEquivocations", at).await? {
            let (Some(author), Some(value)) = (account_of(&key), self.storage(&key, at).await?)
            else {
                continue;
            };
            let session =
                u32::decode(&mut value.as_slice()).map_err(|e| ClientError::InvalidAnswer {
                    what: "Conformance.NotedEquivocations".into(),
                    reason: e.to_string(),
                })?;
            found.push((author, session));
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_should_be_the_end_of_the_key() {
        let key = [vec![1; 48], vec![9; 32]].concat();
        assert_eq!(account_of(&key), Some(AccountId::new([9; 32])));
        assert_eq!(account_of(&[0; 31]), None);
    }
}
