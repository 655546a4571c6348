// SPDX-License-Identifier: Apache-2.0
//! A gate in memory and an author with real keys, for the tests of author, importer and RPC.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::gate::{GateError, GateView};
use bspp_primitives::{
    conformance::{
        attestation_message, Attestation, AttestationKind, AuthorStanding, BlockAttestation,
        Challenge, ConformanceId, ConformancePair, Evidence, Gate, Shortfall, StandingFault,
        Verdict, CONFORMANCE_KEY_TYPE,
    },
    AccountId, Hash, Header,
};
use bspp_types::BlockNumber;
use codec::Encode;
use polkadot_sdk::{
    sp_consensus_aura::AURA_ENGINE_ID,
    sp_core::Pair,
    sp_keystore::{testing::MemoryKeystore, Keystore, KeystorePtr},
    sp_runtime::{traits::Header as _, Digest, DigestItem},
};
use std::sync::{Arc, Mutex};

/// The slot of the tests.
pub const SLOT: u64 = 100;
/// The last slot in which the evidence of the tests is valid.
pub const VALID_UNTIL: u64 = 120;

/// The genesis hash of the tests.
pub fn genesis() -> Hash {
    Hash::repeat_byte(0x61)
}

/// The parent of the tests.
pub fn parent() -> Hash {
    Hash::repeat_byte(0x62)
}

/// The evidence of the tests.
pub fn evidence() -> Evidence {
    Evidence {
        commitment: Hash::repeat_byte(0xe0),
        valid_until: VALID_UNTIL,
        then: Shortfall::AnchorStale,
        later: None,
    }
}

/// The n-th validator.
pub fn author(n: u8) -> AccountId {
    AccountId::new([n; 32])
}

/// The n-th validator's key pair.
pub fn pair(n: u8) -> ConformancePair {
    ConformancePair::from_seed(&[n; 32])
}

/// The n-th validator's key.
pub fn key(n: u8) -> ConformanceId {
    pair(n).public()
}

/// A keystore with the n-th validator's key.
pub fn keystore(n: u8) -> KeystorePtr {
    let keystore = MemoryKeystore::new();
    let seed = format!("0x{}", hex::encode([n; 32]));
    let public = keystore
        .sr25519_generate_new(CONFORMANCE_KEY_TYPE, Some(&seed))
        .unwrap();
    assert_eq!(ConformanceId::from(public), key(n));
    Arc::new(keystore)
}

/// Gates in memory. All slots belong to the first author.
pub struct Gates {
    /// The best block. Tests may read the gate of this parent only.
    pub parent: Mutex<Hash>,
    /// Standing of the first author.
    pub standing: Mutex<Result<(), StandingFault>>,
    /// Evidence of the first author.
    pub evidence: Mutex<Result<Evidence, Shortfall>>,
    /// Whether the chain has no authors.
    pub empty: Mutex<bool>,
    /// The error with which every call fails, if any.
    pub broken: Mutex<Option<GateError>>,
    /// The attestation in the best block.
    pub attestation: Mutex<Option<BlockAttestation<AccountId>>>,
    /// The challenge of all slots.
    pub challenge: Mutex<Option<Challenge>>,
}

impl Gates {
    /// Gates at which the first author may author in full.
    pub fn open() -> Arc<Self> {
        Arc::new(Self {
            parent: Mutex::new(parent()),
            standing: Mutex::new(Ok(())),
            evidence: Mutex::new(Ok(evidence())),
            empty: Mutex::new(false),
            broken: Mutex::new(None),
            attestation: Mutex::new(None),
            challenge: Mutex::new(None),
        })
    }

    /// Replaces the evidence by a shortfall.
    pub fn restrict(&self, shortfall: Shortfall) {
        *self.evidence.lock().unwrap() = Err(shortfall);
    }

    /// Replaces the standing by a fault.
    pub fn refuse(&self, fault: StandingFault) {
        *self.standing.lock().unwrap() = Err(fault);
    }

    /// Makes every call fail.
    pub fn fail(&self, error: &str) {
        *self.broken.lock().unwrap() = Some(GateError(error.into()));
    }

    fn read(&self, at: Hash) -> Result<(), GateError> {
        assert_eq!(at, *self.parent.lock().unwrap(), "the gate is the parent's");
        match &*self.broken.lock().unwrap() {
            Some(error) => Err(error.clone()),
            None => Ok(()),
        }
    }
}

impl GateView for Gates {
    fn genesis(&self) -> Hash {
        genesis()
    }

    fn best(&self) -> (BlockNumber, Hash) {
        (7, *self.parent.lock().unwrap())
    }

    fn gate(&self, at: Hash, slot: u64) -> Result<Option<Gate<AccountId>>, GateError> {
        self.read(at)?;
        if *self.empty.lock().unwrap() {
            return Ok(None);
        }
        Ok(Some(Gate {
            author: author(1),
            key: key(1),
            verdict: Verdict::at(
                slot,
                *self.standing.lock().unwrap(),
                *self.evidence.lock().unwrap(),
            ),
            challenge: *self.challenge.lock().unwrap(),
        }))
    }

    fn attestation(&self, at: Hash) -> Result<Option<BlockAttestation<AccountId>>, GateError> {
        self.read(at)?;
        Ok(self.attestation.lock().unwrap().clone())
    }

    fn authors(&self, at: Hash) -> Result<Vec<AuthorStanding<AccountId>>, GateError> {
        self.read(at)?;
        let standing = |n, standing, evidence| AuthorStanding {
            author: author(n),
            key: key(n),
            standing,
            evidence,
        };
        Ok(vec![
            standing(
                1,
                *self.standing.lock().unwrap(),
                *self.evidence.lock().unwrap(),
            ),
            standing(2, Ok(()), Ok(evidence())),
        ])
    }
}

/// An attestation by the n-th validator that is bound to the right chain, parent and slot.
pub fn attest(
    n: u8,
    chain: Hash,
    parent: Hash,
    slot: u64,
    kind: AttestationKind,
) -> Attestation<AccountId> {
    let message = attestation_message(&chain, &parent, slot, &author(n), &kind);
    Attestation {
        author: author(n),
        kind,
        signature: pair(n).sign(&message),
    }
}

/// The kind that an open gate requires.
pub fn full() -> AttestationKind {
    AttestationKind::Full {
        evidence: evidence().commitment,
    }
}

/// The attestation that an open gate requires.
pub fn good() -> Attestation<AccountId> {
    attest(1, genesis(), parent(), SLOT, full())
}

/// Aura's digest item for a slot.
pub fn aura(slot: u64) -> DigestItem {
    DigestItem::PreRuntime(AURA_ENGINE_ID, slot.encode())
}

/// A header on [`parent`] in [`SLOT`] with these additional items.
pub fn header(items: Vec<DigestItem>) -> Header {
    let mut logs = vec![aura(SLOT)];
    logs.extend(items);
    Header::new(8, Hash::zero(), Hash::zero(), parent(), Digest { logs })
}
