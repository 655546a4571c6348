// SPDX-License-Identifier: Apache-2.0
//! Advice to an author that lacks standing or evidence.
//!
//! The node's log and the command line print it. A cause and a remedy are clauses, so that the
//! caller may put a label between them.

use crate::{
    apis::ChainKind,
    conformance::{Shortfall, StandingFault, SuspensionReason},
};

impl Shortfall {
    /// The missing evidence, as a clause.
    pub const fn cause(&self) -> &'static str {
        match self {
            Self::NotAnchored => "the hospital's own chain has no anchor on the consortium",
            Self::AnchorHalted => "the anchor of the hospital's own chain is halted",
            Self::AnchorStale => "the hospital's own chain was not anchored for too long",
            Self::RegistrationLag => {
                "an entry block of the hospital has waited too long for its registration"
            }
            Self::NoCredential => "the node has no credential of the hospital's admins",
            Self::CredentialExpired => "the node's credential has expired",
            Self::AnchorStaleAndLag => {
                "the hospital's own chain was not anchored for too long, and an entry block has waited too long for its \
                 registration"
            }
        }
    }

    /// The remedy, as a clause.
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::NotAnchored => {
                "ask the council to start the anchor: bspp council initialise-anchor"
            }
            Self::AnchorHalted => {
                "find out why, then ask the council to resume it: bspp council resume-anchor"
            }
            Self::AnchorStale | Self::AnchorStaleAndLag => {
                "check that its gateway runs and that the chain finalizes blocks: bspp status"
            }
            Self::RegistrationLag => "check that its gateway runs, and read the gateway's log",
            Self::NoCredential => "ask an admin to issue one: bspp hospital credential issue",
            Self::CredentialExpired => {
                "ask an admin to issue a new one: bspp hospital credential issue"
            }
        }
    }
}

impl SuspensionReason {
    /// The reason in a few words.
    pub fn summary(&self) -> String {
        match self {
            Self::Decision => "decision".into(),
            Self::Equivocation { session } => format!("equivocation in session {session}"),
        }
    }

    /// The reason why the author is suspended, as a clause.
    pub fn cause(&self) -> String {
        match self {
            Self::Decision => "the validator was suspended by decision".into(),
            Self::Equivocation { session } => {
                format!(
                    "the validator was suspended because it voted twice in a round, or made two blocks in a slot, in \
                     session {session}"
                )
            }
        }
    }

    /// The remedy, as a clause. It names the commands of both chains if `kind` is `None`.
    pub const fn remedy(&self, kind: Option<ChainKind>) -> &'static str {
        match (self, kind) {
            (Self::Decision, Some(ChainKind::Consortium)) => {
                "ask the council to readmit it: bspp council readmit-author"
            }
            (Self::Decision, Some(ChainKind::Hospital)) => {
                "ask an admin to readmit it: bspp hospital readmit-author"
            }
            (Self::Decision, None) => {
                "ask the council to readmit it: bspp council readmit-author; on a hospital's chain ask an admin: \
                 bspp hospital readmit-author"
            }
            (Self::Equivocation { .. }, Some(ChainKind::Consortium)) => {
                "stop every second node with its keys and rotate them: bspp validator rotate-keys; then ask the council to \
                 readmit it: bspp council readmit-author"
            }
            (Self::Equivocation { .. }, Some(ChainKind::Hospital)) => {
                "stop every second node with its keys and rotate them: bspp validator rotate-keys; then ask an admin to \
                 readmit it: bspp hospital readmit-author"
            }
            (Self::Equivocation { .. }, None) => {
                "stop every second node with its keys and rotate them: bspp validator rotate-keys; then ask the council to \
                 readmit it: bspp council readmit-author; on a hospital's chain ask an admin: bspp hospital readmit-author"
            }
        }
    }
}

impl StandingFault {
    /// The reason why the author has no standing, as a clause.
    pub fn cause(&self) -> String {
        match self {
            Self::NotMember => "the account is not a validator of a member".into(),
            Self::HospitalSuspended => "the hospital is suspended".into(),
            Self::Suspended { reason } => reason.cause(),
        }
    }

    /// The remedy, as a clause. It names the commands of both chains if `kind` is `None`.
    pub const fn remedy(&self, kind: Option<ChainKind>) -> &'static str {
        match (self, kind) {
            (Self::NotMember, Some(ChainKind::Consortium)) => {
                "ask the hospital to add it again: bspp validator add-validator; or stop its node"
            }
            (Self::NotMember, Some(ChainKind::Hospital)) => {
                "ask an admin to add it again: bspp hospital add-node; or stop it"
            }
            (Self::NotMember, None) => {
                "ask the hospital to add it again: bspp validator add-validator, on a hospital's chain bspp hospital \
                 add-node; or stop its node"
            }
            (Self::HospitalSuspended, _) => {
                "ask the council to readmit the hospital: bspp council readmit-hospital"
            }
            (Self::Suspended { reason }, kind) => reason.remedy(kind),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_should_name_the_command_of_the_chain_at_hand() {
        for given in [
            SuspensionReason::Decision,
            SuspensionReason::Equivocation { session: 3 },
        ] {
            let fault = StandingFault::Suspended { reason: given };
            let council = fault.remedy(Some(ChainKind::Consortium));
            assert!(council.contains("bspp council readmit-author"), "{council}");
            assert!(!council.contains("bspp hospital"), "{council}");
            let admin = fault.remedy(Some(ChainKind::Hospital));
            assert!(admin.contains("bspp hospital readmit-author"), "{admin}");
            assert!(!admin.contains("bspp council"), "{admin}");
            let both = fault.remedy(None);
            assert!(both.contains("bspp council readmit-author"), "{both}");
            assert!(both.contains("bspp hospital readmit-author"), "{both}");
        }
    }

    #[test]
    fn advice_should_name_a_command_or_the_gateway_for_every_shortfall() {
        for shortfall in [
            Shortfall::NotAnchored,
            Shortfall::AnchorHalted,
            Shortfall::AnchorStale,
            Shortfall::RegistrationLag,
            Shortfall::NoCredential,
            Shortfall::CredentialExpired,
            Shortfall::AnchorStaleAndLag,
        ] {
            let advice = shortfall.remedy();
            assert!(
                advice.contains("bspp ") || advice.contains("gateway"),
                "{advice}"
            );
        }
    }

    #[test]
    fn reasons_should_say_the_session() {
        let reason = SuspensionReason::Equivocation { session: 3 };
        assert_eq!(reason.summary(), "equivocation in session 3");
        assert!(reason.cause().contains("session 3"));
    }
}
