// SPDX-License-Identifier: Apache-2.0
//! The public API: nonces, disclosures, wishes of patients, status.

use super::{
    bytes, fixed, hexed,
    limit::{limit_clients, ClientLimit},
    no_method, no_route, ApiError,
};
use crate::{
    api::*,
    disclose::Discloser,
    patients::Wishes,
    ports::{PatientRegistry, RecordArchive, RequestView},
};
use axum::{
    body::Bytes,
    extract::{rejection::BytesRejection, DefaultBodyLimit, RawQuery, State},
    http::{header::CONTENT_TYPE, HeaderMap},
    middleware::from_fn_with_state,
    response::{IntoResponse, Response},
    routing::{get, post},
    Json, Router,
};
use bspp_primitives::Signature;
use bspp_record::{DisclosureRequest, OwnRecordRequest};
use bspp_types::{Authority, HospitalId};
use codec::{DecodeAll, Encode};
use sp_core::H256;
use std::sync::Arc;

/// Maximum size of a body in bytes. Requests are small.
const MAX_BODY: usize = 64 * 1024;

/// A body that did or did not arrive.
type Body = Result<Bytes, BytesRejection>;

fn read(body: Body) -> Result<Bytes, ApiError> {
    body.map_err(|rejection| ApiError::unread_body(&rejection))
}

struct Public<V, A> {
    discloser: Arc<Discloser<V, A>>,
    wishes: Arc<Wishes<V, A>>,
    hospital: HospitalId,
}

impl<V, A> Clone for Public<V, A> {
    fn clone(&self) -> Self {
        Self {
            discloser: Arc::clone(&self.discloser),
            wishes: Arc::clone(&self.wishes),
            hospital: self.hospital,
        }
    }
}

/// The routes of the public address.
pub fn public_router<V, A>(
    discloser: Arc<Discloser<V, A>>,
    wishes: Arc<Wishes<V, A>>,
    hospital: HospitalId,
    limit: Arc<ClientLimit>,
) -> Router
where
    V: RequestView + 'static,
    A: RecordArchive + PatientRegistry + 'static,
{
    Router::new()
        .route("/v1/nonces", post(nonce::<V, A>))
        .route("/v1/disclosures", post(disclose::<V, A>))
        .route("/v1/own-records", post(own_record::<V, A>))
        .route("/v1/revocations", post(revoke::<V, A>))
        .route("/v1/revocations/unopened", post(revoke_unopened::<V, A>))
        .route("/v1/label-versions", post(raise_label_version::<V, A>))
        .route("/v1/label-state", get(label_state::<V, A>))
        .route("/v1/status", get(status::<V, A>))
        .fallback(no_route)
        .method_not_allowed_fallback(no_method)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(from_fn_with_state(limit, limit_clients))
        .with_state(Public {
            discloser,
            wishes,
            hospital,
        })
}

async fn nonce<V, A>(
    State(public): State<Public<V, A>>,
    body: Body,
) -> Result<Json<NonceAnswer>, ApiError>
where
    V: RequestView + 'static,
    A: RecordArchive + PatientRegistry + 'static,
{
    let body: NonceBody = parse(&read(body)?)?;
    let account = fixed("account", &body.account)?;
    Ok(Json(NonceAnswer {
        nonce: hexed(&public.discloser.issue_nonce(&account)),
    }))
}

