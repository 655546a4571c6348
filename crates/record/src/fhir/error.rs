// SPDX-License-Identifier: Apache-2.0
//! Why a file is refused, and where in it.

use core::fmt;

/// A place in a file: byte offset from 0, line and column from 1. Columns count bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Bytes before the place.
    pub offset: usize,
    /// Line, from 1.
    pub line: usize,
    /// Byte in the line, from 1.
    pub column: usize,
}

impl Position {
    /// The position of the byte at `offset`.
    pub fn at(bytes: &[u8], offset: usize) -> Self {
        let before = bytes.get(..offset).unwrap_or(bytes);
        let line_start = before
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |i| i.saturating_add(1));
        Self {
            offset,
            line: before
                .iter()
                .filter(|byte| **byte == b'\n')
                .count()
                .saturating_add(1),
            column: before.len().saturating_sub(line_start).saturating_add(1),
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "byte {} (line {}, column {})",
            self.offset, self.line, self.column
        )
    }
}

/// A place in a FHIR document: the property path of a Bundle, as in `entry[3].resource`. Empty for the whole document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path(pub(crate) String);

impl Path {
    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `entry[index]`.
    pub(crate) fn entry(index: usize) -> Self {
        Self(format!("entry[{index}]"))
    }

    /// A property of this place.
    pub(crate) fn child(&self, name: &str) -> Self {
        Self(if self.0.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.0)
        })
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() {
            "document"
        } else {
            &self.0
        })
    }
}

/// Why a file is no FHIR JSON that can be stored. No variant carries content of the file, only places in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FhirError {
    /// The file has no bytes.
    #[error("InvalidDocument: the file is empty")]
    Empty,
    /// The file is larger than [`super::MAX_DOCUMENT_BYTES`].
    #[error("MaxDocumentBytesExceeded: the file has {size} bytes; at most {max} are taken")]
    MaxDocumentBytesExceeded {
        /// Bytes of the file.
        size: usize,
        /// Bytes allowed.
        max: usize,
    },
    /// The file is not UTF-8, or begins with a byte order mark.
    #[error("InvalidEncoding: {reason}, at {position}")]
    InvalidEncoding {
        /// The first wrong byte.
        position: Position,
        /// What is wrong.
        reason: &'static str,
    },
    /// Objects and arrays stand in each other deeper than [`super::MAX_DEPTH`].
    #[error("MaxDepthExceeded: more than {max} objects and arrays in each other, at {position}")]
    MaxDepthExceeded {
        /// The bracket that is too deep.
        position: Position,
        /// Depth allowed.
        max: usize,
    },
    /// The file is not JSON.
    #[error("InvalidJson: {path}: {reason}, at {position}")]
    InvalidJson {
        /// Where reading stopped.
        position: Position,
        /// The part being read.
        path: Path,
        /// What the reader expected. Names no content.
        reason: String,
    },
    /// The file is JSON and not FHIR.
    #[error("InvalidFhir: {path}: {reason}, at {position}")]
    InvalidFhir {
        /// Where the wrong value begins.
        position: Position,
        /// The part that is wrong.
        path: Path,
        /// What is wrong.
        reason: &'static str,
    },
    /// The Bundle has more entries than [`super::MAX_ENTRIES`].
    #[error("MaxEntriesExceeded: the Bundle has {count} entries; at most {max} are taken")]
    MaxEntriesExceeded {
        /// Entries of the Bundle.
        count: usize,
        /// Entries allowed.
        max: usize,
    },
}
