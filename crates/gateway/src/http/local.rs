// SPDX-License-Identifier: Apache-2.0
//! The local API for the hospital's own systems on this machine: ingest, jobs, status.

use super::{fixed, parameter, ApiError};
use crate::{
    api::*,
    error::GatewayError,
    ingest::Upload,
    shared::Shared,
    vault::{check_mode, private_file},
};
use axum::{
    body::Bytes,
    extract::{rejection::BytesRejection, DefaultBodyLimit, Path, RawQuery, Request, State},
    http::{
        header::{AUTHORIZATION, CONTENT_TYPE, HOST, ORIGIN},
        uri::Authority,
        HeaderMap, Method,
    },
    middleware::{from_fn, from_fn_with_state, Next},
    response::Response,
    routing::{delete, get, post},
    Json, Router,
};
use sp_core::H256;
use std::{net::IpAddr, sync::Arc};
use zeroize::Zeroizing;

/// The routes of the local address.
pub fn local_router(shared: Arc<Shared>, token: LocalToken, max_upload: usize) -> Router {
    Router::new()
        .route("/v1/ingest", post(ingest))
        .route("/v1/jobs/{id}", get(job))
        .route("/v1/shares/{rid}", delete(delete_share))
        .route("/v1/status", get(status))
        .layer(DefaultBodyLimit::max(max_upload))
        .layer(from_fn_with_state(token, check_token))
        .layer(from_fn(refuse_browsers))
        .with_state(shared)
}

/// The token that callers of the local address send. Its `Debug` prints nothing.
///
/// Any user of the machine can reach a loopback address; only those who may read the file can use
/// it.
#[derive(Clone)]
pub struct LocalToken(Arc<Zeroizing<String>>);

impl core::fmt::Debug for LocalToken {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("LocalToken")
    }
}

impl LocalToken {
    /// Reads the token, or makes one the first time.
    ///
    /// # Errors
    /// `InvalidSecret`, also if others than the owner may read the file.
    pub fn open(path: &std::path::Path) -> crate::error::Result<Self> {
        let invalid =
            |e: std::io::Error| GatewayError::InvalidSecret(format!("{}: {e}", path.display()));
        if !path.exists() {
            let token = Zeroizing::new(hex::encode(rand::random::<[u8; 32]>()));
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder).map_err(invalid)?;
            }
            private_file(path, token.as_bytes()).map_err(invalid)?;
        }
        check_mode(path)?;
        let text = Zeroizing::new(std::fs::read_to_string(path).map_err(invalid)?);
        let token = text.trim();
        if token.len() < 32 {
            return Err(GatewayError::InvalidSecret(format!(
                "{}: the token has fewer than 32 characters",
                path.display()
            )));
        }
        Ok(Self(Arc::new(Zeroizing::new(token.to_owned()))))
    }

    /// The comparison takes the same time for each wrong token of the right length.
    fn fits(&self, given: &str) -> bool {
        let (known, given) = (self.0.as_bytes(), given.as_bytes());
        known.len() == given.len()
            && known.iter().zip(given).fold(0, |all, (a, b)| all | (a ^ b)) == 0
    }
}

/// Refuses callers without the token.
async fn check_token(
    State(token): State<LocalToken>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let given = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    if given.is_some_and(|given| token.fits(given.trim())) {
        return Ok(next.run(request).await);
    }
    Err(ApiError::unauthorized(
        "InvalidToken",
        "send the content of the gateway's local_token_file as Authorization: Bearer",
    ))
}

/// Refuses requests that a web page on this machine could make a browser send.
///
/// A page of another origin can send simple requests to loopback addresses, and after DNS rebinding
/// any request under its own host name. A program of the hospital sends neither `Origin` nor
/// `Sec-Fetch-Site`, names a loopback host, and declares JSON.
async fn refuse_browsers(request: Request, next: Next) -> Result<Response, ApiError> {
    check_headers(request.method(), request.headers())?;
    Ok(next.run(request).await)
}

