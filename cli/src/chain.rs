// SPDX-License-Identifier: Apache-2.0
//! Connections to chains, and the conversion of their errors.

use crate::{
    error::{CliError, CliResult},
    transport,
};
use bspp_client::{ClientError, ConsortiumClient, HospitalClient};
use bspp_primitives::refusal;

/// Connects to a consortium node.
pub async fn consortium(url: &str) -> CliResult<ConsortiumClient> {
    transport::check(url)?;
    Ok(ConsortiumClient::connect(url).await?)
}

/// Connects to a node of a hospital's own chain.
pub async fn hospital(url: &str) -> CliResult<HospitalClient> {
    transport::check(url)?;
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
                let code = custom.and_then(refusal::name);
                Self::Refused {
                    code: code.unwrap_or("TransactionRefused").into(),
                    message,
                }
            }
            ClientError::RpcRefused { .. } => Self::Refused {
                code: "RpcRefused".into(),
                message,
            },
            ClientError::TransactionExpired { .. } | ClientError::TransactionDropped { .. } => {
                Self::Failed(format!(
                    "{message}. Blocks may be restricted for lack of evidence: see `bspp validator status`"
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

#[cfg(test)]
mod tests {
    use super::*;

    fn code_of(custom: Option<u8>) -> String {
        let refused = ClientError::TransactionRefused {
            reason: "Invalid Transaction".into(),
            custom,
        };
        match CliError::from(refused) {
            CliError::Refused { code, .. } => code,
            other => format!("not a refusal: {other}"),
        }
    }

    #[test]
    fn refusals_of_the_pool_should_be_reported_by_their_own_names() {
        assert_eq!(code_of(Some(refusal::NOT_MEMBER)), "NotMember");
        assert_eq!(code_of(Some(refusal::REQUEST_NOT_FOUND)), "RequestNotFound");
        assert_eq!(code_of(Some(refusal::SUSPENDED)), "Suspended");
        assert_eq!(code_of(Some(refusal::CONSENT_NOT_FOUND)), "ConsentNotFound");
        for (code, name) in refusal::ALL {
            assert_eq!(code_of(Some(*code)), *name);
        }
    }

    #[test]
    fn refusals_without_a_code_of_ours_should_be_reported_in_general() {
        assert_eq!(code_of(None), "TransactionRefused");
        assert_eq!(code_of(Some(u8::MAX)), "TransactionRefused");
    }
}
