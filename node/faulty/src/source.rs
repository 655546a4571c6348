// SPDX-License-Identifier: Apache-2.0
//! Attests honestly while a block is built, and then replaces the attestation.

use crate::{
    chain::{borrow, BadBlocks, HonestChain},
    digest::{items, replace, Situation},
    fault::{Fault, Switch},
    spoil::{spoil, LOG_TARGET},
    suspended::Maker,
};
use bspp_node::{
    client::FullClient,
    conformance::{AttestationSource, Attested, HonestSource, Skip},
    service::{Authoring, Authorship},
};
use bspp_primitives::{Header, OpaqueBlock};
use polkadot_sdk::{sc_consensus::BlockImportParams, sp_runtime::DigestItem};
use std::sync::Arc;

/// Authors with the fault that the switch selects.
pub struct Faulty {
    /// The switch.
    pub switch: Switch,
}

impl Authorship for Faulty {
    type SelectChain = HonestChain;
    type Source = FaultySource;

    fn prepare(self, params: &Authoring) -> (HonestChain, FaultySource) {
        let bad = BadBlocks::default();
        let chain = HonestChain {
            best: params.select_chain.clone(),
            client: params.client.clone(),
            bad: bad.clone(),
        };
        let source = FaultySource {
            switch: self.switch,
            client: params.client.clone(),
            honest: HonestSource::new(params.attester(), params.metrics.clone()),
            maker: Maker {
                client: params.client.clone(),
                block_import: params.block_import.clone(),
                attester: params.attester(),
                bad: bad.clone(),
            },
            bad,
            plan: None,
        };
        (chain, source)
    }
}

/// The fault of the block that the node is making.
struct Plan {
    fault: Fault,
    items: Vec<DigestItem>,
}

/// The source of wrong attestations.
pub struct FaultySource {
    switch: Switch,
    client: Arc<FullClient>,
    honest: HonestSource,
    maker: Maker,
    bad: BadBlocks,
    plan: Option<Plan>,
}

impl FaultySource {
    fn plan(
        &self,
        fault: Fault,
        parent: &Header,
        slot: u64,
        attested: &Attested,
    ) -> Result<Option<Plan>, Skip> {
        let attester = self.honest.attester();
        let situation = Situation {
            genesis: attester.genesis(),
            parent,
            slot,
            attested,
            borrowed: borrow(&self.client, parent, &attested.attestation.author),
        };
        let sign = |message: &[u8]| attester.sign(&attested.gate.key, message);
        let items = items(fault, &situation, &sign)?;
        Ok(items.map(|items| Plan { fault, items }))
    }
}

#[async_trait::async_trait]
impl AttestationSource for FaultySource {
    async fn attest(&mut self, parent: &Header, slot: u64) -> Option<DigestItem> {
        self.plan = None;
        let fault = self.switch.current();
        match self.honest.try_attest(parent.hash(), slot).await {
            Ok(attested) => {
                self.plan = self
                    .plan(fault, parent, slot, &attested)
                    .unwrap_or_else(|skip| {
                        log::error!(target: LOG_TARGET, "faulty: no fault {fault}: {}", skip.as_str());
                        None
                    });
                Some(attested.attestation.to_digest_item())
            }
            Err(Skip::NoStanding(_)) if fault == Fault::Suspended => {
                if let Err(error) = self.maker.author(parent, slot).await {
                    log::error!(target: LOG_TARGET, "faulty: no fault {fault}: {error}");
                }
                None
            }
            Err(_) => None,
        }
    }

    fn finish(&self, header: &mut Header) {
        if let Some(plan) = &self.plan {
            replace(header, &plan.items);
        }
    }

    fn sealed(&self, block: &mut BlockImportParams<OpaqueBlock>) {
        if let Some(plan) = &self.plan {
            spoil(block, plan.fault, &self.bad);
        }
    }
}
