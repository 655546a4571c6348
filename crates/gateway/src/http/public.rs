// SPDX-License-Identifier: Apache-2.0
//! The public API: nonces, disclosures, revocations, status.

use super::{bytes, fixed, hexed, ApiError};
use crate::{
    api::*,
    disclose::Discloser,
    ports::{RecordArchive, RequestView},
};
use axum::{
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{header::CONTENT_TYPE, HeaderMap},
    response::{IntoResponse, Response},
    routing::{get, post},
    Json, Router,
};
use bspp_primitives::Signature;
use bspp_record::DisclosureRequest;
use bspp_types::HospitalId;
use codec::{DecodeAll, Encode};
use sp_core::H256;
use std::sync::Arc;

/// Maximum size of a body in bytes. Requests are small.
const MAX_BODY: usize = 64 * 1024;

struct Public<V, A> {
    discloser: Arc<Discloser<V, A>>,
    hospital: HospitalId,
}

impl<V, A> Clone for Public<V, A> {
    fn clone(&self) -> Self {
        Self {
            discloser: Arc::clone(&self.discloser),
            hospital: self.hospital,
        }
    }
}

/// The routes of the public address.
pub fn public_router<V, A>(discloser: Arc<Discloser<V, A>>, hospital: HospitalId) -> Router
where
    V: RequestView + 'static,
    A: RecordArchive + 'static,
{
    Router::new()
        .route("/v1/nonces", post(nonce::<V, A>))
        .route("/v1/disclosures", post(disclose::<V, A>))
        .route("/v1/revocations", post(revoke::<V, A>))
        .route("/v1/status", get(status::<V, A>))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(Public {
            discloser,
            hospital,
        })
}

async fn nonce<V, A>(State(public): State<Public<V, A>>) -> Json<NonceAnswer>
where
    V: RequestView + 'static,
    A: RecordArchive + 'static,
{
    Json(NonceAnswer {
        nonce: hexed(&public.discloser.issue_nonce()),
    })
}

async fn disclose<V, A>(
    State(public): State<Public<V, A>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError>
where
    V: RequestView + 'static,
    A: RecordArchive + 'static,
{
    let is_scale = headers
        .get(CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/octet-stream"));
    let encoded = if is_scale {
        body.to_vec()
    } else {
        let json: DisclosureBody = parse(&body)?;
        bytes("request", &json.request)?
    };
    let request =
        DisclosureRequest::<Signature>::decode_all(&mut encoded.as_slice()).map_err(|_| {
            ApiError::bad_request(
                "InvalidRequest",
                "the bytes do not decode as a disclosure request",
            )
        })?;
    let sealed = match public.discloser.disclose(&request).await {
        Ok(sealed) => sealed.encode(),
        Err(refusal) => {
            tracing::info!(code = refusal.code(), "disclosure refused");
            return Err(refusal.into());
        }
    };
    tracing::info!(bytes = sealed.len(), "record disclosed");
    Ok(if is_scale {
        ([(CONTENT_TYPE, "application/octet-stream")], sealed).into_response()
    } else {
        Json(DisclosureAnswer {
            sealed: hexed(&sealed),
        })
        .into_response()
    })
}

async fn revoke<V, A>(
    State(public): State<Public<V, A>>,
    body: Bytes,
) -> Result<Json<RevocationAnswer>, ApiError>
where
    V: RequestView + 'static,
    A: RecordArchive + 'static,
{
    let body: RevocationBody = parse(&body)?;
    let request = H256(fixed("request", &body.request)?);
    let grant_key = fixed("grantKey", &body.grant_key)?;
    let signature = fixed("signature", &body.signature)?;
    public.discloser.revoke(request, &grant_key, signature)?;
    Ok(Json(RevocationAnswer { revoked: true }))
}

async fn status<V, A>(State(public): State<Public<V, A>>) -> Json<PublicStatus>
where
    V: RequestView + 'static,
    A: RecordArchive + 'static,
{
    Json(PublicStatus {
        hospital: public.hospital,
        up: true,
    })
}

fn parse<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    serde_json::from_slice(body)
        .map_err(|error| ApiError::bad_request("InvalidRequest", error.to_string()))
}
