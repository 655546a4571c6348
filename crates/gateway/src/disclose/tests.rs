// SPDX-License-Identifier: Apache-2.0
#![allow(clippy::type_complexity, clippy::unwrap_used)]

use super::*;
use async_trait::async_trait;
use bspp_client::{Result as ChainResult, Scheme, Signer};
use bspp_peks::{PatientKeys, Seed, X25519Secret};
use bspp_record::{create_grant, GrantEnvelope, GrantItem, GrantKey, GrantTerms, Keyword};
use bspp_test_kit::EntryBuilder;
use bspp_types::{DisclosureStatus, Entry, Match, PurposeOfUse, Record, RecordLocation, Request};
use rand::rngs::OsRng;
use std::sync::{
    atomic::{AtomicU32, Ordering},
    Mutex,
};
use tokio::sync::Notify;

const NOW: Moment = 1_700_000_000_000;
const CHAIN: H256 = H256([1; 32]);
const HOSPITAL: H256 = H256([2; 32]);

struct View {
    time: Moment,
    finalized: Option<Request<AccountId>>,
    best: Option<Request<AccountId>>,
    matched: bool,
    /// The number of reads of best state; from the second read on it may show a revocation.
    reads: AtomicU32,
    revoked_meanwhile: bool,
    standing: Standing,
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
        let known = |request: &Request<AccountId>| messages::request_id(&request.grant_key) == id;
        let matched = self.matched.then_some(Match {
            proved_at: 1,
            proved_on: 1,
            disclosure: DisclosureStatus::Pending,
        });
        Ok((self.finalized.clone().filter(known), matched))
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

    async fn forward_revocation(&self, _: RequestId, _: Ed25519Signature) -> ChainResult<()> {
        Ok(())
    }
}

struct Archive {
    patient: [u8; 32],
    record: Record,
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

    async fn ciphertext(&self, _: &Record) -> ChainResult<Vec<u8>> {
        Ok(b"ciphertext".to_vec())
    }

    async fn log_disclosure(&self, _: RequestId, record: RecordId, _: [u8; 32]) -> ChainResult<()> {
        self.logged.lock().unwrap().push(record);
        if let Some(block) = &self.block {
            block.notified().await;
        }
        Ok(())
    }
}

/// A world in which the disclosure is permitted. Tests change one thing.
struct World {
    view: View,
    archive_patient: [u8; 32],
    block: Option<Arc<Notify>>,
    doctor: Signer,
    doctor_secret: X25519Secret,
    grant: GrantEnvelope,
    grant_key: GrantKey,
    entry: Entry,
    outbox: Outbox,
    _dir: tempfile::TempDir,
}

fn patient(seed: u8) -> PatientKeys {
    PatientKeys::from_seed(&Seed::from_bytes([seed; 32]))
}

impl World {
    fn new() -> Self {
        let doctor = Signer::from_seed(&[5; 32], Scheme::Sr25519);
        let doctor_secret = X25519Secret::generate(&mut OsRng);
        let keys = patient(3);
        let terms = GrantTerms {
            chain: CHAIN,
            hospital: HOSPITAL,
            requester: doctor.account_bytes(),
            requester_key: doctor_secret.public().0,
            purpose: PurposeOfUse::Treatment,
            expiry: NOW + 1_000_000,
        };
        let item = GrantItem {
            filing_month: 600,
            hospital_key: X25519Secret::generate(&mut OsRng).public().0,
            keyword: Keyword::identity(),
            may_open: true,
        };
        let (grant, grant_key) = create_grant(&keys, &terms, &[item], &mut OsRng).unwrap();
        let entry = EntryBuilder::new(0)
            .payload_hash(bspp_peks::blake2b_256(b"ciphertext").into())
            .build();
        let on_chain = Request {
            hospital: HOSPITAL,
            requester: doctor.account().clone(),
            requester_hospital: H256([9; 32]),
            grant_key: grant.header.grant_key,
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
                finalized: Some(on_chain.clone()),
                best: Some(on_chain),
                matched: true,
                reads: AtomicU32::new(0),
                revoked_meanwhile: false,
                standing: Standing {
                    requester: true,
                    hospital: true,
                },
                standing_reads: AtomicU32::new(0),
                removed_meanwhile: false,
                reachable: true,
            },
            archive_patient: keys.account(&HOSPITAL.0).public(),
            block: None,
            doctor,
            doctor_secret,
            grant,
            grant_key,
            entry,
            outbox: Outbox::open(dir.path()).unwrap(),
            _dir: dir,
        }
    }

    fn request(&self, nonce: [u8; 32]) -> DisclosureRequest<Signature> {
        let header = self.grant.header.clone();
        let (request, record) = (header.request_id(), self.entry.rid());
        let message = messages::disclosure_message(&CHAIN, &HOSPITAL, &request, &record, &nonce);
        DisclosureRequest {
            request,
            record,
            header,
            patient_signature: self.grant.patient_signature,
            nonce,
            signature: self.doctor.sign_bytes(&message),
        }
    }

    fn open(
        self,
    ) -> (
        Discloser<View, Archive>,
        Arc<Mutex<Vec<RecordId>>>,
        Arc<Parts>,
    ) {
        let logged: Arc<Mutex<Vec<RecordId>>> = Arc::default();
        let record = Record {
            entry: self.entry.clone(),
            wraps: vec![[0; 48]; 8].try_into().unwrap(),
            chunks: vec![H256([1; 32])].try_into().unwrap(),
            patient: self.archive_patient,
            consent: H256([5; 32]),
        };
        let archive = Archive {
            patient: self.archive_patient,
            record,
            logged: Arc::clone(&logged),
            block: self.block,
        };
        let discloser = Discloser::new(
            Arc::new(self.view),
            archive,
            self.outbox,
            Nonces::new(60_000, 10),
            (CHAIN, HOSPITAL),
            120_000,
        );
        let parts = Parts {
            secret: self.doctor_secret,
            grant: self.grant,
            grant_key: self.grant_key,
            entry: self.entry,
            _dir: self._dir,
        };
        (discloser, logged, Arc::new(parts))
    }
}

