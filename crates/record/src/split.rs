// SPDX-License-Identifier: Apache-2.0
//! Splits a file into one record for each encounter, and one for the rest.
//!
//! The README of the crate states the rule.

use crate::{
    container::{Payload, PayloadKind, Piece, SourceId, CONTAINER_VERSION},
    fhir::{Document, Facts},
    keywords::Keyword,
};
use bspp_peks::blake2b_256;
use rand_core::{CryptoRng, RngCore};
use std::collections::{BTreeMap, BTreeSet};

/// A record before its encryption.
#[derive(Clone, Debug)]
pub struct PlainRecord {
    /// The content that is encrypted.
    pub payload: Payload,
    /// The distinct keywords, without the reserved keyword.
    pub keywords: BTreeSet<Keyword>,
}

/// Makes a random identifier for a file.
pub fn random_source<R: RngCore + CryptoRng + ?Sized>(rng: &mut R) -> SourceId {
    let mut source = [0u8; 16];
    rng.fill_bytes(&mut source);
    source
}

/// The encounter whose record a resource belongs to.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    Frame,
    /// The encounter at this position of the file's resources.
    Inside(usize),
    /// An encounter that the file names but does not contain.
    Outside(String),
}

/// Splits a document into its records. The frame record comes first.
///
/// The encounters follow in the order of their first resource in the file.
pub fn split(document: &Document<'_>, source: SourceId) -> Vec<PlainRecord> {
    let facts: Vec<&Facts> = document.facts().collect();
    let encounters = Encounters::of(&facts);
    let mut frame = Group::default();
    let mut groups: Vec<(Owner, Group)> = Vec::new();
    let mut places: BTreeMap<Owner, usize> = BTreeMap::new();
    for (index, facts) in facts.iter().enumerate() {
        let owner = encounters.owner(index, facts);
        let group = if owner == Owner::Frame {
            &mut frame
        } else {
            let place = *places.entry(owner.clone()).or_insert(groups.len());
            if place == groups.len() {
                groups.push((owner, Group::default()));
            }
            match groups.get_mut(place) {
                Some((_, group)) => group,
                None => &mut frame,
            }
        };
        group.resources.push(index);
        group.keywords.extend(facts.keywords.iter().cloned());
    }

    frame
        .keywords
        .extend(document.frame_keywords().iter().cloned());
    let count = document.resource_count();
    let kind = PayloadKind::Frame {
        resources: u32::try_from(count).unwrap_or(u32::MAX),
        file_hash: blake2b_256(document.as_bytes()),
    };
    let around =
        (0..=count).filter_map(|index| piece(index.saturating_mul(2), document.frame(index)?));
    let mut records = vec![frame.record(document, source, kind, around.collect())];
    for (owner, group) in groups {
        let reference = match owner {
            Owner::Outside(reference) => reference,
            Owner::Inside(index) => facts
                .get(index)
                .map_or_else(String::new, |f| name(index, f)),
            Owner::Frame => String::new(),
        };
        let kind = PayloadKind::Encounter { reference };
        records.push(group.record(document, source, kind, Vec::new()));
    }
    records
}

/// The name that a record uses for the encounter in resource `index` of the file.
fn name(index: usize, facts: &Facts) -> String {
    match (&facts.id, &facts.full_url) {
        (Some(id), _) => format!("Encounter/{id}"),
        (None, Some(url)) => url.clone(),
        (None, None) => format!("resource {index}"),
    }
}

fn piece(position: usize, text: &str) -> Option<Piece> {
    Some(Piece {
        position: u32::try_from(position).ok()?,
        bytes: text.as_bytes().to_vec(),
    })
}

#[derive(Default)]
struct Group {
    resources: Vec<usize>,
    keywords: BTreeSet<Keyword>,
}

impl Group {
    fn record(
        self,
        document: &Document<'_>,
        source: SourceId,
        kind: PayloadKind,
        mut pieces: Vec<Piece>,
    ) -> PlainRecord {
        pieces.extend(self.resources.into_iter().filter_map(|index| {
            piece(
                index.saturating_mul(2).saturating_add(1),
                document.resource(index)?,
            )
        }));
        pieces.sort_by_key(|piece| piece.position);
        let payload = Payload {
            version: CONTAINER_VERSION,
            source,
            kind,
            pieces,
        };
        PlainRecord {
            payload,
            keywords: self.keywords,
        }
    }
}

/// The encounters of a file, by the names that references may use.
///
/// If several encounters have one name, the first one counts.
struct Encounters<'a> {
    by_url: BTreeMap<&'a str, usize>,
    by_id: BTreeMap<&'a str, usize>,
    /// The encounters of `by_id` whose `fullUrl` does not name a server.
    homeless: BTreeMap<&'a str, usize>,
}

impl<'a> Encounters<'a> {
    fn of(facts: &[&'a Facts]) -> Self {
        let mut found = Self {
            by_url: BTreeMap::new(),
            by_id: BTreeMap::new(),
            homeless: BTreeMap::new(),
        };
        for (index, facts) in facts.iter().enumerate() {
            if facts.resource_type != "Encounter" {
                continue;
            }
            if let Some(url) = &facts.full_url {
                found.by_url.entry(url).or_insert(index);
            }
            if let Some(id) = &facts.id {
                found.by_id.entry(id).or_insert(index);
                if !facts.full_url.as_deref().is_some_and(is_web) {
                    found.homeless.entry(id).or_insert(index);
                }
            }
        }
        found
    }

    fn owner(&self, index: usize, facts: &Facts) -> Owner {
        if facts.resource_type == "Encounter" {
            return Owner::Inside(index);
        }
        facts
            .encounters
            .iter()
            .find_map(|reference| self.resolve(reference))
            .unwrap_or(Owner::Frame)
    }

    /// The encounter that a reference names. `None` if it does not name an encounter.
    fn resolve(&self, reference: &str) -> Option<Owner> {
        let reference = reference.split("/_history/").next().unwrap_or(reference);
        if let Some(index) = self.by_url.get(reference) {
            return Some(Owner::Inside(*index));
        }
        let mut segments = reference.rsplit('/');
        let id = segments.next().filter(|id| is_id(id))?;
        if segments.next() != Some("Encounter") {
            return None;
        }
        let known = if is_web(reference) {
            &self.homeless
        } else {
            &self.by_id
        };
        Some(match known.get(id) {
            Some(index) => Owner::Inside(*index),
            None => Owner::Outside(reference.to_owned()),
        })
    }
}

fn is_web(url: &str) -> bool {
    url.starts_with("http://") || url.starts_with("https://")
}

/// FHIR's `id`: 1 to 64 letters, digits, `-` and `.`.
fn is_id(id: &str) -> bool {
    (1..=64).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.')
}
