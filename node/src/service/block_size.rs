// SPDX-License-Identifier: Apache-2.0
//! The maximum size of the blocks that a node makes.

use crate::client::FullClient;
use bspp_primitives::apis::{ChainApi, ChainKind};
use polkadot_sdk::{sp_api::ProvideRuntimeApi, sp_blockchain::HeaderBackend, *};

/// Maximum size of a block, in bytes.
///
/// It is the limit of the chain's runtime. The SDK's default for a proposer is lower.
///
/// # Errors
///
/// Fails if the kind of chain cannot be read from the runtime.
pub fn maximum(client: &FullClient) -> Result<usize, sp_blockchain::Error> {
    let best = client.info().best_hash;
    Ok(maximum_of(client.runtime_api().kind(best)?))
}

const fn maximum_of(kind: ChainKind) -> usize {
    match kind {
        ChainKind::Consortium => bspp_consortium_runtime::configs::MAX_BLOCK_BYTES as usize,
        ChainKind::Hospital => bspp_hospital_runtime::configs::MAX_BLOCK_BYTES as usize,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use polkadot_sdk::frame_support::dispatch::DispatchClass;

    #[test]
    fn proposer_should_fill_blocks_as_far_as_the_runtime_allows() {
        let consortium =
            <bspp_consortium_runtime::Runtime as frame_system::Config>::BlockLength::get();
        let hospital = <bspp_hospital_runtime::Runtime as frame_system::Config>::BlockLength::get();
        for (kind, length) in [
            (ChainKind::Consortium, consortium),
            (ChainKind::Hospital, hospital),
        ] {
            for class in [DispatchClass::Operational, DispatchClass::Mandatory] {
                let allowed = *length.max.get(class) as usize;
                assert_eq!(maximum_of(kind), allowed, "{kind:?}");
            }
            assert!(maximum_of(kind) > sc_basic_authorship::DEFAULT_BLOCK_SIZE_LIMIT);
        }
    }
}
