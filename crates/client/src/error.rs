// SPDX-License-Identifier: Apache-2.0
//! Errors between a client and a chain.

use bspp_primitives::apis::ChainKind;
use sp_core::H256;

/// The result of chain I/O.
pub type Result<T> = core::result::Result<T, ClientError>;

/// The reasons for which chain I/O fails.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No node answers at this address.
    #[error("NotReachable: no node answers at {url}: {reason}")]
    NotReachable {
        /// The address of the node.
        url: String,
        /// The error of the transport.
        reason: String,
    },
    /// A node answers, but its chain is not a BSPP chain.
    #[error("NotOurChain: the chain at {url} has no ChainApi: {reason}")]
    NotOurChain {
        /// The address of the node.
        url: String,
        /// The answer of the node.
        reason: String,
    },
    /// The node serves the other kind of chain.
    #[error("WrongChain: {url} serves a {found:?} chain, a {expected:?} chain was expected")]
    WrongChain {
        /// The address of the node.
        url: String,
        /// The expected kind.
        expected: ChainKind,
        /// The kind that the node names.
        found: ChainKind,
    },
    /// The hospital chain belongs to another consortium.
    #[error("ConsortiumMismatch: the hospital chain belongs to consortium {found:?}, not to {expected:?}")]
    ConsortiumMismatch {
        /// The genesis hash of the connected consortium.
        expected: H256,
        /// The consortium's genesis hash in the hospital chain's genesis.
        found: H256,
    },
    /// The connection broke. The client reconnects by itself; the call may be made again.
    #[error("ConnectionLost: {reason}")]
    ConnectionLost {
        /// The error of the transport.
        reason: String,
    },
    /// The node did not answer in time.
    #[error("TimeExpired: no answer to {what} within {seconds} s")]
    TimeExpired {
        /// The awaited event or call.
        what: String,
        /// The limit, in seconds.
        seconds: u64,
    },
    /// The node refused an RPC call.
    #[error("RpcRefused: {method}: {message} ({code})")]
    RpcRefused {
        /// The method of the call.
        method: String,
        /// The JSON-RPC error code.
        code: i32,
        /// The node's message, with its data if present.
        message: String,
    },
    /// An answer does not decode.
    #[error("InvalidAnswer: {what}: {reason}")]
    InvalidAnswer {
        /// The decoded answer.
        what: String,
        /// The reason of the failure.
        reason: String,
    },
    /// The runtime does not have this call.
    #[error("CallNotFound: the runtime has no call {pallet}.{call}")]
    CallNotFound {
        /// The name of the pallet.
        pallet: String,
        /// The name of the call.
        call: String,
    },
    /// A transaction cannot be built for this runtime.
    #[error("InvalidTransaction: {0}")]
    InvalidTransaction(String),
    /// The pool refuses the transaction.
    #[error("TransactionRefused: {reason}")]
    TransactionRefused {
        /// The message of the pool.
        reason: String,
        /// The code of a custom refusal by an extension of BSPP.
        custom: Option<u8>,
    },
    /// No block included the transaction while it was valid.
    #[error("TransactionExpired: not in a block within {blocks} blocks")]
    TransactionExpired {
        /// The number of blocks for which it was valid.
        blocks: u64,
    },
    /// The pool accepted the transaction and dropped it before a block included it.
    #[error("TransactionDropped: {reason}")]
    TransactionDropped {
        /// The message of the pool.
        reason: String,
    },
    /// The transaction is in a block and failed there.
    #[error("{failure} (block {block}, extrinsic {extrinsic})")]
    DispatchFailed {
        /// The error that the runtime gave.
        failure: DispatchFailure,
        /// The height of the block.
        block: u32,
        /// The index of the extrinsic.
        extrinsic: u32,
    },
    /// The node does not have this block.
    #[error("BlockNotFound: {0}")]
    BlockNotFound(String),
    /// A justification does not prove that the header is finalized.
    #[error("InvalidJustification: {0}")]
    InvalidJustification(String),
    /// The chain is not the one of the checkpoint.
    #[error("WrongGenesis: the chain begins with {found:?}, the checkpoint is of {expected:?}")]
    WrongGenesis {
        /// The genesis hash of the checkpoint.
        expected: H256,
        /// The genesis hash of the node's chain.
        found: H256,
    },
    /// The council replaced the voters by force, so a wallet needs a new checkpoint.
    #[error("CheckpointNeeded: block {block} changes the voters by force; get a new card from your hospital")]
    CheckpointNeeded {
        /// The height of the block.
        block: u32,
    },
    /// The node proves no state that is recent enough.
    #[error("StaleFinality: the newest proved state is {} s old; ask another node, and check the clock of this machine", .age_ms / 1000)]
    StaleFinality {
        /// The age in milliseconds.
        age_ms: u64,
    },
    /// A storage proof does not fit the header.
    #[error("InvalidStateProof: {0}; ask another node")]
    InvalidStateProof(String),
    /// A secret does not make a key.
    #[error("InvalidSecret: {0}")]
    InvalidSecret(String),
}

impl ClientError {
    /// `Pallet::Error` if the runtime refused the call with a pallet's error.
    pub fn dispatch_name(&self) -> Option<&str> {
        match self {
            Self::DispatchFailed { failure, .. } => Some(&failure.name),
            _ => None,
        }
    }

    /// Whether the runtime refused the call with this error of this pallet.
    pub fn is_dispatch(&self, pallet: &str, error: &str) -> bool {
        self.dispatch_name().and_then(|name| name.split_once("::")) == Some((pallet, error))
    }

    /// Whether the same call may succeed later.
    ///
    /// This is true if the network failed, or if blocks did not include the call for a while; the
    /// request itself did not fail. A transaction that is sent again is a new transaction, so a
    /// wrong request is refused then.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::NotReachable { .. }
                | Self::ConnectionLost { .. }
                | Self::TimeExpired { .. }
                | Self::TransactionExpired { .. }
                | Self::TransactionDropped { .. }
        )
    }
}

/// The runtime's reason for a failed dispatch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DispatchFailure {
    /// `Pallet::Error`, or the name of one of FRAME's own errors such as `BadOrigin`.
    pub name: String,
}

impl core::fmt::Display for DispatchFailure {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waited_in_vain_should_be_worth_sending_again() {
        let reason = String::new();
        assert!(ClientError::TransactionExpired { blocks: 64 }.is_transient());
        assert!(ClientError::TransactionDropped {
            reason: reason.clone()
        }
        .is_transient());
        assert!(!ClientError::TransactionRefused {
            reason,
            custom: Some(2)
        }
        .is_transient());
    }
}
