// SPDX-License-Identifier: Apache-2.0
//! `grandpa_proveFinality` for chains whose validators have never changed.
//!
//! The SDK's method answers from its list of past authority sets. While the first set is in force,
//! this list is empty, and the method refuses every request as "not covered by authority set
//! changes". In this state the method in this file proves every block with the newest
//! justification. It delegates requests about later sets to the SDK. Its name and the format of its
//! answer are those of the SDK.
//!
//! `finality_prove` gives the same proof without the headers in between, for clients that follow the
//! authority sets from proof to proof. Its size does not depend on the length of a session.

use crate::client::FullBackend;
use bspp_primitives::{Hash, Header, OpaqueBlock};
use bspp_types::BlockNumber;
use codec::Encode;
use jsonrpsee::{core::RpcResult, proc_macros::rpc, types::ErrorObjectOwned};
use polkadot_sdk::{
    sc_client_api::Backend,
    sc_consensus_grandpa::{
        best_justification, FinalityProof, FinalityProofError, FinalityProofProvider,
        SharedAuthoritySet,
    },
    sp_blockchain::HeaderBackend,
    sp_core::Bytes,
};
use std::sync::Arc;

/// The name of the method.
pub const METHOD: &str = "grandpa_proveFinality";
/// Maximum number of headers in one proof.
///
/// A proof over more headers contains the first of them only.
const MAX_HEADERS: usize = 16_384;
/// The SDK's error code for a failed proof.
const PROVE_FINALITY_FAILED: i32 = 4;

/// Proofs of finality.
#[rpc(server)]
pub trait FinalityApi {
    /// The SCALE-encoded `FinalityProof` for a height.
    ///
    /// It contains a justification of that block or a later one, and the headers in between. It is
    /// null if the node does not have such a justification yet. The method fails if the block is
    /// not finalized.
    #[method(name = "grandpa_proveFinality")]
    fn prove_finality(&self, block: BlockNumber) -> RpcResult<Option<Bytes>>;

    /// The proof of `grandpa_proveFinality` without headers.
    ///
    /// It is for the last block of the authority set that finalizes `block`, or for the newest
    /// justified block if that set is still in force.
    #[method(name = "finality_prove")]
    fn prove(&self, block: BlockNumber) -> RpcResult<Option<Bytes>>;
}

/// The implementation of [`FinalityApiServer`] over the node's database.
pub struct Finality {
    /// The database.
    pub backend: Arc<FullBackend>,
    /// The authority set.
    pub authority_set: SharedAuthoritySet<Hash, BlockNumber>,
    /// The SDK's proofs.
    pub proofs: Arc<FinalityProofProvider<FullBackend, OpaqueBlock>>,
}

impl Finality {
    fn proof_of(
        &self,
        block: BlockNumber,
        with_headers: bool,
    ) -> Result<Option<FinalityProof<Header>>, FinalityProofError> {
        if self.authority_set.set_id() != 0 {
            return self.proofs.prove_finality_proof(block, with_headers);
        }
        let blockchain = self.backend.blockchain();
        if blockchain.info().finalized_number < block {
            return Err(FinalityProofError::BlockNotYetFinalized);
        }
        let Some(justification) = best_justification::<_, OpaqueBlock>(&*self.backend)? else {
            return Ok(None);
        };
        let (target, hash) = justification.target();
        if target < block {
            return Ok(None);
        }
        let mut unknown_headers = Vec::new();
        let wanted = if with_headers { MAX_HEADERS } else { 0 };
        for number in (block.saturating_add(1)..=target).take(wanted) {
            let header = blockchain
                .hash(number)?
                .map(|hash| blockchain.header(hash))
                .transpose()?;
            // The node has all blocks up to a finalized one.
            let Some(header) = header.flatten() else {
                return Ok(None);
            };
            unknown_headers.push(header);
        }
        Ok(Some(FinalityProof {
            block: hash,
            justification: justification.encode(),
            unknown_headers,
        }))
    }
}

impl FinalityApiServer for Finality {
    fn prove_finality(&self, block: BlockNumber) -> RpcResult<Option<Bytes>> {
        answer(self.proof_of(block, true))
    }

    fn prove(&self, block: BlockNumber) -> RpcResult<Option<Bytes>> {
        answer(self.proof_of(block, false))
    }
}

fn answer(
    proof: Result<Option<FinalityProof<Header>>, FinalityProofError>,
) -> RpcResult<Option<Bytes>> {
    let proof = proof.map_err(|error| {
        let message = format!("GRANDPA prove finality rpc failed: {error}");
        ErrorObjectOwned::owned(PROVE_FINALITY_FAILED, message, None::<()>)
    })?;
    Ok(proof.map(|proof| proof.encode().into()))
}
