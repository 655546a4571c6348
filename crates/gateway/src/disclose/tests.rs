// SPDX-License-Identifier: Apache-2.0
#![allow(clippy::type_complexity, clippy::unwrap_used)]

mod release;

use super::*;
use crate::{
    outbox::{Forward, Revoked},
    refusal_time::REFUSAL_TIME,
    vault::Vault,
};
use async_trait::async_trait;
use bspp_client::{ClientError, Result as ChainResult, Scheme, Signer};
use bspp_peks::{
    encryptor_id, Context, DefaultBackend, LabelVersion, OpenBatch, PatientKeys, SearchSecret,
    Seed, X25519Secret,
};
use bspp_record::{
    create_grant, create_supplement, random_source, slot_of, split, Document, Encryptor,
    GrantEnvelope, GrantItem, GrantKey, GrantTerms, Keyword, Patient, Question, ReceivedGrant,
    ScopeOpening, SharedRecord, SlotOpening,
};
use bspp_types::{
    day_of, day_start, messages, Authority, BatchId, ConsentId, Day, DisclosureStatus,
    Ed25519Signature, Entry, FilingMonth, LabelRise, LabelState, Match, PurposeOfUse, Record,
    RecordLocation, Request, Requester, X25519Key,
};
use rand::rngs::OsRng;
use std::sync::{
    atomic::{AtomicU32, Ordering},
    Mutex,
};
use tokio::sync::Notify;

const NOW: Moment = 1_700_000_000_000;
const CHAIN: H256 = H256([1; 32]);
const HOSPITAL: H256 = H256([2; 32]);
const MONTH: FilingMonth = 600;

struct View {
    time: Moment,
    best_time: Moment,
    finalized: Option<Request<AccountId>>,
    best: Option<Request<AccountId>>,
    matched: bool,
    /// The number of reads of best state; from the second read on it may show a revocation.
    reads: AtomicU32,
    revoked_meanwhile: bool,
    standing: Standing,
    /// The records whose disclosure was refused on chain.
    refused: Arc<Mutex<Vec<RecordId>>>,
    /// The number of reads of the standing; at the second one the requester may be removed.
    standing_reads: AtomicU32,
    removed_meanwhile: bool,
    reachable: bool,
}

#[async_trait]
impl RequestView for View {
    async fn finalized_time(&self) -> ChainResult<Moment> {
        if self.reachable {
            return Ok(self.time);
        }
        Err(ClientError::ConnectionLost {
            reason: "a test".into(),
        })
    }

    async fn finalized_standing(&self, _: &AccountId) -> ChainResult<Standing> {
        let again = self.standing_reads.fetch_add(1, Ordering::SeqCst) > 0;
        let mut standing = self.standing;
        standing.requester &= !(again && self.removed_meanwhile);
        Ok(standing)
    }

    async fn finalized_request(
        &self,
        id: RequestId,
        _: RecordId,
    ) -> ChainResult<(Option<Request<AccountId>>, Option<Match>)> {
        let known = |request: &Request<AccountId>| messages::request_id(&request.authority) == id;
        let matched = self.matched.then_some(Match {
            proved_at: 1,
            proved_on: 1,
            asked_on: None,
            ask_hash: None,
            disclosure: DisclosureStatus::Pending,
        });
        Ok((self.finalized.clone().filter(known), matched))
    }

    async fn best_time(&self) -> ChainResult<Moment> {
        Ok(self.best_time)
    }

    async fn refuse_disclosure(&self, _: RequestId, record: RecordId) -> ChainResult<()> {
        self.refused.lock().unwrap().push(record);
        Ok(())
    }

    async fn file_tombstone(
        &self,
        _: &Authority,
        _: Day,
        _: Ed25519Signature,
    ) -> ChainResult<bool> {
        Ok(true)
    }

    async fn best_request(&self, _: RequestId) -> ChainResult<Option<Request<AccountId>>> {
        let again = self.reads.fetch_add(1, Ordering::SeqCst) > 0;
        let mut best = self.best.clone();
        if let Some(request) = best.as_mut().filter(|_| again && self.revoked_meanwhile) {
            request.status = RequestStatus::Revoked;
        }
        Ok(best)
    }

    async fn claim_disclosure(&self, _: RequestId, _: RecordId) -> ChainResult<()> {
        Ok(())
    }

    async fn forward_revocation(&self, _: RequestId, _: Ed25519Signature) -> ChainResult<bool> {
        Ok(true)
    }
}

struct Archive {
    patient: [u8; 32],
    record: Record,
    ciphertext: Vec<u8>,
    labels: Mutex<LabelState>,
    logged: Arc<Mutex<Vec<RecordId>>>,
    /// Where it is set, a log entry waits for its block until this tells.
    block: Option<Arc<Notify>>,
}

