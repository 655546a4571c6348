// SPDX-License-Identifier: Apache-2.0
//! The package of trapdoors: the secret part of a grant and of a supplement.

use super::{
    scope::{ScopeLeaf, ScopeOpening, ScopePath, ScopeTree, SlotOpening, SCOPE_LEAVES},
    GrantError,
};
use crate::keywords::Keyword;
use bspp_peks::{
    label_point, Context, DefaultBackend, G1Bytes, G1Point, G2Point, KeywordLabel, LabelVersion,
    MonthLabel, OpenTrapdoor, SearchTrapdoor,
};
use bspp_types::{limits::MAX_LABELS_PER_LEAF, FilingMonth, HospitalId, H256};
use codec::{Decode, DecodeAll, Encode};
use core::fmt;
use rand_core::{CryptoRng, RngCore};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Maximum number of items of a grant: the places of its scope tree.
pub const MAX_GRANT_ITEMS: usize = SCOPE_LEAVES;

/// The checked trapdoors of one keyword.
#[derive(Clone)]
pub struct GrantedLabel {
    /// The keyword as the patient names it.
    ///
    /// Nothing proves that the label belongs to this keyword: only the patient and the hospital can
    /// verify that.
    pub keyword: Keyword,
    /// The label of the keyword.
    pub label: KeywordLabel,
    /// The trapdoor that finds records.
    pub search: SearchTrapdoor,
    /// The trapdoor that opens records. `None` if the requester may find but not read them.
    pub open: Option<OpenTrapdoor>,
}

/// One item of a grant: keywords of one month and label version.
///
/// All of them must be in one entry of a record.
#[derive(Clone)]
pub struct GrantedItem {
    /// The filing month.
    pub filing_month: FilingMonth,
    /// The label version.
    pub version: LabelVersion,
    /// Whether the requester may read the records, in addition to finding them.
    pub may_open: bool,
    /// The keywords.
    pub labels: Vec<GrantedLabel>,
    leaf: ScopeLeaf,
    position: u16,
    path: ScopePath,
}

impl GrantedItem {
    /// The label of keyword `index` with its month.
    pub fn month_label(&self, index: usize) -> Option<MonthLabel> {
        self.labels.get(index).map(|label| MonthLabel {
            filing_month: self.filing_month,
            kw: label.label.clone(),
        })
    }

    /// The evidence for a record, from the openings of its slots in the order of the labels.
    ///
    /// `None` if the number of openings is not the number of labels.
    pub fn scope_opening(&self, slots: Vec<SlotOpening>) -> Option<ScopeOpening> {
        if slots.len() != self.labels.len() {
            return None;
        }
        Some(ScopeOpening {
            leaf: self.leaf.clone(),
            position: self.position,
            path: self.path,
            slots: slots.try_into().ok()?,
        })
    }
}

impl fmt::Debug for GrantedItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GrantedItem")
    }
}

/// The package in its encoded form, which is SCALE.
#[derive(Encode, Decode, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Package {
    /// The secret that fills the empty places of the scope tree.
    pub(crate) fill: [u8; 32],
    pub(crate) search_key: [u8; 48],
    pub(crate) open_key: [u8; 48],
    pub(crate) items: Vec<Item>,
}

/// One item of a package in its encoded form.
#[derive(Encode, Decode, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Item {
    pub(crate) salt: [u8; 32],
    pub(crate) position: u16,
    pub(crate) filing_month: FilingMonth,
    pub(crate) version: LabelVersion,
    pub(crate) may_open: bool,
    pub(crate) labels: Vec<Label>,
}

/// One keyword of an item in its encoded form.
#[derive(Encode, Decode, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Label {
    pub(crate) system: String,
    pub(crate) code: String,
    pub(crate) label: [u8; 32],
    pub(crate) search: [u8; 96],
    pub(crate) open: Option<[u8; 96]>,
}

/// A package in which every trapdoor was checked.
pub(crate) struct CheckedPackage {
    pub(crate) search_key: G1Point,
    pub(crate) open_key: G1Point,
    pub(crate) items: Vec<GrantedItem>,
}

impl Item {
    fn leaf(&self) -> Result<ScopeLeaf, GrantError> {
        let labels: Vec<[u8; 32]> = self.labels.iter().map(|label| label.label).collect();
        Ok(ScopeLeaf {
            salt: self.salt,
            filing_month: self.filing_month,
            labels: labels
                .try_into()
                .map_err(|_| GrantError::InvalidTrapdoors)?,
            may_open: self.may_open,
        })
    }
}

