// SPDX-License-Identifier: Apache-2.0
//! Decisions that fail for lack of votes.

use crate::error::{CliError, CliResult};
use bspp_client::{At, ClientError, ConsortiumClient, Included, Signer};
use bspp_primitives::{consortium_storage::council_members, AccountId};
use codec::Decode;

/// The outcome of a decision. Lack of votes is told in votes.
///
/// # Errors
/// `BadOrigin` with the votes that the decision had and needs, or the decision's own error.
pub async fn counted(
    outcome: Result<Included, ClientError>,
    consortium: &ConsortiumClient,
    signers: &[Signer],
) -> CliResult<Included> {
    let error = match outcome {
        Ok(included) => return Ok(included),
        Err(error) => error,
    };
    if !may_lack_votes(&error) {
        return Err(error.into());
    }
    let lacking = members(consortium)
        .await
        .and_then(|members| shortage(signers.len(), members));
    Err(lacking.unwrap_or_else(|| error.into()))
}

/// Whether this is how a decision without enough votes fails.
fn may_lack_votes(error: &ClientError) -> bool {
    match error {
        ClientError::InvalidTransaction(reason) => reason.contains("too few signers"),
        other => other.dispatch_name() == Some("BadOrigin"),
    }
}

/// The number of council members. `None` if the node does not tell it.
async fn members(consortium: &ConsortiumClient) -> Option<usize> {
    let stored = consortium
        .storage(&council_members(), At::Best)
        .await
        .ok()??;
    let members = Vec::<AccountId>::decode(&mut &stored[..]).ok()?;
    Some(members.len())
}

/// The error of a decision that needs more votes: two thirds of the members.
fn shortage(votes: usize, members: usize) -> Option<CliError> {
    let needed = members.saturating_mul(2).div_ceil(3);
    (votes < needed).then(|| CliError::Refused {
        code: "BadOrigin".into(),
        message: format!(
            "{votes} of {members} votes; {needed} needed: give the keys of more council members (`--key`)"
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use bspp_client::DispatchFailure;

    fn words(votes: usize, members: usize) -> Option<String> {
        shortage(votes, members).map(|error| error.to_string())
    }

    #[test]
    fn decision_should_be_told_its_votes_when_it_lacks_some() {
        let error = words(1, 3).unwrap_or_default();
        assert!(error.contains("1 of 3 votes; 2 needed"), "{error}");
        assert!(error.starts_with("refused: BadOrigin"), "{error}");
        let error = words(4, 7).unwrap_or_default();
        assert!(error.contains("4 of 7 votes; 5 needed"), "{error}");
    }

    #[test]
    fn decision_with_two_thirds_should_keep_its_own_error() {
        assert_eq!(words(2, 3), None);
        assert_eq!(words(4, 6), None);
        assert_eq!(words(1, 1), None);
    }

    #[test]
    fn only_lack_of_votes_should_be_told_in_votes() {
        let failed = |name: &str| ClientError::DispatchFailed {
            failure: DispatchFailure { name: name.into() },
            block: 1,
            extrinsic: 1,
        };
        assert!(may_lack_votes(&failed("BadOrigin")));
        assert!(!may_lack_votes(&failed("Consortium::NotFound")));
        let closed = "the council did not approve: too few signers for the threshold";
        assert!(may_lack_votes(&ClientError::InvalidTransaction(
            closed.into()
        )));
        let empty = "a council decision needs a signer";
        assert!(!may_lack_votes(&ClientError::InvalidTransaction(
            empty.into()
        )));
    }
}
