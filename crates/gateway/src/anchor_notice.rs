// SPDX-License-Identifier: Apache-2.0
//! Tells the hospital's node the newest finalized anchor of its chain.
//!
//! The node does not follow the consortium. It keeps the anchor apart from its database, so that it
//! does not author a chain that the consortium would refuse: a chain that begins again after the
//! loss of the database.

use crate::{
    chains::{ConsortiumPort, HospitalPort},
    error::Result,
};
use bspp_client::At;
use bspp_types::HospitalId;
use sp_core::H256;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Time after which an anchor is told again: the node may have lost all its files.
const AGAIN: Duration = Duration::from_secs(30);

/// An anchor: incarnation, height and hash.
type Told = (u32, u32, H256);

/// Tells the hospital's node the anchor.
pub(crate) struct AnchorNotice {
    own: HospitalPort,
    consortium: ConsortiumPort,
    hospital: HospitalId,
    last: Mutex<Option<(Told, Instant)>>,
}

impl AnchorNotice {
    /// Makes the notice for a hospital.
    pub(crate) fn new(own: HospitalPort, consortium: ConsortiumPort, hospital: HospitalId) -> Self {
        Self {
            own,
            consortium,
            hospital,
            last: Mutex::new(None),
        }
    }

    /// Tells the node the anchor, if it is new or was told some time ago.
    ///
    /// # Errors
    /// Those of the chains. `RpcRefused` if the node does not allow unsafe RPC.
    pub(crate) async fn step(&self) -> Result<()> {
        let consortium = self.consortium.client();
        // Both facts are of one block.
        let at = At::Block(consortium.finalized_hash().await?);
        let Some((head, _)) = consortium.anchored_head(at, self.hospital).await? else {
            return Ok(());
        };
        let incarnation = consortium.incarnation(at, self.hospital).await?.number;
        let anchor = (incarnation, head.number, head.hash);
        let mut last = self.last.lock().await;
        if !is_due(*last, anchor, Instant::now()) {
            return Ok(());
        }
        let refusal = self
            .own
            .client()
            .note_anchor(incarnation, head.number, head.hash)
            .await?;
        *last = Some((anchor, Instant::now()));
        if let Some(refusal) = refusal {
            tracing::warn!(%refusal, "the hospital's node makes no blocks");
        }
        Ok(())
    }
}

/// Whether an anchor is to be told.
fn is_due(last: Option<(Told, Instant)>, anchor: Told, now: Instant) -> bool {
    last.is_none_or(|(told, at)| told != anchor || now.saturating_duration_since(at) >= AGAIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fault: a node that lost its files while the gateway ran was never told the anchor.
    #[test]
    fn anchor_should_be_told_when_it_is_new_and_again_after_some_time() {
        let anchor = (0, 7, H256::repeat_byte(1));
        let then = Instant::now();
        assert!(is_due(None, anchor, then));
        let last = Some((anchor, then));
        assert!(!is_due(last, anchor, then));
        assert!(is_due(last, (0, 8, H256::repeat_byte(2)), then));
        assert!(is_due(last, (1, 7, H256::repeat_byte(1)), then));
        assert!(is_due(last, anchor, then + AGAIN));
    }
}
