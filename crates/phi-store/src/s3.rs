// SPDX-License-Identifier: Apache-2.0
//! S3-compatible stores, over the HTTP client of the workspace.
//!
//! The client verifies TLS, follows no redirect, and reads no more than the largest object.

use crate::{
    config::S3Place,
    error::{PhiStoreError, Result},
    object::MAX_OBJECT_BYTES,
};
use object_store::{
    aws::AmazonS3Builder,
    client::{
        HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse,
        HttpResponseBody, HttpService,
    },
    path::Path,
    prefix::PrefixStore,
    ClientOptions, ObjectStore, RetryConfig,
};
use serde::Deserialize;
use std::{sync::Arc, time::Duration};
use zeroize::Zeroizing;

/// Time within which a connection must stand.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// Number of times that a request is repeated after a passing failure.
const RETRIES: usize = 2;

/// The content of a file with credentials. It has no `Debug`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Credentials<'a> {
    access_key_id: &'a str,
    secret_access_key: &'a str,
}

/// Opens a bucket. Nothing is read or written yet.
pub(crate) fn open(name: &str, place: &S3Place, limit: Duration) -> Result<Arc<dyn ObjectStore>> {
    let invalid =
        |reason: String| PhiStoreError::InvalidConfig(format!("store {name:?}: {reason}"));
    let file = place.credentials_file.display();
    let secret = |reason: String| PhiStoreError::InvalidSecret(format!("{file}: {reason}"));
    check_mode(&place.credentials_file).map_err(secret)?;
    let content = std::fs::read(&place.credentials_file).map_err(|e| secret(e.to_string()))?;
    let content = Zeroizing::new(content);
    // The error of the parser could quote the secret.
    let credentials: Credentials<'_> = serde_json::from_slice(&content).map_err(|_| {
        secret("it must be JSON with access_key_id and secret_access_key".to_owned())
    })?;
    let client = client(place, limit).map_err(invalid)?;
    let store = AmazonS3Builder::new()
        .with_endpoint(&place.endpoint)
        .with_region(&place.region)
        .with_bucket_name(&place.bucket)
        .with_access_key_id(credentials.access_key_id)
        .with_secret_access_key(credentials.secret_access_key)
        .with_allow_http(place.allow_http)
        // Not every compatible store has the bulk call.
        .with_disable_bulk_delete(true)
        .with_retry(RetryConfig {
            backoff: Default::default(),
            max_retries: RETRIES,
            retry_timeout: limit,
        })
        .with_http_connector(Connector(client))
        .build()
        .map_err(|e| invalid(e.to_string()))?;
    let prefix = Path::parse(place.prefix.as_deref().unwrap_or_default())
        .map_err(|e| invalid(e.to_string()))?;
    Ok(Arc::new(PrefixStore::new(store, prefix)))
}

/// Refuses a file that others than its owner may read or write.
fn check_mode(path: &std::path::Path) -> core::result::Result<(), String> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let metadata = std::fs::metadata(path).map_err(|e| e.to_string())?;
        let mode = metadata.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(format!(
                "other users may read the file (mode {:o}); run: chmod 600 {}",
                mode & 0o777,
                path.display()
            ));
        }
    }
    Ok(())
}

fn client(place: &S3Place, limit: Duration) -> core::result::Result<reqwest::Client, String> {
    let mut builder = reqwest::Client::builder()
        .https_only(!place.allow_http)
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_WITHIN)
        .timeout(limit);
    if let Some(file) = &place.ca_file {
        let failed = |reason: String| format!("{}: {reason}", file.display());
        let pem = std::fs::read(file).map_err(|e| failed(e.to_string()))?;
        let certificates =
            reqwest::Certificate::from_pem_bundle(&pem).map_err(|e| failed(e.to_string()))?;
        if certificates.is_empty() {
            return Err(failed("it has no certificate".into()));
        }
        // Only this authority: a public one must not vouch for a store of the hospital.
        builder = builder.tls_built_in_root_certs(false);
        for certificate in certificates {
            builder = builder.add_root_certificate(certificate);
        }
    }
    builder.build().map_err(|e| e.to_string())
}

/// Gives the client to the object store.
#[derive(Debug)]
struct Connector(reqwest::Client);

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(Service(self.0.clone())))
    }
}

