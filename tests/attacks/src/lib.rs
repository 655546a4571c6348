// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![allow(clippy::unwrap_used)]

use bspp_peks::{
    encryptor_id, Context, DefaultBackend, Ed25519Secret, G1Point, Keyword, LabelVersion,
    OpenBatch, OpenSecret, PatientKeys, SearchSecret, Seed, X25519Secret,
};
use bspp_record::{
    create_grant, slot_of, split, DisclosureError, DisclosurePackage, DisclosureRequest, Document,
    Encryptor, GrantEnvelope, GrantItem, GrantTerms, GrantedLabel, Patient, Question,
    ReceivedGrant, ScopeOpening, SharedRecord, SignedPackage, SlotOpening,
};
use bspp_types::{
    day_of, Entry, LabelState, Moment, OpenRequest, PurposeOfUse, Request, RequestStatus,
    Requester, H256,
};
use rand::{rngs::StdRng, SeedableRng};

/// Genesis hash of the consortium chain.
pub const CHAIN: [u8; 32] = [7; 32];
/// The hospital that has the records.
pub const HOSPITAL: [u8; 32] = [8; 32];
/// Another hospital.
pub const OTHER_HOSPITAL: [u8; 32] = [9; 32];
/// The filing month of all records: November 2026.
pub const MONTH: u16 = 682;
/// The time of all grants, in milliseconds since 1970.
pub const NOW: Moment = 1_794_000_000_000;
/// The number of days for which grants are valid.
pub const DAYS: u32 = 30;

