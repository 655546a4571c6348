// SPDX-License-Identifier: Apache-2.0
//! The scope of a grant: the labels that it covers, as leaves of a Merkle tree.
//!
//! The header commits to the root. To get a record, the requester shows the hospital one leaf, and
//! the openings of its labels in the slots of the record (protocol section 8).

use bounded_collections::{BoundedVec, ConstU32};
use bspp_peks::{blake2b_256, blake2b_256_parts, domain, KeywordLabel, LabelOpening, MonthLabel};
use bspp_types::{
    limits::{MAX_LABELS_PER_LEAF, SCOPE_DEPTH},
    Entry, FilingMonth, H256,
};
use codec::{Decode, Encode};
use core::fmt;
use std::collections::BTreeMap;
use zeroize::Zeroize;

/// The number of places in a scope tree.
pub const SCOPE_LEAVES: usize = 1 << SCOPE_DEPTH;

/// The siblings of a leaf, from the leaf upwards.
pub type ScopePath = [H256; SCOPE_DEPTH];

/// One leaf of a scope: labels of one month that must all be in one entry.
///
/// Its `Debug` prints nothing. The labels are erased when dropped.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct ScopeLeaf {
    /// Random bytes, so that nobody can guess a leaf from its hash.
    pub salt: [u8; 32],
    /// The filing month.
    pub filing_month: FilingMonth,
    /// The labels.
    pub labels: BoundedVec<[u8; 32], ConstU32<MAX_LABELS_PER_LEAF>>,
    /// Whether the hospital may give out the record.
    pub may_open: bool,
}

impl ScopeLeaf {
    /// `H(GRANT_LEAF ‖ salt ‖ filing_month ‖ number of labels as u8 ‖ kw ‖ … ‖ may_open as u8)`.
    pub fn hash(&self) -> H256 {
        let mut bytes = domain::GRANT_LEAF.to_vec();
        bytes.extend_from_slice(&self.salt);
        bytes.extend_from_slice(&self.filing_month.to_le_bytes());
        bytes.push(u8::try_from(self.labels.len()).unwrap_or(u8::MAX));
        for label in &self.labels {
            bytes.extend_from_slice(label);
        }
        bytes.push(self.may_open.into());
        let hash = blake2b_256(&bytes);
        bytes.zeroize();
        hash.into()
    }
}

impl Drop for ScopeLeaf {
    fn drop(&mut self) {
        self.salt.zeroize();
        self.labels.iter_mut().for_each(Zeroize::zeroize);
    }
}

impl fmt::Debug for ScopeLeaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ScopeLeaf")
    }
}

/// The tree over the leaves of a scope. It has always [`SCOPE_LEAVES`] places.
///
/// Places without a leaf have pseudo-random hashes, so the number of leaves stays hidden.
pub struct ScopeTree {
    /// The rows from the leaves to the root.
    rows: Vec<Vec<H256>>,
}

fn join(left: &H256, right: &H256) -> H256 {
    blake2b_256_parts(&[domain::GRANT_NODE, &left.0, &right.0]).into()
}

impl ScopeTree {
    /// Builds the tree. `fill` is a random secret of the grant.
    ///
    /// An absent leaf `i` is `H(GRANT_FILL ‖ fill ‖ i as u16 LE)`. `None` if a position is taken
    /// twice or outside the tree.
    pub fn new(fill: &[u8; 32], leaves: &[(u16, H256)]) -> Option<Self> {
        let placed: BTreeMap<u16, H256> = leaves.iter().copied().collect();
        let outside = |position: &u16| usize::from(*position) >= SCOPE_LEAVES;
        if placed.len() != leaves.len() || placed.keys().any(outside) {
            return None;
        }
        let lowest = (0..SCOPE_LEAVES)
            .map(|index| {
                let position = u16::try_from(index).ok()?;
                Some(placed.get(&position).copied().unwrap_or_else(|| {
                    let position = position.to_le_bytes();
                    blake2b_256_parts(&[domain::GRANT_FILL, fill, &position]).into()
                }))
            })
            .collect::<Option<Vec<H256>>>()?;
        let mut rows = vec![lowest];
        for _ in 0..SCOPE_DEPTH {
            let above = rows
                .last()?
                .chunks_exact(2)
                .filter_map(|pair| match pair {
                    [left, right] => Some(join(left, right)),
                    _ => None,
                })
                .collect();
            rows.push(above);
        }
        Some(Self { rows })
    }

