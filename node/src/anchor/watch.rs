// SPDX-License-Identifier: Apache-2.0
//! The watch over the node's chain: whether it contains the newest known anchor.

use super::{File, LOG_TARGET};
use crate::client::FullClient;
use bspp_primitives::Hash;
use bspp_rpc_types::{AnchorStatus, NotedAnchor};
use bspp_types::BlockNumber;
use polkadot_sdk::{
    sp_blockchain::HeaderBackend,
    substrate_prometheus_endpoint::{register, Gauge, PrometheusError, Registry, U64},
};
use std::{
    cmp::Ordering,
    io,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The node's chain, as far as the watch reads it.
pub trait AnchoredChain: Send + Sync + 'static {
    /// Height of the newest finalized block.
    fn finalized(&self) -> BlockNumber;

    /// Hash of the block of the best chain at a height. `None` if the chain is shorter.
    ///
    /// # Errors
    ///
    /// The error of the database.
    fn hash(&self, number: BlockNumber) -> Result<Option<Hash>, String>;
}

/// The chain of a running node.
pub struct ClientChain(pub Arc<FullClient>);

impl AnchoredChain for ClientChain {
    fn finalized(&self) -> BlockNumber {
        self.0.info().finalized_number
    }

    fn hash(&self, number: BlockNumber) -> Result<Option<Hash>, String> {
        HeaderBackend::hash(&*self.0, number).map_err(|error| error.to_string())
    }
}

/// The reason why the node makes no blocks and begins no round of votes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The chain does not reach the anchored block.
    #[error("the chain does not reach block {0}, which the consortium has anchored")]
    Below(BlockNumber),
    /// The chain has another block at the anchored height.
    #[error("block {0} of this chain is not the one that the consortium has anchored")]
    NotOnChain(BlockNumber),
    /// The council has started a later incarnation of the hospital's chain.
    #[error("the consortium follows incarnation {present} of the hospital's chain, and this node's chain is incarnation {own}")]
    IncarnationEnded {
        /// The incarnation of this node's chain.
        own: u32,
        /// The incarnation that the consortium follows.
        present: u32,
    },
    /// The database cannot be read.
    #[error("the chain cannot be read: {0}")]
    Unreadable(String),
}

impl Refusal {
    /// A label for metrics and log lines.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Below(_) => "chain_below_anchor",
            Self::NotOnChain(_) => "anchor_not_on_chain",
            Self::IncarnationEnded { .. } => "incarnation_ended",
            Self::Unreadable(_) => "chain_unreadable",
        }
    }

    /// The remedy.
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::Below(_) => {
                "let the node synchronize from another node of the hospital; if no node has the chain, the hospital \
                 begins a new incarnation (operations, \"The hospital chain had to be rebuilt\")"
            }
            Self::NotOnChain(_) => {
                "purge this node and let it synchronize from a node with the anchored chain; if no node has it, the \
                 hospital begins a new incarnation (operations, \"The hospital chain had to be rebuilt\")"
            }
            Self::IncarnationEnded { .. } => {
                "run a node of the new chain, with --incarnation and the number"
            }
            Self::Unreadable(_) => "check this node's database",
        }
    }
}

/// Judges a chain that is incarnation `own` by the newest known anchor.
///
/// An anchor of an earlier incarnation does not bind: the council has not started this one yet. The
/// anchored block need not be final here, because the node must be able to finalize it.
///
/// # Errors
///
/// The reason why the node must not author or vote.
pub fn judge(
    own: u32,
    anchor: Option<&NotedAnchor>,
    chain: &dyn AnchoredChain,
) -> Result<(), Refusal> {
    let Some(anchor) = anchor else {
        return Ok(());
    };
    match anchor.incarnation.cmp(&own) {
        Ordering::Less => return Ok(()),
        Ordering::Greater => {
            return Err(Refusal::IncarnationEnded {
                own,
                present: anchor.incarnation,
            })
        }
        Ordering::Equal => {}
    }
    // The finalized height comes first: a chain that grows meanwhile is not judged too harshly.
    let finalized = chain.finalized();
    match chain.hash(anchor.number).map_err(Refusal::Unreadable)? {
        Some(hash) if hash == anchor.hash => Ok(()),
        Some(_) if finalized >= anchor.number => Err(Refusal::NotOnChain(anchor.number)),
        _ => Err(Refusal::Below(anchor.number)),
    }
}

/// Gauges of the watch.
struct Metrics {
    height: Gauge<U64>,
    refused: Gauge<U64>,
}

