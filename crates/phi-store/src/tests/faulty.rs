// SPDX-License-Identifier: Apache-2.0
//! A store in memory that fails on demand.

use crate::place::PAYLOADS;
use futures::{stream::BoxStream, StreamExt};
use object_store::{
    memory::InMemory, path::Path, CopyOptions, Error, GetOptions, GetResult, ListResult,
    MultipartUpload, ObjectMeta, ObjectStore, ObjectStoreExt, PutMultipartOptions, PutOptions,
    PutPayload, PutResult, Result,
};
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Semaphore;

/// A store in memory that fails on demand.
#[derive(Debug)]
pub(super) struct Faulty {
    inner: InMemory,
    refuses: AtomicBool,
    is_full: AtomicBool,
    hangs: AtomicBool,
    reads_hang: AtomicBool,
    gate: Semaphore,
}

impl Default for Faulty {
    fn default() -> Self {
        Self {
            inner: InMemory::new(),
            refuses: AtomicBool::new(false),
            is_full: AtomicBool::new(false),
            hangs: AtomicBool::new(false),
            reads_hang: AtomicBool::new(false),
            gate: Semaphore::new(0),
        }
    }
}

impl Faulty {
    /// All operations fail, as those of a store that cannot be reached.
    pub(super) fn refuse(&self, refuses: bool) {
        self.refuses.store(refuses, Ordering::SeqCst);
    }

    /// Writes fail, as those on a full or read-only medium.
    pub(super) fn fill(&self, is_full: bool) {
        self.is_full.store(is_full, Ordering::SeqCst);
    }

    /// Writes of payloads do not end until [`Self::release`].
    pub(super) fn hang(&self) {
        self.hangs.store(true, Ordering::SeqCst);
    }

    /// Reads never end.
    pub(super) fn hang_reads(&self) {
        self.reads_hang.store(true, Ordering::SeqCst);
    }

    /// Ends all writes that hang.
    pub(super) fn release(&self) {
        self.hangs.store(false, Ordering::SeqCst);
        self.gate.add_permits(1_000);
    }

    /// Whether the object is there, whatever fails.
    pub(super) async fn has(&self, path: &Path) -> bool {
        self.inner.head(path).await.is_ok()
    }

    /// Writes an object past all faults.
    pub(super) async fn plant(&self, path: &Path, bytes: Vec<u8>) {
        self.inner.put(path, PutPayload::from(bytes)).await.unwrap();
    }

    /// Reads an object past all faults.
    pub(super) async fn bytes(&self, path: &Path) -> Vec<u8> {
        let found = self.inner.get(path).await.unwrap();
        found.bytes().await.unwrap().to_vec()
    }

    fn failure(text: &str) -> Error {
        Error::Generic {
            store: "faulty",
            source: text.to_owned().into(),
        }
    }

    fn reach(&self) -> Result<()> {
        if self.refuses.load(Ordering::SeqCst) {
            return Err(Self::failure("connection refused"));
        }
        Ok(())
    }
}

impl std::fmt::Display for Faulty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Faulty")
    }
}

#[async_trait::async_trait]
impl ObjectStore for Faulty {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        opts: PutOptions,
    ) -> Result<PutResult> {
        self.reach()?;
        if self.is_full.load(Ordering::SeqCst) {
            return Err(Self::failure("no space left on device"));
        }
        let is_payload = location.to_string().starts_with(PAYLOADS);
        if is_payload && self.hangs.load(Ordering::SeqCst) {
            self.gate
                .acquire()
                .await
                .map_err(|_| Self::failure("closed"))?
                .forget();
        }
        self.inner.put_opts(location, payload, opts).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        opts: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.inner.put_multipart_opts(location, opts).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.reach()?;
        if self.reads_hang.load(Ordering::SeqCst) {
            futures::future::pending::<()>().await;
        }
        self.inner.get_opts(location, options).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        match self.reach() {
            Ok(()) => self.inner.delete_stream(locations),
            Err(error) => futures::stream::iter([Err(error)]).boxed(),
        }
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        match self.reach() {
            Ok(()) => self.inner.list(prefix),
            Err(error) => futures::stream::iter([Err(error)]).boxed(),
        }
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await
    }
}