/// A generator whose output is the same in each run.
pub fn rng(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

/// The keys of patient `seed` at a hospital.
pub fn keys_at(seed: u8, hospital: &[u8; 32]) -> PatientKeys {
    PatientKeys::derive(&Seed::from_bytes([seed; 32]), &CHAIN, hospital, 0)
}

/// The keys of patient `seed` at [`HOSPITAL`].
pub fn keys(seed: u8) -> PatientKeys {
    keys_at(seed, &HOSPITAL)
}

/// A keyword of this attack book.
pub fn keyword(code: &str) -> Keyword {
    Keyword::new("http://snomed.info/sct", code)
}

/// HIV infection.
pub fn hiv() -> Keyword {
    keyword("86406008")
}

/// Vaccination.
pub fn vaccination() -> Keyword {
    keyword("33879002")
}

/// An honest hospital: it encrypts, keeps shares, and decides as the gateway does.
pub struct Hospital {
    /// The X25519 secret of the month.
    pub secret: X25519Secret,
    /// The operator's key, which signs packages.
    pub operator: Ed25519Secret,
    encryptor: Encryptor,
}

impl Default for Hospital {
    fn default() -> Self {
        Self::new()
    }
}

impl Hospital {
    /// A hospital with an open batch.
    pub fn new() -> Self {
        let enc = encryptor_id(b"gateway", &[1; 32]);
        let batch = OpenBatch::open(&CHAIN, &HOSPITAL, &enc, 0, MONTH, &mut rng(1));
        Self {
            secret: X25519Secret::from_bytes([2; 32]),
            operator: Ed25519Secret::from_seed(&[3; 32]),
            encryptor: Encryptor::new(batch),
        }
    }

    /// `R` of the batch.
    pub fn point(&self) -> &G1Point {
        self.encryptor.batch().point()
    }

    /// The open batch, which only the encryptor has.
    pub fn batch(&self) -> &OpenBatch {
        self.encryptor.batch()
    }

    /// A patient from the view of the encryptor.
    pub fn patient(&self, keys: &PatientKeys, version: LabelVersion) -> Patient {
        let bundle = keys.bundle(&mut rng(4));
        let context = Context {
            chain: CHAIN,
            hospital: HOSPITAL,
            filing_month: MONTH,
        };
        Patient::new(&bundle, context, version, &self.secret).unwrap()
    }

    /// Files a record with these keywords, which also are its content.
    pub fn file(
        &mut self,
        keys: &PatientKeys,
        version: LabelVersion,
        keywords: &[Keyword],
    ) -> SharedRecord {
        let codings: Vec<String> = keywords
            .iter()
            .map(|keyword| {
                format!(
                    r#"{{"system":"{}","code":"{}"}}"#,
                    keyword.system(),
                    keyword.code()
                )
            })
            .collect();
        let json = format!(
            r#"{{"resourceType":"Condition","code":{{"coding":[{}]}}}}"#,
            codings.join(",")
        );
        let document = Document::parse(json.as_bytes()).unwrap();
        let [plain] = <[_; 1]>::try_from(split(&document, [5; 16], &mut rng(5))).unwrap();
        let patient = self.patient(keys, version);
        let seed = self.encryptor.waiting() as u64 + 100;
        let made = self
            .encryptor
            .encrypt(&patient, &plain, H256([6; 32]), &mut rng(seed))
            .unwrap();
        let [record] = <[_; 1]>::try_from(made).unwrap();
        record
    }

    /// One item of a grant for this hospital and month.
    pub fn item(&self, version: LabelVersion, keywords: &[Keyword], may_open: bool) -> GrantItem {
        GrantItem {
            filing_month: MONTH,
            hospital_key: self.secret.public().0,
            version,
            keywords: keywords.to_vec(),
            may_open,
        }
    }

    /// Decides on a question in the order of the gateway, after the match was found on chain.
    ///
    /// `patient` is the account that the hospital's own records name for the record.
    ///
    /// # Errors
    /// The refusal.
    pub fn decide(
        &self,
        question: &DisclosureRequest<[u8; 64]>,
        on_chain: &Request<[u8; 32]>,
        (record, patient): (&SharedRecord, &PatientKeys),
        state: &LabelState,
        now: Moment,
    ) -> Result<(), DisclosureError> {
        let (chain, hospital) = (H256(CHAIN), H256(HOSPITAL));
        question.verify_requester(&chain, &hospital, signed_by)?;
        question.verify_request(&chain, &hospital, on_chain, now)?;
        let opening = question.open_scope([&self.secret])?;
        let entry = &record.encrypted.record.entry;
        question.covers(&opening, &patient.account().public(), entry, MONTH)?;
        question.check_currency(state, MONTH)?;
        if opening.leaf.may_open {
            Ok(())
        } else {
            Err(DisclosureError::OpenNotGranted)
        }
    }

    /// The signed package of a record.
    pub fn package(&self, record: &SharedRecord, grant: &ReceivedGrant) -> SignedPackage<[u8; 64]> {
        let package = DisclosurePackage::new(&record.encrypted, &record.share);
        SignedPackage::new(package, &grant.header, |message| {
            self.operator.sign(message)
        })
    }
}

/// Whether an account signed a message.
pub fn signed_by(signature: &[u8; 64], message: &[u8], account: &[u8; 32]) -> bool {
    bspp_peks::verify_strict(account, message, signature).is_ok()
}

/// A doctor of [`OTHER_HOSPITAL`].
pub struct Doctor {
    /// The account.
    pub account: Ed25519Secret,
    /// The X25519 secret.
    pub x25519: X25519Secret,
}

impl Doctor {
    /// Doctor `seed`.
    pub fn new(seed: u8) -> Self {
        Self {
            account: Ed25519Secret::from_seed(&[seed; 32]),
            x25519: X25519Secret::from_bytes([seed; 32]),
        }
    }

    /// The terms of a grant to this doctor.
    pub fn terms(&self, issued_at: Moment) -> GrantTerms {
        GrantTerms {
            requester: Requester::Person(self.account.public()),
            requester_key: self.x25519.public().0,
            purpose: PurposeOfUse::Treatment,
            issued_at,
            expiry: day_of(NOW) + DAYS,
        }
    }

    /// Grant `index` of a patient to this doctor.
    pub fn granted(
        &self,
        keys: &PatientKeys,
        index: u32,
        items: &[GrantItem],
    ) -> (GrantEnvelope, ReceivedGrant) {
        let seed = u64::from(index) + 10;
        let envelope = create_grant(keys, index, &self.terms(NOW), items, &mut rng(seed)).unwrap();
        let grant = envelope
            .receive(
                &H256(CHAIN),
                &self.account.public(),
                &self.x25519,
                NOW,
                &mut rng(seed),
            )
            .unwrap();
        (envelope, grant)
    }

    /// A question for a record.
    pub fn question(
        &self,
        hospital: &Hospital,
        grant: &ReceivedGrant,
        record: &SharedRecord,
        opening: &ScopeOpening,
    ) -> DisclosureRequest<[u8; 64]> {
        let question = Question {
            grant,
            record: record.encrypted.rid,
            opening,
            hospital_key: hospital.secret.public().0,
            nonce: [1; 32],
        };
        DisclosureRequest::new(
            &question,
            |message| self.account.sign(message),
            &mut rng(20),
        )
        .unwrap()
    }
}

/// The request that a grant opens, as the chain keeps it.
pub fn opened(open: &OpenRequest, doctor: &Doctor) -> Request<[u8; 32]> {
    Request {
        hospital: open.hospital,
        requester: doctor.account.public(),
        requester_hospital: H256(OTHER_HOSPITAL),
        authority: open.authority,
        purpose: open.purpose,
        expiry: open.expiry,
        header_hash: open.header_hash,
        status: RequestStatus::Open,
        opened_at: 1,
        matches: 1,
    }
}

/// `s` of a granted label in the hospital's batch.
pub fn search_secret(
    hospital: &Hospital,
    grant: &ReceivedGrant,
    label: &GrantedLabel,
) -> SearchSecret {
    SearchSecret::from_trapdoor::<DefaultBackend>(
        hospital.point(),
        &label.search,
        &grant.search_key,
    )
}

/// `o` of a granted label in the hospital's batch. The grant must permit to read.
pub fn open_secret(hospital: &Hospital, grant: &ReceivedGrant, label: &GrantedLabel) -> OpenSecret {
    let trapdoor = label.open.as_ref().unwrap();
    OpenSecret::from_trapdoor::<DefaultBackend>(hospital.point(), trapdoor, &grant.open_key)
}

/// The slot and counter of a secret in an entry, if the entry has its label.
pub fn found(entry: &Entry, secret: &SearchSecret) -> Option<(u8, u32)> {
    (0..64).find_map(|counter| {
        let slot = slot_of(entry, &secret.tag(counter))?;
        Some((slot, counter))
    })
}

/// `l_n` for the slot in which a label is. `None` if the entry does not have the label.
pub fn slot_opening(
    hospital: &Hospital,
    grant: &ReceivedGrant,
    label: &GrantedLabel,
    entry: &Entry,
) -> Option<SlotOpening> {
    let secret = search_secret(hospital, grant, label);
    let (slot, counter) = found(entry, &secret)?;
    Some(SlotOpening {
        slot,
        opening: *secret.label_opening(counter).as_bytes(),
    })
}

/// The honest evidence that item `index` of a grant covers a record.
pub fn evidence(
    hospital: &Hospital,
    grant: &ReceivedGrant,
    index: usize,
    record: &SharedRecord,
) -> Option<ScopeOpening> {
    let item = grant.items.get(index)?;
    let entry = &record.encrypted.record.entry;
    let slots = item
        .labels
        .iter()
        .map(|label| slot_opening(hospital, grant, label, entry))
        .collect::<Option<Vec<_>>>()?;
    item.scope_opening(slots)
}