#[async_trait]
impl RecordArchive for Archive {
    async fn record(&self, rid: RecordId) -> ChainResult<Option<(RecordLocation, Record)>> {
        if rid != self.record.entry.rid() {
            return Ok(None);
        }
        let location = RecordLocation {
            patient: self.patient,
            block: 1,
            extrinsic: 1,
            sequence: 0,
            leaf: 0,
        };
        Ok(Some((location, self.record.clone())))
    }

    async fn batch_month(&self, batch: BatchId) -> ChainResult<Option<FilingMonth>> {
        Ok((batch == self.record.entry.batch).then_some(MONTH))
    }

    async fn ciphertext(&self, _: &Record) -> ChainResult<Vec<u8>> {
        Ok(self.ciphertext.clone())
    }

    async fn log_disclosure(
        &self,
        _: DisclosureGround,
        record: RecordId,
        _: [u8; 32],
    ) -> ChainResult<()> {
        self.logged.lock().unwrap().push(record);
        if let Some(block) = &self.block {
            block.notified().await;
        }
        Ok(())
    }
}

#[async_trait]
impl PatientRegistry for Archive {
    async fn patient(&self, _: [u8; 32]) -> ChainResult<Option<bspp_types::Patient>> {
        Ok(None)
    }

    async fn label_state(&self, _: [u8; 32]) -> ChainResult<LabelState> {
        Ok(self.labels.lock().unwrap().clone())
    }

    async fn raise_label_version(
        &self,
        _: [u8; 32],
        _: LabelVersion,
        _: Moment,
        _: Ed25519Signature,
    ) -> ChainResult<bool> {
        Ok(true)
    }

    async fn consent(
        &self,
        _: [u8; 32],
        _: Option<ConsentId>,
        _: FilingMonth,
    ) -> ChainResult<Option<ConsentId>> {
        Ok(None)
    }
}

/// A world in which the disclosure is permitted. Tests change one thing.
struct World {
    view: View,
    archive_patient: [u8; 32],
    labels: LabelState,
    share_deleted: bool,
    share_lost: bool,
    block: Option<Arc<Notify>>,
    doctor: Signer,
    doctor_secret: X25519Secret,
    hospital_secret: X25519Secret,
    operator: Signer,
    grant: GrantEnvelope,
    received: ReceivedGrant,
    made: SharedRecord,
    batch: OpenBatchPoint,
    outbox: Outbox,
    _dir: tempfile::TempDir,
}

/// `R` of the record's batch.
type OpenBatchPoint = bspp_peks::G1Point;

fn patient(seed: u8) -> PatientKeys {
    PatientKeys::derive(&Seed::from_bytes([seed; 32]), &CHAIN.0, &HOSPITAL.0, 0)
}

fn vaccination() -> Keyword {
    Keyword::new("http://snomed.info/sct", "33879002")
}

fn hiv() -> Keyword {
    Keyword::new("http://snomed.info/sct", "86406008")
}

/// Four items of a grant.
///
/// 0 is the identity keyword to read, 1 a vaccination to read, 2 a vaccination to find, and 3 both
/// a vaccination and HIV. The patient never granted HIV alone.
fn items(hospital_key: X25519Key, version: LabelVersion) -> Vec<GrantItem> {
    let item = |keywords: Vec<Keyword>, may_open| GrantItem {
        filing_month: MONTH,
        hospital_key,
        version,
        keywords,
        may_open,
    };
    vec![
        item(vec![Keyword::identity()], true),
        item(vec![vaccination()], true),
        item(vec![vaccination()], false),
        item(vec![vaccination(), hiv()], true),
    ]
}

/// A record with the keywords of a vaccination and of HIV.
fn record(keys: &PatientKeys, hospital_secret: &X25519Secret) -> (SharedRecord, OpenBatchPoint) {
    let enc = encryptor_id(&[7; 32], &[8; 32]);
    let batch = OpenBatch::open(&CHAIN.0, &HOSPITAL.0, &enc, 1, MONTH, &mut OsRng);
    let point = batch.point().clone();
    let context = Context {
        chain: CHAIN.0,
        hospital: HOSPITAL.0,
        filing_month: MONTH,
    };
    let bundle = keys.bundle(&mut OsRng);
    let patient = Patient::new(&bundle, context, 0, hospital_secret).unwrap();
    let file = br#"{"resourceType":"Patient","id":"p"}"#;
    let document = Document::parse(file).unwrap();
    let mut plain = split(&document, random_source(&mut OsRng), &mut OsRng).remove(0);
    plain.keywords.extend([vaccination(), hiv()]);
    let mut encryptor = Encryptor::<DefaultBackend>::new(batch);
    let made = encryptor
        .encrypt(&patient, &plain, H256([5; 32]), &mut OsRng)
        .unwrap()
        .remove(0);
    (made, point)
}

