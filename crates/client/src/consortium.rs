// SPDX-License-Identifier: Apache-2.0
//! The client of the consortium chain.

use crate::{chain::ChainClient, error::*};
use bspp_primitives::apis::ChainKind;
use core::ops::Deref;

/// A connection to a node of the consortium chain.
#[derive(Clone, Debug)]
pub struct ConsortiumClient(ChainClient);

impl ConsortiumClient {
    /// Connects and checks that the chain is a consortium chain.
    ///
    /// # Errors
    /// `NotReachable`, `NotOurChain`, `WrongChain`.
    pub async fn connect(url: &str) -> Result<Self> {
        Ok(Self(
            ChainClient::connect_to(url, ChainKind::Consortium).await?,
        ))
    }
}

impl Deref for ConsortiumClient {
    type Target = ChainClient;
    fn deref(&self) -> &ChainClient {
        &self.0
    }
}
