// SPDX-License-Identifier: Apache-2.0
//! Connections, and how the chains' errors become the command's.

use crate::error::{CliError, CliResult};
use bspp_client::{ClientError, ConsortiumClient, HospitalClient};
use bspp_primitives::traits::refusal;

/// Connects to a consortium node.
pub async fn consortium(url: &str) -> CliResult<ConsortiumClient> {
    Ok(ConsortiumClient::connect(url).await?)
}

/// Connects to a node of a hospital's own chain.
pub async fn hospital(url: &str) -> CliResult<HospitalClient> {
    Ok(HospitalClient::connect(url).await?)
}

impl From<ClientError> for CliError {
    fn from(error: ClientError) -> Self {
        let message = error.to_string();
        match error {
            ClientError::NotReachable { url, reason } => Self::Unreachable { url, reason },
            ClientError::ConnectionLost { reason } => Self::Unreachable {
                url: "the node".into(),
                reason,
            },
            ClientError::TimeExpired { .. } => Self::Unreachable {
                url: "the node".into(),
                reason: message,
            },
            ClientError::DispatchFailed { failure, .. } => Self::Refused {
                code: failure.name.replace("::", "."),
                message,
            },
            ClientError::TransactionRefused { custom, .. } => {
                let code = match custom {
                    Some(refusal::NOT_MEMBER) => "NotMember",
                    Some(refusal::SUSPENDED) => "Suspended",
                    Some(refusal::QUOTA_EXCEEDED) => "QuotaExceeded",
                    Some(refusal::CALL_NOT_AUTHORIZED) => "NotAuthorized",
                    _ => "TransactionRefused",
                };
                Self::Refused {
                    code: code.into(),
                    message,
                }
            }
            ClientError::RpcRefused { .. } => Self::Refused {
                code: "RpcRefused".into(),
                message,
            },
            ClientError::TransactionExpired { .. } | ClientError::TransactionDropped { .. } => {
                Self::Failed(format!(
                    "{message}. Blocks may be restricted for lack of evidence: see `bspp operator status`"
                ))
            }
            ClientError::BlockNotFound(_) => Self::NotFound(message),
            ClientError::WrongChain { .. }
            | ClientError::NotOurChain { .. }
            | ClientError::ConsortiumMismatch { .. }
            | ClientError::InvalidSecret(_) => Self::Usage(message),
            _ => Self::Failed(message),
        }
    }
}
