// SPDX-License-Identifier: Apache-2.0
//! A simulation of the rules of registration, quota and lag on the real runtime.
//!
//! Four hospitals with a validator each run gateways that anchor and register. The runtime executes
//! every block with its real checks: attestations, GRANDPA justifications, storage proofs, quotas.
//! The choices are seeded.
//!
//! The time is coarse: a slot stands for a minute. So a session, the maximum age of anchors and the
//! maximum lag have 60 slots, and a day has 1,440. Gateways sign their transactions anew for every
//! block, so there is no pool: a transaction that a block refuses is offered to the next one. The
//! model in `tests/model` covers queues of nonces.

use super::{
    blocks::{attest, aura, VALIDATORS},
    hospital::HospitalChain,
    signed,
};
use crate::*;
use bspp_primitives::{
    conformance::{AttestationKind, Shortfall, Verdict},
    traits::RegisteredCount,
    Header,
};
use bspp_runtime_common::dev;
use bspp_types::{limits::DEFAULT_SLOT_DURATION, Sequence};
use pallet_consortium::GenesisHospital;
use polkadot_sdk::{
    pallet_timestamp,
    sp_core::H256,
    sp_io::TestExternalities,
    sp_runtime::{generic::Digest, traits::Header as _, BuildStorage},
};

/// Slots of an hour: the length of sessions, the maximum age of anchors and the maximum lag.
const HOUR: u64 = 60;
/// Slots of a day.
const DAY: u64 = 24 * HOUR;
/// Slots between two anchors of a hospital.
const ANCHOR_EVERY: u64 = 5;
/// Maximum number of entry blocks in one call of a gateway.
const CALL_BLOCKS: u32 = 64;
/// Operators, and the accounts that send anchors for them.
const HOSPITALS: [(&str, &str); 4] = [
    ("HospitalA", "AnchorerA"),
    ("HospitalB", "AnchorerB"),
    ("HospitalC", "AnchorerC"),
    ("HospitalD", "AnchorerD"),
];

/// The faults of a run.
#[derive(Clone, Copy, Default)]
struct Faults {
    /// The validator of this hospital makes no block.
    validator_down: Option<usize>,
    /// No gateway sends anchors.
    anchors_stopped: bool,
    /// This hospital stores blocks of full size.
    overload: Option<usize>,
}

/// The observations of a run.
#[derive(Clone, Copy, Debug, Default)]
struct Report {
    blocks: u32,
    restricted_for_lag: u32,
    restricted_for_anchor: u32,
    /// The longest time between the storing and the registration of an entry block, in slots.
    worst_lag: u64,
}

struct Simulation {
    ext: TestExternalities,
    genesis: H256,
    parent: Header,
    slot: u64,
    hospitals: Vec<HospitalChain>,
    registered: Vec<Sequence>,
    chance: Chance,
    report: Report,
}

/// Seeded choices, by a linear congruential generator.
struct Chance(u64);

