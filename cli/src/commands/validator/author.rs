// SPDX-License-Identifier: Apache-2.0
//! One author: the kind of its blocks, its validity, and advice on its shortfall.

use crate::{slots, values::hex0x};
use bspp_primitives::{
    apis::ChainKind,
    conformance::{AuthorStanding, Shortfall, Verdict},
    AccountId,
};
use serde::Serialize;

/// An author of the current session, and the kind of its next block.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Author {
    author: String,
    conf_key: String,
    /// Whether the queried node has that key. Unknown if the node refuses unsafe RPC methods.
    key_here: Option<bool>,
    /// `full`, `restricted`, or `refused`.
    blocks: &'static str,
    /// The reason for which the blocks are not full.
    reason: Option<String>,
    /// The last slot in which the evidence is valid.
    valid_until_slot: Option<u64>,
    valid_until: Option<String>,
    advice: Option<String>,
}

impl Author {
    /// Makes the report on an author in a slot.
    pub fn new(
        standing: &AuthorStanding<AccountId>,
        kind: ChainKind,
        slot: Option<u64>,
        duration: u64,
        key_here: Option<bool>,
    ) -> Self {
        let slot = slot.unwrap_or_default();
        let evidence = standing.evidence.ok();
        let valid_until_slot = evidence.map(|evidence| evidence.valid_until);
        let (blocks, reason, advice) = match Verdict::at(slot, standing.standing, standing.evidence)
        {
            Verdict::Full { .. } => (
                "full",
                None,
                evidence.and_then(|e| {
                    let ends = e.then == Shortfall::CredentialExpired
                        && e.valid_until.saturating_sub(slot) < slots::renewal(duration);
                    ends.then(|| {
                        "the credential ends soon: bspp hospital credential issue".to_owned()
                    })
                }),
            ),
            Verdict::Restricted { shortfall } => (
                "restricted",
                Some(shortfall.as_str().to_owned()),
                Some(format!("{}; {}", shortfall.cause(), shortfall.remedy())),
            ),
            Verdict::Refused { fault } => (
                "refused",
                Some(fault.as_str().to_owned()),
                Some(format!("{}; {}", fault.cause(), fault.remedy(Some(kind)))),
            ),
        };
        let key: &[u8] = standing.key.as_ref();
        Self {
            author: hex0x(&standing.author),
            conf_key: hex0x(key),
            key_here,
            blocks,
            reason,
            valid_until_slot,
            valid_until: valid_until_slot.and_then(|slot| slots::time(slot, duration)),
            advice,
        }
    }

    /// The report as a line for people.
    pub fn line(&self) -> String {
        let mut line = format!("  author {}: blocks {}", self.author, self.blocks);
        match (&self.reason, self.valid_until_slot) {
            (Some(reason), _) => line.push_str(&format!(", {reason}")),
            (None, Some(slot)) => {
                line.push_str(&format!(" until slot {slot}"));
                if let Some(time) = &self.valid_until {
                    line.push_str(&format!(" ({time})"));
                }
            }
            (None, None) => {}
        }
        if self.key_here == Some(true) {
            line.push_str(", by this node");
        }
        if let Some(advice) = &self.advice {
            line.push_str(&format!(". {advice}"));
        }
        line
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use bspp_primitives::conformance::{ConformanceId, Evidence, StandingFault, SuspensionReason};
    use bspp_types::H256;
    use codec::Decode;

    const SLOT_MS: u64 = 3_000;

    fn standing(
        standing: Result<(), StandingFault>,
        evidence: Result<Evidence, Shortfall>,
    ) -> AuthorStanding<AccountId> {
        AuthorStanding {
            author: AccountId::new([7; 32]),
            key: ConformanceId::decode(&mut &[8u8; 32][..]).unwrap(),
            standing,
            evidence,
        }
    }

    fn evidence(valid_until: u64, then: Shortfall) -> Result<Evidence, Shortfall> {
        Ok(Evidence {
            commitment: H256([1; 32]),
            valid_until,
            then,
            later: None,
        })
    }

    fn told(of: &AuthorStanding<AccountId>, slot: u64) -> Author {
        Author::new(of, ChainKind::Consortium, Some(slot), SLOT_MS, None)
    }

    #[test]
    fn author_should_be_full_until_the_evidence_ends_and_then_restricted() {
        let of = standing(Ok(()), evidence(1_000, Shortfall::AnchorStale));
        let full = told(&of, 1_000);
        assert_eq!((full.blocks, &full.advice), ("full", &None));
        assert_eq!(full.valid_until.as_deref(), Some("1970-01-01T00:50:00Z"));
        assert_eq!(
            full.line(),
            format!(
                "  author {}: blocks full until slot 1000 (1970-01-01T00:50:00Z)",
                hex0x([7; 32])
            )
        );
        let stale = told(&of, 1_001);
        assert_eq!(stale.blocks, "restricted");
        assert_eq!(stale.reason.as_deref(), Some("anchor_stale"));
        assert!(stale.line().contains("gateway"));
    }

    #[test]
    fn author_should_be_told_to_renew_when_its_credential_ends_soon() {
        let of = standing(Ok(()), evidence(500_000, Shortfall::CredentialExpired));
        assert_eq!(told(&of, 10).advice, None);
        let soon = told(&of, 499_000);
        assert_eq!(soon.blocks, "full");
        assert!(soon.advice.unwrap().contains("credential issue"));
    }

    #[test]
    fn author_should_be_refused_when_it_has_no_standing_whatever_the_evidence() {
        let fault = StandingFault::Suspended {
            reason: SuspensionReason::Equivocation { session: 4 },
        };
        let of = standing(Err(fault), evidence(1_000, Shortfall::AnchorStale));
        let refused = told(&of, 1);
        assert_eq!(refused.blocks, "refused");
        assert_eq!(refused.reason.as_deref(), Some("suspended"));
        assert!(refused.line().contains("voted twice"));
    }
}
