// SPDX-License-Identifier: Apache-2.0
//! The logs of processes.

use crate::wait;
use anyhow::{Context, Result};
use std::{fs, path::PathBuf, time::Duration};

/// A log from a certain position on.
#[derive(Clone, Debug)]
pub struct Log {
    path: PathBuf,
    from: usize,
}

impl Log {
    /// The whole log.
    pub const fn whole(path: PathBuf) -> Self {
        Self { path, from: 0 }
    }

    /// The lines that the process writes from now on.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be read.
    pub fn from_now(path: PathBuf) -> Result<Self> {
        let from = fs::metadata(&path)
            .with_context(|| path.display().to_string())?
            .len();
        Ok(Self {
            path,
            from: usize::try_from(from)?,
        })
    }

    /// The lines so far.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be read.
    pub fn lines(&self) -> Result<Vec<String>> {
        let bytes = fs::read(&self.path).with_context(|| self.path.display().to_string())?;
        let text = String::from_utf8_lossy(bytes.get(self.from..).unwrap_or_default()).into_owned();
        Ok(text.lines().map(ToOwned::to_owned).collect())
    }

    /// The first line that contains all of these words.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be read.
    pub fn line_with(&self, words: &[&str]) -> Result<Option<String>> {
        let lines = self.lines()?;
        Ok(lines
            .into_iter()
            .find(|line| words.iter().all(|word| line.contains(word))))
    }

    /// Waits for a line that contains all of these words.
    ///
    /// # Errors
    ///
    /// Fails if the log has no such line within the limit.
    pub async fn wait_for(&self, words: &[&str], limit: Duration) -> Result<String> {
        let what = format!("a line with {words:?} in {}", self.path.display());
        wait::until(&what, limit, async || self.line_with(words)).await
    }
}
