// SPDX-License-Identifier: Apache-2.0
//! Connections to chains, and the conversion of their errors.

use crate::{
    card::Card,
    error::{CliError, CliResult},
    refusals, transport,
};
use bspp_client::{At, ChainClient, ClientError, ConsortiumClient, HospitalClient};
use bspp_primitives::refusal;
use bspp_types::H256;

/// Connects to a node of either chain.
pub async fn any(url: &str) -> CliResult<ChainClient> {
    transport::check_node(url)?;
    Ok(ChainClient::connect(url).await?)
}

/// Connects to a consortium node.
pub async fn consortium(url: &str) -> CliResult<ConsortiumClient> {
    transport::check_node(url)?;
    Ok(ConsortiumClient::connect(url).await?)
}

/// Connects to a consortium node, and checks that it serves the expected chain.
pub async fn consortium_of(url: &str, chain: &H256) -> CliResult<ConsortiumClient> {
    let client = consortium(url).await?;
    check_chain(url, chain, &client.chain())?;
    Ok(client)
}

/// Connects to a node of a hospital's own chain.
pub async fn hospital(url: &str) -> CliResult<HospitalClient> {
    transport::check_node(url)?;
    Ok(HospitalClient::connect(url).await?)
}

/// Connects to a node of the chain of the hospital that a card names.
pub async fn hospital_of(url: &str, card: &Card) -> CliResult<HospitalClient> {
    let client = hospital(url).await?;
    check_chain(url, &card.chain()?, &client.chain())?;
    if client.hospital_id(At::Best).await? != card.hospital()? {
        return Err(CliError::Usage(format!(
            "{url} serves the chain of another hospital than {}",
            card.name
        )));
    }
    Ok(client)
}

fn check_chain(url: &str, expected: &H256, found: &H256) -> CliResult<()> {
    if expected == found {
        return Ok(());
    }
    Err(CliError::Usage(format!(
        "{url} belongs to consortium {found:?}, not to {expected:?}"
    )))
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
            ClientError::DispatchFailed { failure, .. } => {
                let code = failure.name.replace("::", ".");
                let message = refusals::with_advice(&code, message);
                Self::Refused { code, message }
            }
            ClientError::TransactionRefused { custom, .. } => {
                let code = custom.and_then(refusal::name).unwrap_or("TransactionRefused");
                let message = refusals::with_advice(code, message);
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
    use bspp_client::DispatchFailure;

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
    fn node_should_be_refused_when_it_serves_another_consortium() {
        let (ours, other) = (H256([1; 32]), H256([2; 32]));
        assert!(check_chain("ws://n", &ours, &ours).is_ok());
        assert!(check_chain("ws://n", &ours, &other).is_err());
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
    fn failed_dispatch_should_be_reported_with_its_advice() {
        let failed = ClientError::DispatchFailed {
            failure: DispatchFailure {
                name: "HospitalAnchor::AlreadyExists".into(),
            },
            block: 7,
            extrinsic: 2,
        };
        let error = CliError::from(failed);
        let line = error.line(false);
        assert!(line.contains("HospitalAnchor.AlreadyExists"), "{line}");
        assert!(
            line.contains("block 7") && line.contains("`--again`"),
            "{line}"
        );
    }

    #[test]
    fn refusals_without_a_code_of_ours_should_be_reported_in_general() {
        assert_eq!(code_of(None), "TransactionRefused");
        assert_eq!(code_of(Some(u8::MAX)), "TransactionRefused");
    }
}