impl World {
    fn new() -> Self {
        let doctor = Signer::from_seed(&[5; 32], Scheme::Sr25519);
        let operator = Signer::from_seed(&[7; 32], Scheme::Sr25519);
        let doctor_secret = X25519Secret::generate(&mut OsRng);
        let hospital_secret = X25519Secret::generate(&mut OsRng);
        let keys = patient(3);
        let terms = GrantTerms {
            requester: Requester::Person(doctor.account_bytes()),
            requester_key: doctor_secret.public().0,
            purpose: PurposeOfUse::Treatment,
            issued_at: NOW - 1_000,
            expiry: day_of(NOW) + 10,
        };
        let items = items(hospital_secret.public().0, 0);
        let grant = create_grant(&keys, 0, &terms, &items, &mut OsRng).unwrap();
        let received = grant
            .receive(
                &CHAIN,
                &doctor.account_bytes(),
                &doctor_secret,
                NOW,
                &mut OsRng,
            )
            .unwrap();
        let (made, batch) = record(&keys, &hospital_secret);
        let on_chain = Request {
            hospital: HOSPITAL,
            requester: doctor.account().clone(),
            requester_hospital: H256([9; 32]),
            authority: grant.header.authority,
            purpose: terms.purpose,
            expiry: terms.expiry,
            header_hash: grant.header.hash(),
            status: RequestStatus::Open,
            opened_at: 1,
            matches: 1,
        };
        let dir = tempfile::tempdir().unwrap();
        Self {
            view: View {
                time: NOW - 5_000,
                best_time: NOW - 1_000,
                finalized: Some(on_chain.clone()),
                best: Some(on_chain),
                matched: true,
                reads: AtomicU32::new(0),
                revoked_meanwhile: false,
                refused: Arc::default(),
                standing: Standing {
                    requester: true,
                    requester_key: Some(doctor_secret.public().0),
                    hospital: true,
                },
                standing_reads: AtomicU32::new(0),
                removed_meanwhile: false,
                reachable: true,
            },
            archive_patient: keys.account().public(),
            labels: LabelState::default(),
            share_deleted: false,
            share_lost: false,
            block: None,
            doctor,
            doctor_secret,
            hospital_secret,
            operator,
            grant,
            received,
            made,
            batch,
            outbox: Outbox::open(dir.path()).unwrap(),
            _dir: dir,
        }
    }

    fn entry(&self) -> &Entry {
        &self.made.encrypted.record.entry
    }

    /// The honest opening of an item for the record.
    fn opening(&self, item: usize) -> ScopeOpening {
        let item = &self.received.items[item];
        let slots = item
            .labels
            .iter()
            .map(|label| {
                let secret = SearchSecret::from_trapdoor::<DefaultBackend>(
                    &self.batch,
                    &label.search,
                    &self.received.search_key,
                );
                SlotOpening {
                    slot: slot_of(self.entry(), &secret.tag(0)).unwrap(),
                    opening: *secret.label_opening(0).as_bytes(),
                }
            })
            .collect();
        item.scope_opening(slots).unwrap()
    }

    fn request(&self, nonce: [u8; 32]) -> DisclosureRequest<Signature> {
        self.request_with(&self.opening(0), nonce)
    }

    fn request_with(
        &self,
        opening: &ScopeOpening,
        nonce: [u8; 32],
    ) -> DisclosureRequest<Signature> {
        let question = Question {
            grant: &self.received,
            record: self.made.encrypted.rid,
            opening,
            hospital_key: self.hospital_secret.public().0,
            nonce,
        };
        DisclosureRequest::new(
            &question,
            |message| self.doctor.sign_bytes(message),
            &mut OsRng,
        )
        .unwrap()
    }

    fn open(
        self,
    ) -> (
        Discloser<View, Archive>,
        Arc<Mutex<Vec<RecordId>>>,
        Arc<Parts>,
    ) {
        let logged: Arc<Mutex<Vec<RecordId>>> = Arc::default();
        let mut record = self.made.encrypted.record.clone();
        record.patient = self.archive_patient;
        let archive = Arc::new(Archive {
            patient: self.archive_patient,
            record,
            ciphertext: self.made.encrypted.payload.to_vec(),
            labels: Mutex::new(self.labels),
            logged: Arc::clone(&logged),
            block: self.block,
        });
        let path = self._dir.path();
        let vault = Vault::open(&path.join("vault")).unwrap();
        let shares = ShareStore::open(&[path.join("a"), path.join("b")], vault).unwrap();
        let rid = self.made.encrypted.rid;
        if !self.share_lost {
            shares.put(&[(rid, self.made.share.clone())]).unwrap();
        }
        if self.share_deleted {
            shares.delete(&rid).unwrap();
        }
        let discloser = Discloser::new(
            Arc::new(self.view),
            Holder {
                archive: Arc::clone(&archive),
                shares,
                versions: LabelVersions::new(archive, self.outbox.clone()),
                secrets: Arc::new(EncryptionSecrets::new(vec![self.hospital_secret])),
                operator: Arc::new(self.operator.clone()),
            },
            self.outbox,
            Arc::new(Nonces::new(60_000, 10)),
            (CHAIN, HOSPITAL),
            Times {
                max_staleness: 120_000,
                max_skew: 120_000,
            },
        );
        let parts = Parts {
            secret: self.doctor_secret,
            operator: self.operator,
            account: self.doctor.account_bytes(),
            grant_key: GrantKey::derive(&patient(3), 0),
            entry: self.made.encrypted.record.entry.clone(),
            ciphertext: self.made.encrypted.payload.to_vec(),
            grant: self.grant,
            _dir: self._dir,
        };
        (discloser, logged, Arc::new(parts))
    }
}

