// SPDX-License-Identifier: Apache-2.0
//! Keywords: the coded concepts of a record.
//!
//! A keyword is every JSON object that has both a text `system` and a text `code`, at any depth,
//! including contained resources and nested Bundles. Quantities are excluded: objects that also
//! have a `value`, and the unit system `http://unitsofmeasure.org`. Texts are used without change
//! after JSON's escapes are decoded.

use crate::{json::Json, slots::KEYWORDS_PER_ENTRY};
use bspp_peks::label::IDENTITY_SYSTEM;
pub use bspp_peks::Keyword;
use std::collections::BTreeSet;

/// The code system of units, which are not keywords.
pub const UNITS_SYSTEM: &str = "http://unitsofmeasure.org";
/// Maximum number of distinct keywords of a record: those of 64 entries.
pub const MAX_KEYWORDS: usize = 64 * KEYWORDS_PER_ENTRY;

/// Whether files must not use this keyword, because it would look like one of the protocol.
pub(crate) fn is_reserved(keyword: &Keyword) -> bool {
    keyword.system() == IDENTITY_SYSTEM
}

/// The distinct keywords of a value.
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
