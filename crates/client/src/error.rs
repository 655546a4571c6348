// SPDX-License-Identifier: Apache-2.0
//! What can go wrong between a client and a chain.

use bspp_primitives::apis::ChainKind;
use sp_core::H256;

/// Result of chain I/O.
pub type Result<T> = core::result::Result<T, ClientError>;

/// Why chain I/O failed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No node answers at this address.
    #[error("NotReachable: no node answers at {url}: {reason}")]
    NotReachable {
        /// Address of the node.
        url: String,
        /// What the transport said.
        reason: String,
    },
    /// A node answers, but its chain is none of ours.
    #[error("NotOurChain: the chain at {url} has no ChainApi: {reason}")]
    NotOurChain {
        /// Address of the node.
        url: String,
        /// What the node said.
        reason: String,
    },
    /// The node serves the other kind of chain.
    #[error("WrongChain: {url} serves a {found:?} chain, a {expected:?} chain was expected")]
    WrongChain {
        /// Address of the node.
        url: String,
        /// What was expected.
        expected: ChainKind,
        /// What the node says.
        found: ChainKind,
    },
    /// The hospital chain belongs to another consortium.
    #[error("ConsortiumMismatch: the hospital chain belongs to consortium {found:?}, not to {expected:?}")]
    ConsortiumMismatch {
        /// Genesis hash of the consortium we talk to.
        expected: H256,
        /// Genesis hash that the hospital chain was born with.
        found: H256,
    },
    /// The connection broke. The client reconnects by itself; the call may be made again.
    #[error("ConnectionLost: {reason}")]
    ConnectionLost {
        /// What the transport said.
        reason: String,
    },
    /// The node did not answer in time.
    #[error("TimeExpired: no answer to {what} within {seconds} s")]
    TimeExpired {
        /// What was waited for.
        what: String,
        /// How long, in seconds.
        seconds: u64,
    },
    /// The node refused an RPC call.
    #[error("RpcRefused: {method}: {message} ({code})")]
    RpcRefused {
        /// Method called.
        method: String,
        /// JSON-RPC error code.
        code: i32,
        /// What the node said, with its data if any.
        message: String,
    },
    /// An answer does not decode.
    #[error("InvalidAnswer: {what}: {reason}")]
    InvalidAnswer {
        /// What was decoded.
        what: String,
        /// Why it failed.
        reason: String,
    },
    /// The runtime has no such call.
    #[error("CallNotFound: the runtime has no call {pallet}.{call}")]
    CallNotFound {
        /// Pallet.
        pallet: String,
        /// Call.
        call: String,
    },
    /// A transaction cannot be built for this runtime.
    #[error("InvalidTransaction: {0}")]
    InvalidTransaction(String),
    /// The pool refuses the transaction.
    #[error("TransactionRefused: {reason}")]
    TransactionRefused {
        /// What the pool said.
        reason: String,
        /// Code of a custom refusal by one of our extensions.
        custom: Option<u8>,
    },
    /// The transaction did not get into a block while it was valid.
    #[error("TransactionExpired: not in a block within {blocks} blocks")]
    TransactionExpired {
        /// How long it was valid.
        blocks: u64,
    },
    /// The pool took the transaction and gave it up before it got into a block.
    #[error("TransactionDropped: {reason}")]
    TransactionDropped {
        /// What the pool said.
        reason: String,
    },
    /// The transaction is in a block and failed there.
    #[error("{failure} (block {block}, extrinsic {extrinsic})")]
    DispatchFailed {
        /// The error that the runtime gave.
        failure: DispatchFailure,
        /// Height of the block.
        block: u32,
        /// Index of the extrinsic.
        extrinsic: u32,
    },
    /// The node has no such block.
    #[error("BlockNotFound: {0}")]
    BlockNotFound(String),
    /// A justification does not prove that the header is final.
    #[error("InvalidJustification: {0}")]
    InvalidJustification(String),
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

    /// Whether the same call may succeed later without anything changed: the network failed, or blocks took no such call for a
    /// while, not the request. Sent again, a transaction is a new one; what stays wrong with the request is then refused.
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
