// SPDX-License-Identifier: Apache-2.0
//! HTTP: the public disclosure API and the local ingest API, on two addresses.

mod client;
mod limit;
mod local;
mod public;
mod serve;

pub use limit::ClientLimit;
pub use local::{local_router, LocalToken};
pub use public::public_router;
pub(crate) use serve::{serve, tls_acceptor, Limits};

use crate::{api::ErrorBody, disclose::Refusal, error::GatewayError, nonces::NonceError};
use axum::{
    extract::rejection::BytesRejection,
    http::StatusCode,
    response::{IntoResponse, Response},
    Json,
};
use bspp_record::{DisclosureError, GrantError};

/// A refusal in the form that the caller receives.
pub(crate) struct ApiError {
    status: StatusCode,
    code: String,
    message: String,
}

impl ApiError {
    pub(crate) fn bad_request(code: &str, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code: code.into(),
            message: message.into(),
        }
    }

    /// A body that is too large, or that did not arrive completely.
    pub(crate) fn unread_body(rejection: &BytesRejection) -> Self {
        let status = rejection.status();
        if status == StatusCode::PAYLOAD_TOO_LARGE {
            return Self {
                status,
                code: "MaxUploadBytesExceeded".into(),
                message: "the body is larger than this address takes".into(),
            };
        }
        Self {
            status,
            code: "InvalidRequest".into(),
            message: rejection.body_text(),
        }
    }

    pub(crate) fn too_many(code: &str, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::TOO_MANY_REQUESTS,
            code: code.into(),
            message: message.into(),
        }
    }

    pub(crate) fn unauthorized(code: &str, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            code: code.into(),
            message: message.into(),
        }
    }

    pub(crate) fn forbidden(code: &str, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            code: code.into(),
            message: message.into(),
        }
    }

    pub(crate) fn unsupported(code: &str, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
            code: code.into(),
            message: message.into(),
        }
    }

    pub(crate) fn not_found(code: &str, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            code: code.into(),
            message: message.into(),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (
            self.status,
            Json(ErrorBody {
                code: self.code,
                message: self.message,
            }),
        )
            .into_response()
    }
}

fn error_status(error: &GatewayError) -> StatusCode {
    match error {
        GatewayError::PatientNotFound => StatusCode::NOT_FOUND,
        GatewayError::ConsentNotFound(_) => StatusCode::FORBIDDEN,
        GatewayError::InvalidFhir(_)
        | GatewayError::InvalidPatient(_)
        | GatewayError::Subject(_) => StatusCode::UNPROCESSABLE_ENTITY,
        GatewayError::Chain(_) => StatusCode::BAD_GATEWAY,
        GatewayError::ClockSkew(_)
        | GatewayError::StaleState(_)
        | GatewayError::NotFinal(_)
        | GatewayError::Stopping => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let status = match &refusal {
            Refusal::Nonce(NonceError::TooMany)
            | Refusal::StaleState { .. }
            | Refusal::ClockSkew { .. }
            | Refusal::HospitalNotActive => StatusCode::SERVICE_UNAVAILABLE,
            Refusal::Nonce(_) => StatusCode::UNAUTHORIZED,
            Refusal::RequestNotFound => StatusCode::NOT_FOUND,
            Refusal::RequestRevoked
            | Refusal::RequestClosed
            | Refusal::RequesterNotActive
            | Refusal::RequesterKeyMismatch
            | Refusal::WishRefused
            | Refusal::MatchNotFound
            | Refusal::NotCovered => StatusCode::FORBIDDEN,
            Refusal::ShareDeleted => StatusCode::GONE,
            Refusal::Disclosure(DisclosureError::InvalidSignature)
            | Refusal::InvalidRevocation
            | Refusal::InvalidWish => StatusCode::UNAUTHORIZED,
            Refusal::Disclosure(
                DisclosureError::RequestMismatch
                | DisclosureError::Grant(
                    GrantError::RequestMismatch(_)
                    | GrantError::ChainMismatch
                    | GrantError::HospitalMismatch,
                ),
            )
            | Refusal::RequestMismatch
            | Refusal::HospitalMismatch
            | Refusal::VersionUsed => StatusCode::CONFLICT,
            Refusal::Disclosure(DisclosureError::Sealing(_)) => StatusCode::BAD_REQUEST,
            Refusal::Disclosure(_) => StatusCode::FORBIDDEN,
            Refusal::Gateway(error) => error_status(error),
        };
        Self {
            status,
            code: refusal.code(),
            message: refusal.to_string(),
        }
    }
}

impl From<GatewayError> for ApiError {
    fn from(error: GatewayError) -> Self {
        Self {
            status: error_status(&error),
            code: error.code(),
            message: error.to_string(),
        }
    }
}

/// The answer to a path that the address does not have.
pub(crate) async fn no_route() -> ApiError {
    ApiError::not_found("RouteNotFound", "this address has no such path")
}

/// The answer to a method that the path does not take.
pub(crate) async fn no_method() -> ApiError {
    ApiError {
        status: StatusCode::METHOD_NOT_ALLOWED,
        code: "MethodNotAllowed".into(),
        message: "this path does not take the method".into(),
    }
}

/// A parameter of a query such as `patient=0x..&consent=0x..`.
///
/// No value that the gateway takes has escaped characters.
pub(crate) fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, v)| v)
}

/// Decodes `N` bytes of hex, with or without `0x`.
pub(crate) fn fixed<const N: usize>(name: &str, text: &str) -> Result<[u8; N], ApiError> {
    let mut bytes = [0u8; N];
    hex::decode_to_slice(text.strip_prefix("0x").unwrap_or(text), &mut bytes).map_err(|_| {
        ApiError::bad_request(
            "InvalidParameter",
            format!("{name}: expected {N} bytes as hex digits"),
        )
    })?;
    Ok(bytes)
}

/// Decodes hex, with or without `0x`.
pub(crate) fn bytes(name: &str, text: &str) -> Result<Vec<u8>, ApiError> {
    hex::decode(text.strip_prefix("0x").unwrap_or(text)).map_err(|_| {
        ApiError::bad_request("InvalidParameter", format!("{name}: expected hex digits"))
    })
}

pub(crate) fn hexed(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}
