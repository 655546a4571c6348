// SPDX-License-Identifier: Apache-2.0
//! `anchor_*`: the hospital's gateway tells the node the newest anchored head of its chain.
//!
//! A false anchor would stop the node's authorship. Therefore the node takes one only where unsafe
//! RPC is allowed, which by default is a port of this machine.

use super::internal;
use crate::anchor::Watch;
use bspp_primitives::Hash;
use bspp_rpc_types::{AnchorStatus, NotedAnchor};
use bspp_types::BlockNumber;
use jsonrpsee::{core::RpcResult, proc_macros::rpc, Extensions};
use polkadot_sdk::sc_rpc_api::check_if_safe;
use std::sync::Arc;

/// RPC methods about the anchor of the hospital's chain.
#[rpc(server)]
pub trait AnchorApi {
    /// Tells the node an anchored head of an incarnation of its chain.
    ///
    /// The node keeps the newest one, apart from its database. It makes no blocks while its chain
    /// does not contain it.
    #[method(name = "anchor_note", with_extensions)]
    fn note(&self, incarnation: u32, number: BlockNumber, hash: Hash) -> RpcResult<AnchorStatus>;

    /// The anchor that the node knows, and whether its chain contains it.
    #[method(name = "anchor_status")]
    fn status(&self) -> RpcResult<AnchorStatus>;
}

/// The implementation of [`AnchorApiServer`] over the node's watch.
pub struct Anchor(Arc<Watch>);

impl Anchor {
    /// Makes a module over this watch.
    pub fn new(watch: Arc<Watch>) -> Self {
        Self(watch)
    }
}

impl AnchorApiServer for Anchor {
    fn note(
        &self,
        extensions: &Extensions,
        incarnation: u32,
        number: BlockNumber,
        hash: Hash,
    ) -> RpcResult<AnchorStatus> {
        check_if_safe(extensions)?;
        let anchor = NotedAnchor {
            incarnation,
            number,
            hash,
        };
        self.0.note(anchor).map_err(internal)
    }

    fn status(&self) -> RpcResult<AnchorStatus> {
        Ok(self.0.status())
    }
}
