// SPDX-License-Identifier: Apache-2.0
//! Batches, which both chains know.

use super::{ConsortiumPort, HospitalPort};
use crate::ports::BatchRegistry;
use async_trait::async_trait;
use bspp_client::Result;
use bspp_peks::BatchHeader;
use bspp_types::{FilingMonth, X25519Key};

/// Both chains from the view of the gateway, for batches.
#[derive(Clone)]
pub struct BatchPort {
    consortium: ConsortiumPort,
    hospital: HospitalPort,
}

impl BatchPort {
    /// Makes a view of both chains.
    pub fn new(consortium: ConsortiumPort, hospital: HospitalPort) -> Self {
        Self {
            consortium,
            hospital,
        }
    }
}

#[async_trait]
impl BatchRegistry for BatchPort {
    async fn open_batch(&self, header: &BatchHeader, salt: &[u8; 32]) -> Result<()> {
        self.consortium.register_batch(header).await?;
        self.hospital.open_batch(header, salt).await
    }

    async fn encryption_key(&self, filing_month: FilingMonth) -> Result<Option<X25519Key>> {
        self.consortium.encryption_key(filing_month).await
    }
}
