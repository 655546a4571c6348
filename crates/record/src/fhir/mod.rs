// SPDX-License-Identifier: Apache-2.0
//! FHIR R4 JSON at the door: what is not well-formed, or too large or deep, is refused with its place.
//!
//! A document is cut without loss: its resources are slices of the file, the *frame* is every byte between them.

mod error;
mod facts;
mod json;
mod parse;

pub use error::{FhirError, Path, Position};
pub use facts::Facts;
pub(crate) use json::Json;

use crate::keywords::Keyword;
use core::{fmt, ops::Range};
use std::collections::BTreeSet;

/// Bytes of a file at most: 48 MiB. Whatever its content, its ciphertext fits the chunks of one record.
pub const MAX_DOCUMENT_BYTES: usize = 48 * 1024 * 1024;
/// Objects and arrays in each other at most.
pub const MAX_DEPTH: usize = 100;
/// Entries of a Bundle at most.
pub const MAX_ENTRIES: usize = 65_536;

/// A FHIR file, cut into its resources and the frame around them. Borrows the file.
#[derive(Clone)]
pub struct Document<'a> {
    text: &'a str,
    resources: Vec<(Range<usize>, Facts)>,
    frame_keywords: BTreeSet<Keyword>,
}

impl<'a> Document<'a> {
    /// Reads a Bundle or a single resource.
    ///
    /// Resources are those of the outermost Bundle's entries; a Bundle that is itself a resource of an entry stays whole. A
    /// file that is no Bundle is one resource. Structure is checked as far as cutting needs it: profiles and codes are not.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, FhirError> {
        parse::document(bytes)
    }

    /// How many resources there are.
    pub fn resource_count(&self) -> usize {
        self.resources.len()
    }

    /// The bytes of the resource at `index`, exactly as in the file.
    pub fn resource(&self, index: usize) -> Option<&'a str> {
        self.resources
            .get(index)
            .and_then(|(range, _)| self.text.get(range.clone()))
    }

    /// The bytes before the resource at `index`, or after the last one: `index` runs from 0 to the number of resources.
    pub fn frame(&self, index: usize) -> Option<&'a str> {
        let start = match index.checked_sub(1) {
            None => 0,
            Some(previous) => self.resources.get(previous)?.0.end,
        };
        let end = match self.resources.get(index) {
            Some((range, _)) => range.start,
            None => self.text.len(),
        };
        self.text.get(start..end)
    }

    /// What is known of each resource, in the file's order.
    pub fn facts(&self) -> impl Iterator<Item = &Facts> {
        self.resources.iter().map(|(_, facts)| facts)
    }

    /// Keywords of the frame: codes of the Bundle itself and of its entries outside their resources.
    pub fn frame_keywords(&self) -> &BTreeSet<Keyword> {
        &self.frame_keywords
    }

    /// The whole file.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    /// Every keyword of the file.
    pub fn keywords(&self) -> BTreeSet<Keyword> {
        let resources = self.facts().flat_map(|facts| facts.keywords.iter());
        self.frame_keywords
            .iter()
            .chain(resources)
            .cloned()
            .collect()
    }
}

/// Prints the number of resources: everything else is health data.
impl fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({} resources)", self.resources.len())
    }
}

/// Prints nothing: a resource's facts are health data.
impl fmt::Debug for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Facts")
    }
}