struct Parts {
    secret: X25519Secret,
    operator: Signer,
    account: [u8; 32],
    grant: GrantEnvelope,
    grant_key: GrantKey,
    entry: Entry,
    ciphertext: Vec<u8>,
    _dir: tempfile::TempDir,
}

impl Parts {
    /// Writes a revocation that the gateway took from the patient.
    fn revoke(&self, discloser: &Discloser<View, Archive>, id: RequestId, signature: [u8; 64]) {
        let revoked = Revoked {
            signature,
            expiry: Day::MAX,
            account: None,
        };
        let wish = Forward::Revocation {
            request: id,
            signature,
        };
        let written = discloser
            .outbox
            .revoke(&id, &revoked, (&[1; 32], &wish), (0, 1));
        assert!(written.unwrap());
    }
}

/// Signs the request with its present nonce.
fn sign(request: &mut DisclosureRequest<Signature>, signer: &Signer) {
    let message = messages::disclosure_message(
        &CHAIN,
        &HOSPITAL,
        &request.request,
        &request.record,
        &request.opening_hash,
        &request.nonce,
    );
    request.signature = signer.sign_bytes(&message);
}

/// Lets `change` alter a request before the doctor signs it, and returns the refusal's code.
async fn refusal(
    change_world: impl FnOnce(&mut World),
    change: impl FnOnce(&mut DisclosureRequest<Signature>),
) -> String {
    refusal_after(change_world, change, |_| {}).await
}

/// As [`refusal`]; `change_after` alters the signed request.
async fn refusal_after(
    change_world: impl FnOnce(&mut World),
    change: impl FnOnce(&mut DisclosureRequest<Signature>),
    change_after: impl FnOnce(&mut DisclosureRequest<Signature>),
) -> String {
    let mut world = World::new();
    change_world(&mut world);
    let request = world.request([0; 32]);
    refused_request(world, request, change, change_after).await
}

/// The refusal of an item's opening that `change` altered.
async fn refusal_of_opening(
    item: usize,
    change_world: impl FnOnce(&mut World),
    change: impl FnOnce(&World, &mut ScopeOpening),
) -> String {
    let mut world = World::new();
    change_world(&mut world);
    let mut opening = world.opening(item);
    change(&world, &mut opening);
    let request = world.request_with(&opening, [0; 32]);
    refused_request(world, request, |_| {}, |_| {}).await
}

async fn refused_request(
    world: World,
    mut request: DisclosureRequest<Signature>,
    change: impl FnOnce(&mut DisclosureRequest<Signature>),
    change_after: impl FnOnce(&mut DisclosureRequest<Signature>),
) -> String {
    let doctor = world.doctor.clone();
    let on_chain = Arc::clone(&world.view.refused);
    let (discloser, logged, _parts) = world.open();
    request.nonce = discloser.nonces.issue(&doctor.account_bytes(), NOW);
    change(&mut request);
    sign(&mut request, &doctor);
    change_after(&mut request);
    let refused = discloser.disclose_at(&request, NOW).await.unwrap_err();
    assert!(
        logged.lock().unwrap().is_empty(),
        "a refused disclosure must not be logged"
    );
    let code = refused.code();
    // The hospital has judged the grant, so the consortium learns of the refusal.
    let judged = [
        "NotCovered",
        "GrantRevoked",
        "Stale",
        "OpenNotGranted",
        "ShareDeleted",
    ];
    tokio::task::yield_now().await;
    let told = !on_chain.lock().unwrap().is_empty();
    assert_eq!(told, judged.contains(&code.as_str()), "{code}");
    code
}

/// Whether an account of the consortium chain signed a message, for packages.
fn operator_signed(signature: &Signature, message: &[u8], account: &AccountId) -> bool {
    signature.verify(message, account)
}