struct Parts {
    secret: X25519Secret,
    grant: GrantEnvelope,
    grant_key: GrantKey,
    entry: Entry,
    _dir: tempfile::TempDir,
}

/// Signs the request with its present nonce.
fn sign(request: &mut DisclosureRequest<Signature>, signer: &Signer) {
    let message = messages::disclosure_message(
        &CHAIN,
        &HOSPITAL,
        &request.request,
        &request.record,
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
    let mut request = world.request([0; 32]);
    let doctor = world.doctor.clone();
    let (discloser, logged, _parts) = world.open();
    request.nonce = discloser.nonces.issue(NOW);
    change(&mut request);
    sign(&mut request, &doctor);
    change_after(&mut request);
    let refused = discloser.disclose_at(&request, NOW).await.unwrap_err();
    assert!(
        logged.lock().unwrap().is_empty(),
        "a refused disclosure must not be logged"
    );
    refused.code()
}

#[tokio::test]
async fn disclose_should_seal_to_the_requester_and_log() {
    let world = World::new();
    let mut request = world.request([0; 32]);
    let doctor = world.doctor.clone();
    let (discloser, logged, parts) = world.open();
    request.nonce = discloser.nonces.issue(NOW);
    sign(&mut request, &doctor);
    let sealed = discloser.disclose_at(&request, NOW).await.unwrap();
    let package = DisclosurePackage::open(
        &sealed,
        &parts.grant.header,
        &request.record,
        &parts.entry,
        &parts.secret,
    )
    .unwrap();
    assert_eq!(package.ciphertext, b"ciphertext");
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
    request.nonce = discloser.nonces.issue(NOW);
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
    request.nonce = discloser.nonces.issue(NOW);
    sign(&mut request, &doctor);
    let (id, signature) = parts.grant_key.revocation(&CHAIN);
    let (refused, ()) = tokio::join!(discloser.disclose_at(&request, NOW), async {
        while logged.lock().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        discloser
            .revoke(id, &parts.grant_key.public(), signature)
            .unwrap();
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
    discloser
        .revoke(id, &parts.grant_key.public(), signature)
        .unwrap();
    request.nonce = discloser.nonces.issue(NOW);
    sign(&mut request, &doctor);
    let refused = discloser.disclose_at(&request, NOW).await.unwrap_err();
    assert_eq!(refused.code(), "RequestRevoked");
    assert!(logged.lock().unwrap().is_empty());
}

#[tokio::test]
async fn forged_revocation_should_be_refused() {
    let (discloser, _, parts) = World::new().open();
    let (id, mut signature) = parts.grant_key.revocation(&CHAIN);
    let other = GrantKey::generate(&mut OsRng);
    let refused = discloser
        .revoke(id, &other.public(), signature)
        .unwrap_err();
    assert_eq!(refused.code(), "RequestMismatch");
    signature[0] ^= 1;
    let refused = discloser
        .revoke(id, &parts.grant_key.public(), signature)
        .unwrap_err();
    assert_eq!(refused.code(), "InvalidSignature");
    assert!(!discloser.outbox.is_revoked(&id).unwrap());
}

#[tokio::test]
async fn disclose_should_fail_when_the_record_is_unknown() {
    // A record of the consortium that this hospital does not have.
    let code = refusal(|_| {}, |request| request.record = H256([8; 32])).await;
    assert_eq!(code, "NotCovered");
}

#[tokio::test]
async fn valid_grant_of_another_patient_should_be_refused() {
    let other = patient(4).account(&HOSPITAL.0).public();
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
    let other = patient(4).account(&HOSPITAL.0).public();
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
    let other = patient(4).account(&HOSPITAL.0).public();
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
    request.nonce = discloser.nonces.issue(NOW);
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
    request.nonce = discloser.nonces.issue(NOW);
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
        world.grant.header.expiry = NOW;
        let header = world.grant.header.clone();
        world.grant.patient_signature = patient(3).account(&HOSPITAL.0).sign(&header.message());
        for request in [&mut world.view.finalized, &mut world.view.best]
            .into_iter()
            .flatten()
        {
            request.expiry = NOW;
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
