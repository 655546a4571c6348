// SPDX-License-Identifier: Apache-2.0
//! The reasons for which a file is refused, with their places in the file.

use core::fmt;

/// A place in a file: byte offset from 0, line and column from 1. Columns count bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The number of bytes before the place.
    pub offset: usize,
    /// The line, from 1.
    pub line: usize,
    /// The byte in the line, from 1.
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

/// A place in a FHIR document: a property path of a Bundle, as in `entry[3].resource`.
///
/// The path of the whole document is empty.
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

/// The reasons for which a file is not FHIR JSON that can be stored.
///
/// No variant contains content of the file, only places in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FhirError {
    /// The file has no bytes.
    #[error("InvalidDocument: the file is empty")]
    Empty,
    /// The file is larger than [`super::MAX_DOCUMENT_BYTES`].
    #[error("MaxDocumentBytesExceeded: the file has {size} bytes; the maximum is {max}")]
    MaxDocumentBytesExceeded {
        /// The size of the file, in bytes.
        size: usize,
        /// Maximum size, in bytes.
        max: usize,
    },
    /// The file is not UTF-8, or begins with a byte order mark.
    #[error("InvalidEncoding: {reason}, at {position}")]
    InvalidEncoding {
        /// The first wrong byte.
        position: Position,
        /// The fault.
        reason: &'static str,
    },
    /// Objects and arrays are nested deeper than [`super::MAX_DEPTH`].
    #[error("MaxDepthExceeded: more than {max} nested objects and arrays, at {position}")]
    MaxDepthExceeded {
        /// The bracket that is too deep.
        position: Position,
        /// Maximum depth.
        max: usize,
    },
    /// The file is not JSON.
    #[error("InvalidJson: {path}: {reason}, at {position}")]
    InvalidJson {
        /// The place where the reader stopped.
        position: Position,
        /// The part that was read.
        path: Path,
        /// The expectation of the reader. It does not contain content of the file.
        reason: String,
    },
    /// The file is JSON but not FHIR.
    #[error("InvalidFhir: {path}: {reason}, at {position}")]
    InvalidFhir {
        /// The place where the wrong value begins.
        position: Position,
        /// The part that is wrong.
        path: Path,
        /// The fault.
        reason: &'static str,
    },
    /// The Bundle has more entries than [`super::MAX_ENTRIES`].
    #[error("MaxEntriesExceeded: the Bundle has {count} entries; the maximum is {max}")]
    MaxEntriesExceeded {
        /// The number of entries of the Bundle.
        count: usize,
        /// Maximum number of entries.
        max: usize,
    },
}
