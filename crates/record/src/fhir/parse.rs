// SPDX-License-Identifier: Apache-2.0
//! Parses bytes into a [`Document`].

use super::{
    error::{FhirError, Path, Position},
    facts::Facts,
    source::{check_depth, Source},
    Document, MAX_DEPTH, MAX_DOCUMENT_BYTES, MAX_ENTRIES,
};
use crate::{
    json::Json,
    keywords::{self, Keyword},
};
use core::ops::Range;
use std::collections::{BTreeMap, BTreeSet};

/// The parts of one entry of a Bundle.
struct EntryParts {
    resource: Option<(Range<usize>, Facts)>,
    keywords: BTreeSet<Keyword>,
}

pub(super) fn document(bytes: &[u8]) -> Result<Document<'_>, FhirError> {
    let text = decode(bytes)?;
    check_depth(bytes, MAX_DEPTH)?;
    let source = Source { text };
    let root = Path::default();
    let properties = source.object(text, &root)?;
    let whole = text.trim_matches([' ', '\t', '\n', '\r']);
    let resource_type = properties.iter().find(|(name, _)| name == "resourceType");
    let Some((_, resource_type)) = resource_type else {
        return Err(source.invalid(whole, &root, "resourceType is missing"));
    };
    let Json::Text(resource_type) = source.json(resource_type.get(), &root)? else {
        return Err(source.invalid(whole, &root, "resourceType is not a text"));
    };
    if resource_type != "Bundle" {
        let resource = read_resource(&source, whole, &root, None)?;
        return Ok(Document {
            text,
            resources: vec![resource],
            frame_keywords: BTreeSet::new(),
        });
    }

    let mut resources = Vec::new();
    let mut frame = BTreeMap::new();
    let mut frame_keywords = BTreeSet::new();
    for (name, value) in properties {
        let path = root.child(&printable(&name));
        if name == "entry" {
            let entries = source.array(value.get(), &path)?;
            if entries.len() > MAX_ENTRIES {
                return Err(FhirError::MaxEntriesExceeded {
                    count: entries.len(),
                    max: MAX_ENTRIES,
                });
            }
            for (index, entry) in entries.into_iter().enumerate() {
                let parts = read_entry(&source, entry.get(), &Path::entry(index))?;
                resources.extend(parts.resource);
                frame_keywords.extend(parts.keywords);
            }
        } else {
            frame.insert(name, source.json(value.get(), &path)?);
        }
    }
    frame_keywords.extend(keywords::of(&Json::Object(frame)));
    check_reserved(&source, text, &root, &frame_keywords)?;
    Ok(Document {
        text,
        resources,
        frame_keywords,
    })
}

fn decode(bytes: &[u8]) -> Result<&str, FhirError> {
    if bytes.is_empty() {
        return Err(FhirError::Empty);
    }
    if bytes.len() > MAX_DOCUMENT_BYTES {
        let (size, max) = (bytes.len(), MAX_DOCUMENT_BYTES);
        return Err(FhirError::MaxDocumentBytesExceeded { size, max });
    }
    let invalid = |offset, reason| FhirError::InvalidEncoding {
        position: Position::at(bytes, offset),
        reason,
    };
    let text = core::str::from_utf8(bytes).map_err(|e| invalid(e.valid_up_to(), "not UTF-8"))?;
    if text.starts_with('\u{feff}') {
        return Err(invalid(0, "a byte order mark, which JSON must not have"));
    }
    Ok(text)
}

fn read_entry<'a>(
    source: &Source<'a>,
    part: &'a str,
    path: &Path,
) -> Result<EntryParts, FhirError> {
    let mut rest = BTreeMap::new();
    let mut resource = None;
    for (name, value) in source.object(part, path)? {
        if name == "resource" {
            resource = Some(value.get());
        } else {
            let path = path.child(&printable(&name));
            rest.insert(name, source.json(value.get(), &path)?);
        }
    }
    let rest = Json::Object(rest);
    let full_url = match rest.get("fullUrl") {
        None => None,
        Some(Json::Text(url)) => Some(url.clone()),
        Some(_) => return Err(source.invalid(part, &path.child("fullUrl"), "is not a text")),
    };
    let keywords = keywords::of(&rest);
    check_reserved(source, part, path, &keywords)?;
    let resource = resource
        .map(|part| read_resource(source, part, &path.child("resource"), full_url))
        .transpose()?;
    Ok(EntryParts { resource, keywords })
}

fn read_resource(
    source: &Source<'_>,
    part: &str,
    path: &Path,
    full_url: Option<String>,
) -> Result<(Range<usize>, Facts), FhirError> {
    let json = source.json(part, path)?;
    let reason = match (&json, json.get("resourceType")) {
        (Json::Object(_), None) => "resourceType is missing",
        (Json::Object(_), Some(_)) => "resourceType is not a text",
        _ => "must be an object",
    };
    let facts = Facts::of(&json, full_url).ok_or_else(|| source.invalid(part, path, reason))?;
    check_reserved(source, part, path, &facts.keywords)?;
    let start = source.offset_of(part);
    Ok((start..start.saturating_add(part.len()), facts))
}

/// Refuses codes that would look like a reserved keyword.
fn check_reserved(
    source: &Source<'_>,
    part: &str,
    path: &Path,
    found: &BTreeSet<Keyword>,
) -> Result<(), FhirError> {
    if found.iter().any(keywords::is_reserved) {
        return Err(source.invalid(part, path, "uses the reserved code system urn:bspp:slot"));
    }
    Ok(())
}

/// Returns a name that FHIR defines, or a placeholder: other names could be a person's.
fn printable(name: &str) -> String {
    const KNOWN: [&str; 14] = [
        "id",
        "meta",
        "implicitRules",
        "language",
        "identifier",
        "type",
        "timestamp",
        "total",
        "link",
        "entry",
        "signature",
        "fullUrl",
        "request",
        "response",
    ];
    if KNOWN.contains(&name) || name == "search" {
        name.to_owned()
    } else {
        "<unknown property>".to_owned()
    }
}