fn check_headers(method: &Method, headers: &HeaderMap) -> Result<(), ApiError> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if headers.contains_key(ORIGIN) || headers.contains_key("sec-fetch-site") {
        return Err(ApiError::forbidden(
            "CrossSiteRequest",
            "requests of browsers are refused on the local address",
        ));
    }
    if !text(HOST).is_some_and(is_loopback) {
        return Err(ApiError::forbidden(
            "HostMismatch",
            "the header Host must name a loopback address",
        ));
    }
    let is_json = text(CONTENT_TYPE).is_some_and(|kind| {
        let kind = kind.split(';').next().unwrap_or_default().trim();
        ["application/json", "application/fhir+json"].contains(&kind)
    });
    if *method == Method::POST && !is_json {
        return Err(ApiError::unsupported(
            "InvalidContentType",
            "the content type of a FHIR file is application/fhir+json",
        ));
    }
    Ok(())
}

/// Whether a `Host` header, with or without a port, names this machine.
fn is_loopback(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else {
        return false;
    };
    let name = authority.host();
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || address
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
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
        subject: parameter(&query, "subject").map(str::to_owned),
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
    shared.start(accepted.job);
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

async fn delete_share(
    State(shared): State<Arc<Shared>>,
    Path(rid): Path<String>,
) -> Result<Json<ShareAnswer>, ApiError> {
    let rid = H256(fixed("rid", &rid)?);
    let (store, outbox) = (shared.shares.clone(), shared.outbox.clone());
    // The plaintext goes first: after a failure the caller repeats the call.
    tokio::task::spawn_blocking(move || outbox.erase(&rid).and_then(|()| store.delete(&rid)))
        .await
        .map_err(|_| GatewayError::Stopping)??;
    tracing::info!("a share was deleted");
    Ok(Json(ShareAnswer { deleted: true }))
}

async fn status(State(shared): State<Arc<Shared>>) -> Result<Json<StatusReport>, ApiError> {
    Ok(Json(shared.status().await?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn parameter_should_be_found_by_its_whole_name() {
        let query = "patient=0x01&consent=0x02";
        assert_eq!(parameter(query, "patient"), Some("0x01"));
        assert_eq!(parameter(query, "consent"), Some("0x02"));
        assert_eq!(parameter(query, "pat"), None);
        assert_eq!(parameter("", "patient"), None);
    }

    fn code(method: &Method, headers: &[(&'static str, &str)]) -> Option<String> {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        check_headers(method, &headers)
            .err()
            .map(|error| error.code)
    }

    #[test]
    fn programs_on_this_machine_should_be_served() {
        for host in [
            "127.0.0.1:8081",
            "localhost",
            "LOCALHOST:8081",
            "[::1]:8081",
            "127.0.0.2",
        ] {
            assert_eq!(code(&Method::GET, &[("host", host)]), None, "{host}");
            for kind in ["application/json", "application/fhir+json; charset=utf-8"] {
                let headers = [("host", host), ("content-type", kind)];
                assert_eq!(code(&Method::POST, &headers), None);
            }
        }
    }

    /// Attack: a web page on the gateway's machine sends a form or a simple request.
    #[test]
    fn web_page_should_not_reach_the_local_address() {
        let host = ("host", "127.0.0.1:8081");
        let cross = Some("CrossSiteRequest".to_owned());
        for origin in ["https://example.org", "null", "http://127.0.0.1:8081"] {
            assert_eq!(code(&Method::POST, &[host, ("origin", origin)]), cross);
        }
        assert_eq!(
            code(&Method::GET, &[host, ("sec-fetch-site", "cross-site")]),
            cross
        );
        let kind = Some("InvalidContentType".to_owned());
        assert_eq!(code(&Method::POST, &[host]), kind);
        for simple in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
        ] {
            assert_eq!(code(&Method::POST, &[host, ("content-type", simple)]), kind);
        }
    }

    /// Attack: the page's host name resolves to a loopback address (DNS rebinding).
    #[test]
    fn rebound_host_name_should_be_refused() {
        let refused = Some("HostMismatch".to_owned());
        for host in [
            "example.org",
            "example.org:8081",
            "127.0.0.1.example.org",
            "10.0.0.1",
            "",
            "a b",
        ] {
            assert_eq!(code(&Method::GET, &[("host", host)]), refused, "{host}");
        }
        assert_eq!(code(&Method::GET, &[]), refused);
    }
}
