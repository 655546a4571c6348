// SPDX-License-Identifier: Apache-2.0
//! Blocks of an author without standing.
//!
//! The runtime refuses to begin such a block, so the node makes it without the runtime.

use crate::{chain::BadBlocks, digest::made_up, fault::Fault, spoil::spoil};
use bspp_node::{
    client::{FullClient, GrandpaImport},
    conformance::Attester,
};
use bspp_primitives::{
    conformance::{attestation_message, Attestation},
    Hashing, Header, OpaqueBlock,
};
use polkadot_sdk::{
    sc_consensus::{
        BlockImport, BlockImportParams, ImportResult, StateAction, StorageChanges as Changes,
    },
    sc_consensus_aura::standalone,
    sc_consensus_slots::StorageChanges,
    sp_consensus::BlockOrigin,
    sp_consensus_aura::sr25519::{AuthorityId as AuraId, AuthorityPair as AuraPair},
    sp_core::storage::StateVersion,
    sp_runtime::{traits::Hash as _, Digest, DigestItem},
};
use std::sync::Arc;

/// Makes blocks of an author without standing.
pub struct Maker {
    /// The client.
    pub client: Arc<FullClient>,
    /// The import of the node's own blocks.
    pub block_import: GrandpaImport,
    /// The author's keys.
    pub attester: Attester,
    /// The node's own faulty blocks.
    pub bad: BadBlocks,
}

impl Maker {
    /// Makes an empty block on `parent` and imports it with the parent's state.
    ///
    /// The block has a full attestation over evidence that does not exist. After the import the
    /// node announces the block and gives it to peers like any other block.
    ///
    /// # Errors
    ///
    /// The reason why the block was not made or not imported.
    pub async fn author(&self, parent: &Header, slot: u64) -> Result<(), String> {
        let keystore = self.attester.keystore();
        let hash = parent.hash();
        let authorities =
            standalone::fetch_authorities::<AuraId, OpaqueBlock, _>(&*self.client, hash)
                .map_err(|error| error.to_string())?;
        let public = standalone::claim_slot::<AuraPair>(slot.into(), &authorities, keystore)
            .await
            .ok_or("the slot is not ours")?;

        let item = self.attestation(parent, slot)?;
        let header = header(
            parent,
            vec![standalone::pre_digest::<AuraPair>(slot.into()), item],
        );
        let seal = standalone::seal::<_, AuraPair>(&header.hash(), &public, keystore)
            .map_err(|error| error.to_string())?;
        let mut block = BlockImportParams::new(BlockOrigin::Own, header);
        block.post_digests.push(seal);
        block.body = Some(Vec::new());
        block.state_action =
            StateAction::ApplyChanges(Changes::Changes(StorageChanges::<OpaqueBlock> {
                transaction_storage_root: parent.state_root,
                ..Default::default()
            }));
        spoil(&mut block, Fault::Suspended, &self.bad);
        match self.block_import.import_block(block).await {
            Ok(ImportResult::Imported(_)) => Ok(()),
            Ok(other) => Err(format!("not imported: {other:?}")),
            Err(error) => Err(error.to_string()),
        }
    }

    fn attestation(&self, parent: &Header, slot: u64) -> Result<DigestItem, String> {
        let hash = parent.hash();
        let gate = self
            .attester
            .gates()
            .gate(hash, slot)
            .map_err(|error| error.to_string())?
            .ok_or("there are no authors")?;
        let kind = made_up();
        let message =
            attestation_message(&self.attester.genesis(), &hash, slot, &gate.author, &kind);
        let signature = self
            .attester
            .sign(&gate.key, &message)
            .map_err(|skip| skip.as_str().to_owned())?;
        let attestation = Attestation {
            author: gate.author,
            kind,
            signature,
        };
        Ok(attestation.to_digest_item())
    }
}

/// The header of an empty block that changes nothing.
pub fn header(parent: &Header, logs: Vec<DigestItem>) -> Header {
    Header {
        parent_hash: parent.hash(),
        number: parent.number.saturating_add(1),
        state_root: parent.state_root,
        // Sync checks the body against this root, which uses the first version of the trie.
        extrinsics_root: Hashing::ordered_trie_root(Vec::new(), StateVersion::V0),
        digest: Digest { logs },
    }
}
