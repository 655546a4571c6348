// SPDX-License-Identifier: Apache-2.0
//! `anchor_*`: the newest head of the hospital's chain that the consortium has anchored.

use bspp_types::{BlockNumber, H256};
use serde::{Deserialize, Serialize};

/// An anchored head of a hospital chain, as its node was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NotedAnchor {
    /// Number of the incarnation of the hospital's chain. The first chain has number 0.
    pub incarnation: u32,
    /// Height of the head.
    pub number: BlockNumber,
    /// Hash of the head.
    pub hash: H256,
}

/// The relation of a hospital node's chain to the hospital's anchor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AnchorStatus {
    /// The incarnation that the node's chain is.
    pub incarnation: u32,
    /// The newest anchor that the node knows; null if nobody told it one.
    pub anchor: Option<NotedAnchor>,
    /// The reason why the node makes no blocks and begins no round of votes; null if it may.
    pub refusal: Option<String>,
}
