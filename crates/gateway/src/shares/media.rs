// SPDX-License-Identifier: Apache-2.0
//! The media of the shares, each with an identifier.
//!
//! A medium that is not mounted looks like an empty folder. So a gateway in use refuses an empty
//! medium, and a medium of another set, unless the operator admits them.

use super::{
    label::{Label, MediumId},
    medium::Medium,
};
use crate::error::{GatewayError, Result};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// A configured folder, with the medium if it has one.
#[derive(Debug)]
struct Place {
    folder: PathBuf,
    medium: Option<Medium>,
    label: Option<Label>,
    has_content: bool,
}

/// The media as they were found at a start. Nothing is changed or created yet.
#[derive(Debug)]
pub(crate) struct Media(Vec<Place>);

impl Place {
    fn find(folder: &Path) -> Result<Self> {
        let medium = Medium::find(folder)?;
        let (mut label, mut has_content) = (None, false);
        if let Some(medium) = &medium {
            label = medium.label()?;
            has_content = medium.has_content()?;
        }
        Ok(Self {
            folder: folder.to_owned(),
            medium,
            label,
            has_content,
        })
    }
}

impl Media {
    /// Looks for the media in these folders.
    ///
    /// # Errors
    /// `DataDirInUse`, `SharesFailed`.
    pub(crate) fn find(folders: &[PathBuf]) -> Result<Self> {
        let places = folders.iter().map(|folder| Place::find(folder));
        Ok(Self(places.collect::<Result<_>>()?))
    }

    /// Whether one of the media has a share, which a vault key sealed.
    pub(crate) fn hold_shares(&self) -> Result<bool> {
        for medium in self.found() {
            if medium.sealed_sample()?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The media that exist.
    pub(super) fn found(&self) -> impl Iterator<Item = &Medium> {
        self.0.iter().filter_map(|place| place.medium.as_ref())
    }

    /// The identifiers of all media. `None` if one has none, or two have the same.
    fn ids(&self) -> Option<BTreeSet<MediumId>> {
        let ids: Option<BTreeSet<_>> = self
            .0
            .iter()
            .map(|place| place.label.as_ref().map(|label| label.id))
            .collect();
        ids.filter(|ids| ids.len() == self.0.len())
    }

    /// Refuses media that are not those of the last start.
    ///
    /// `known` is what the outbox remembers of them. Media without any content are those of a first
    /// start, and media of an earlier version have no identifiers.
    ///
    /// # Errors
    /// `ShareMediumMismatch`.
    pub(crate) fn check(&self, known: Option<&BTreeSet<MediumId>>) -> Result<()> {
        let is_first = known.is_none() && self.0.iter().all(|place| !place.has_content);
        let is_unlabelled = known.is_none()
            && self
                .0
                .iter()
                .all(|place| place.has_content && place.label.is_none());
        if is_first || is_unlabelled {
            return Ok(());
        }
        let labels = || self.0.iter().filter_map(|place| place.label.as_ref());
        if let Some(ids) = self.ids() {
            let fits = match known {
                Some(known) => *known == ids,
                // The outbox is new: the media themselves know.
                None => labels().any(|label| label.set == ids),
            };
            if fits {
                return Ok(());
            }
        }
        let expected = known.or_else(|| labels().next().map(|label| &label.set));
        Err(GatewayError::ShareMedium(self.mismatch(expected)))
    }

    /// The first fault of the media, for people.
    fn mismatch(&self, expected: Option<&BTreeSet<MediumId>>) -> String {
        let is_empty = |place: &&Place| place.label.is_none() && !place.has_content;
        if let Some(empty) = self.0.iter().find(is_empty) {
            return format!(
                "the folder {} has no shares: its medium may not be mounted",
                empty.folder.display()
            );
        }
        let mut seen = BTreeSet::new();
        for place in &self.0 {
            let folder = place.folder.display();
            let Some(label) = &place.label else {
                return format!("the medium in {folder} has shares, but no identifier");
            };
            if !seen.insert(label.id) {
                return format!("the medium in {folder} is a copy of another one");
            }
            if expected.is_some_and(|set| !set.contains(&label.id)) {
                return format!("the medium in {folder} is not one of this gateway's");
            }
        }
        let count = expected.map_or(0, BTreeSet::len);
        format!(
            "share_dirs names {} media, and the gateway used {count}",
            self.0.len()
        )
    }

    /// Makes the media that do not exist, and gives all of them their identifiers.
    ///
    /// # Errors
    /// `DataDirInUse`, `SharesFailed`.
    pub(super) fn label(self) -> Result<(Vec<Medium>, BTreeSet<MediumId>)> {
        let mut set = BTreeSet::new();
        let mut media = Vec::with_capacity(self.0.len());
        for place in self.0 {
            let medium = match place.medium {
                Some(medium) => medium,
                None => Medium::create(&place.folder)?,
            };
            // A copy of another medium becomes one of its own.
            let known = place.label.map(|label| label.id);
            let id = match known {
                Some(id) if !set.contains(&id) => id,
                _ => rand::random::<MediumId>(),
            };
            set.insert(id);
            media.push((medium, id));
        }
        for (medium, id) in &media {
            let label = Label {
                id: *id,
                set: set.clone(),
            };
            if medium.label()?.as_ref() != Some(&label) {
                medium.set_label(&label)?;
            }
        }
        let media = media.into_iter().map(|(medium, _)| medium).collect();
        Ok((media, set))
    }
}