impl Metrics {
    fn register(registry: &Registry) -> Result<Self, PrometheusError> {
        let gauge = |name: &str, help: &str| register(Gauge::<U64>::new(name, help)?, registry);
        Ok(Self {
            height: gauge(
                "bspp_anchor_height",
                "Height of the newest anchor that the node was told",
            )?,
            refused: gauge(
                "bspp_anchor_refused",
                "1 while the node makes no blocks because its chain lacks the hospital's anchor",
            )?,
        })
    }
}

/// The knowledge of the watch.
#[derive(Default)]
struct Known {
    anchor: Option<NotedAnchor>,
    /// The refusal that the log told last.
    told: Option<Refusal>,
}

/// The watch of a hospital node.
pub struct Watch {
    own: u32,
    /// A node whose keystore is not on a medium has no file.
    file: Option<File>,
    chain: Arc<dyn AnchoredChain>,
    known: Mutex<Known>,
    metrics: Option<Metrics>,
}

impl Watch {
    /// Opens the watch of a node whose chain is incarnation `own`, and judges the chain.
    ///
    /// # Errors
    ///
    /// Fails if the file in the keystore's folder exists and cannot be read, or if gauges with the
    /// same names are registered.
    pub fn open(
        keystore: Option<&Path>,
        own: u32,
        chain: Arc<dyn AnchoredChain>,
        registry: Option<&Registry>,
    ) -> Result<Arc<Self>, String> {
        let file = keystore.map(File::new);
        let anchor = match &file {
            Some(file) => file.read().map_err(|error| {
                format!(
                    "InvalidAnchor: {}: {error}; without the anchor this node could begin a chain that the consortium \
                     refuses; remove the file, start the node without --validator, and let the gateway tell it the \
                     anchor again",
                    file.path().display()
                )
            })?,
            None => None,
        };
        let metrics = registry
            .map(Metrics::register)
            .transpose()
            .map_err(|error| error.to_string())?;
        let watch = Self {
            own,
            file,
            chain,
            known: Mutex::new(Known { anchor, told: None }),
            metrics,
        };
        // The log says at once why the node will make no blocks.
        let _ = watch.check();
        Ok(Arc::new(watch))
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Checks that the node may author and vote.
    ///
    /// # Errors
    ///
    /// The reason why it must not.
    pub fn check(&self) -> Result<(), Refusal> {
        let mut known = self.known();
        let judged = judge(self.own, known.anchor.as_ref(), &*self.chain);
        if let Some(metrics) = &self.metrics {
            let height = known.anchor.map_or(0, |anchor| anchor.number);
            metrics.height.set(u64::from(height));
            metrics.refused.set(u64::from(judged.is_err()));
        }
        let now = judged.as_ref().err();
        if now.map(Refusal::as_str) != known.told.as_ref().map(Refusal::as_str) {
            match now {
                Some(refusal) => log::error!(
                    target: LOG_TARGET,
                    "no blocks and no votes: {refusal} ({}); {}",
                    refusal.as_str(),
                    refusal.remedy()
                ),
                None => {
                    log::info!(target: LOG_TARGET, "the chain contains the hospital's anchor again")
                }
            }
            known.told = now.cloned();
        }
        judged
    }

    /// Takes an anchor from the gateway and judges the chain.
    ///
    /// It stores the anchor if it is newer than the known one. A lower anchor of the same incarnation
    /// never replaces a higher one: the gateway's node of the consortium may be behind.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be written. The node keeps the anchor in memory nevertheless.
    pub fn note(&self, anchor: NotedAnchor) -> io::Result<AnchorStatus> {
        let stored = {
            let mut known = self.known();
            let place = |anchor: &NotedAnchor| (anchor.incarnation, anchor.number);
            let newer = known
                .anchor
                .as_ref()
                .is_none_or(|before| place(&anchor) > place(before));
            if newer {
                known.anchor = Some(anchor);
                self.file.as_ref().map(|file| file.write(&anchor))
            } else {
                None
            }
        };
        let status = self.status();
        stored.transpose()?;
        Ok(status)
    }

    /// The relation of the node's chain to the anchor.
    pub fn status(&self) -> AnchorStatus {
        let refusal = self.check().err();
        AnchorStatus {
            incarnation: self.own,
            anchor: self.known().anchor,
            refusal: refusal
                .map(|refusal| format!("{}: {refusal}; {}", refusal.as_str(), refusal.remedy())),
        }
    }
}
