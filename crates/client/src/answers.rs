// SPDX-License-Identifier: Apache-2.0
//! The checks of a node's answers, without the node.
//!
//! The clients run them on each answer that they receive. The fuzz targets run the same code on
//! foreign bytes.

pub use crate::{
    chain::{runtime_value, ReadProof, SignedBlock},
    grandpa::{decode_finality_proof, decode_justification},
    proved::check_read,
    rpc::{checked_block, checked_entry, places_of, search_step, WantedTag},
};
