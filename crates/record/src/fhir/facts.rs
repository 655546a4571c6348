// SPDX-License-Identifier: Apache-2.0
//! The facts of a resource that the rules of splitting and of keywords need.

use crate::{
    json::Json,
    keywords::{self, Keyword},
};
use std::collections::BTreeSet;

/// The facts of one resource of a document.
#[derive(Clone)]
pub struct Facts {
    pub(crate) resource_type: String,
    pub(crate) id: Option<String>,
    pub(crate) full_url: Option<String>,
    pub(crate) encounters: Vec<String>,
    pub(crate) subjects: Vec<String>,
    pub(crate) keywords: BTreeSet<Keyword>,
}

impl Facts {
    /// The facts of a resource with this `fullUrl`. `None` if it has no text `resourceType`.
    pub(crate) fn of(resource: &Json, full_url: Option<String>) -> Option<Self> {
        Some(Self {
            resource_type: resource.text("resourceType")?.to_owned(),
            id: resource.text("id").map(str::to_owned),
            full_url,
            encounters: encounter_references(resource),
            subjects: subject_references(resource),
            keywords: keywords::of(resource),
        })
    }
}

/// The references that name the resource's encounter, in the order in which they are tried.
///
/// They are `encounter`, `context`, `context.encounter`, then each `item[].encounter`. Each
/// property may have one reference or an array of them.
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

/// The references that may name the patient of a resource.
fn subject_references(resource: &Json) -> Vec<String> {
    ["subject", "patient", "beneficiary"]
        .into_iter()
        .filter_map(|place| resource.get(place))
        .flat_map(Json::elements)
        .filter_map(|reference| reference.text("reference"))
        .map(str::to_owned)
        .collect()
}
