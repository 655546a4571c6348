// SPDX-License-Identifier: Apache-2.0
//! The label of a medium: its identifier, and those of the media beside it.

use codec::{Decode, Encode};
use std::collections::BTreeSet;

/// The identifier of a medium.
pub(super) type MediumId = [u8; 32];

/// The identifier of a medium, and those of the media with which it was last used.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) struct Label {
    /// The medium.
    pub id: MediumId,
    /// All media, this one included.
    pub set: BTreeSet<MediumId>,
}