#[tokio::test]
async fn disclose_should_seal_to_the_requester_and_log() {
    let world = World::new();
    let mut request = world.request([0; 32]);
    let doctor = world.doctor.clone();
    let (discloser, logged, parts) = world.open();
    request.nonce = discloser.nonces.issue(&doctor.account_bytes(), NOW);
    sign(&mut request, &doctor);
    let sealed = discloser.disclose_at(&request, NOW).await.unwrap();
    let signed = SignedPackage::open(
        &sealed,
        &parts.grant.header,
        (&request.record, &parts.entry),
        &parts.secret,
        (parts.operator.account(), operator_signed),
    )
    .unwrap();
    assert_eq!(signed.package.ciphertext, parts.ciphertext);
    // Another account than the operator's did not sign it.
    let other = AccountId::from(parts.account);
    let refused = SignedPackage::open(
        &sealed,
        &parts.grant.header,
        (&request.record, &parts.entry),
        &parts.secret,
        (&other, operator_signed),
    );
    assert_eq!(
        refused.unwrap_err(),
        DisclosureError::InvalidPackageSignature
    );
    assert_eq!(*logged.lock().unwrap(), [request.record]);
    // The same request again: its nonce is used up.
    let replayed = discloser.disclose_at(&request, NOW).await.unwrap_err();
    assert_eq!(replayed.code(), "NonceNotFound");
}

#[tokio::test]
async fn forged_nonce_should_be_refused() {
    assert_eq!(
        refusal(|_| {}, |request| request.nonce = [9; 32]).await,
        "NonceNotFound"
    );
}

#[tokio::test]
async fn disclose_should_fail_when_the_finalized_state_is_stale() {
    let code = refusal(|world| world.view.time = NOW - 120_001, |_| {}).await;
    assert_eq!(code, "StaleState");
}

#[tokio::test]
async fn disclose_should_fail_when_the_request_is_not_final() {
    assert_eq!(
        refusal(|world| world.view.finalized = None, |_| {}).await,
        "RequestNotFound"
    );
}

#[tokio::test]
async fn disclose_should_fail_when_revoked_on_final_or_best_state() {
    let revoke = |request: &mut Option<Request<AccountId>>| {
        if let Some(request) = request {
            request.status = RequestStatus::Revoked;
        }
    };
    assert_eq!(
        refusal(|world| revoke(&mut world.view.finalized), |_| {}).await,
        "RequestRevoked"
    );
    assert_eq!(
        refusal(|world| revoke(&mut world.view.best), |_| {}).await,
        "RequestRevoked"
    );
}

#[tokio::test]
async fn disclose_should_fail_when_revoked_on_chain_while_it_is_logged() {
    let mut world = World::new();
    world.view.revoked_meanwhile = true;
    let mut request = world.request([0; 32]);
    let doctor = world.doctor.clone();
    let (discloser, logged, _parts) = world.open();
    request.nonce = discloser.nonces.issue(&doctor.account_bytes(), NOW);
    sign(&mut request, &doctor);
    let refused = discloser.disclose_at(&request, NOW).await.unwrap_err();
    assert_eq!(refused.code(), "RequestRevoked");
    assert_eq!(
        logged.lock().unwrap().len(),
        1,
        "the attempt stays in the log"
    );
}

#[tokio::test]
async fn disclose_should_fail_when_revoked_directly_while_it_is_logged() {
    let mut world = World::new();
    let block = Arc::new(Notify::new());
    world.block = Some(Arc::clone(&block));
    let mut request = world.request([0; 32]);
    let doctor = world.doctor.clone();
    let (discloser, logged, parts) = world.open();
    request.nonce = discloser.nonces.issue(&doctor.account_bytes(), NOW);
    sign(&mut request, &doctor);
    let (id, signature) = parts.grant_key.revocation(&CHAIN);
    let (refused, ()) = tokio::join!(discloser.disclose_at(&request, NOW), async {
        while logged.lock().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        parts.revoke(&discloser, id, signature);
        block.notify_one();
    });
    assert_eq!(refused.unwrap_err().code(), "RequestRevoked");
}

#[tokio::test]
async fn disclose_should_fail_when_closed() {
    let close = |world: &mut World| {
        if let Some(request) = &mut world.view.finalized {
            request.status = RequestStatus::Closed;
        }
    };
    assert_eq!(refusal(close, |_| {}).await, "RequestClosed");
}

#[tokio::test]
async fn disclose_should_fail_when_revoked_directly() {
    let world = World::new();
    let mut request = world.request([0; 32]);
    let doctor = world.doctor.clone();
    let (discloser, logged, parts) = world.open();
    let (id, signature) = parts.grant_key.revocation(&CHAIN);
    parts.revoke(&discloser, id, signature);
    request.nonce = discloser.nonces.issue(&doctor.account_bytes(), NOW);
    sign(&mut request, &doctor);
    let refused = discloser.disclose_at(&request, NOW).await.unwrap_err();
    assert_eq!(refused.code(), "RequestRevoked");
    assert!(logged.lock().unwrap().is_empty());
}

