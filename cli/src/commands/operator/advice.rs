// SPDX-License-Identifier: Apache-2.0
//! What to do about what an author lacks, in one sentence.

use bspp_primitives::{
    apis::ChainKind,
    conformance::{Shortfall, StandingFault, SuspensionReason},
};

/// Slots before the end of a credential from which on it should be renewed, given the length of a slot in milliseconds: two weeks.
pub fn renewal_slots(duration: u64) -> u64 {
    const TWO_WEEKS_MS: u64 = 14 * 24 * 60 * 60 * 1000;
    TWO_WEEKS_MS.checked_div(duration).unwrap_or(0)
}

/// What to do about evidence that is lacking.
pub fn on_shortfall(shortfall: Shortfall) -> &'static str {
    match shortfall {
        Shortfall::NotAnchored => {
            "the council anchors the hospital's chain: bspp council initialise-anchor"
        }
        Shortfall::AnchorHalted => {
            "the hospital's anchor is halted: find out why, then the council lets it go on: bspp council resume-anchor"
        }
        Shortfall::AnchorStale => {
            "the hospital's chain was not anchored for too long: check that its gateway runs and its chain has finality: bspp status"
        }
        Shortfall::RegistrationLag => {
            "an entry block of the hospital waits for registration: check that its gateway runs, and its log"
        }
        Shortfall::NoCredential => "an admin issues one: bspp hospital credential issue",
        Shortfall::CredentialExpired => "an admin issues a new one: bspp hospital credential issue",
    }
}

/// What to do about standing that is lacking.
pub fn on_fault(fault: StandingFault, kind: ChainKind) -> &'static str {
    match (fault, kind) {
        (StandingFault::NotMember, _) => {
            "its hospital is no member or it is no validator any more; it leaves at the next session"
        }
        (StandingFault::HospitalSuspended, _) => {
            "its hospital is suspended; the council readmits it: bspp council readmit-hospital"
        }
        (StandingFault::Suspended { reason }, kind) => on_suspension(reason, kind),
    }
}

/// What to do about a suspended author.
pub fn on_suspension(reason: SuspensionReason, kind: ChainKind) -> &'static str {
    match (reason, kind) {
        (SuspensionReason::Equivocation { .. }, ChainKind::Consortium) => {
            "it voted twice: stop every second node with its keys, rotate them, then bspp council readmit-author"
        }
        (SuspensionReason::Equivocation { .. }, ChainKind::Hospital) => {
            "it voted twice: stop every second node with its keys, rotate them, then bspp hospital readmit-author"
        }
        (SuspensionReason::Decision, ChainKind::Consortium) => {
            "suspended by the council, which readmits it: bspp council readmit-author"
        }
        (SuspensionReason::Decision, ChainKind::Hospital) => {
            "suspended by an admin, who readmits it: bspp hospital readmit-author"
        }
    }
}

/// Why an author is suspended, for people and scripts.
pub fn reason(reason: SuspensionReason) -> String {
    match reason {
        SuspensionReason::Decision => "decision".into(),
        SuspensionReason::Equivocation { session } => {
            format!("equivocation in session {session}")
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
            let council = on_fault(fault, ChainKind::Consortium);
            assert!(council.contains("bspp council readmit-author"), "{council}");
            let admin = on_fault(fault, ChainKind::Hospital);
            assert!(admin.contains("bspp hospital readmit-author"), "{admin}");
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
        ] {
            let advice = on_shortfall(shortfall);
            assert!(
                advice.contains("bspp ") || advice.contains("gateway"),
                "{advice}"
            );
        }
    }

    #[test]
    fn reasons_should_say_the_session() {
        assert_eq!(
            reason(SuspensionReason::Equivocation { session: 3 }),
            "equivocation in session 3"
        );
    }

    #[test]
    fn renewal_should_be_due_two_weeks_before() {
        assert_eq!(renewal_slots(3_000), 403_200);
        assert_eq!(renewal_slots(0), 0);
    }
}
