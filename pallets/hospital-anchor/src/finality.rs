// SPDX-License-Identifier: Apache-2.0
//! Verification of finality proofs and changes of authorities. It does not access storage.

use crate::{types::Justification, Config, Error};
use bp_header_chain::{
    justification::{
        verify_justification, JustificationVerificationContext,
        JustificationVerificationError as Verdict, PrecommitError,
    },
    AuthoritySet,
};
use bspp_primitives::Header;
use bspp_types::BlockNumber;
use sp_consensus_grandpa::{
    AuthorityId, AuthorityList, AuthorityWeight, ConsensusLog, GRANDPA_ENGINE_ID,
};
use sp_runtime::{
    generic::OpaqueDigestItemId,
    traits::{Header as _, Zero},
};

/// Checks that `justification` proves that `set` finalized `header`.
///
/// The justification must be minimal. The check refuses votes beyond the threshold and unused
/// headers, so that a relayer cannot make the chain do unnecessary work.
pub(crate) fn verify<T: Config>(
    header: &Header,
    justification: &Justification,
    set: AuthoritySet,
) -> Result<(), Error<T>> {
    let context = JustificationVerificationContext::try_from(set)
        .map_err(|_| Error::<T>::InvalidAuthorities)?;
    verify_justification((header.hash(), *header.number()), &context, justification)
        .map_err(refusal::<T>)
}

fn refusal<T: Config>(verdict: Verdict) -> Error<T> {
    match verdict {
        Verdict::InvalidAuthorityList => Error::InvalidAuthorities,
        Verdict::InvalidJustificationTarget => Error::TargetMismatch,
        Verdict::DuplicateVotesAncestries | Verdict::RedundantVotesAncestries => {
            Error::InvalidAncestries
        }
        Verdict::TooLowCumulativeWeight => Error::InsufficientVotes,
        Verdict::Precommit(PrecommitError::RedundantAuthorityVote) => Error::RedundantVote,
        Verdict::Precommit(PrecommitError::UnknownAuthorityVote) => Error::InvalidVoter,
        Verdict::Precommit(PrecommitError::DuplicateAuthorityVote) => Error::DuplicateVote,
        Verdict::Precommit(PrecommitError::InvalidAuthoritySignature) => {
            Error::InvalidVoteSignature
        }
        Verdict::Precommit(PrecommitError::UnrelatedAncestryVote) => Error::InvalidVoteTarget,
    }
}

/// The authorities that sign after `header`, if it changes them.
///
/// The function accepts only one scheduled change without delay, which takes effect with this
/// header. A forced change does not follow from finality and needs the council. Like GRANDPA's own
/// light clients, the function ignores signals that do not change the set (a disabled voter, pause,
/// resume).
pub(crate) fn authority_change<T: Config>(
    header: &Header,
) -> Result<Option<AuthorityList>, Error<T>> {
    let id = OpaqueDigestItemId::Consensus(&GRANDPA_ENGINE_ID);
    let mut next = None;
    for item in header.digest().logs() {
        match item.try_to::<ConsensusLog<BlockNumber>>(id) {
            Some(ConsensusLog::ScheduledChange(change)) => {
                let first = next.replace(change.next_authorities).is_none();
                if !first || !change.delay.is_zero() {
                    return Err(Error::InvalidAuthorityChange);
                }
            }
            Some(ConsensusLog::ForcedChange(..)) => return Err(Error::InvalidAuthorityChange),
            Some(
                ConsensusLog::OnDisabled(_) | ConsensusLog::Pause(_) | ConsensusLog::Resume(_),
            )
            | None => {}
        }
    }
    Ok(next)
}

/// Whether these voters can finalize.
///
/// There is at least one voter, no voter occurs twice, no weight is zero, and the sum of the
/// weights does not overflow.
pub(crate) fn is_valid_set(authorities: &[(AuthorityId, AuthorityWeight)]) -> bool {
    let mut ids: alloc::vec::Vec<_> = authorities.iter().map(|(id, _)| id).collect();
    ids.sort_unstable();
    let distinct = !ids.windows(2).any(|pair| matches!(pair, [a, b] if a == b));
    let sum = authorities.iter().try_fold(0u64, |sum, (_, weight)| {
        (!weight.is_zero()).then_some(sum)?.checked_add(*weight)
    });
    distinct && sum.is_some_and(|sum| !sum.is_zero())
}