impl Chance {
    /// A number below `end`.
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

fn id(operator: &str) -> H256 {
    polkadot_sdk::sp_io::hashing::blake2_256(operator.as_bytes()).into()
}

/// A genesis with four hospitals. Each has a validator and an anchorer.
fn genesis() -> TestExternalities {
    let hospitals = HOSPITALS
        .iter()
        .zip(VALIDATORS)
        .map(|(&(operator, anchorer), validator)| GenesisHospital {
            id: id(operator),
            operator: dev::account(operator),
            encryption_key: H256(dev::encryption_secret(&id(operator)).public().0),
            validators: vec![dev::validator(validator)],
            requesters: Vec::new(),
            anchorer: Some(dev::account(anchorer)),
        })
        .collect();
    let keys = VALIDATORS
        .iter()
        .take(HOSPITALS.len())
        .map(|name| {
            let validator = dev::validator(name);
            (validator.clone(), validator, dev::session_keys(name))
        })
        .collect();
    let config = RuntimeGenesisConfig {
        consortium: ConsortiumConfig {
            hospitals,
            council: dev::COUNCIL.iter().map(|name| dev::account(name)).collect(),
            ..Default::default()
        },
        session: SessionConfig {
            keys,
            ..Default::default()
        },
        conformance: ConformanceConfig {
            parameters: Some(configs::GateParameters {
                max_anchor_age: HOUR,
                max_lag: HOUR,
            }),
            session_length: HOUR as u32,
        },
        ..Default::default()
    };
    config.build_storage().unwrap().into()
}

impl Simulation {
    fn new(seed: u64) -> Self {
        let mut ext = genesis();
        let hospitals: Vec<_> = HOSPITALS
            .iter()
            .map(|&(operator, _)| HospitalChain::new(id(operator), operator, 4, 8))
            .collect();
        ext.execute_with(|| hospitals.iter().for_each(HospitalChain::start));
        ext.commit_all().unwrap();
        let parent = Header::new(
            0,
            H256::zero(),
            H256::zero(),
            H256::zero(),
            Digest::default(),
        );
        let mut simulation = Self {
            ext,
            genesis: parent.hash(),
            parent,
            slot: 0,
            registered: vec![0; hospitals.len()],
            hospitals,
            chance: Chance(seed),
            report: Report::default(),
        };
        // A signature names the genesis, which the state knows from the first block on.
        simulation.block(Faults::default(), &mut |_| Vec::new());
        simulation
    }

    /// Whether each hospital has registered all that its anchored head shows, and is conformant.
    fn is_healthy(&mut self) -> bool {
        let (first, last) = (self.slot + 1, self.slot + HOSPITALS.len() as u64);
        let full = self.ext.execute_with(|| {
            (first..=last).all(|slot| {
                let verdict = Conformance::gate(slot).unwrap().verdict;
                matches!(verdict, Verdict::Full { .. })
            })
        });
        let caught_up = self
            .hospitals
            .iter()
            .zip(&self.registered)
            .all(|(hospital, registered)| *registered == hospital.offered());
        full && caught_up
    }