async fn disclose<V, A>(
    State(public): State<Public<V, A>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError>
where
    V: RequestView + 'static,
    A: RecordArchive + PatientRegistry + 'static,
{
    let request: DisclosureRequest<Signature> = encoded_request(&headers, &read(body)?)?;
    let sealed = match public.discloser.disclose(&request).await {
        Ok(sealed) => sealed.encode(),
        Err(refusal) => {
            tracing::info!(code = refusal.code(), "disclosure refused");
            return Err(refusal.into());
        }
    };
    tracing::info!(bytes = sealed.len(), "record disclosed");
    Ok(sealed_answer(&headers, sealed))
}

fn is_scale(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/octet-stream"))
}

/// A request whose body is its SCALE encoding, or JSON with that encoding in hex.
fn encoded_request<T: DecodeAll>(headers: &HeaderMap, body: &[u8]) -> Result<T, ApiError> {
    let encoded = if is_scale(headers) {
        body.to_vec()
    } else {
        let json: DisclosureBody = parse(body)?;
        bytes("request", &json.request)?
    };
    T::decode_all(&mut encoded.as_slice()).map_err(|_| {
        ApiError::bad_request("InvalidRequest", "the bytes do not decode as a request")
    })
}

/// An encrypted record in the form of the request.
fn sealed_answer(headers: &HeaderMap, sealed: Vec<u8>) -> Response {
    if is_scale(headers) {
        return ([(CONTENT_TYPE, "application/octet-stream")], sealed).into_response();
    }
    Json(DisclosureAnswer {
        sealed: hexed(&sealed),
    })
    .into_response()
}

async fn own_record<V, A>(
    State(public): State<Public<V, A>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError>
where
    V: RequestView + 'static,
    A: RecordArchive + PatientRegistry + 'static,
{
    let request: OwnRecordRequest = encoded_request(&headers, &read(body)?)?;
    let sealed = public.wishes.own_record(&request).await?;
    tracing::info!("a patient received an own record");
    Ok(sealed_answer(&headers, sealed.encode()))
}

async fn revoke<V, A>(
    State(public): State<Public<V, A>>,
    body: Body,
) -> Result<Json<RevocationAnswer>, ApiError>
where
    V: RequestView + 'static,
    A: RecordArchive + PatientRegistry + 'static,
{
    let body: RevocationBody = parse(&read(body)?)?;
    let request = H256(fixed("request", &body.request)?);
    let authority = Authority::GrantKey(fixed("grantKey", &body.grant_key)?);
    let signature = fixed("signature", &body.signature)?;
    public.wishes.revoke(request, &authority, signature).await?;
    Ok(Json(RevocationAnswer { revoked: true }))
}

async fn revoke_unopened<V, A>(
    State(public): State<Public<V, A>>,
    body: Body,
) -> Result<Json<RevocationAnswer>, ApiError>
where
    V: RequestView + 'static,
    A: RecordArchive + PatientRegistry + 'static,
{
    let body: UnopenedRevocationBody = parse(&read(body)?)?;
    let account = fixed("account", &body.account)?;
    let account_signature = fixed("accountSignature", &body.account_signature)?;
    let authority = Authority::GrantKey(fixed("grantKey", &body.grant_key)?);
    let signature = fixed("signature", &body.signature)?;
    public
        .wishes
        .revoke_unopened(
            (account, account_signature),
            authority,
            body.expiry,
            signature,
        )
        .await?;
    Ok(Json(RevocationAnswer { revoked: true }))
}

async fn raise_label_version<V, A>(
    State(public): State<Public<V, A>>,
    body: Body,
) -> Result<Json<LabelVersionAnswer>, ApiError>
where
    V: RequestView + 'static,
    A: RecordArchive + PatientRegistry + 'static,
{
    let body: LabelVersionBody = parse(&read(body)?)?;
    let account = fixed("account", &body.account)?;
    let signature = fixed("signature", &body.signature)?;
    public
        .wishes
        .raise_label_version(account, body.version, body.revoke_before, signature)
        .await?;
    Ok(Json(LabelVersionAnswer { raised: true }))
}

async fn label_state<V, A>(
    State(public): State<Public<V, A>>,
    RawQuery(query): RawQuery,
) -> Result<Json<LabelStateAnswer>, ApiError>
where
    V: RequestView + 'static,
    A: RecordArchive + PatientRegistry + 'static,
{
    let query = query.unwrap_or_default();
    let account = super::parameter(&query, "account").ok_or_else(|| {
        ApiError::bad_request("InvalidParameter", "account: the account is missing")
    })?;
    let state = public
        .wishes
        .label_state(fixed("account", account)?)
        .await?;
    let rise = |rise: &bspp_types::LabelRise| LabelRiseAnswer {
        filing_month: rise.filing_month,
        version: rise.version,
        raised_on: rise.raised_on,
    };
    Ok(Json(LabelStateAnswer {
        version: state.version,
        revoke_before: state.revoke_before,
        rises: state.rises.iter().map(rise).collect(),
    }))
}

async fn status<V, A>(State(public): State<Public<V, A>>) -> Json<PublicStatus>
where
    V: RequestView + 'static,
    A: RecordArchive + PatientRegistry + 'static,
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
