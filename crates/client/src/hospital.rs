// SPDX-License-Identifier: Apache-2.0
//! The client of a hospital chain.

use crate::{chain::ChainClient, consortium::ConsortiumClient, error::*};
use bspp_primitives::apis::ChainKind;
use core::ops::Deref;

/// A connection to a node of a hospital chain.
#[derive(Clone, Debug)]
pub struct HospitalClient(ChainClient);

impl HospitalClient {
    /// Connects and checks that the chain is a hospital chain.
    ///
    /// # Errors
    /// `NotReachable`, `NotOurChain`, `WrongChain`.
    pub async fn connect(url: &str) -> Result<Self> {
        Ok(Self(
            ChainClient::connect_to(url, ChainKind::Hospital).await?,
        ))
    }

    /// Checks that the genesis of this hospital chain names that consortium.
    ///
    /// # Errors
    /// `ConsortiumMismatch`.
    pub fn check_consortium(&self, consortium: &ConsortiumClient) -> Result<()> {
        let (expected, found) = (consortium.chain(), self.chain());
        if expected == found {
            Ok(())
        } else {
            Err(ClientError::ConsortiumMismatch { expected, found })
        }
    }
}

impl Deref for HospitalClient {
    type Target = ChainClient;
    fn deref(&self) -> &ChainClient {
        &self.0
    }
}
