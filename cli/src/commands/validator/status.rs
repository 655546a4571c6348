// SPDX-License-Identifier: Apache-2.0
//! The authors of a chain and their standing, in the state of a node's best block.

use super::author::Author;
use crate::{
    chain,
    error::CliResult,
    output::Output,
    slots,
    values::{hex0x, now},
};
use bspp_client::{At, ChainClient};
use bspp_primitives::{
    apis::ChainKind,
    conformance::{AttestationKind, BlockAttestation, SuspensionReason},
    AccountId,
};
use serde::Serialize;

#[derive(Serialize)]
struct Status {
    chain: String,
    kind: &'static str,
    best: u32,
    finalized: u32,
    /// The current slot, from this machine's clock.
    slot: Option<u64>,
    attestation: Option<Attested>,
    authors: Vec<Author>,
    suspended: Vec<Suspended>,
    noted_equivocations: Vec<Noted>,
}

#[derive(Serialize)]
struct Attested {
    slot: u64,
    author: String,
    kind: &'static str,
    evidence: Option<String>,
}

impl From<BlockAttestation<AccountId>> for Attested {
    fn from(attested: BlockAttestation<AccountId>) -> Self {
        let (kind, evidence) = match attested.kind {
            AttestationKind::Full { evidence } => ("full", Some(hex0x(evidence))),
            AttestationKind::Proved { evidence, .. } => ("proved", Some(hex0x(evidence))),
            AttestationKind::Unproved => ("unproved", None),
            AttestationKind::Restricted { .. } => ("restricted", None),
        };
        Self {
            slot: attested.slot,
            author: hex0x(attested.author),
            kind,
            evidence,
        }
    }
}

#[derive(Serialize)]
struct Suspended {
    author: String,
    reason: String,
    advice: String,
}

#[derive(Serialize)]
struct Noted {
    author: String,
    session: u32,
}

/// Queries and prints the authors.
pub async fn run(url: &str, output: Output) -> CliResult<()> {
    let client = chain::any(url).await?;
    let status = ask(&client).await?;
    let lines = lines(&status);
    output.result(&status, &lines)
}

async fn ask(client: &ChainClient) -> CliResult<Status> {
    let best = client.header(At::Best).await?;
    let at = At::Block(best.hash());
    let duration = client.slot_duration(at).await?;
    let slot = slots::at(now()?, duration);
    let kind = client.kind();
    let mut authors = Vec::new();
    for standing in client.authors(at).await? {
        let key: &[u8] = standing.key.as_ref();
        // The answer is unknown if the node refuses unsafe methods.
        let key_here = client.has_key(key, "conf").await.ok();
        authors.push(Author::new(&standing, kind, slot, duration, key_here));
    }
    let suspended = client.suspensions(at).await?.into_iter();
    let noted = client.noted_equivocations(at).await?.into_iter();
    Ok(Status {
        chain: client.chain_name().await?,
        kind: match kind {
            ChainKind::Consortium => "consortium",
            ChainKind::Hospital => "hospital",
        },
        best: best.number,
        finalized: client.finalized_number().await?,
        slot,
        attestation: client.attestation(at).await?.map(Attested::from),
        authors,
        suspended: suspended
            .map(|(who, reason)| suspended_author(&who, reason, kind))
            .collect(),
        noted_equivocations: noted
            .map(|(who, session)| Noted {
                author: hex0x(who),
                session,
            })
            .collect(),
    })
}

fn suspended_author(who: &AccountId, reason: SuspensionReason, kind: ChainKind) -> Suspended {
    Suspended {
        author: hex0x(who),
        reason: reason.summary(),
        advice: format!("{}; {}", reason.cause(), reason.remedy(Some(kind))),
    }
}

fn lines(status: &Status) -> Vec<String> {
    let mut lines = vec![format!(
        "{} ({}): best block {}, finalized {}",
        status.chain, status.kind, status.best, status.finalized
    )];
    lines.push(match &status.attestation {
        Some(attested) => format!(
            "best block attests: {}, by {} in slot {}",
            attested.kind, attested.author, attested.slot
        ),
        None => "best block attests nothing: it is the genesis block".into(),
    });
    lines.extend(status.authors.iter().map(Author::line));
    for suspended in &status.suspended {
        lines.push(format!(
            "suspended {}: {}. {}",
            suspended.author, suspended.reason, suspended.advice
        ));
    }
    for noted in &status.noted_equivocations {
        lines.push(format!(
            "equivocation of {} in session {}: not suspended, because too few authors would remain. The council decides: bspp \
             council suspend-author, or bspp council readmit-author to drop it",
            noted.author, noted.session
        ));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_should_say_what_is_left_to_the_council() {
        let status = Status {
            chain: "Consortium".into(),
            kind: "consortium",
            best: 9,
            finalized: 7,
            slot: Some(3),
            attestation: None,
            authors: Vec::new(),
            suspended: vec![suspended_author(
                &AccountId::new([2; 32]),
                SuspensionReason::Decision,
                ChainKind::Consortium,
            )],
            noted_equivocations: vec![Noted {
                author: hex0x([3; 32]),
                session: 5,
            }],
        };
        let text = lines(&status).join("\n");
        for part in [
            "best block 9, finalized 7",
            "genesis",
            "suspended 0x0202",
            "equivocation of 0x0303",
            "in session 5",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}
