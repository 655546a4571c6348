// SPDX-License-Identifier: Apache-2.0
//! The keys with which a node authors and finalizes blocks.

use alloc::vec::Vec;
use bspp_primitives::ConformanceId;
use polkadot_sdk::{
    sp_consensus_aura::sr25519::AuthorityId as AuraId,
    sp_consensus_grandpa::AuthorityId as GrandpaId, sp_runtime::impl_opaque_keys,
};

impl_opaque_keys! {
    /// Session keys of a validator, the same type on both chains.
    pub struct SessionKeys {
        /// Authors blocks (sr25519).
        pub aura: AuraId,
        /// Finalizes blocks (ed25519).
        pub grandpa: GrandpaId,
        /// Attests conformance (sr25519).
        pub conf: ConformanceId,
    }
}
