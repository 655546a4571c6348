// SPDX-License-Identifier: Apache-2.0
//! FHIR R4 JSON as input.
//!
//! A file that is not well-formed, too large or too deep is refused with the place of the fault. A
//! document is split without loss: its resources are slices of the file, and the *frame* is the
//! bytes between them.

mod error;
mod facts;
mod parse;
mod source;

pub use error::{FhirError, Path, Position};
pub use facts::Facts;

use crate::keywords::Keyword;
use core::{fmt, ops::Range};
use std::collections::BTreeSet;

/// Maximum size of a file: 48 MiB. Its ciphertext always fits into the chunks of one record.
pub const MAX_DOCUMENT_BYTES: usize = 48 * 1024 * 1024;
/// Maximum nesting of objects and arrays.
pub const MAX_DEPTH: usize = 100;
/// Maximum number of entries of a Bundle.
pub const MAX_ENTRIES: usize = 65_536;

/// A FHIR file, split into its resources and the frame around them. Borrows the file.
#[derive(Clone)]
pub struct Document<'a> {
    text: &'a str,
    resources: Vec<(Range<usize>, Facts)>,
    frame_keywords: BTreeSet<Keyword>,
}

impl<'a> Document<'a> {
    /// Reads a Bundle or a single resource.
    ///
    /// The resources are those of the outermost Bundle's entries; a Bundle that is itself a
    /// resource of an entry stays whole. A file that is not a Bundle is one resource. The check
    /// covers the structure that splitting needs, not profiles and codes.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, FhirError> {
        parse::document(bytes)
    }

    /// The number of resources.
    pub fn resource_count(&self) -> usize {
        self.resources.len()
    }

    /// The bytes of the resource at `index`, exactly as in the file.
    pub fn resource(&self, index: usize) -> Option<&'a str> {
        self.resources
            .get(index)
            .and_then(|(range, _)| self.text.get(range.clone()))
    }

    /// The bytes before the resource at `index`, or after the last one.
    ///
    /// `index` is in the range from 0 to the number of resources.
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

    /// The facts of each resource, in the order of the file.
    pub fn facts(&self) -> impl Iterator<Item = &Facts> {
        self.resources.iter().map(|(_, facts)| facts)
    }

    /// The keywords of the frame.
    ///
    /// They are codes of the Bundle itself and of its entries outside their resources.
    pub fn frame_keywords(&self) -> &BTreeSet<Keyword> {
        &self.frame_keywords
    }

    /// The distinct patients that the resources of the file are about.
    ///
    /// They are `Patient` resources of the file, and patients that `subject`, `patient` or
    /// `beneficiary` of a resource names. A patient has the form `Patient/<id>`, or is the reference
    /// itself if it names no identifier.
    pub fn subjects(&self) -> BTreeSet<String> {
        let patients: Vec<&Facts> = self
            .facts()
            .filter(|facts| facts.resource_type == "Patient")
            .collect();
        let name = |facts: &Facts| match (&facts.id, &facts.full_url) {
            (Some(id), _) => format!("Patient/{id}"),
            (None, Some(url)) => url.clone(),
            (None, None) => "Patient".to_owned(),
        };
        let mut subjects: BTreeSet<String> = patients.iter().map(|facts| name(facts)).collect();
        for reference in self.facts().flat_map(|facts| &facts.subjects) {
            let reference = reference.split("/_history/").next().unwrap_or(reference);
            let in_file = patients
                .iter()
                .find(|facts| facts.full_url.as_deref() == Some(reference));
            if let Some(facts) = in_file {
                subjects.insert(name(facts));
                continue;
            }
            let mut segments = reference.rsplit('/');
            match (segments.next(), segments.next()) {
                (Some(id), Some("Patient")) => subjects.insert(format!("Patient/{id}")),
                // A group, a device or a location is not a patient.
                (Some(_), Some(_)) => false,
                _ => subjects.insert(reference.to_owned()),
            };
        }
        subjects
    }

    /// The whole file.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    /// All keywords of the file.
    pub fn keywords(&self) -> BTreeSet<Keyword> {
        let resources = self.facts().flat_map(|facts| facts.keywords.iter());
        self.frame_keywords
            .iter()
            .chain(resources)
            .cloned()
            .collect()
    }
}

/// Prints the number of resources, because everything else is health data.
impl fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({} resources)", self.resources.len())
    }
}

/// Prints nothing, because the facts of a resource are health data.
impl fmt::Debug for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Facts")
    }
}