#[tokio::test]
async fn disclose_should_fail_when_the_record_is_unknown() {
    // A record of the consortium that this hospital does not have.
    let code = refusal(|_| {}, |request| request.record = H256([8; 32])).await;
    assert_eq!(code, "NotCovered");
}

#[tokio::test]
async fn valid_grant_of_another_patient_should_be_refused() {
    let other = patient(4).account().public();
    let code = refusal(|world| world.archive_patient = other, |_| {}).await;
    assert_eq!(code, "NotCovered");
}

#[tokio::test]
async fn forged_patient_signature_should_be_refused() {
    let code = refusal(|_| {}, |request| request.patient_signature[5] ^= 1).await;
    assert_eq!(code, "NotCovered");
}

/// Attack: a doctor asks for records at random, in order to learn which are the patient's.
///
/// Without a match all are refused alike.
#[tokio::test]
async fn curious_doctor_should_not_learn_whose_a_record_is() {
    let other = patient(4).account().public();
    let unmatched = |world: &mut World| world.view.matched = false;
    let own = refusal(unmatched, |_| {}).await;
    let others = refusal(
        |world| {
            unmatched(world);
            world.archive_patient = other;
        },
        |_| {},
    )
    .await;
    let unknown = refusal(unmatched, |request| request.record = H256([8; 32])).await;
    assert_eq!([&own, &others, &unknown], ["MatchNotFound"; 3]);
}

/// Attack: the time of a refusal shows whether the hospital has the record, or whose it is.
#[tokio::test]
async fn refusals_of_private_checks_should_take_the_same_time() {
    let other = patient(4).account().public();
    for (patient, record) in [(Some(other), None), (None, Some(H256([8; 32])))] {
        let begun = Instant::now();
        let code = refusal(
            |world| world.archive_patient = patient.unwrap_or(world.archive_patient),
            |request| request.record = record.unwrap_or(request.record),
        )
        .await;
        assert_eq!(code, "NotCovered");
        assert!(begun.elapsed() >= REFUSAL_TIME);
    }
}

/// Attack: a doctor who was removed goes on with an open request and old matches.
#[tokio::test]
async fn removed_requester_should_be_refused() {
    let code = refusal(|world| world.view.standing.requester = false, |_| {}).await;
    assert_eq!(code, "RequesterNotActive");
}