    /// The transactions of the gateways for a block in this slot.
    fn transactions(&mut self, faults: Faults) -> Vec<UncheckedExtrinsic> {
        let slot = self.slot + 1;
        let mut calls: Vec<(&'static str, Vec<RuntimeCall>)> = Vec::new();
        for (n, hospital) in self.hospitals.iter_mut().enumerate() {
            let (operator, anchorer) = HOSPITALS[n];
            let registered = self.registered[n];
            // The turns of the hospitals differ, so that not all anchors are in one block.
            let due = (slot + n as u64).is_multiple_of(ANCHOR_EVERY);
            let mut registrations = Vec::new();
            // A head that was offered may be in no block yet. It is offered again when it is due.
            if self.ext.execute_with(|| is_anchored(hospital)) {
                registrations.extend(hospital.register(registered, CALL_BLOCKS));
            }
            if due && !faults.anchors_stopped {
                calls.push((anchorer, vec![hospital.anchor(slot, registered)]));
            }
            calls.push((operator, registrations));
        }
        // The order in which transactions reach the author is a matter of chance.
        for last in (1..calls.len()).rev() {
            let other = self.chance.below(last as u64 + 1);
            calls.swap(last, other as usize);
        }
        self.ext.execute_with(|| {
            let mut transactions = Vec::new();
            for (sender, calls) in calls {
                let nonce = System::account_nonce(dev::account(sender));
                for (call, nonce) in calls.into_iter().zip(nonce..) {
                    transactions.push(signed(sender, call, nonce));
                }
            }
            transactions
        })
    }

    /// Makes the block of the next slot, if its author is there.
    fn block(
        &mut self,
        faults: Faults,
        transactions: &mut dyn FnMut(&mut Self) -> Vec<UncheckedExtrinsic>,
    ) {
        let slot = self.slot + 1;
        let offered = transactions(self);
        self.slot = slot;
        let gate = self
            .ext
            .execute_with(|| Conformance::gate(slot))
            .expect("there are authors");
        let author = VALIDATORS
            .iter()
            .position(|name| dev::validator(name) == gate.author)
            .expect("a known validator");
        if faults.validator_down == Some(author) {
            return;
        }
        let kind = gate.verdict.required().expect("every author has standing");
        self.note(&kind);
        let attestation = attest(
            &self.genesis,
            &self.parent.hash(),
            slot,
            VALIDATORS[author],
            kind,
        );
        let header = Header::new(
            self.parent.number + 1,
            H256::zero(),
            H256::zero(),
            self.parent.hash(),
            Digest {
                logs: vec![aura(slot), attestation.to_digest_item()],
            },
        );
        let now = pallet_timestamp::Call::set {
            now: slot * DEFAULT_SLOT_DURATION,
        };
        self.parent = self.ext.execute_with(|| {
            Executive::initialize_block(&header);
            Executive::apply_extrinsic(UncheckedExtrinsic::new_bare(now.into()))
                .expect("the time is right")
                .unwrap();
            for transaction in offered {
                if let Ok(outcome) = Executive::apply_extrinsic(transaction) {
                    outcome.expect("the call of an honest gateway does not fail");
                }
            }
            Executive::finalize_block()
        });
        if self.parent.number.is_multiple_of(16) {
            self.ext.commit_all().unwrap();
        }
    }

    fn note(&mut self, kind: &AttestationKind) {
        self.report.blocks += 1;
        match kind {
            AttestationKind::Full { .. } => {}
            AttestationKind::Restricted {
                shortfall: Shortfall::RegistrationLag,
            } => self.report.restricted_for_lag += 1,
            AttestationKind::Restricted { .. } => self.report.restricted_for_anchor += 1,
            AttestationKind::Proved { .. } | AttestationKind::Unproved => {
                panic!("the consortium keeps no payloads")
            }
        }
    }

    /// Lets a slot pass: hospitals store, gateways send, an author makes a block.
    fn pass(&mut self, faults: Faults) {
        let slot = self.slot + 1;
        for (n, hospital) in self.hospitals.iter_mut().enumerate() {
            // Ordinary hospitals store in four of five slots.
            if faults.overload == Some(n) || self.chance.below(5) > 0 {
                hospital.store(slot);
            }
        }
        self.block(faults, &mut |simulation| simulation.transactions(faults));
        for (n, hospital) in self.hospitals.iter().enumerate() {
            let now = self.ext.execute_with(|| PhiIndex::registered(&hospital.id));
            for sequence in self.registered[n]..now {
                let lag = self.slot - hospital.stored_in(sequence);
                self.report.worst_lag = self.report.worst_lag.max(lag);
            }
            self.registered[n] = now;
        }
    }

    /// Lets slots pass with a fault, and returns what was seen.
    fn run(&mut self, slots: u64, faults: Faults) -> Report {
        self.report = Report::default();
        for _ in 0..slots {
            self.pass(faults);
        }
        self.report
    }

    /// Lets slots pass without faults until all is healthy again, and returns their number.
    fn heal(&mut self, limit: u64) -> u64 {
        for slots in 0..limit {
            if self.is_healthy() {
                return slots;
            }
            self.pass(Faults::default());
        }
        panic!("not healthy after {limit} slots: {:?}", self.report);
    }

    /// Checks the invariants of the pallets.
    fn check(&mut self) {
        self.ext.execute_with(|| {
            Conformance::do_try_state().unwrap();
            Consortium::do_try_state().unwrap();
        });
    }
}

/// Whether the head that a hospital last offered is the anchored one.
fn is_anchored(hospital: &HospitalChain) -> bool {
    HospitalAnchor::best_head(&hospital.id).map(|best| best.hash) == hospital.offered_hash()
}

fn print(fault: &str, report: &Report, healed: u64) {
    println!("{fault}: {report:?}, healthy again after {healed} slots");
}

#[test]
fn network_without_faults_should_never_be_restricted() {
    let mut simulation = Simulation::new(1);
    simulation.run(HOUR, Faults::default());
    let report = simulation.run(4 * HOUR, Faults::default());
    print("no fault", &report, 0);
    assert_eq!(u64::from(report.blocks), 4 * HOUR);
    assert_eq!(
        (report.restricted_for_lag, report.restricted_for_anchor),
        (0, 0)
    );
    // An entry block waits for the next anchor and one more block.
    assert!(report.worst_lag <= ANCHOR_EVERY + 2, "{report:?}");
    simulation.check();
}

#[test]
fn network_should_bear_a_validator_that_is_down_for_a_day() {
    let mut simulation = Simulation::new(2);
    simulation.run(HOUR, Faults::default());
    let down = Faults {
        validator_down: Some(2),
        ..Faults::default()
    };
    let report = simulation.run(DAY, down);
    let healed = simulation.heal(HOUR);
    print("a validator down for a day", &report, healed);
    assert_eq!(
        (report.restricted_for_lag, report.restricted_for_anchor),
        (0, 0)
    );
    assert!(report.worst_lag <= 3 * ANCHOR_EVERY, "{report:?}");
    assert!(healed <= 2 * ANCHOR_EVERY, "{healed}");
    simulation.check();
}

#[test]
fn network_should_heal_when_all_anchors_stopped_for_two_hours() {
    let mut simulation = Simulation::new(3);
    simulation.run(HOUR, Faults::default());
    let stopped = Faults {
        anchors_stopped: true,
        ..Faults::default()
    };
    let report = simulation.run(2 * HOUR, stopped);
    // Anchors are fresh for an hour. After that no block is full, and none admits a registration.
    assert!(
        report.restricted_for_anchor >= HOUR as u32 - 10,
        "{report:?}"
    );
    let healed = simulation.heal(HOUR);
    print("no anchors for two hours", &report, healed);
    assert!(healed <= 4 * ANCHOR_EVERY, "{healed}");
    let after = simulation.run(2 * HOUR, Faults::default());
    assert_eq!(
        (after.restricted_for_lag, after.restricted_for_anchor),
        (0, 0)
    );
    simulation.check();
}

#[test]
fn network_should_bear_a_hospital_at_ten_times_its_share() {
    let mut simulation = Simulation::new(4);
    simulation.run(HOUR, Faults::default());
    // A block of 256 full entries has 0.8 MB. The quota of a session takes about eight of them.
    let offset = simulation.hospitals[3].total();
    simulation.hospitals[3].fill_blocks(256, 64);
    let overload = Faults {
        overload: Some(3),
        ..Faults::default()
    };
    let report = simulation.run(80, overload);
    let stored = simulation.hospitals[3].total() - offset;
    let registered = simulation.registered[3].saturating_sub(offset);
    println!("the hospital stored {stored} full blocks and registered {registered}");
    assert!(registered < stored / 2, "the quota holds");
    // The quota forbids it, so it is not lag: nobody is restricted for it.
    assert_eq!(
        (report.restricted_for_lag, report.restricted_for_anchor),
        (0, 0)
    );
    // The others do not wait for it.
    for n in 0..3 {
        let waiting = simulation.hospitals[n].offered() - simulation.registered[n];
        assert!(
            u64::from(waiting) <= 2 * ANCHOR_EVERY,
            "hospital {n}: {waiting}"
        );
    }
    // It stores ordinary blocks again, and catches up within its quota.
    simulation.hospitals[3].fill_blocks(4, 8);
    let healed = simulation.heal(20 * HOUR);
    print("ten times the share", &simulation.report, healed);
    assert_eq!(simulation.report.restricted_for_lag, 0);
    assert!(healed > HOUR, "the backlog takes more than a session");
    simulation.check();
}
