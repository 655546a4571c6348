// SPDX-License-Identifier: Apache-2.0
//! The anchor that a hospital's node is told.
//!
//! The node takes it only where unsafe RPC is allowed.

use crate::{chain::*, error::*, hospital::HospitalClient};
use bspp_rpc_types::AnchorStatus;
use bspp_types::BlockNumber;
use sp_core::H256;

impl HospitalClient {
    /// Tells the node an anchored head of an incarnation of its chain. It keeps the newest one.
    ///
    /// The result is the reason why the node makes no blocks. `None` if it may.
    ///
    /// # Errors
    /// Those of `ChainClient::rpc`.
    pub async fn note_anchor(
        &self,
        incarnation: u32,
        number: BlockNumber,
        hash: H256,
    ) -> Result<Option<String>> {
        let status: AnchorStatus = self
            .rpc("anchor_note", params![incarnation, number, hash])
            .await?;
        Ok(status.refusal)
    }
}
