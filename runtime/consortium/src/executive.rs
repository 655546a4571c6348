// SPDX-License-Identifier: Apache-2.0
//! The executive of this release.

use crate::{release::HookedPallets, Block, Runtime};
use polkadot_sdk::{frame_executive, frame_system};

/// Dispatches extrinsics to the pallets.
pub type Executive = frame_executive::Executive<
    Runtime,
    Block,
    frame_system::ChainContext<Runtime>,
    Runtime,
    HookedPallets,
>;