    /// The root, which the header of the grant contains.
    pub fn root(&self) -> H256 {
        self.rows
            .last()
            .and_then(|row| row.first())
            .copied()
            .unwrap_or_default()
    }

    /// The path of a place.
    pub fn path(&self, position: u16) -> ScopePath {
        let mut path = ScopePath::default();
        for (level, (row, sibling)) in self.rows.iter().zip(&mut path).enumerate() {
            let place = usize::from(position >> level) ^ 1;
            *sibling = row.get(place).copied().unwrap_or_default();
        }
        path
    }
}

/// Whether a path leads from a leaf at a position to the root.
pub fn verify_path(root: &H256, leaf: H256, position: u16, path: &ScopePath) -> bool {
    if usize::from(position) >= SCOPE_LEAVES {
        return false;
    }
    let mut node = leaf;
    for (level, sibling) in path.iter().enumerate() {
        node = if (position >> level) & 1 == 1 {
            join(sibling, &node)
        } else {
            join(&node, sibling)
        };
    }
    node == *root
}

/// `l_n` for one slot of the record.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct SlotOpening {
    /// Position of the slot in the entry.
    pub slot: u8,
    /// The bytes of the [`LabelOpening`].
    pub opening: [u8; 32],
}

impl Drop for SlotOpening {
    fn drop(&mut self) {
        self.opening.zeroize();
    }
}

impl fmt::Debug for SlotOpening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SlotOpening")
    }
}

/// The evidence that a grant covers a record: a leaf, its path, and the labels of the slots.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct ScopeOpening {
    /// The leaf.
    pub leaf: ScopeLeaf,
    /// The place of the leaf.
    pub position: u16,
    /// The path to the root.
    pub path: ScopePath,
    /// One opening for each label of the leaf, in the order of the labels.
    pub slots: BoundedVec<SlotOpening, ConstU32<MAX_LABELS_PER_LEAF>>,
}

impl fmt::Debug for ScopeOpening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ScopeOpening")
    }
}

impl ScopeOpening {
    /// `H(SCOPE_OPENING ‖` the SCALE encoding`)`. The requester signs it.
    pub fn hash(&self) -> H256 {
        let mut bytes = domain::SCOPE_OPENING.to_vec();
        self.encode_to(&mut bytes);
        let hash = blake2b_256(&bytes);
        bytes.zeroize();
        hash.into()
    }

    /// Whether the leaf belongs to `root`, and every label of it is in a slot of `entry`.
    ///
    /// `filing_month` is that of the entry's batch.
    pub fn covers(&self, root: &H256, entry: &Entry, filing_month: FilingMonth) -> bool {
        let leaf = &self.leaf;
        if leaf.filing_month != filing_month
            || leaf.labels.is_empty()
            || leaf.labels.len() != self.slots.len()
            || !verify_path(root, leaf.hash(), self.position, &self.path)
        {
            return false;
        }
        let mut seen = Vec::with_capacity(self.slots.len());
        leaf.labels.iter().zip(&self.slots).all(|(label, shown)| {
            let month_label = MonthLabel {
                filing_month,
                kw: KeywordLabel::from_bytes(*label),
            };
            let expected = LabelOpening::from_bytes(shown.opening).match_key(&month_label);
            let fresh = !seen.contains(&shown.slot);
            seen.push(shown.slot);
            let registered = entry.slots.get(usize::from(shown.slot));
            fresh && registered.is_some_and(|slot| slot.match_key == expected.public())
        })
    }
}
