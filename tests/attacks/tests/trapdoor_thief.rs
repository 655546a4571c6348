// SPDX-License-Identifier: Apache-2.0
//! Attacks by a thief of a grant's trapdoors.
#![allow(clippy::unwrap_used)]

use bspp_attacks::*;
use bspp_peks::{
    label_point, DefaultBackend, HospitalShare, Kappa, Keyword, KeywordLabel, LabelScope,
    MatchStatement, X25519Secret,
};
use bspp_record::{open_record, DisclosureError, OpenError, SignedPackage};
use bspp_types::{LabelState, H256};

/// A dictionary with the keyword of the trapdoor in it.
fn dictionary() -> Vec<Keyword> {
    (0..50)
        .map(|code| keyword(&code.to_string()))
        .chain([vaccination(), hiv()])
        .collect()
}

/// Attack: the thief tries every code of a dictionary against a trapdoor, off line.
///
/// Rests on κ, which keys the labels. Revert: hash keywords without κ, as textbook PEKS does. The
/// last part is the attack of somebody who has κ: it names the keyword.
#[test]
fn thief_of_a_trapdoor_should_not_name_its_keyword() {
    let (hospital, doctor, patient) = (Hospital::new(), Doctor::new(11), keys(1));
    let (_, grant) = doctor.granted(&patient, 0, &[hospital.item(0, &[hiv()], true)]);
    let stolen = &grant.items[0].labels[0].search;
    let fits = |label: &KeywordLabel| {
        let context = patient.context(MONTH);
        let q = label_point::<DefaultBackend>(&context, &grant.search_key, &grant.open_key, label);
        stolen.check::<DefaultBackend>(&grant.search_key, &q)
    };
    let scope = LabelScope {
        hospital: HOSPITAL,
        filing_month: MONTH,
        version: 0,
        bundle_hash: patient.bundle_hash(),
    };
    let named = |kappa: &Kappa| {
        dictionary()
            .into_iter()
            .filter(|keyword| fits(&kappa.label(keyword)))
            .collect::<Vec<_>>()
    };
    // The thief agrees on a κ of its own with the public keys of both.
    let own = X25519Secret::from_bytes([99; 32]);
    for public in [patient.x25519_public(), hospital.secret.public()] {
        let kappa = Kappa::patient_side(&own, &public, &scope).unwrap();
        assert!(named(&kappa).is_empty());
    }
    // Without a key the label is a hash of the code.
    for keyword in dictionary() {
        let plain = [keyword.system().as_bytes(), keyword.code().as_bytes()].concat();
        assert!(!fits(&KeywordLabel::from_bytes(bspp_peks::blake2b_256(
            &plain
        ))));
    }
    let kappa = Kappa::hospital_side(&hospital.secret, &patient.x25519_public(), &scope).unwrap();
    assert!(named(&kappa) == [hiv()]);
}

/// Attack: the thief has search and open trapdoors, and a copy of both chains.
///
/// Rests on the hospital's share. Revert: derive `kek` from `o` alone.
#[test]
fn thief_of_trapdoors_should_not_open_a_copy_of_the_chains() {
    let (mut hospital, doctor, patient) = (Hospital::new(), Doctor::new(11), keys(1));
    let record = hospital.file(&patient, 0, &[hiv()]);
    let (_, grant) = doctor.granted(&patient, 0, &[hospital.item(0, &[hiv()], true)]);
    let label = &grant.items[0].labels[0];
    let (encrypted, entry) = (&record.encrypted, &record.encrypted.record.entry);
    let (slot, counter) = found(entry, &search_secret(&hospital, &grant, label)).unwrap();
    let secret = open_secret(&hospital, &grant, label);
    let open = |share: &HospitalShare| {
        open_record(
            &encrypted.rid,
            entry,
            &encrypted.record.wraps,
            share,
            &encrypted.payload,
            (slot, counter),
            &secret,
        )
        .map(|_| ())
    };
    assert_eq!(open(&record.share), Ok(()));
    for guess in [
        HospitalShare::from_bytes([0; 32]),
        HospitalShare::generate(&mut rng(40)),
    ] {
        assert_eq!(open(&guess), Err(OpenError::SealMismatch));
    }
}

/// Attack: the thief acts under the request of the doctor from whom the trapdoors come.
///
/// Rests on the requester's account in match proofs, questions and answers. Revert: leave the
/// requester out of `MatchStatement` and the signature out of `verify_requester`.
#[test]
fn thief_of_a_trapdoor_should_not_use_the_doctors_request() {
    let (mut hospital, doctor, patient) = (Hospital::new(), Doctor::new(11), keys(1));
    let thief = Doctor::new(12);
    let record = hospital.file(&patient, 0, &[hiv()]);
    let entry = &record.encrypted.record.entry;
    let (envelope, grant) = doctor.granted(&patient, 0, &[hospital.item(0, &[hiv()], true)]);
    let secret = search_secret(&hospital, &grant, &grant.items[0].labels[0]);
    let (slot, counter) = found(entry, &secret).unwrap();
    let key = secret.match_key(counter, &grant.items[0].month_label(0).unwrap());
    let statement = |requester| MatchStatement {
        chain: CHAIN,
        request: envelope.header.request_id().0,
        rid: record.encrypted.rid.0,
        tag: secret.tag(counter),
        requester,
    };
    // The chain takes the requester from the sender of the transaction.
    let registered = &entry.slots[usize::from(slot)].match_key;
    let proof = statement(doctor.account.public()).sign(&key);
    let by_thief = statement(thief.account.public());
    assert!(by_thief.verify(registered, &proof).is_err());

    let opening = evidence(&hospital, &grant, 0, &record).unwrap();
    let question = thief.question(&hospital, &grant, &record, &opening);
    let on_chain = opened(&envelope.open_request(), &doctor);
    let state = LabelState::default();
    assert_eq!(
        hospital.decide(&question, &on_chain, (&record, &patient), &state, NOW),
        Err(DisclosureError::InvalidSignature)
    );
    // The answer to the doctor's own question is of no use to the thief.
    let sealed = hospital
        .package(&record, &grant)
        .seal(&grant.header, &mut rng(41))
        .unwrap();
    let operator = hospital.operator.public();
    let asked = (&record.encrypted.rid, entry);
    let open = |secret: &X25519Secret| {
        SignedPackage::<[u8; 64]>::open(
            &sealed,
            &grant.header,
            asked,
            secret,
            (&operator, signed_by),
        )
    };
    assert!(open(&thief.x25519).is_err());
    assert!(open(&doctor.x25519).is_ok());
    // The grant cannot be opened by another account.
    let receive = envelope.receive(
        &H256(CHAIN),
        &thief.account.public(),
        &thief.x25519,
        NOW,
        &mut rng(42),
    );
    assert!(receive.is_err());
}
