// SPDX-License-Identifier: Apache-2.0
//! A gateway's HTTP API, from the caller's side.

use crate::{
    error::{CliError, CliResult},
    files,
    output::Output,
    transport,
    values::hex0x,
};
use bspp_gateway::api::{
    ErrorBody, IngestAnswer, JobReport, LabelStateAnswer, LabelVersionBody, NonceAnswer, NonceBody,
    RecordReport, RevocationBody, UnopenedRevocationBody,
};
use bspp_peks::{LabelVersion, PatientKeys};
use bspp_primitives::Signature;
use bspp_record::{DisclosureRequest, GrantHeader, GrantKey, OwnRecordRequest, SealedBox};
use bspp_types::{messages, LabelRise, LabelState, Moment};
use codec::{DecodeAll, Encode};
use reqwest::{header::CONTENT_TYPE, redirect::Policy, RequestBuilder, Response, StatusCode};
use serde::{de::DeserializeOwned, Serialize};
use std::{path::Path, time::Duration};
use zeroize::Zeroizing;

/// The interval at which the command queries the progress of a job.
const POLL: Duration = Duration::from_millis(500);
/// Maximum time for one answer.
const PATIENCE: Duration = Duration::from_secs(120);

/// A gateway at an address.
pub struct Gateway {
    url: String,
    http: reqwest::Client,
    /// The token of the local address.
    token: Option<Zeroizing<String>>,
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
    /// Makes a client of a gateway at `https://…`, or `http://…` of this machine.
    pub fn new(url: &str) -> CliResult<Self> {
        transport::check_gateway(url)?;
        // A redirection could lead to an address that is not encrypted.
        let mut builder = reqwest::Client::builder()
            .redirect(Policy::none())
            .timeout(PATIENCE);
        for root in transport::roots() {
            builder = builder.add_root_certificate(root);
        }
        let http = builder.build().map_err(CliError::failed)?;
        Ok(Self {
            url: url.trim_end_matches('/').into(),
            http,
            token: None,
        })
    }

    /// Makes a client of a gateway's local address, with the token in a file.
    pub fn local(url: &str, token: Option<&Path>) -> CliResult<Self> {
        let mut gateway = Self::new(url)?;
        if let Some(path) = token {
            let bytes = files::read_secret(path)?;
            let text = core::str::from_utf8(&bytes)
                .map_err(|_| CliError::Usage(format!("{} has no token", path.display())))?;
            gateway.token = Some(Zeroizing::new(text.trim().to_owned()));
        }
        Ok(gateway)
    }

    fn path(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    async fn send(&self, request: RequestBuilder) -> CliResult<Response> {
        let unreachable = |error: reqwest::Error| CliError::Unreachable {
            url: self.url.clone(),
            reason: error.without_url().to_string(),
        };
        let request = match &self.token {
            Some(token) => request.bearer_auth(token.as_str()),
            None => request,
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
    ///
    /// `subject` is the patient of the file, if the account is to be bound to it anew.
    pub async fn ingest(
        &self,
        patient: &[u8; 32],
        subject: Option<&str>,
        file: Vec<u8>,
    ) -> CliResult<u64> {
        let mut path = format!("/v1/ingest?patient={}", hex0x(patient));
        if let Some(subject) = subject {
            path.push_str("&subject=");
            path.push_str(subject);
        }
        let path = self.path(&path);
        let post = self
            .http
            .post(path)
            .header(CONTENT_TYPE, "application/fhir+json")
            .body(file);
        let answer: IngestAnswer = self.json(post).await?;
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

    /// A fresh nonce for one question of an account.
    pub async fn nonce(&self, account: &[u8; 32]) -> CliResult<[u8; 32]> {
        let body = NonceBody {
            account: hex0x(account),
        };
        let post = self.http.post(self.path("/v1/nonces")).json(&body);
        let answer: NonceAnswer = self.json(post).await?;
        let mut nonce = [0u8; 32];
        hex::decode_to_slice(answer.nonce.trim_start_matches("0x"), &mut nonce)
            .map_err(|_| CliError::failed("the gateway's nonce is not 32 bytes of hex"))?;
        Ok(nonce)
    }

    /// Asks for a record. The gateway encrypts it to the key in the grant.
    pub async fn disclose(&self, request: &DisclosureRequest<Signature>) -> CliResult<SealedBox> {
        self.sealed("/v1/disclosures", request.encode()).await
    }

    /// Asks for a patient's own record. The gateway encrypts it to the patient's X25519 key.
    pub async fn own_record(&self, request: &OwnRecordRequest) -> CliResult<SealedBox> {
        self.sealed("/v1/own-records", request.encode()).await
    }

    async fn sealed(&self, path: &str, request: Vec<u8>) -> CliResult<SealedBox> {
        let post = self.http.post(self.path(path));
        let answer = self
            .send(
                post.header(CONTENT_TYPE, "application/octet-stream")
                    .body(request),
            )
            .await?;
        let bytes = answer
            .bytes()
            .await
            .map_err(|error| CliError::failed(error.without_url()))?;
        SealedBox::decode_all(&mut bytes.as_ref())
            .map_err(|_| CliError::failed("the gateway's answer is not an encrypted record"))
    }

    /// Sends the revocation of an opened request to the hospital directly.
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

    /// Sends the revocation of a grant whose request is not opened.
    ///
    /// The patient's account signs the request, so that strangers cannot fill the hospital's quota.
    pub async fn revoke_unopened(
        &self,
        keys: &PatientKeys,
        header: &GrantHeader,
        key: &GrantKey,
    ) -> CliResult<()> {
        let (request, tombstone) = key.tombstone(&header.chain, header.expiry);
        let unopened = messages::unopened_message(&header.chain, &header.hospital, &request);
        let body = UnopenedRevocationBody {
            account: hex0x(keys.account().public()),
            account_signature: hex0x(keys.account().sign(&unopened)),
            grant_key: hex0x(header.authority.key()),
            expiry: header.expiry,
            signature: hex0x(tombstone),
        };
        let post = self.http.post(self.path("/v1/revocations/unopened"));
        self.send(post.json(&body)).await.map(drop)
    }

    /// The label version of a patient.
    pub async fn label_state(&self, account: &[u8; 32]) -> CliResult<LabelState> {
        let path = self.path(&format!("/v1/label-state?account={}", hex0x(account)));
        let answer: LabelStateAnswer = self.json(self.http.get(path)).await?;
        Ok(LabelState {
            version: answer.version,
            revoke_before: answer.revoke_before,
            rises: answer
                .rises
                .into_iter()
                .map(|rise| LabelRise {
                    filing_month: rise.filing_month,
                    version: rise.version,
                    raised_on: rise.raised_on,
                })
                .collect(),
        })
    }

    /// Sends a rise of a patient's label version. The hospital obeys at once.
    pub async fn raise_label_version(
        &self,
        account: &[u8; 32],
        version: LabelVersion,
        revoke_before: Moment,
        signature: &[u8; 64],
    ) -> CliResult<()> {
        let body = LabelVersionBody {
            account: hex0x(account),
            version,
            revoke_before,
            signature: hex0x(signature),
        };
        let post = self.http.post(self.path("/v1/label-versions"));
        self.send(post.json(&body)).await.map(drop)
    }

    /// The status of the gateway.
    pub async fn status(&self) -> CliResult<serde_json::Value> {
        self.json(self.http.get(self.path("/v1/status"))).await
    }
}
