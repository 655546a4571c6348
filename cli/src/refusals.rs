// SPDX-License-Identifier: Apache-2.0
//! The meaning of refusals by a chain, and what to do about them.

/// The meaning of a refusal, and what to do. `None` if its name says it.
///
/// `code` is the name of the error at the chain: `Pallet.Error`, or one of FRAME's own names.
pub fn advice(code: &str) -> Option<&'static str> {
    Some(match code {
        "BadOrigin" => "the key does not have the role that this call needs",
        "HospitalAnchor.AlreadyExists" => {
            "the hospital's anchor has begun already; to replace it after a repair of the hospital's chain, try `--again`"
        }
        "PeksSearch.MatchAlreadyExists" => {
            "this match is proved already; `bspp doctor prove` leaves it out, unless it has `--again`"
        }
        "Consortium.AlreadyExists" => {
            "the identifier is or was in use, or the account has a role already; an account has one role at one hospital"
        }
        "Consortium.NotAuthorized" => "the key is not the operator's of an active hospital",
        "Consortium.NotFound" => {
            "there is no such hospital, requester or validator; see `bspp status`"
        }
        "Consortium.InvalidStatus" => {
            "the hospital's standing does not allow this: only an active hospital can be suspended, and only a suspended \
             one readmitted"
        }
        "Consortium.InvalidValidatorCount" => {
            "too few validators in good standing would remain in this session or the next one; add another one first"
        }
        "Conformance.TooFewAuthors" => {
            "nobody in good standing would remain to author; readmit or add another author first"
        }
        "Conformance.AlreadyExists" => "the author is suspended already; see `bspp validator status`",
        "Conformance.NotFound" => {
            "the author is not suspended, and no equivocation of it is noted; see `bspp validator status`"
        }
        "Conformance.AlreadySettled" => "the author was readmitted after these blocks",
        "Council.NotMember" => "the key is not a council member's",
        "Council.DuplicateProposal" => {
            "the council has an open motion for the same call; it must be closed first"
        }
        "Council.DuplicateVote" => "this member has voted so already",
        "Session.NoAssociatedValidatorId" => {
            "the key is not that of a validator; give the validator's own account"
        }
        "Session.DuplicatedKey" => "another validator has one of these session keys",
        "Session.InvalidProof" => {
            "the node made the session keys for another account; rotate them with this validator's key"
        }
        "System.NothingAuthorized" => {
            "no runtime is authorized; `bspp council authorize-upgrade` comes first"
        }
        "System.Unauthorized" => "another runtime is authorized than the one in the file",
        "System.SpecVersionNeedsToIncrease" => {
            "the runtime in the file is not newer than the present one"
        }
        "Consortium.VoteShareExceeded" => {
            "the hospital could have a third of the votes or more; `--accept-share` accepts that"
        }
        "Consortium.KeysNotPurged" => {
            "the account was a validator before and its keys leave in a later session; try again then"
        }
        "Consortium.NotRootCall" => "the council may not dispatch this call as root",
        "Consortium.SessionOver" => "the named session is over; name the present one or a later one",
        "HospitalAnchor.VoterReused" => {
            "a voter of the rebuilt chain was one of the lost chain; make new session keys for the rebuilt chain"
        }
        "HospitalAdmin.StaffNotFound" => "the account is not staff of this chain",
        "NotAuthorized" => "the account is a member, but its role may not send this call",
        "QuotaExceeded" => "the account or its hospital has used its quota of this session; try again in the next one",
        "MotionNotDecided" => "the motion does not have enough votes yet",
        "TooManyPending" => "too many transactions of this account wait; try again when blocks have taken them",
        "Paused" => "the council has paused this call; `bspp council unpause` ends the pause",
        "UpgradeNotDue" => {
            "the runtime is authorized, but the delay of upgrades is not over; try again later"
        }
        "HospitalAdmin.AlreadyExists" => "the account is on that list already",
        _ => return None,
    })
}

/// A message with the advice on its refusal, if there is one.
pub fn with_advice(code: &str, message: String) -> String {
    match advice(code) {
        Some(advice) => format!("{message}. That is: {advice}"),
        None => message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refused_registration_should_hint_at_again_where_it_applies() {
        for code in [
            "HospitalAnchor.AlreadyExists",
            "PeksSearch.MatchAlreadyExists",
        ] {
            assert!(advice(code).is_some_and(|advice| advice.contains("`--again`")));
        }
        let other = advice("Consortium.AlreadyExists");
        assert!(other.is_some_and(|advice| !advice.contains("--again")));
    }

    #[test]
    fn refused_origin_should_name_the_role() {
        assert!(advice("BadOrigin").is_some_and(|advice| advice.contains("role")));
    }

    #[test]
    fn refusals_about_authors_should_name_the_command_that_shows_them() {
        for code in ["Conformance.AlreadyExists", "Conformance.NotFound"] {
            assert!(advice(code).is_some_and(|advice| advice.contains("bspp validator status")));
        }
    }

    #[test]
    fn refused_upgrade_should_name_the_step_before_it() {
        let advice = advice("System.NothingAuthorized");
        assert!(advice.is_some_and(|advice| advice.contains("authorize-upgrade")));
    }

    #[test]
    fn message_should_keep_its_words_and_get_the_advice() {
        let known = with_advice("Council.NotMember", "Council::NotMember (block 7)".into());
        assert_eq!(
            known,
            "Council::NotMember (block 7). That is: the key is not a council member's"
        );
        assert_eq!(
            with_advice("Some.Error", "Some::Error".into()),
            "Some::Error"
        );
    }
}