#[derive(Debug)]
struct Service(reqwest::Client);

fn failed(error: reqwest::Error) -> HttpError {
    let kind = if error.is_timeout() {
        HttpErrorKind::Timeout
    } else if error.is_connect() {
        HttpErrorKind::Connect
    } else if error.is_decode() {
        HttpErrorKind::Decode
    } else {
        HttpErrorKind::Interrupted
    };
    HttpError::new(kind, error.without_url())
}

#[async_trait::async_trait]
impl HttpService for Service {
    async fn call(&self, request: HttpRequest) -> core::result::Result<HttpResponse, HttpError> {
        let (parts, body) = request.into_parts();
        let url = reqwest::Url::parse(&parts.uri.to_string())
            .map_err(|e| HttpError::new(HttpErrorKind::Unknown, e))?;
        let mut request = reqwest::Request::new(parts.method, url);
        *request.headers_mut() = parts.headers;
        *request.body_mut() = Some(reqwest::Body::wrap(body));
        let mut answer = self.0.execute(request).await.map_err(failed)?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let mut content = Vec::new();
        while let Some(bytes) = answer.chunk().await.map_err(failed)? {
            content.extend_from_slice(&bytes);
            if content.len() as u64 > MAX_OBJECT_BYTES {
                let error = std::io::Error::other("the answer is larger than any object");
                return Err(HttpError::new(HttpErrorKind::Unknown, error));
            }
        }
        let mut response = HttpResponse::new(HttpResponseBody::from(content));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{medium::Medium, StoreConfig, StorePlace};

    const SECRET: &str = "wJalrXUtnFEMI-not-a-real-key";

    fn place(folder: &std::path::Path, credentials: &str) -> S3Place {
        let credentials_file = folder.join("s3.json");
        std::fs::write(&credentials_file, credentials).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let only_owner = std::fs::Permissions::from_mode(0o600);
            std::fs::set_permissions(&credentials_file, only_owner).unwrap();
        }
        S3Place {
            endpoint: "https://s3.hospital.example".into(),
            region: "us-east-1".into(),
            bucket: "phi".into(),
            prefix: Some("north".into()),
            credentials_file,
            ca_file: None,
            allow_http: false,
        }
    }

    fn good() -> String {
        format!(r#"{{"access_key_id": "AKEXAMPLE", "secret_access_key": "{SECRET}"}}"#)
    }

    #[test]
    fn debug_should_show_no_secret() {
        let folder = tempfile::tempdir().unwrap();
        let place = place(folder.path(), &good());
        let config = StoreConfig {
            name: "s3-1".into(),
            place: StorePlace::S3(place),
            timeout_ms: 1_000,
        };
        let medium = Medium::new(&config).unwrap();
        for text in [format!("{config:?}"), format!("{medium:?}")] {
            assert!(!text.contains(SECRET), "{text}");
        }
    }

    #[test]
    fn open_should_fail_without_quoting_a_wrong_credentials_file() {
        let folder = tempfile::tempdir().unwrap();
        for wrong in [
            format!(r#"{{"access_key_id": "AKEXAMPLE", "secret": "{SECRET}"}}"#),
            format!(r#""{SECRET}""#),
            good().replace('}', ""),
        ] {
            let place = place(folder.path(), &wrong);
            let error = open("s3-1", &place, CONNECT_WITHIN).unwrap_err();
            assert!(matches!(error, PhiStoreError::InvalidSecret(_)));
            assert!(!error.to_string().contains(SECRET), "{error}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn open_should_fail_when_others_may_read_the_credentials() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let place = place(folder.path(), &good());
        let readable = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(&place.credentials_file, readable).unwrap();
        let error = open("s3-1", &place, CONNECT_WITHIN).unwrap_err();
        assert!(error.to_string().contains("chmod 600"), "{error}");
    }

    #[tokio::test]
    async fn service_should_refuse_a_plain_address_unless_allowed() {
        let folder = tempfile::tempdir().unwrap();
        let mut place = place(folder.path(), &good());
        // Nothing listens there: only the refusal of the address is at issue.
        place.endpoint = "http://127.0.0.1:9".into();
        let client = client(&place, CONNECT_WITHIN).unwrap();
        let error = client.get(&place.endpoint).send().await.unwrap_err();
        assert!(error.is_builder(), "{error}");
    }
}
