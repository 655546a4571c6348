// SPDX-License-Identifier: Apache-2.0
//! Records, encryptors and a requester for tests.

use super::*;
use bspp_peks::{
    DefaultBackend, HospitalShare, Kappa, LabelVersion, MonthLabel, OpenSecret, SearchSecret,
};
use bspp_record::{open_record, slot_of, Encryptor, Keyword, OpenError, Payload, SharedRecord};
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
) -> Vec<SharedRecord> {
    encryptor
        .encrypt(patient, plain, consent(), &mut rng(5))
        .unwrap()
}

/// A requester with both trapdoors of a keyword.
pub struct Requester {
    pub label: MonthLabel,
    pub search: SearchSecret,
    pub open: OpenSecret,
}

impl Requester {
    pub fn new(keys: &PatientKeys, encryptor: &Encryptor, keyword: &Keyword) -> Self {
        Self::at(keys, encryptor, keyword, 0)
    }

    /// A requester with the trapdoors of a label version.
    pub fn at(
        keys: &PatientKeys,
        encryptor: &Encryptor,
        keyword: &Keyword,
        version: LabelVersion,
    ) -> Self {
        let scope = scope_at(keys, version);
        let key = hospital_secret().public();
        let kappa = Kappa::patient_side(keys.x25519(), &key, &scope).unwrap();
        let label = kappa.label(keyword);
        let point = encryptor.batch().point();
        let search = keys.search_trapdoor::<DefaultBackend>(FILING_MONTH, &label);
        let open = keys.open_trapdoor::<DefaultBackend>(FILING_MONTH, &label);
        Self {
            label: MonthLabel {
                filing_month: FILING_MONTH,
                kw: label,
            },
            search: SearchSecret::from_trapdoor::<DefaultBackend>(
                point,
                &search,
                keys.search_public(),
            ),
            open: OpenSecret::from_trapdoor::<DefaultBackend>(point, &open, keys.open_public()),
        }
    }

    pub fn open(&self, made: &SharedRecord, counter: u32) -> Result<Payload, OpenError> {
        self.open_with(&made.encrypted, &made.share, counter)
    }

    /// Opens a record with a share of the caller's choice.
    pub fn open_with(
        &self,
        record: &EncryptedRecord,
        share: &HospitalShare,
        counter: u32,
    ) -> Result<Payload, OpenError> {
        let entry = &record.record.entry;
        let slot = slot_of(entry, &self.search.tag(counter)).expect("the slot is there");
        open_record(
            &record.rid,
            entry,
            &record.record.wraps,
            share,
            &record.payload,
            (slot, counter),
            &self.open,
        )
    }
}

pub fn sct() -> Keyword {
    Keyword::new("http://snomed.info/sct", "44054006")
}
