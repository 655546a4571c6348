// SPDX-License-Identifier: Apache-2.0
//! A bucket of a small S3 server, over real HTTP.

use super::{payload, Folders};
use crate::{Finding, PhiReader, PhiStore, PhiStoreConfig, S3Place, StoreConfig, StorePlace};
use axum::{
    body::Bytes,
    extract::State,
    http::{header, HeaderMap, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
    Router,
};
use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex},
};

const SECRET: &str = "wJalrXUtnFEMI-not-a-real-key";

type Objects = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

/// The part of S3 that a PHI store uses. It reads the key's name and checks no signature.
async fn answer(
    State(objects): State<Objects>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = |name: header::HeaderName| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    if !text(header::AUTHORIZATION).contains("Credential=AKEXAMPLE/") {
        return StatusCode::FORBIDDEN.into_response();
    }
    let path = uri.path().strip_prefix("/phi").unwrap();
    let key = path.trim_start_matches('/').to_owned();
    let mut objects = objects.lock().unwrap();
    if method == Method::PUT {
        objects.insert(key, body.to_vec());
        return [(header::ETAG, "\"1\"")].into_response();
    }
    if method == Method::DELETE {
        objects.remove(&key);
        return StatusCode::NO_CONTENT.into_response();
    }
    if key.is_empty() {
        return list(&objects, uri.query().unwrap_or_default()).into_response();
    }
    let Some(object) = objects.get(&key) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let range = text(header::RANGE);
    let Some((first, last)) = range
        .strip_prefix("bytes=")
        .and_then(|range| range.split_once('-'))
    else {
        return object.clone().into_response();
    };
    let first: usize = first.parse().unwrap();
    let last = last.parse::<usize>().unwrap().min(object.len() - 1);
    let part = object[first..=last].to_vec();
    let place = format!("bytes {first}-{last}/{}", object.len());
    (
        StatusCode::PARTIAL_CONTENT,
        [(header::CONTENT_RANGE, place)],
        part,
    )
        .into_response()
}

fn list(objects: &BTreeMap<String, Vec<u8>>, query: &str) -> String {
    let prefix = query
        .split('&')
        .find_map(|part| part.strip_prefix("prefix="))
        .unwrap_or_default()
        .replace("%2F", "/");
    let mut contents = String::new();
    for (key, object) in objects {
        if key.starts_with(&prefix) {
            contents.push_str(&format!(
                "<Contents><Key>{key}</Key><Size>{}</Size>\
                 <LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>",
                object.len()
            ));
        }
    }
    format!("<ListBucketResult>{contents}</ListBucketResult>")
}

/// Starts a server: its URL, and its objects.
async fn server() -> (String, Objects) {
    let objects = Objects::default();
    let router = Router::new()
        .fallback(answer)
        .with_state(Arc::clone(&objects));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, objects)
}

/// A bucket, with a key of this name.
fn bucket(url: &str, folder: &Path, key: &str) -> StoreConfig {
    let credentials_file = folder.join(format!("{key}.json"));
    let content = format!(r#"{{"access_key_id": "{key}", "secret_access_key": "{SECRET}"}}"#);
    std::fs::write(&credentials_file, content).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let only_owner = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(&credentials_file, only_owner).unwrap();
    }
    StoreConfig {
        name: "bucket".into(),
        place: StorePlace::S3(S3Place {
            endpoint: url.into(),
            region: "us-east-1".into(),
            bucket: "phi".into(),
            prefix: Some("north".into()),
            credentials_file,
            ca_file: None,
            allow_http: true,
        }),
        timeout_ms: 10_000,
    }
}

/// A bucket and a folder, both of which must have a payload. The bucket is read first.
fn both(folders: &Folders, bucket: StoreConfig) -> PhiStoreConfig {
    let mut config = folders.config();
    config.stores.insert(0, bucket);
    config.quorum = 2;
    config
}

#[tokio::test]
async fn bucket_should_store_prove_repair_and_erase() {
    let (url, objects) = server().await;
    let folders = Folders::new(1, 1);
    let bucket = bucket(&url, folders.root.path(), "AKEXAMPLE");
    let config = both(&folders, bucket.clone());
    let store = PhiStore::open(&config).await.unwrap();
    let data = payload(1, 200_001);
    let hash = store.put(data.clone()).await.unwrap().hash;
    let key = format!("north/{}", crate::place::payload(&hash));
    assert!(objects.lock().unwrap().contains_key(&key));

    let reader = PhiReader::open(&[bucket]).unwrap();
    assert_eq!(reader.get(hash).await.unwrap(), data);
    for leaf in [0, 511, 512, 1_562] {
        let proof = reader.prove(hash, |_| leaf).await.unwrap();
        assert!(proof.verify(&hash, leaf), "{leaf}");
    }

    for wrong in [Vec::new(), b"wrong".to_vec()] {
        let right = objects.lock().unwrap().insert(key.clone(), wrong);
        assert!(reader.get(hash).await.is_err());
        assert_eq!(store.get(hash).await.unwrap(), data);
        assert_eq!(objects.lock().unwrap().get(&key), right.as_ref());
    }
    let mut scrub = store.scrub();
    assert_eq!(scrub.next().await.unwrap(), Some(Finding::Intact(hash)));
    assert_eq!(scrub.next().await.unwrap(), None);

    assert!(store.delete(hash).await.unwrap().lacking.is_empty());
    let tombstone = format!("north/{}", crate::place::tombstone(&hash));
    let objects = objects.lock().unwrap();
    assert!(!objects.contains_key(&key) && objects.contains_key(&tombstone));
}

#[tokio::test]
async fn bucket_that_refuses_the_key_should_be_named_without_the_secret() {
    let (url, objects) = server().await;
    let folders = Folders::new(1, 1);
    let bucket = bucket(&url, folders.root.path(), "AKOTHER");
    let store = PhiStore::open(&both(&folders, bucket)).await.unwrap();
    let error = store.put(payload(1, 10)).await.unwrap_err().to_string();
    assert!(error.contains("store bucket"), "{error}");
    assert!(!error.contains(SECRET), "{error}");
    assert!(objects.lock().unwrap().is_empty());
}
