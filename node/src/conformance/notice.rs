// SPDX-License-Identifier: Apache-2.0
//! Notices to the operator: one line in the log when the author's state changes.
//!
//! A notice contains the reason and the remedy.

use super::{
    attest::{Attested, Skip},
    storage::StoreError,
};
use bspp_primitives::conformance::{Shortfall, StandingFault, Verdict};
use bspp_types::H256;

/// The state of this node as an author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// The node's blocks may carry any call.
    Full,
    /// The node's blocks carry operational calls only.
    Restricted(Shortfall),
    /// The node's blocks carry operational calls only, because a payload cannot be read.
    Unproved {
        /// The payload.
        payload_hash: H256,
        /// The reason.
        reason: StoreError,
    },
    /// The node makes no blocks.
    Skipping(Skip),
}

impl State {
    /// The state that follows from an attempt to attest.
    pub fn of(outcome: &Result<Attested, Skip>) -> Self {
        match outcome {
            Ok(attested) => match attested.gate.verdict {
                Verdict::Full { .. } => match (&attested.gate.challenge, &attested.unproved) {
                    (Some(challenge), Some(reason)) => Self::Unproved {
                        payload_hash: challenge.payload_hash,
                        reason: reason.clone(),
                    },
                    _ => Self::Full,
                },
                Verdict::Restricted { shortfall } => Self::Restricted(shortfall),
                // The attester makes no attestation for this verdict.
                Verdict::Refused { fault } => Self::Skipping(Skip::NoStanding(fault)),
            },
            Err(skip) => Self::Skipping(skip.clone()),
        }
    }

    /// Whether this state is news for an operator who knows the state `before`.
    ///
    /// Two errors of one kind are not news, because the text of an error may differ from slot to
    /// slot.
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
    /// The log level.
    pub level: log::Level,
    /// The text.
    pub text: String,
}

/// The notice about a change of state, or none if there is no news.
///
/// A node that authors in full from the start gives no notice.
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
        (
            _,
            State::Unproved {
                payload_hash,
                reason,
            },
        ) => format!(
            "authoring restricted blocks: the payload {payload_hash:?} cannot be proved (unproved): {reason}; check \
             the node's --phi-store and bring the payload back from a backup, or let an admin write it off"
        ),
        (_, State::Skipping(skip)) => format!("authoring no blocks: {}", skip_text(skip)),
    };
    Some(Notice {
        level: log::Level::Warn,
        text,
    })
}

/// The shortfall, with its cause and its remedy.
fn shortfall_text(shortfall: Shortfall) -> String {
    let (why, label, what) = (shortfall.cause(), shortfall.as_str(), shortfall.remedy());
    format!("{why} ({label}); {what}")
}

/// The reason why the node makes no block, with its remedy.
fn skip_text(skip: &Skip) -> String {
    let (why, what): (String, &str) = match skip {
        Skip::Anchor(refusal) => (refusal.to_string(), refusal.remedy()),
        Skip::NoStanding(fault) => (fault.cause(), fault.remedy(None)),
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

/// The reason why an author has no standing, for people to read.
///
/// It is the label and, for a suspension, its reason.
pub fn fault_text(fault: StandingFault) -> String {
    match fault {
        StandingFault::Suspended { reason } => format!("suspended: {}", reason.summary()),
        other => other.as_str().into(),
    }
}
