// SPDX-License-Identifier: Apache-2.0
//! GRANDPA finality proofs of a chain, as `bp-header-chain` verifies them.

use crate::{chain::*, error::*};
use bp_header_chain::justification::{
    verify_and_optimize_justification, GrandpaJustification, JustificationVerificationContext,
};
use bspp_primitives::Header;
use codec::{Decode, Encode};
use finality_grandpa::voter_set::VoterSet;
use sp_consensus_grandpa::{AuthorityList, SetId};
use sp_core::{Bytes, H256};

const PROVE: &str = "finality_prove";

/// A justification: precommits of more than two thirds of the voters for one block.
pub type Justification = GrandpaJustification<Header>;

/// A header with the proof that it is finalized.
#[derive(Clone, Debug)]
pub struct FinalityProof {
    /// The header.
    pub header: Header,
    /// The precommits for the header.
    pub justification: Justification,
}

/// The set of voters at some point of a chain.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AuthoritySet {
    /// The number of the set, counted from 0 at genesis.
    pub id: SetId,
    /// The keys and weights of the voters.
    pub authorities: AuthorityList,
}

/// The answer of `finality_prove`.
///
/// It is `FinalityProof` of `sc-consensus-grandpa`, without headers.
#[derive(Decode)]
struct EncodedFinalityProof {
    block: H256,
    justification: Vec<u8>,
    _unknown_headers: Vec<Header>,
}

fn invalid(what: &str, error: impl core::fmt::Display) -> ClientError {
    ClientError::InvalidAnswer {
        what: what.to_owned(),
        reason: error.to_string(),
    }
}

/// The block and the justification in an answer of `finality_prove`.
///
/// # Errors
/// `InvalidAnswer`.
pub fn decode_finality_proof(mut bytes: &[u8]) -> Result<(H256, Justification)> {
    let proof = EncodedFinalityProof::decode(&mut bytes).map_err(|e| invalid(PROVE, e))?;
    let justification = decode_justification(PROVE, &proof.justification)?;
    Ok((proof.block, justification))
}

/// A justification in an answer of `method`, from its SCALE encoding.
///
/// # Errors
/// `InvalidAnswer`.
pub fn decode_justification(method: &str, mut bytes: &[u8]) -> Result<Justification> {
    Justification::decode(&mut bytes).map_err(|e| invalid(method, e))
}

/// Maximum number of headers between the proved block and the blocks that voters named.
const MAX_ANCESTRIES: usize = 1024;

/// Refuses a justification that would take long to verify.
///
/// The time grows with votes and headers together. An honest voter has one vote, or two if it is faulty.
fn check_size(justification: &Justification, set: &AuthoritySet) -> Result<()> {
    let votes = justification.commit.precommits.len();
    let headers = justification.votes_ancestries.len();
    if votes > set.authorities.len().saturating_mul(2) || headers > MAX_ANCESTRIES {
        return Err(ClientError::InvalidJustification(format!(
            "{votes} votes of {} voters with {headers} headers are too many",
            set.authorities.len()
        )));
    }
    Ok(())
}

/// Verifies a proof against a set of voters and minimizes it.
///
/// It removes redundant precommits and headers, which the verifier on the consortium refuses.
///
/// # Errors
/// `InvalidJustification`.
pub fn verify_and_optimize(proof: &mut FinalityProof, set: &AuthoritySet) -> Result<()> {
    check_size(&proof.justification, set)?;
    let voter_set = VoterSet::new(set.authorities.iter().cloned())
        .ok_or_else(|| ClientError::InvalidJustification("the authority set is empty".into()))?;
    let context = JustificationVerificationContext {
        voter_set,
        authority_set_id: set.id,
    };
    verify_and_optimize_justification(
        (proof.header.hash(), proof.header.number),
        &context,
        &mut proof.justification,
    )
    .map_err(|e| ClientError::InvalidJustification(format!("{e:?}")))
}

impl ChainClient {
    /// The finality proof for `number` or a later block.
    ///
    /// If the set of voters of that block has ended, the proof is for the last block of that set,
    /// otherwise for the newest justified block. The result is `None` if the chain has not
    /// finalized that height yet.
    ///
    /// Repeated queries for the height after the last proof give every set change, in order.
    pub async fn prove_finality(&self, number: u32) -> Result<Option<FinalityProof>> {
        let answer: Option<Bytes> = match self.rpc(PROVE, params![number]).await {
            Ok(answer) => answer,
            // The node reports "not yet finalized" as an error.
            Err(ClientError::RpcRefused { message, .. })
                if message.contains("not yet finalized") =>
            {
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let Some(bytes) = answer else { return Ok(None) };
        let (block, justification) = decode_finality_proof(&bytes.0)?;
        let header = self.header(At::Block(block)).await?;
        Ok(Some(FinalityProof {
            header,
            justification,
        }))
    }

    /// The justifications, as GRANDPA makes them.
    pub async fn subscribe_justifications(&self) -> Result<JustificationStream> {
        let inner = self
            .subscribe::<Bytes>(
                "grandpa_subscribeJustifications",
                params![],
                "grandpa_unsubscribeJustifications",
            )
            .await?;
        Ok(JustificationStream {
            client: self.clone(),
            inner: Subscription {
                inner,
                method: "grandpa_subscribeJustifications",
            },
        })
    }

    /// The number of the set of voters that signs the next block.
    pub async fn authority_set_id(&self, at: At) -> Result<SetId> {
        self.runtime_call("GrandpaApi_current_set_id", &[], at)
            .await
    }

    /// The voters that sign the blocks after `block`, up to and including the next set change.
    pub async fn authority_set(&self, block: H256) -> Result<AuthoritySet> {
        let at = At::Block(block);
        Ok(AuthoritySet {
            id: self.authority_set_id(at).await?,
            authorities: self
                .runtime_call("GrandpaApi_grandpa_authorities", &[], at)
                .await?,
        })
    }
}

/// A stream of justifications.
pub struct JustificationStream {
    client: ChainClient,
    inner: Subscription<Bytes>,
}

impl JustificationStream {
    /// The next proof. `None` if the node has ended the stream.
    pub async fn next(&mut self) -> Option<Result<FinalityProof>> {
        let bytes = match self.inner.next().await? {
            Ok(bytes) => bytes,
            Err(error) => return Some(Err(error)),
        };
        Some(self.complete(bytes).await)
    }

    async fn complete(&self, bytes: Bytes) -> Result<FinalityProof> {
        let justification = decode_justification("grandpa_subscribeJustifications", &bytes.0)?;
        let header = self
            .client
            .header(At::Block(justification.commit.target_hash))
            .await?;
        Ok(FinalityProof {
            header,
            justification,
        })
    }
}

impl FinalityProof {
    /// The bytes of the justification.
    pub fn encoded_justification(&self) -> Vec<u8> {
        self.justification.encode()
    }
}
