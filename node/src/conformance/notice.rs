// SPDX-License-Identifier: Apache-2.0
//! What an operator is told: one line when the author's state changes, with the reason and what to do about it.

use super::attest::{Attested, Skip};
use bspp_primitives::conformance::{Shortfall, StandingFault, SuspensionReason, Verdict};

/// How this node stands as an author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Its blocks may carry anything.
    Full,
    /// Its blocks carry operational calls only.
    Restricted(Shortfall),
    /// It makes no blocks.
    Skipping(Skip),
}

impl State {
    /// The state that an attempt to attest shows.
    pub fn of(outcome: &Result<Attested, Skip>) -> Self {
        match outcome {
            Ok(attested) => match attested.gate.verdict {
                Verdict::Full { .. } => Self::Full,
                Verdict::Restricted { shortfall } => Self::Restricted(shortfall),
                // An attester attests nothing then.
                Verdict::Refused { fault } => Self::Skipping(Skip::NoStanding(fault)),
            },
            Err(skip) => Self::Skipping(skip.clone()),
        }
    }

    /// Whether an operator would read the same twice. What an error says may differ from slot to slot.
    fn is_news_after(&self, before: &Self) -> bool {
        match (before, self) {
            (Self::Skipping(Skip::Api(_)), Self::Skipping(Skip::Api(_)))
            | (Self::Skipping(Skip::Keystore(_)), Self::Skipping(Skip::Keystore(_))) => false,
            (before, now) => before != now,
        }
    }
}

/// A line for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its level.
    pub level: log::Level,
    /// Its text.
    pub text: String,
}

/// The line about a change of state, if there is something to tell. A node that authors in full from the start tells nothing.
pub fn notice(before: Option<&State>, now: &State) -> Option<Notice> {
    let text = match (before, now) {
        (Some(before), now) if !now.is_news_after(before) => return None,
        (None, State::Full) => return None,
        (Some(_), State::Full) => {
            return Some(Notice {
                level: log::Level::Info,
                text: "authoring in full again".into(),
            })
        }
        (_, State::Restricted(shortfall)) => {
            format!(
                "authoring restricted blocks: {}",
                shortfall_text(*shortfall)
            )
        }
        (_, State::Skipping(skip)) => format!("authoring no blocks: {}", skip_text(skip)),
    };
    Some(Notice {
        level: log::Level::Warn,
        text,
    })
}

/// What is lacking and what to do.
fn shortfall_text(shortfall: Shortfall) -> String {
    let (why, what) = match shortfall {
        Shortfall::NotAnchored => (
            "the hospital's own chain has no anchor on the consortium",
            "check that the chain finalizes blocks and that its gateway runs and relays",
        ),
        Shortfall::AnchorHalted => (
            "the council halted the anchor of the hospital's own chain",
            "ask the council: nobody else can set it going again",
        ),
        Shortfall::AnchorStale => (
            "the hospital's own chain was not anchored for too long",
            "check that its gateway runs and relays",
        ),
        Shortfall::RegistrationLag => (
            "an entry block of the hospital has waited too long for its registration",
            "check that its gateway runs and registers",
        ),
        Shortfall::NoCredential => (
            "this node has no credential of the hospital's admins",
            "ask an admin to issue one",
        ),
        Shortfall::CredentialExpired => (
            "this node's credential has expired",
            "ask an admin of the hospital to renew it",
        ),
    };
    format!("{why} ({}); {what}", shortfall.as_str())
}

/// Why no block is made and what to do.
fn skip_text(skip: &Skip) -> String {
    let (why, what): (String, &str) = match skip {
        Skip::NoStanding(StandingFault::NotMember) => (
            "this node is the validator of no member".into(),
            "ask the council, on a hospital's chain the admins, to admit it, or stop it",
        ),
        Skip::NoStanding(StandingFault::HospitalSuspended) => (
            "the hospital is suspended".into(),
            "ask the council: nobody else can reinstate it",
        ),
        Skip::NoStanding(StandingFault::Suspended {
            reason: SuspensionReason::Decision,
        }) => (
            "this validator was suspended".into(),
            "ask the council, on a hospital's chain the admins, to reinstate it",
        ),
        Skip::NoStanding(StandingFault::Suspended {
            reason: SuspensionReason::Equivocation { session },
        }) => (
            format!("this validator was suspended because it voted twice in session {session}"),
            "make sure that its keys are on one machine only, then ask the council, on a hospital's chain the admins, to \
             reinstate it",
        ),
        Skip::KeyMissing(key) => (
            format!(
                "the keystore lacks the conf key in force, 0x{}",
                hex::encode(AsRef::<[u8]>::as_ref(key))
            ),
            "insert it (key insert --scheme sr25519 --key-type conf), or set this node's own session keys",
        ),
        Skip::NotOurSlot => (
            "the chain names no author for the slot".into(),
            "check the validators of the session",
        ),
        Skip::Api(error) => (
            error.to_string(),
            "check that this node's binary and database are those of the chain",
        ),
        Skip::Keystore(error) => (
            format!("the keystore does not sign: {error}"),
            "check its folder",
        ),
    };
    format!("{why} ({}); {what}", skip.as_str())
}

/// Why an author has no standing, for people: the label and, for a suspension, its reason.
pub fn fault_text(fault: StandingFault) -> String {
    match fault {
        StandingFault::Suspended { reason } => match reason {
            SuspensionReason::Decision => "suspended: decision".into(),
            SuspensionReason::Equivocation { session } => {
                format!("suspended: equivocation in session {session}")
            }
        },
        other => other.as_str().into(),
    }
}
