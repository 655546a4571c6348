// SPDX-License-Identifier: Apache-2.0
//! Attacks by a curious member hospital, which reads the whole consortium chain.
#![allow(clippy::unwrap_used)]

use bspp_attacks::*;
use bspp_peks::{
    domain, encryptor_id, DefaultBackend, Ed25519Secret, G1Bytes, G1Point, Kappa, LabelScope,
    MonthLabel, OpenBatch, PairingBackend, PatientBundle, Scalar, SchnorrProof, X25519Public,
    X25519Secret,
};

type B = DefaultBackend;

/// Attack: the hospital tries a dictionary on the entries of another hospital.
///
/// It makes labels with every key that it has, and secrets in a batch of its own. Rests on `r`, which
/// only the encryptor has, and on κ. Revert: derive tags from the label alone. The last part is what
/// the encryptor itself can do.
#[test]
fn member_hospital_should_not_find_keywords_with_a_dictionary() {
    let (mut hospital, patient) = (Hospital::new(), keys(1));
    let record = hospital.file(&patient, 0, &[hiv()]);
    let entry = &record.encrypted.record.entry;
    let scope = LabelScope {
        hospital: HOSPITAL,
        filing_month: MONTH,
        version: 0,
        bundle_hash: patient.bundle_hash(),
    };
    let hits = |batch: &OpenBatch, kappa: &Kappa| {
        let of_patient = batch.patient::<B>(patient.search_public(), patient.open_public());
        let label = kappa.label(&hiv());
        let (secret, _) = batch.label_secrets(&of_patient, &label);
        let label = MonthLabel {
            filing_month: MONTH,
            kw: label,
        };
        (0..8).any(|counter| {
            let (tag, key) = (secret.tag(counter), secret.match_key(counter, &label));
            entry
                .slots
                .iter()
                .any(|slot| slot.tag == tag || slot.match_key == key.public())
        })
    };
    let member = X25519Secret::from_bytes([70; 32]);
    let enc = encryptor_id(b"member", &[0; 32]);
    let own = OpenBatch::open(&CHAIN, &HOSPITAL, &enc, 0, MONTH, &mut rng(70));
    let stranger = Kappa::hospital_side(&member, &patient.x25519_public(), &scope).unwrap();
    let right = Kappa::hospital_side(&hospital.secret, &patient.x25519_public(), &scope).unwrap();
    assert!(!hits(&own, &stranger));
    assert!(!hits(hospital.batch(), &stranger));
    assert!(!hits(&own, &right), "even with κ the batch's r is needed");
    assert!(hits(hospital.batch(), &right));
}

/// Attack: somebody enrols with the X25519 key of a patient, to get the labels.
///
/// Rests on the hash of the bundle's keys in κ. Revert: leave it out of `Kappa::derive`; the last
/// line then holds for the attacker's own hash.
#[test]
fn attacker_with_a_foreign_x25519_key_should_get_other_labels() {
    let (hospital, victim) = (Hospital::new(), keys(1));
    let attacker = Ed25519Secret::from_seed(&[71; 32]);
    let secrets = [Scalar::random(&mut rng(72)), Scalar::random(&mut rng(73))];
    let [search, open] = [0, 1].map(|place| B::g1_mul(&G1Point::generator(), &secrets[place]));
    let none = SchnorrProof {
        commitment: G1Bytes([0; 48]),
        response: [0; 32],
    };
    let mut bundle = PatientBundle {
        search: search.to_bytes(),
        open: open.to_bytes(),
        x25519: victim.x25519_public().0,
        account: attacker.public(),
        search_proof: none,
        open_proof: none,
        signature: [0; 64],
    };
    let context = [bundle.hash(&CHAIN, &HOSPITAL), CHAIN].concat();
    let prove = |role, place: usize, point| {
        SchnorrProof::prove(role, &secrets[place], point, &context, &mut rng(74))
    };
    bundle.search_proof = prove(domain::BUNDLE_POP_SEARCH, 0, &search);
    bundle.open_proof = prove(domain::BUNDLE_POP_OPEN, 1, &open);
    let mut message = [domain::BUNDLE_SIGN, &bundle.hash(&CHAIN, &HOSPITAL)].concat();
    for proof in [&bundle.search_proof, &bundle.open_proof] {
        message.extend_from_slice(&proof.commitment.0);
        message.extend_from_slice(&proof.response);
    }
    bundle.signature = attacker.sign(&message);
    // The bundle is valid: nothing proves possession of an X25519 key.
    let valid = bundle.verify(&CHAIN, &HOSPITAL).unwrap();

    let label = |bundle_hash, x25519: &X25519Public| {
        let scope = LabelScope {
            hospital: HOSPITAL,
            filing_month: MONTH,
            version: 0,
            bundle_hash,
        };
        let kappa = Kappa::hospital_side(&hospital.secret, x25519, &scope).unwrap();
        *kappa.label(&hiv()).as_bytes()
    };
    let of_victim = label(victim.bundle_hash(), &victim.x25519_public());
    assert_ne!(label(valid.hash, &valid.x25519), of_victim);
    assert_eq!(label(victim.bundle_hash(), &valid.x25519), of_victim);
}
