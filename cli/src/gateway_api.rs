// SPDX-License-Identifier: Apache-2.0
//! A gateway's HTTP API, from the caller's side.

use crate::{
    error::{CliError, CliResult},
    output::Output,
    transport,
    values::hex0x,
};
use bspp_gateway::api::{
    ErrorBody, IngestAnswer, JobReport, NonceAnswer, RecordReport, RevocationBody,
};
use bspp_primitives::Signature;
use bspp_record::{DisclosureRequest, SealedBox};
use codec::{DecodeAll, Encode};
use reqwest::{header::CONTENT_TYPE, RequestBuilder, Response, StatusCode};
use serde::{de::DeserializeOwned, Serialize};
use std::time::Duration;

/// The interval at which the command queries the progress of a job.
const POLL: Duration = Duration::from_millis(500);
/// Maximum time for one answer.
const PATIENCE: Duration = Duration::from_secs(120);

/// A gateway at an address.
pub struct Gateway {
    url: String,
    http: reqwest::Client,
}

/// The progress of a record, for scripts.
#[derive(Serialize)]
pub struct RecordProgress {
    /// The record.
    pub rid: String,
    /// The hospital block that stores it.
    pub block: Option<u32>,
    /// The consortium block that registered it.
    pub registered: Option<u32>,
    /// The milliseconds from encryption until searches found it.
    pub searchable_after_ms: Option<u64>,
}

impl From<&RecordReport> for RecordProgress {
    fn from(report: &RecordReport) -> Self {
        Self {
            rid: hex0x(report.rid),
            block: report.stored.as_ref().map(|mark| mark.block),
            registered: report.registered.as_ref().map(|mark| mark.block),
            searchable_after_ms: report
                .searchable
                .as_ref()
                .map(|mark| mark.at.saturating_sub(report.encrypted)),
        }
    }
}

impl Gateway {
    /// Makes a client of a gateway at `http://…` or `https://…`.
    pub fn new(url: &str) -> CliResult<Self> {
        if !url.starts_with("http://") && !url.starts_with("https://") {
            return Err(CliError::usage(
                "a gateway's address begins with http:// or https://",
            ));
        }
        transport::check(url)?;
        let http = reqwest::Client::builder()
            .timeout(PATIENCE)
            .build()
            .map_err(CliError::failed)?;
        Ok(Self {
            url: url.trim_end_matches('/').into(),
            http,
        })
    }

    fn path(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    async fn send(&self, request: RequestBuilder) -> CliResult<Response> {
        let unreachable = |error: reqwest::Error| CliError::Unreachable {
            url: self.url.clone(),
            reason: error.without_url().to_string(),
        };
        let answer = request.send().await.map_err(unreachable)?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        let body: Option<ErrorBody> = answer.json().await.ok();
        let (code, message) = body.map_or_else(
            || ("Refused".into(), format!("HTTP status {status}")),
            |body| (body.code, body.message),
        );
        if matches!(
            status,
            StatusCode::BAD_GATEWAY | StatusCode::INTERNAL_SERVER_ERROR
        ) {
            return Err(CliError::Failed(format!(
                "the gateway at {} failed: {message}",
                self.url
            )));
        }
        Err(CliError::Refused { code, message })
    }

    async fn json<T: DeserializeOwned>(&self, request: RequestBuilder) -> CliResult<T> {
        self.send(request).await?.json().await.map_err(|error| {
            CliError::Failed(format!(
                "the answer of {} is not that of a gateway: {}",
                self.url,
                error.without_url()
            ))
        })
    }

    /// Sends a FHIR file of a patient. Returns the number of the job.
    pub async fn ingest(&self, patient: &[u8; 32], file: Vec<u8>) -> CliResult<u64> {
        let path = self.path(&format!("/v1/ingest?patient={}", hex0x(patient)));
        let post = self
            .http
            .post(path)
            .header(CONTENT_TYPE, "application/fhir+json");
        let answer: IngestAnswer = self.json(post.body(file)).await?;
        Ok(answer.job)
    }

    /// Waits until searches find every record of a job.
    pub async fn wait(&self, job: u64, output: Output) -> CliResult<Vec<RecordProgress>> {
        let bar = output.progress(0, "records searchable");
        loop {
            let report: JobReport = self
                .json(self.http.get(self.path(&format!("/v1/jobs/{job}"))))
                .await?;
            bar.set_length(u64::from(report.records_total).max(report.records.len() as u64));
            bar.set_position(report.counts.searchable);
            if report.complete {
                bar.finish_and_clear();
                return Ok(report.records.iter().map(RecordProgress::from).collect());
            }
            if report.ended {
                let failure = report
                    .failure
                    .or_else(|| report.records.into_iter().find_map(|record| record.failure));
                let text = failure.unwrap_or_else(|| "no reason was given".into());
                let (code, message) = text.split_once(": ").unwrap_or(("Failed", &text));
                return Err(CliError::Refused {
                    code: code.into(),
                    message: message.into(),
                });
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// A fresh nonce for one disclosure.
    pub async fn nonce(&self) -> CliResult<[u8; 32]> {
        let answer: NonceAnswer = self.json(self.http.post(self.path("/v1/nonces"))).await?;
        let mut nonce = [0u8; 32];
        hex::decode_to_slice(answer.nonce.trim_start_matches("0x"), &mut nonce)
            .map_err(|_| CliError::failed("the gateway's nonce is not 32 bytes of hex"))?;
        Ok(nonce)
    }

    /// Asks for a record. The gateway encrypts it to the key in the grant.
    pub async fn disclose(&self, request: &DisclosureRequest<Signature>) -> CliResult<SealedBox> {
        let post = self.http.post(self.path("/v1/disclosures"));
        let answer = self
            .send(
                post.header(CONTENT_TYPE, "application/octet-stream")
                    .body(request.encode()),
            )
            .await?;
        let bytes = answer
            .bytes()
            .await
            .map_err(|error| CliError::failed(error.without_url()))?;
        SealedBox::decode_all(&mut bytes.as_ref())
            .map_err(|_| CliError::failed("the gateway's answer is not an encrypted record"))
    }

    /// Sends a revocation to the hospital directly.
    pub async fn revoke(
        &self,
        request: &[u8; 32],
        grant_key: &[u8; 32],
        signature: &[u8; 64],
    ) -> CliResult<()> {
        let body = RevocationBody {
            request: hex0x(request),
            grant_key: hex0x(grant_key),
            signature: hex0x(signature),
        };
        self.send(self.http.post(self.path("/v1/revocations")).json(&body))
            .await
            .map(drop)
    }

    /// The status of the gateway.
    pub async fn status(&self) -> CliResult<serde_json::Value> {
        self.json(self.http.get(self.path("/v1/status"))).await
    }
}
