// SPDX-License-Identifier: Apache-2.0
//! What the rules of splitting and of keywords need to know of a resource.

use super::json::Json;
use crate::keywords::{self, Keyword};
use std::collections::BTreeSet;

/// What is known of one resource of a document.
#[derive(Clone)]
pub struct Facts {
    pub(crate) resource_type: String,
    pub(crate) id: Option<String>,
    pub(crate) full_url: Option<String>,
    pub(crate) encounters: Vec<String>,
    pub(crate) keywords: BTreeSet<Keyword>,
}

impl Facts {
    /// Facts of a resource that stands in the document under `full_url`. `None` if it has no text `resourceType`.
    pub(crate) fn of(resource: &Json, full_url: Option<String>) -> Option<Self> {
        Some(Self {
            resource_type: resource.text("resourceType")?.to_owned(),
            id: resource.text("id").map(str::to_owned),
            full_url,
            encounters: encounter_references(resource),
            keywords: keywords::of(resource),
        })
    }
}

/// References that name the resource's encounter, in the order in which they are tried: `encounter`, `context`,
/// `context.encounter`, then each `item[].encounter`. Each place may hold one reference or an array of them.
fn encounter_references(resource: &Json) -> Vec<String> {
    let places = [
        resource.get("encounter"),
        resource.get("context"),
        resource
            .get("context")
            .and_then(|context| context.get("encounter")),
    ];
    let items = resource.get("item").map_or(&[][..], Json::elements);
    places
        .into_iter()
        .flatten()
        .chain(items.iter().filter_map(|item| item.get("encounter")))
        .flat_map(Json::elements)
        .filter_map(|reference| reference.text("reference"))
        .map(str::to_owned)
        .collect()
}
