// SPDX-License-Identifier: Apache-2.0
//! The PHI store of a hospital, as the node of an author reads it.

use crate::{
    client::FullClient,
    conformance::{storage::NoStore, PayloadStore, PendingProof, Prover, StoreError},
};
use bspp_phi_store::{PhiReader, StoreConfig};
use bspp_primitives::conformance::Challenge;
use bspp_types::PayloadProof;
use polkadot_sdk::{
    sc_consensus_aura, sc_service::error::Error as ServiceError,
    sp_consensus_aura::sr25519::AuthorityId as AuraId,
};
use std::{path::Path, sync::Arc};

/// Part of a slot for which an author waits for its store.
const SLOT_PART: u32 = 6;

struct Reader(PhiReader);

#[async_trait::async_trait]
impl PayloadStore for Reader {
    async fn prove(&self, challenge: &Challenge) -> Result<PayloadProof, StoreError> {
        let challenge = *challenge;
        self.0
            .prove(challenge.payload_hash, move |length| {
                challenge.leaf(length.into())
            })
            .await
            .map_err(|error| StoreError::Failed(error.to_string()))
    }
}

/// The stores in a file: a list, or the field `stores` of an object.
///
/// A gateway's `phi_store` is such an object.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum File {
    List(Vec<StoreConfig>),
    Object { stores: Vec<StoreConfig> },
}

fn open(path: &Path) -> Result<PhiReader, String> {
    let text = std::fs::read(path).map_err(|error| error.to_string())?;
    let stores = match serde_json::from_slice(&text).map_err(|error| error.to_string())? {
        File::List(stores) | File::Object { stores } => stores,
    };
    PhiReader::open(&stores).map_err(|error| error.to_string())
}

/// The prover of a node with these stores, and the place of its proof.
///
/// # Errors
///
/// Fails if the file is not a list of stores, or the slot length cannot be read.
pub fn prover(
    stores: Option<&Path>,
    client: &FullClient,
) -> Result<(Prover, PendingProof), ServiceError> {
    let pending = PendingProof::default();
    let store: Arc<dyn PayloadStore> = match stores {
        Some(path) => Arc::new(Reader(open(path).map_err(|error| {
            ServiceError::Other(format!("InvalidPhiStores: {}: {error}", path.display()))
        })?)),
        None => Arc::new(NoStore),
    };
    let slot = sc_consensus_aura::slot_duration::<AuraId, _, _>(client)?;
    let limit = slot.as_duration() / SLOT_PART;
    Ok((Prover::new(store, limit, pending.clone()), pending))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn opened(text: &str) -> Result<PhiReader, String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("stores.json");
        std::fs::write(&path, text).unwrap();
        open(&path)
    }

    #[test]
    fn stores_should_be_read_from_a_list_and_from_a_gateways_section() {
        let list = r#"[{"name": "disk-1", "place": {"folder": "/srv/phi"}}]"#;
        assert!(opened(list).is_ok());
        let section = format!(r#"{{"stores": {list}, "quorum": 1, "journal": "/var/phi.redb"}}"#);
        assert!(opened(&section).is_ok());
    }

    #[test]
    fn open_should_fail_when_the_file_names_no_store() {
        assert!(opened("[]").unwrap_err().starts_with("InvalidConfig"));
        assert!(opened("{}").is_err());
        assert!(open(Path::new("/nowhere/stores.json")).is_err());
    }
}
