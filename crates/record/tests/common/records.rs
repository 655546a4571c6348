// SPDX-License-Identifier: Apache-2.0
//! Records, encryptors and a requester for tests.

use super::*;
use bspp_peks::{DefaultBackend, Kappa, OpenSecret, SearchSecret};
use bspp_record::{open_record, slot_of, Encryptor, Keyword, OpenError, Payload};
use bspp_types::ConsentId;

pub fn plain() -> PlainRecord {
    small_records().remove(1)
}

pub fn with_keywords(count: usize) -> PlainRecord {
    let mut plain = plain();
    plain.keywords = (0..count)
        .map(|n| Keyword::new("urn:s", format!("{n}")))
        .collect();
    plain
}

pub fn consent() -> ConsentId {
    [2; 32].into()
}

pub fn encryptor_of(number: u32) -> Encryptor {
    Encryptor::new(batch(number))
}

pub fn encrypt(
    encryptor: &mut Encryptor,
    patient: &Patient,
    plain: &PlainRecord,
) -> Vec<EncryptedRecord> {
    encryptor
        .encrypt(patient, plain, consent(), &mut rng(5))
        .unwrap()
}

/// A requester with both trapdoors of a keyword.
pub struct Requester {
    pub search: SearchSecret,
    pub open: OpenSecret,
}

impl Requester {
    pub fn new(keys: &PatientKeys, encryptor: &Encryptor, keyword: &Keyword) -> Self {
        let kappa = Kappa::patient_side(
            keys.x25519(),
            &hospital_secret().public(),
            &HOSPITAL,
            FILING_MONTH,
        )
        .unwrap();
        let label = kappa.label(keyword);
        let (context, point) = (context(), encryptor.batch().point());
        let search = keys.search_trapdoor::<DefaultBackend>(&context, &label);
        let open = keys.open_trapdoor::<DefaultBackend>(&context, &label);
        Self {
            search: SearchSecret::from_trapdoor::<DefaultBackend>(
                point,
                &search,
                keys.search_public(),
            ),
            open: OpenSecret::from_trapdoor::<DefaultBackend>(point, &open, keys.open_public()),
        }
    }

    pub fn open(&self, record: &EncryptedRecord, counter: u32) -> Result<Payload, OpenError> {
        let entry = &record.record.entry;
        let slot = slot_of(entry, &self.search.tag(counter)).expect("the slot is there");
        let ciphertext = record.ciphertext();
        open_record(
            &record.rid,
            entry,
            &record.record.wraps,
            &ciphertext,
            slot,
            counter,
            &self.open,
        )
    }
}

pub fn sct() -> Keyword {
    Keyword::new("http://snomed.info/sct", "44054006")
}