#[tokio::test]
async fn disclose_should_fail_when_the_requester_is_removed_while_it_is_logged() {
    let mut world = World::new();
    world.view.removed_meanwhile = true;
    let mut request = world.request([0; 32]);
    let doctor = world.doctor.clone();
    let (discloser, logged, _parts) = world.open();
    request.nonce = discloser.nonces.issue(&doctor.account_bytes(), NOW);
    sign(&mut request, &doctor);
    let refused = discloser.disclose_at(&request, NOW).await.unwrap_err();
    assert_eq!(refused.code(), "RequesterNotActive");
    assert_eq!(logged.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn disclose_should_fail_when_the_hospital_is_suspended() {
    let code = refusal(|world| world.view.standing.hospital = false, |_| {}).await;
    assert_eq!(code, "HospitalNotActive");
}

/// Attack: a stranger makes the gateway work, or uses up its nonces.
#[tokio::test]
async fn stranger_should_cause_no_query_and_use_no_nonce() {
    let stranger = Signer::from_seed(&[6; 32], Scheme::Sr25519);
    let mut world = World::new();
    world.view.reachable = false;
    let mut request = world.request([0; 32]);
    let (doctor, (discloser, _, _parts)) = (world.doctor.clone(), world.open());
    request.nonce = discloser.nonces.issue(&doctor.account_bytes(), NOW);
    sign(&mut request, &stranger);
    let refused = discloser.disclose_at(&request, NOW).await.unwrap_err();
    assert_eq!(refused.code(), "InvalidSignature");
    // The nonce still works for the requester, whose request goes on to the chain.
    sign(&mut request, &doctor);
    let failed = discloser.disclose_at(&request, NOW).await.unwrap_err();
    assert_eq!(failed.code(), "ConnectionLost");
}

#[tokio::test]
async fn disclose_should_fail_when_the_grant_has_expired() {
    let expire = |world: &mut World| {
        let header = &mut world.received.header;
        header.expiry = day_of(NOW);
        let header = header.clone();
        assert!(day_start(header.expiry) <= NOW);
        world.received.patient_signature = patient(3).account().sign(&header.message());
        for request in [&mut world.view.finalized, &mut world.view.best]
            .into_iter()
            .flatten()
        {
            request.expiry = header.expiry;
            request.header_hash = header.hash();
        }
    };
    assert_eq!(refusal(expire, |_| {}).await, "GrantExpired");
}

#[tokio::test]
async fn altered_header_should_be_refused() {
    let code = refusal(|_| {}, |request| request.header.requester_key = [6; 32]).await;
    assert_eq!(code, "RequestMismatch");
    let code = refusal(|_| {}, |request| request.header.hospital = H256([6; 32])).await;
    assert_eq!(code, "HospitalMismatch");
    let code = refusal(|_| {}, |request| request.header.chain = H256([6; 32])).await;
    assert_eq!(code, "ChainMismatch");
    let code = refusal(
        |_| {},
        |request| request.header.purpose = PurposeOfUse::Research,
    )
    .await;
    assert_eq!(code, "RequestMismatch");
}

#[tokio::test]
async fn disclose_should_fail_when_another_requester_signs() {
    let stranger = Signer::from_seed(&[6; 32], Scheme::Ed25519);
    let code = refusal_after(|_| {}, |_| {}, |request| sign(request, &stranger)).await;
    assert_eq!(code, "InvalidSignature");
}

#[tokio::test]
async fn disclose_should_fail_when_the_record_is_not_matched() {
    assert_eq!(
        refusal(|world| world.view.matched = false, |_| {}).await,
        "MatchNotFound"
    );
}

/// Attack: a later grant ("vaccination") re-arms every old trapdoor ("HIV").
#[tokio::test]
async fn slot_of_another_label_should_not_be_covered() {
    // The opening of the HIV slot under the leaf of the vaccination.
    let code = refusal_of_opening(
        1,
        |_| {},
        |world, opening| {
            let both = world.opening(3);
            opening.slots = vec![both.slots[1].clone()].try_into().unwrap();
        },
    )
    .await;
    assert_eq!(code, "NotCovered");
}

#[tokio::test]
async fn tweaked_label_opening_should_not_be_covered() {
    let tweaks: [(&str, fn(&World, &mut ScopeOpening)); 13] = [
        ("l of n + 1", |world, opening| {
            let label = &world.received.items[1].labels[0];
            let secret = SearchSecret::from_trapdoor::<DefaultBackend>(
                &world.batch,
                &label.search,
                &world.received.search_key,
            );
            opening.slots[0].opening = *secret.label_opening(1).as_bytes();
        }),
        ("l of another slot", |world, opening| {
            opening.slots[0].opening = world.opening(0).slots[0].opening;
        }),
        ("another slot", |world, opening| {
            opening.slots[0].slot = world.opening(0).slots[0].slot;
        }),
        ("a padding slot", |world, opening| {
            let known: Vec<u8> = [0, 3]
                .iter()
                .flat_map(|item| world.opening(*item).slots.to_vec())
                .map(|slot| slot.slot)
                .collect();
            opening.slots[0].slot = (0..8).find(|slot| !known.contains(slot)).unwrap();
        }),
        ("a slot that does not exist", |_, opening| {
            opening.slots[0].slot = 200
        }),
        ("month", |_, opening| opening.leaf.filing_month += 1),
        ("kw", |_, opening| opening.leaf.labels[0][3] ^= 1),
        ("salt", |_, opening| opening.leaf.salt[3] ^= 1),
        ("count", |_, opening| {
            let label = opening.leaf.labels[0];
            opening.leaf.labels.try_push(label).unwrap();
            let slot = opening.slots[0].clone();
            opening.slots.try_push(slot).unwrap();
        }),
        ("may_open", |_, opening| opening.leaf.may_open ^= true),
        ("path node", |_, opening| opening.path[5].0[0] ^= 1),
        ("position", |_, opening| opening.position ^= 1),
        ("no slot", |_, opening| opening.slots = Default::default()),
    ];
    for (name, tweak) in tweaks {
        let code = refusal_of_opening(1, |_| {}, tweak).await;
        assert_eq!(code, "NotCovered", "{name}");
    }
}

#[tokio::test]
async fn item_of_several_keywords_should_need_all_of_them() {
    let code = refusal_of_opening(
        3,
        |_| {},
        |_, opening| {
            // The second label is claimed to be in the slot of the first.
            opening.slots[1] = opening.slots[0].clone();
        },
    )
    .await;
    assert_eq!(code, "NotCovered");
}

#[tokio::test]
async fn untouched_openings_should_be_accepted() {
    for item in [0, 1, 3] {
        let world = World::new();
        let doctor = world.doctor.clone();
        let opening = world.opening(item);
        let mut request = world.request_with(&opening, [0; 32]);
        let (discloser, _, _parts) = world.open();
        request.nonce = discloser.nonces.issue(&doctor.account_bytes(), NOW);
        sign(&mut request, &doctor);
        discloser.disclose_at(&request, NOW).await.unwrap();
    }
}

#[tokio::test]
async fn find_only_item_should_not_release_the_record() {
    let code = refusal_of_opening(2, |_| {}, |_, _| {}).await;
    assert_eq!(code, "OpenNotGranted");
}

#[tokio::test]
async fn deleted_share_should_be_told_to_the_rightful_holder_only() {
    assert_eq!(
        refusal(|world| world.share_deleted = true, |_| {}).await,
        "ShareDeleted"
    );
    let other = patient(4).account().public();
    let code = refusal(
        |world| {
            world.share_deleted = true;
            world.archive_patient = other;
        },
        |_| {},
    )
    .await;
    assert_eq!(code, "NotCovered");
}

/// Attack: a doctor goes on with trapdoors after the patient revoked all grants.
#[tokio::test]
async fn grant_before_the_revocation_of_all_should_be_refused() {
    let code = refusal(|world| world.labels.revoke_before = NOW, |_| {}).await;
    assert_eq!(code, "GrantRevoked");
}

fn rise(world: &mut World, filing_month: FilingMonth) {
    world.labels.version = 1;
    world.labels.rises = vec![LabelRise {
        filing_month,
        version: 1,
        raised_on: NOW - 500,
    }];
}

#[tokio::test]
async fn grant_before_a_rise_of_its_month_should_be_stale() {
    assert_eq!(refusal(|world| rise(world, MONTH), |_| {}).await, "Stale");
    assert_eq!(
        refusal(|world| rise(world, MONTH - 1), |_| {}).await,
        "Stale"
    );
}

#[tokio::test]
async fn supplement_should_renew_a_stale_grant_and_no_other() {
    let supplemented = |world: &mut World, keys: &PatientKeys, version: LabelVersion| {
        rise(world, MONTH);
        let mut covered = items(world.hospital_secret.public().0, 0);
        covered.extend(items(world.hospital_secret.public().0, version));
        let header = &world.grant.header;
        create_supplement(keys, header, &covered, NOW - 100, &mut OsRng).unwrap()
    };
    // A supplement that covers the new version renews.
    let mut world = World::new();
    let envelope = supplemented(&mut world, &patient(3), 1);
    let secret = world.doctor_secret.clone();
    world
        .received
        .apply(&envelope, &secret, &mut OsRng)
        .unwrap();
    let doctor = world.doctor.clone();
    let mut request = world.request([0; 32]);
    let (discloser, _, _parts) = world.open();
    request.nonce = discloser.nonces.issue(&doctor.account_bytes(), NOW);
    sign(&mut request, &doctor);
    discloser.disclose_at(&request, NOW).await.unwrap();

    // A supplement that covers earlier versions only is stale too, whatever its time.
    let code = refusal(
        |world| {
            let envelope = supplemented(world, &patient(3), 0);
            let secret = world.doctor_secret.clone();
            world
                .received
                .apply(&envelope, &secret, &mut OsRng)
                .unwrap();
        },
        |_| {},
    )
    .await;
    assert_eq!(code, "Stale");

    // A supplement of another header, or one that another patient signed.
    let code = refusal(
        |world| {
            let envelope = supplemented(world, &patient(3), 1);
            let secret = world.doctor_secret.clone();
            world
                .received
                .apply(&envelope, &secret, &mut OsRng)
                .unwrap();
        },
        |request| {
            if let Some(signed) = &mut request.supplement {
                signed.supplement.header_hash.0[0] ^= 1;
            }
        },
    )
    .await;
    assert_eq!(code, "NotCovered");
}

/// Attack: the requester's key was replaced after a theft, and the thief uses old grants.
#[tokio::test]
async fn grant_to_a_replaced_key_should_be_refused() {
    for key in [None, Some([9; 32])] {
        let code = refusal(|world| world.view.standing.requester_key = key, |_| {}).await;
        assert_eq!(code, "RequesterKeyMismatch");
    }
}

#[tokio::test]
async fn clock_far_from_the_chain_should_refuse_and_the_later_clock_should_judge() {
    let code = refusal(|world| world.view.best_time = NOW + 120_001, |_| {}).await;
    assert_eq!(code, "ClockSkew");
    // The chain is past the expiry, the gateway is not.
    let expired = |world: &mut World| {
        let end = day_start(world.grant.header.expiry);
        world.view.best_time = end;
    };
    let mut world = World::new();
    expired(&mut world);
    let end = day_start(world.grant.header.expiry);
    world.view.time = end - 5_000;
    let doctor = world.doctor.clone();
    let mut request = world.request([0; 32]);
    let (discloser, _, _parts) = world.open();
    request.nonce = discloser.nonces.issue(&doctor.account_bytes(), end - 1_000);
    sign(&mut request, &doctor);
    let refused = discloser
        .disclose_at(&request, end - 1_000)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "GrantExpired");
}
