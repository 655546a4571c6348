// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used))]

pub mod anchor;
pub mod conformance;
pub mod hex_bytes;
pub mod phi;
pub mod scale_hex;
pub mod search;

pub use anchor::{AnchorStatus, NotedAnchor};
pub use conformance::{AttestationStatus, AuthorStatus, ConformanceStatus, EvidenceStatus};
pub use hex_bytes::HexBytes;
pub use phi::{
    IndexStatus, ListedBlock, ListedEntry, ListedTag, LocatedEntry, TagBucket, WholeBlock,
    MAX_LISTED_BLOCKS, MAX_PREFIX_BITS, MIN_BUCKET_TAGS,
};
pub use search::{
    FoundRecord, SearchEvent, SearchParams, SearchProgress, SearchQuery, SearchSummary, MAX_QUERIES,
};