impl Package {
    pub(crate) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(self.encoded_size()));
        self.encode_to(&mut *bytes);
        bytes
    }

    /// The tree over the leaves of all items.
    pub(crate) fn tree(&self) -> Result<ScopeTree, GrantError> {
        let leaves = self
            .items
            .iter()
            .map(|item| Ok((item.position, item.leaf()?.hash())))
            .collect::<Result<Vec<_>, GrantError>>()?;
        ScopeTree::new(&self.fill, &leaves).ok_or(GrantError::InvalidTrapdoors)
    }

    /// Decodes a package, compares its tree with the signed root, and checks every trapdoor.
    ///
    /// All trapdoors are checked together. Only if that fails, each one is checked by itself, in
    /// order to name the wrong one.
    pub(crate) fn check<R: RngCore + CryptoRng + ?Sized>(
        bytes: &[u8],
        (chain, hospital): (&H256, &HospitalId),
        root: &H256,
        rng: &mut R,
    ) -> Result<CheckedPackage, GrantError> {
        let package =
            Self::decode_all(&mut &bytes[..]).map_err(|_| GrantError::InvalidTrapdoors)?;
        if package.items.len() > MAX_GRANT_ITEMS {
            return Err(GrantError::MaxItemsExceeded(package.items.len()));
        }
        if package.items.is_empty() {
            return Err(GrantError::NoKeyword);
        }
        let tree = package.tree()?;
        if tree.root() != *root {
            return Err(GrantError::TrapdoorsMismatch);
        }
        if package.search_key == package.open_key {
            return Err(GrantError::EqualKeys);
        }
        let point = |bytes| G1Bytes(bytes).validate().map_err(GrantError::InvalidPoint);
        let (search_key, open_key) = (point(package.search_key)?, point(package.open_key)?);
        let mut checks = Checks::default();
        let mut items = Vec::with_capacity(package.items.len());
        for item in &package.items {
            let context = Context {
                chain: chain.0,
                hospital: hospital.0,
                filing_month: item.filing_month,
            };
            if item.labels.is_empty() || item.labels.len() > MAX_LABELS_PER_LEAF as usize {
                return Err(GrantError::InvalidTrapdoors);
            }
            let labels = item
                .labels
                .iter()
                .map(|label| {
                    let granted = label.decode(item.may_open)?;
                    let q = label_point::<DefaultBackend>(
                        &context,
                        &search_key,
                        &open_key,
                        &granted.label,
                    );
                    checks.add(&granted, q);
                    Ok(granted)
                })
                .collect::<Result<Vec<_>, GrantError>>()?;
            items.push(GrantedItem {
                filing_month: item.filing_month,
                version: item.version,
                may_open: item.may_open,
                labels,
                leaf: item.leaf()?,
                position: item.position,
                path: tree.path(item.position),
            });
        }
        checks.run(&search_key, &open_key, rng)?;
        Ok(CheckedPackage {
            search_key,
            open_key,
            items,
        })
    }
}

impl Label {
    fn decode(&self, may_open: bool) -> Result<GrantedLabel, GrantError> {
        if self.open.is_some() != may_open {
            return Err(GrantError::InvalidTrapdoors);
        }
        let open = self
            .open
            .as_ref()
            .map(|bytes| OpenTrapdoor::from_bytes(bytes));
        Ok(GrantedLabel {
            keyword: Keyword::new(self.system.clone(), self.code.clone()),
            label: KeywordLabel::from_bytes(self.label),
            search: SearchTrapdoor::from_bytes(&self.search).map_err(GrantError::InvalidPoint)?,
            open: open.transpose().map_err(GrantError::InvalidPoint)?,
        })
    }
}

/// The trapdoors of a package with the points of their labels.
#[derive(Default)]
struct Checks {
    search: Vec<(SearchTrapdoor, G2Point)>,
    open: Vec<(OpenTrapdoor, G2Point)>,
    /// The place in `search` of each element of `open`.
    places: Vec<usize>,
}

impl Checks {
    fn add(&mut self, label: &GrantedLabel, point: G2Point) {
        if let Some(open) = &label.open {
            self.open.push((open.clone(), point.clone()));
            self.places.push(self.search.len());
        }
        self.search.push((label.search.clone(), point));
    }

    /// Checks all trapdoors. The error has the number of the first wrong keyword.
    fn run<R: RngCore + CryptoRng + ?Sized>(
        &self,
        search_key: &G1Point,
        open_key: &G1Point,
        rng: &mut R,
    ) -> Result<(), GrantError> {
        let search: Vec<_> = self.search.iter().map(|(t, q)| (t, q)).collect();
        if !SearchTrapdoor::check_all::<DefaultBackend, R>(&search, search_key, rng) {
            let wrong = search
                .iter()
                .position(|(t, q)| !t.check::<DefaultBackend>(search_key, q));
            return Err(GrantError::TrapdoorMismatch(wrong.unwrap_or_default()));
        }
        let open: Vec<_> = self.open.iter().map(|(t, q)| (t, q)).collect();
        if !OpenTrapdoor::check_all::<DefaultBackend, R>(&open, open_key, rng) {
            let wrong = open
                .iter()
                .position(|(t, q)| !t.check::<DefaultBackend>(open_key, q))
                .and_then(|index| self.places.get(index).copied());
            return Err(GrantError::TrapdoorMismatch(wrong.unwrap_or_default()));
        }
        Ok(())
    }
}
