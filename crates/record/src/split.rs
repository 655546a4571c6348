// SPDX-License-Identifier: Apache-2.0
//! Splits a file into one record for each encounter, and one for the rest.
//!
//! The README of the crate states the rule.

use crate::{
    container::{
        file_hash, salt, ContainerError, Payload, PayloadKind, Piece, SourceId, CONTAINER_VERSION,
    },
    fhir::{Document, Facts},
    keywords::Keyword,
};
use codec::{DecodeAll, Encode};
use rand_core::{CryptoRng, RngCore};
use std::collections::{BTreeMap, BTreeSet};
use zeroize::Zeroizing;

/// A record before its encryption.
#[derive(Clone, Debug)]
pub struct PlainRecord {
    /// The content that is encrypted.
    pub payload: Payload,
    /// The distinct keywords, without the reserved keyword.
    pub keywords: BTreeSet<Keyword>,
}

impl PlainRecord {
    /// The SCALE encoding, for encrypted storage. It is erased when dropped.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let keywords: Vec<(&str, &str)> = self
            .keywords
            .iter()
            .map(|keyword| (keyword.system(), keyword.code()))
            .collect();
        let payload = self.payload.to_bytes();
        Zeroizing::new((payload.as_slice(), keywords).encode())
    }

    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// `InvalidContainer`, and those of [`Payload::from_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ContainerError> {
        let (payload, keywords) = <(Vec<u8>, Vec<(String, String)>)>::decode_all(&mut &bytes[..])
            .map_err(|_| ContainerError::InvalidContainer)?;
        let payload = Zeroizing::new(payload);
        Ok(Self {
            payload: Payload::from_bytes(&payload)?,
            keywords: keywords
                .into_iter()
                .map(|(system, code)| Keyword::new(system, code))
                .collect(),
        })
    }
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
/// The encounters follow in the order of their first resource in the file. Bytes between two
/// resources of one encounter travel with that encounter, all other bytes around resources with the
/// frame. `rng` draws the salt shares of the file's hash.
pub fn split<R: RngCore + CryptoRng + ?Sized>(
    document: &Document<'_>,
    source: SourceId,
    rng: &mut R,
) -> Vec<PlainRecord> {
    let facts: Vec<&Facts> = document.facts().collect();
    let encounters = Encounters::of(&facts);
    let owners: Vec<Owner> = facts
        .iter()
        .enumerate()
        .map(|(index, facts)| encounters.owner(index, facts))
        .collect();
    // The first group is the frame.
    let mut groups: Vec<(Owner, Group)> = vec![(Owner::Frame, Group::default())];
    let mut places: BTreeMap<&Owner, usize> = BTreeMap::from([(&Owner::Frame, 0)]);
    let mut place_of = |owner, groups: &mut Vec<(Owner, Group)>| {
        let place = *places.entry(owner).or_insert(groups.len());
        if place == groups.len() {
            groups.push((owner.clone(), Group::default()));
        }
        place
    };
    for (index, (owner, facts)) in owners.iter().zip(&facts).enumerate() {
        let place = place_of(owner, &mut groups);
        if let Some((_, group)) = groups.get_mut(place) {
            group.resources.push(index);
            group.keywords.extend(facts.keywords.iter().cloned());
        }
    }
    let count = document.resource_count();
    for index in 0..=count {
        let before = index.checked_sub(1).and_then(|index| owners.get(index));
        let owner = match (before, owners.get(index)) {
            (Some(before), Some(after)) if before == after => before,
            _ => &Owner::Frame,
        };
        let place = place_of(owner, &mut groups);
        if let Some((_, group)) = groups.get_mut(place) {
            group.around.push(index);
        }
    }
    if let Some((_, frame)) = groups.first_mut() {
        let keywords = document.frame_keywords().iter().cloned();
        frame.keywords.extend(keywords);
    }

    let shares: Vec<[u8; 32]> = groups
        .iter()
        .map(|_| {
            let mut share = [0; 32];
            rng.fill_bytes(&mut share);
            share
        })
        .collect();
    let file_hash = file_hash(&salt(&shares), document.as_bytes());
    let records = u32::try_from(groups.len()).unwrap_or(u32::MAX);
    groups
        .into_iter()
        .zip(shares)
        .map(|((owner, group), salt_share)| {
            let kind = match owner {
                Owner::Frame => PayloadKind::Frame {
                    resources: u32::try_from(count).unwrap_or(u32::MAX),
                    records,
                    file_hash,
                },
                Owner::Outside(reference) => PayloadKind::Encounter { reference },
                Owner::Inside(index) => PayloadKind::Encounter {
                    reference: facts
                        .get(index)
                        .map_or_else(String::new, |f| name(index, f)),
                },
            };
            group.record(document, source, salt_share, kind)
        })
        .collect()
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

/// The pieces of one record: its resources, and the gaps that travel with it.
#[derive(Default)]
struct Group {
    resources: Vec<usize>,
    around: Vec<usize>,
    keywords: BTreeSet<Keyword>,
}

impl Group {
    fn record(
        self,
        document: &Document<'_>,
        source: SourceId,
        salt_share: [u8; 32],
        kind: PayloadKind,
    ) -> PlainRecord {
        let around = self
            .around
            .into_iter()
            .filter_map(|index| piece(index.saturating_mul(2), document.frame(index)?));
        let resources = self.resources.into_iter().filter_map(|index| {
            piece(
                index.saturating_mul(2).saturating_add(1),
                document.resource(index)?,
            )
        });
        let mut pieces: Vec<Piece> = around.chain(resources).collect();
        pieces.sort_by_key(|piece| piece.position);
        let payload = Payload {
            version: CONTAINER_VERSION,
            source,
            salt_share,
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
