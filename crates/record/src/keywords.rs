// SPDX-License-Identifier: Apache-2.0
//! Keywords: the coded concepts of a record.
//!
//! A keyword is every JSON object that has both a text `system` and a text `code`, at any depth, contained resources and
//! nested Bundles included. Left out are amounts: objects that also have a `value`, and the unit system
//! `http://unitsofmeasure.org`. Texts are taken as they stand, after JSON's escapes are undone.

use crate::fhir::Json;
use bspp_peks::label::IDENTITY_SYSTEM;
pub use bspp_peks::Keyword;
use std::collections::BTreeSet;

/// Code system of units, which are no keywords.
pub const UNITS_SYSTEM: &str = "http://unitsofmeasure.org";
/// Distinct keywords of a record at most: 64 entries of 63 each.
pub const MAX_KEYWORDS: usize = 64 * 63;

/// Whether no file may use this keyword: it would pass for one that the protocol adds.
pub(crate) fn is_reserved(keyword: &Keyword) -> bool {
    keyword.system() == IDENTITY_SYSTEM
}

/// Distinct keywords of a value.
pub(crate) fn of(value: &Json) -> BTreeSet<Keyword> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![value];
    while let Some(value) = waiting.pop() {
        match value {
            Json::Object(properties) => {
                found.extend(coded(value));
                waiting.extend(properties.values());
            }
            Json::Array(elements) => waiting.extend(elements),
            Json::Text(_) | Json::Other => {}
        }
    }
    found
}

fn coded(object: &Json) -> Option<Keyword> {
    let (system, code) = (object.text("system")?, object.text("code")?);
    if object.get("value").is_some() || system == UNITS_SYSTEM {
        return None;
    }
    Some(Keyword::new(system, code))
}
