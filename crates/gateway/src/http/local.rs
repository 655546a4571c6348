// SPDX-License-Identifier: Apache-2.0
//! The local API for the hospital's own systems on this machine: ingest, jobs, status.

use super::{fixed, ApiError};
use crate::{api::*, ingest::Upload, shared::Shared};
use axum::{
    body::Bytes,
    extract::{rejection::BytesRejection, DefaultBodyLimit, Path, RawQuery, State},
    routing::{get, post},
    Json, Router,
};
use sp_core::H256;
use std::sync::Arc;
use zeroize::Zeroizing;

/// The routes of the local address.
pub fn local_router(shared: Arc<Shared>, max_upload: usize) -> Router {
    Router::new()
        .route("/v1/ingest", post(ingest))
        .route("/v1/jobs/{id}", get(job))
        .route("/v1/status", get(status))
        .layer(DefaultBodyLimit::max(max_upload))
        .with_state(shared)
}

/// A parameter of a query such as `patient=0x..&consent=0x..`.
///
/// Values are hex, so nothing is escaped.
fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, v)| v)
}

async fn ingest(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<IngestAnswer>, ApiError> {
    let body = body.map_err(|rejection| ApiError::unread_body(&rejection))?;
    let query = query.unwrap_or_default();
    let patient = parameter(&query, "patient").ok_or_else(|| {
        ApiError::bad_request("InvalidParameter", "patient: the account is missing")
    })?;
    let consent = parameter(&query, "consent")
        .map(|text| fixed("consent", text).map(H256))
        .transpose()?;
    let upload = Upload {
        patient: fixed("patient", patient)?,
        consent,
        file: Zeroizing::new(body.to_vec()),
    };
    drop(body);
    let accepted = shared.ingest.accept(upload).await?;
    let answer = IngestAnswer {
        job: accepted.job,
        records: accepted.records,
    };
    tracing::info!(
        job = accepted.job,
        records = accepted.records,
        "upload accepted"
    );
    shared.start(accepted.work);
    Ok(Json(answer))
}

async fn job(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<u64>,
) -> Result<Json<JobReport>, ApiError> {
    match shared.job_report(id)? {
        Some(report) => Ok(Json(report)),
        None => Err(ApiError::not_found(
            "JobNotFound",
            format!("there is no job {id}"),
        )),
    }
}

async fn status(State(shared): State<Arc<Shared>>) -> Result<Json<StatusReport>, ApiError> {
    Ok(Json(shared.status().await?))
}

#[cfg(test)]
mod tests {
    use super::parameter;

    #[test]
    fn parameter_should_be_found_by_its_whole_name() {
        let query = "patient=0x01&consent=0x02";
        assert_eq!(parameter(query, "patient"), Some("0x01"));
        assert_eq!(parameter(query, "consent"), Some("0x02"));
        assert_eq!(parameter(query, "pat"), None);
        assert_eq!(parameter("", "patient"), None);
    }
}
