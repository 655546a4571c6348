// SPDX-License-Identifier: Apache-2.0

use crate::{
    anchor::Refusal,
    conformance::{
        notice::{fault_text, notice, State},
        testing::key,
        GateError, Skip,
    },
};
use bspp_primitives::conformance::{Shortfall, StandingFault, SuspensionReason};

fn text(before: Option<&State>, now: &State) -> String {
    notice(before, now).unwrap().text
}

#[test]
fn notice_should_say_nothing_when_all_is_well() {
    assert_eq!(notice(None, &State::Full), None);
    assert_eq!(notice(Some(&State::Full), &State::Full), None);
}

#[test]
fn notice_should_name_cause_and_remedy_when_blocks_are_restricted() {
    let stale = State::Restricted(Shortfall::AnchorStale);
    let expected = "authoring restricted blocks: the hospital's own chain was not anchored for too long (anchor_stale); check that \
                    its gateway runs and that the chain finalizes blocks: bspp status";
    let told = notice(Some(&State::Full), &stale).unwrap();
    assert_eq!(
        (told.level, told.text.as_str()),
        (log::Level::Warn, expected)
    );
    assert_eq!(text(None, &stale), expected);
}

#[test]
fn notice_should_come_once_for_each_cause() {
    let stale = State::Restricted(Shortfall::AnchorStale);
    let lag = State::Restricted(Shortfall::RegistrationLag);
    assert_eq!(notice(Some(&stale), &stale), None);
    assert!(text(Some(&stale), &lag).contains("(registration_lag)"));
}

#[test]
fn notice_should_not_repeat_an_error_whose_words_change() {
    let api = |text: &str| State::Skipping(Skip::Api(GateError(text.into())));
    assert!(text(Some(&State::Full), &api("block 1")).contains("block 1"));
    assert_eq!(notice(Some(&api("block 1")), &api("block 2")), None);
}

#[test]
fn notice_should_tell_when_authoring_is_full_again() {
    for before in [
        State::Restricted(Shortfall::CredentialExpired),
        State::Skipping(Skip::NotOurSlot),
    ] {
        let told = notice(Some(&before), &State::Full).unwrap();
        assert_eq!(
            (told.level, told.text.as_str()),
            (log::Level::Info, "authoring in full again")
        );
    }
}

#[test]
fn notice_should_name_the_label_of_every_cause() {
    let shortfalls = [
        Shortfall::NotAnchored,
        Shortfall::AnchorHalted,
        Shortfall::AnchorStale,
        Shortfall::RegistrationLag,
        Shortfall::NoCredential,
        Shortfall::CredentialExpired,
        Shortfall::AnchorStaleAndLag,
    ];
    for shortfall in shortfalls {
        let text = text(None, &State::Restricted(shortfall));
        assert!(
            text.contains(&format!("({})", shortfall.as_str())),
            "{text}"
        );
    }
    let skips = [
        Skip::Anchor(Refusal::Below(9)),
        Skip::Anchor(Refusal::NotOnChain(9)),
        Skip::Anchor(Refusal::IncarnationEnded { own: 0, present: 1 }),
        Skip::Anchor(Refusal::Unreadable("closed".into())),
        Skip::NoStanding(StandingFault::NotMember),
        Skip::NoStanding(StandingFault::HospitalSuspended),
        Skip::NoStanding(StandingFault::Suspended {
            reason: SuspensionReason::Decision,
        }),
        Skip::NoStanding(StandingFault::Suspended {
            reason: SuspensionReason::Equivocation { session: 3 },
        }),
        Skip::KeyMissing(key(1)),
        Skip::NotOurSlot,
        Skip::Api(GateError("no state".into())),
        Skip::Keystore("locked".into()),
    ];
    for skip in skips {
        let label = format!("({})", skip.as_str());
        let text = text(None, &State::Skipping(skip));
        assert!(text.starts_with("authoring no blocks: "), "{text}");
        assert!(text.contains(&label), "{text}");
    }
}

#[test]
fn notice_should_show_the_missing_key() {
    let text = text(None, &State::Skipping(Skip::KeyMissing(key(1))));
    assert!(
        text.contains(&format!("0x{}", hex::encode(key(1)))),
        "{text}"
    );
}

#[test]
fn fault_text_should_give_the_reason_of_a_suspension() {
    assert_eq!(fault_text(StandingFault::NotMember), "not_member");
    let suspended = |reason| fault_text(StandingFault::Suspended { reason });
    assert_eq!(suspended(SuspensionReason::Decision), "suspended: decision");
    assert_eq!(
        suspended(SuspensionReason::Equivocation { session: 3 }),
        "suspended: equivocation in session 3"
    );
}
