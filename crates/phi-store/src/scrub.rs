// SPDX-License-Identifier: Apache-2.0
//! Scrub: reads everything that the stores have, and repairs what one of them lacks.

use crate::{
    error::{Failure, Result},
    medium::checked,
    store::PhiStore,
};
use bspp_types::H256;
use std::collections::{BTreeSet, VecDeque};

/// The outcome for one payload, or for a store that cannot be listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// All stores have the payload.
    Intact(H256),
    /// Stores lacked the payload, or had other bytes.
    Repaired {
        /// The payload.
        hash: H256,
        /// The stores that got it again.
        repaired: Vec<String>,
        /// The stores that still lack it, or could not be read.
        left: Vec<Failure>,
    },
    /// No store gave the payload.
    Lost {
        /// The payload.
        hash: H256,
        /// All stores.
        failures: Vec<Failure>,
    },
    /// A store had a payload that was erased.
    Erased {
        /// The payload.
        hash: H256,
        /// The stores that may still have it.
        left: Vec<Failure>,
    },
    /// A store could not be listed, so that payloads which only it has were left out.
    Unlisted(Failure),
}

/// A scrub, which gives one finding after the other.
#[derive(Debug)]
pub struct Scrub<'a> {
    store: &'a PhiStore,
    /// The first byte of the hashes that are listed next.
    first: Option<u8>,
    hashes: BTreeSet<H256>,
    findings: VecDeque<Finding>,
}

impl Scrub<'_> {
    /// The next finding. `None` at the end.
    ///
    /// # Errors
    /// `JournalFailed`.
    pub async fn next(&mut self) -> Result<Option<Finding>> {
        loop {
            if let Some(finding) = self.findings.pop_front() {
                return Ok(Some(finding));
            }
            if let Some(hash) = self.hashes.pop_first() {
                return self.store.inspect(hash).await.map(Some);
            }
            let Some(first) = self.first else {
                return Ok(None);
            };
            for medium in self.store.media() {
                match medium.payloads(first).await {
                    Ok(hashes) => self.hashes.extend(hashes),
                    Err(fault) => self
                        .findings
                        .push_back(Finding::Unlisted(medium.failure(fault))),
                }
            }
            self.first = first.checked_add(1);
        }
    }
}

impl PhiStore {
    /// Begins a scrub. It keeps the hashes of one 256th of the payloads in memory.
    ///
    /// It finds what one store has and another lacks. Only the chain knows the payloads that all
    /// stores lost: [`Self::inspect`] looks for one.
    pub fn scrub(&self) -> Scrub<'_> {
        Scrub {
            store: self,
            first: Some(0),
            hashes: BTreeSet::new(),
            findings: VecDeque::new(),
        }
    }

    /// Reads a payload in every store, and repairs the stores that lack it.
    ///
    /// # Errors
    /// `JournalFailed`.
    pub async fn inspect(&self, hash: H256) -> Result<Finding> {
        if self.journal().is_erased(&hash)? {
            let left = self.delete(hash).await?.lacking;
            return Ok(Finding::Erased { hash, left });
        }
        let mut good = None;
        let mut failures = Vec::new();
        for medium in self.media() {
            let answer = match medium.read(&hash).await {
                Ok(object) => checked(object, hash).await,
                Err(fault) => Err(fault),
            };
            match answer {
                Ok((object, _)) => good = good.or(Some(object)),
                Err(fault) => failures.push(medium.failure(fault)),
            }
        }
        let Some(object) = good else {
            return Ok(Finding::Lost { hash, failures });
        };
        if failures.is_empty() {
            return Ok(Finding::Intact(hash));
        }
        let (repaired, left) = self.repair(hash, &object, &failures).await;
        Ok(Finding::Repaired {
            hash,
            repaired,
            left,
        })
    }
}
