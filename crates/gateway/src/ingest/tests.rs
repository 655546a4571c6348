// SPDX-License-Identifier: Apache-2.0
#![allow(clippy::unwrap_used)]

use super::*;
use crate::{
    outbox,
    ports::{Evidence, Payloads},
    shares::ShareStore,
};
use async_trait::async_trait;
use bspp_client::{ClientError, DispatchFailure, Result as ChainResult};
use bspp_peks::{BatchHeader, PatientKeys, Seed, X25519Secret};
use bspp_types::{Ed25519Signature, LabelState, X25519Key};
use rand::rngs::OsRng;
use std::sync::Mutex;

const CHAIN: H256 = H256([1; 32]);
const HOSPITAL: H256 = H256([2; 32]);
const CONSENT: H256 = H256([5; 32]);
const FILE: &[u8] = br#"{"resourceType":"Patient","id":"p"}"#;

/// The month of the tests, and a time within it.
const MONTH: FilingMonth = 680;
const DAY: Moment = 24 * 60 * 60 * 1000;

/// Two records: that of the encounter, and that of the rest.
const TWO_RECORDS: &[u8] = br#"{"resourceType":"Bundle","entry":[
    {"resource":{"resourceType":"Patient","id":"p"}},
    {"resource":{"resourceType":"Encounter","id":"e1"}}]}"#;

/// A block of the hospital chain, with the patient and the consent in its state.
#[derive(Clone)]
struct Block {
    time: Moment,
    enrolled: bool,
    /// The months that the consent covers.
    consent: core::ops::RangeInclusive<FilingMonth>,
}

impl Block {
    fn consent(&self, filing_month: FilingMonth) -> Option<ConsentId> {
        self.consent.contains(&filing_month).then_some(CONSENT)
    }

    /// Withdraws the consent.
    fn withdraw(&mut self) {
        self.consent = 0..=0;
    }
}

/// Both chains. The next batches are refused with `refusals`.
#[derive(Clone)]
struct Chains {
    bundle: bspp_peks::PatientBundle,
    key: X25519Key,
    refusals: Arc<Mutex<Vec<ClientError>>>,
    months: Arc<Mutex<Vec<FilingMonth>>>,
    best: Arc<Mutex<Block>>,
    finalized: Arc<Mutex<Block>>,
}

impl Chains {
    fn patient_in(&self, block: &Block) -> Option<bspp_types::Patient> {
        block.enrolled.then(|| bspp_types::Patient {
            bundle: self.bundle.clone(),
            enrolled_at: 1,
        })
    }

    /// Changes what both blocks show.
    fn set(&self, change: impl Fn(&mut Block)) {
        change(&mut self.best.lock().unwrap());
        change(&mut self.finalized.lock().unwrap());
    }
}

#[async_trait]
impl BatchRegistry for Chains {
    async fn open_batch(&self, header: &BatchHeader, _: &[u8; 32]) -> ChainResult<()> {
        self.months.lock().unwrap().push(header.filing_month);
        let refusal = self.refusals.lock().unwrap().pop();
        refusal.map_or(Ok(()), Err)
    }

    async fn encryption_key(&self, _: FilingMonth) -> ChainResult<Option<X25519Key>> {
        Ok(Some(self.key))
    }
}

#[async_trait]
impl PatientRegistry for Chains {
    async fn patient(&self, _: [u8; 32]) -> ChainResult<Option<bspp_types::Patient>> {
        Ok(self.patient_in(&self.best.lock().unwrap()))
    }

    async fn label_state(&self, _: [u8; 32]) -> ChainResult<LabelState> {
        Ok(LabelState::default())
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
        filing_month: FilingMonth,
    ) -> ChainResult<Option<ConsentId>> {
        Ok(self.best.lock().unwrap().consent(filing_month))
    }
}

#[async_trait]
impl PatientEvidence for Chains {
    async fn best_time(&self) -> ChainResult<Moment> {
        Ok(self.best.lock().unwrap().time)
    }

    async fn evidence(
        &self,
        _: [u8; 32],
        _: Option<ConsentId>,
        filing_month: FilingMonth,
    ) -> ChainResult<Evidence> {
        let block = self.finalized.lock().unwrap();
        Ok(Evidence {
            time: block.time,
            patient: self.patient_in(&block),
            consent: block.consent(filing_month),
        })
    }
}

fn dispatch(name: &str) -> ClientError {
    ClientError::DispatchFailed {
        failure: DispatchFailure { name: name.into() },
        block: 1,
        extrinsic: 1,
    }
}

/// The tenth day of a month.
fn time(filing_month: FilingMonth) -> Moment {
    bspp_types::filing_month_start(filing_month).unwrap() + 9 * DAY
}

struct World {
    clock: Arc<Mutex<Moment>>,
    chains: Chains,
    ingest: Ingest<Chains, Chains>,
    outbox: Outbox,
    account: [u8; 32],
    dir: tempfile::TempDir,
}

fn world() -> World {
    let dir = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(dir.path()).unwrap();
    let vault = Vault::open(&dir.path().join("vault")).unwrap();
    let folders = [dir.path().join("a"), dir.path().join("b")];
    let shares = ShareStore::open(&folders, vault.clone()).unwrap();
    let keys = PatientKeys::derive(&Seed::from_bytes([3; 32]), &CHAIN.0, &HOSPITAL.0, 0);
    let secret = X25519Secret::generate(&mut OsRng);
    let clock = Arc::new(Mutex::new(time(MONTH)));
    let block = Block {
        time: time(MONTH),
        enrolled: true,
        consent: MONTH..=MONTH,
    };
    let chains = Chains {
        bundle: keys.bundle(&mut OsRng),
        key: secret.public().0,
        refusals: Arc::default(),
        months: Arc::default(),
        best: Arc::new(Mutex::new(block.clone())),
        finalized: Arc::new(Mutex::new(block)),
    };
    let minute = Duration::from_secs(60);
    let mut batches = Batches::new(
        chains.clone(),
        (outbox.clone(), shares, Arc::new(Payloads::default())),
        (CHAIN, HOSPITAL),
        &[7; 32],
        minute,
        minute,
    )
    .unwrap();
    batches.pause = Duration::from_millis(1);
    let patients = Arc::new(chains.clone());
    let mut ingest = Ingest::new(
        (
            Arc::clone(&patients),
            LabelVersions::new(patients, outbox.clone()),
        ),
        Arc::new(batches),
        (outbox.clone(), vault),
        Arc::new(EncryptionSecrets::new(vec![secret])),
        (CHAIN, HOSPITAL),
        120_000,
    );
    ingest.pause = Duration::from_millis(1);
    let of_ingest = Arc::clone(&clock);
    ingest.now = Arc::new(move || *of_ingest.lock().unwrap());
    World {
        clock,
        chains,
        ingest,
        outbox,
        account: keys.account().public(),
        dir,
    }
}

impl World {
    async fn upload(&self, file: &[u8], subject: Option<&str>) -> Result<Accepted> {
        let upload = Upload {
            patient: self.account,
            consent: None,
            subject: subject.map(str::to_owned),
            file: Zeroizing::new(file.to_vec()),
        };
        self.ingest.accept(upload).await
    }

    async fn accept(&self) -> JobId {
        self.upload(FILE, None).await.unwrap().job
    }

    fn now(&self) -> Moment {
        *self.clock.lock().unwrap()
    }

    /// The job after a run, and whether plaintext of it still waits.
    async fn run(&self, job: JobId) -> (Job, bool) {
        self.ingest.run(job).await;
        let waits = self.outbox.waiting(job, self.now()).unwrap().records > 0;
        (self.outbox.job(job).unwrap().unwrap(), waits)
    }

    /// Runs a job that must wait for a reason with this code, and lose nothing.
    async fn expect_waiting(&self, job: JobId, code: &str) {
        let (waiting, waits) = self.run(job).await;
        assert_eq!(waiting.phase, JobPhase::Waiting);
        let reason = waiting.failure.unwrap();
        assert!(reason.starts_with(code), "{reason}");
        assert!(waits, "{reason}");
    }

    async fn expect_encrypted(&self, job: JobId) {
        let (done, waits) = self.run(job).await;
        assert_eq!((done.phase, done.failure), (JobPhase::Encrypted, None));
        assert!(!waits);
    }

    /// Runs a job that must end for a reason with this code, and forget its plaintext.
    async fn expect_ended(&self, job: JobId, code: &str) {
        let (failed, waits) = self.run(job).await;
        assert_eq!(failed.phase, JobPhase::Failed);
        let reason = failed.failure.unwrap();
        assert!(reason.starts_with(code), "{reason}");
        assert!(!waits);
        assert!(self.outbox.sealed_sample().unwrap().is_none());
    }
}

/// Fault: a refusal of a chain, such as at a month's end, dropped the records that waited.
#[tokio::test]
async fn refusal_of_a_chain_should_lose_no_record() {
    let world = world();
    let job = world.accept().await;
    for refusal in [
        dispatch("PhiIndex::FilingMonthMismatch"),
        dispatch("PhiIndex::MaxBatchesPerFilingMonthExceeded"),
        dispatch("PhiIndex::NotAuthorized"),
        ClientError::ConnectionLost {
            reason: "a test".into(),
        },
    ] {
        let text = refusal.to_string();
        world.chains.refusals.lock().unwrap().push(refusal);
        let (waiting, waits) = world.run(job).await;
        assert_eq!(waiting.phase, JobPhase::Waiting, "{text}");
        assert_eq!(waiting.failure, Some(text));
        assert!(waits);
        assert_eq!(world.outbox.jobs_with_work(world.now()).unwrap(), [job]);
    }
    world.expect_encrypted(job).await;
    assert_eq!(world.outbox.records_of(job).unwrap().len(), 1);
}

#[tokio::test]
async fn final_withdrawal_should_end_the_job_and_forget_its_plaintext() {
    let world = world();
    let job = world.accept().await;
    world.chains.set(Block::withdraw);
    world.expect_ended(job, "ConsentNotFound").await;
    let now = world.now();
    assert!(world.outbox.jobs_with_work(now).unwrap().is_empty());
}

#[tokio::test]
async fn final_absence_of_the_patient_should_end_the_job() {
    let world = world();
    let job = world.accept().await;
    world.chains.set(|block| block.enrolled = false);
    world.expect_ended(job, "PatientNotFound").await;
}

/// Fault: a withdrawal in a block that was abandoned later ended the job.
#[tokio::test]
async fn withdrawal_that_is_not_final_should_end_no_job() {
    let world = world();
    let job = world.accept().await;
    world.chains.best.lock().unwrap().withdraw();
    world.expect_waiting(job, "NotFinal").await;
    // Finality stands still: its old state ends no job either.
    world.chains.finalized.lock().unwrap().withdraw();
    world.chains.finalized.lock().unwrap().time -= 200_000;
    world.expect_waiting(job, "StaleState").await;
    world.chains.set(|block| {
        block.time = time(MONTH);
        block.consent = MONTH..=MONTH;
    });
    world.expect_encrypted(job).await;
}

/// Fault: a clock in another month, whose consent is absent, ended the job.
#[tokio::test]
async fn wrong_clock_should_end_no_job() {
    let world = world();
    let job = world.accept().await;
    for wrong in [
        time(MONTH + 1),
        time(MONTH - 1),
        time(MONTH) + 121_000,
        time(MONTH) - 121_000,
    ] {
        *world.clock.lock().unwrap() = wrong;
        world.expect_waiting(job, "ClockSkew").await;
    }
    assert!(world.chains.months.lock().unwrap().is_empty());
    *world.clock.lock().unwrap() = time(MONTH) + 119_000;
    world.expect_encrypted(job).await;
}

/// Fault: a hospital's node that synchronized again had neither patient nor consent yet.
#[tokio::test]
async fn node_that_synchronizes_again_should_end_no_job() {
    let world = world();
    let job = world.accept().await;
    world.chains.set(|block| {
        block.time = time(MONTH - 2);
        block.enrolled = false;
        block.withdraw();
    });
    world.expect_waiting(job, "ClockSkew").await;
    let refused = world.upload(FILE, None).await.unwrap_err();
    assert!(matches!(refused, GatewayError::ClockSkew(_)), "{refused}");
    world.chains.set(|block| {
        block.time = time(MONTH);
        block.enrolled = true;
        block.consent = MONTH..=MONTH;
    });
    world.expect_encrypted(job).await;
}

/// The gateway takes files while the hospital chain stands still: their records wait.
#[tokio::test]
async fn stalled_chain_should_not_refuse_files() {
    let world = world();
    *world.clock.lock().unwrap() = time(MONTH) + 5 * DAY;
    let job = world.accept().await;
    world.expect_waiting(job, "ClockSkew").await;
}

/// Fault: at a month's end the clock's month was tried until a person set the clock.
#[tokio::test]
async fn records_should_go_to_the_later_month_of_clock_and_chain() {
    let start = bspp_types::filing_month_start(MONTH + 1).unwrap();
    for (clock, chain) in [(start - 1_000, start), (start, start - 1_000)] {
        let world = world();
        let job = world.accept().await;
        *world.clock.lock().unwrap() = clock;
        world.chains.set(|block| {
            block.time = chain;
            block.consent = MONTH..=MONTH + 1;
        });
        world.expect_encrypted(job).await;
        assert_eq!(*world.chains.months.lock().unwrap(), [MONTH + 1]);
    }
}

/// The clock is ahead by a second: on the chain the month of the consent has not ended.
#[tokio::test]
async fn job_should_not_end_before_the_month_has_begun_in_final_state() {
    let world = world();
    let job = world.accept().await;
    let start = bspp_types::filing_month_start(MONTH + 1).unwrap();
    *world.clock.lock().unwrap() = start;
    world.chains.set(|block| block.time = start - 1_000);
    world.expect_waiting(job, "NotFinal").await;
    world.chains.set(|block| block.time = start);
    world.expect_ended(job, "ConsentNotFound").await;
}

/// Fault: a record that was refused in every attempt stopped the others of its job.
#[tokio::test]
async fn refused_record_should_be_parked_and_the_others_go_on() {
    let world = world();
    let accepted = world.upload(TWO_RECORDS, None).await.unwrap();
    let job = accepted.job;
    assert_eq!(accepted.records, 2);
    for _ in 0..outbox::MAX_ATTEMPTS {
        world.expect_encrypted(job).await;
        let now = world.now();
        let reason = "PhiRecords::FilingMonthClosed";
        assert!(world.outbox.redo((job, 0), reason, now).unwrap());
    }
    // The other record is refused once: it does not wait for the first one.
    let now = world.now();
    assert!(world.outbox.redo((job, 1), "a test", now).unwrap());
    let (waiting, waits) = world.run(job).await;
    assert_eq!(waiting.phase, JobPhase::Waiting);
    assert!(waits);
    let reason = waiting.failure.unwrap();
    assert!(reason.starts_with("EntryRefused: 1 records"), "{reason}");
    assert!(reason.contains("FilingMonthClosed"), "{reason}");
    let records = world.outbox.records_of(job).unwrap();
    assert_eq!(records.iter().map(|r| r.plain).collect::<Vec<_>>(), [1]);
    let parked = world.outbox.waiting(job, now).unwrap();
    assert_eq!((parked.records, parked.parked), (1, 1));
    assert!(world.outbox.jobs_with_work(now).unwrap().is_empty());

    // After the pause it is encrypted again, for another batch each time.
    let later = now + 6 * 60 * 1000;
    *world.clock.lock().unwrap() = later;
    world.chains.set(|block| block.time = later);
    assert_eq!(world.outbox.jobs_with_work(later).unwrap(), [job]);
    world.expect_encrypted(job).await;
    assert_eq!(world.outbox.records_of(job).unwrap().len(), 2);
    let batches = world.chains.months.lock().unwrap().len();
    assert!(batches > outbox::MAX_ATTEMPTS as usize, "{batches}");
}

/// Fault: one record that could not be read at rest stopped the whole job.
#[tokio::test]
async fn damaged_record_should_be_parked_and_the_others_go_on() {
    let world = world();
    let other = Vault::open(&world.dir.path().join("other")).unwrap();
    let damaged = other.seal(PLAIN, b"changed").unwrap();
    let job = world.accept().await;
    let good = world.outbox.sealed_sample().unwrap().unwrap();
    let both = Job {
        records_total: 2,
        ..world.outbox.job(job).unwrap().unwrap()
    };
    let job = world
        .outbox
        .create_job(&both, &[damaged, good], None)
        .unwrap();
    world.expect_waiting(job, "EntryRefused").await;
    let records = world.outbox.records_of(job).unwrap();
    assert_eq!(records.iter().map(|r| r.plain).collect::<Vec<_>>(), [1]);
}

/// A record waits for another batch, and other jobs go on in the batch that refused it.
#[tokio::test]
async fn record_should_be_parked_while_no_other_batch_is_taken() {
    let world = world();
    let job = world.accept().await;
    world.expect_encrypted(job).await;
    let now = world.now();
    assert!(world.outbox.redo((job, 0), "a test", now).unwrap());
    let used_up = dispatch("PhiIndex::MaxBatchesPerFilingMonthExceeded");
    world.chains.refusals.lock().unwrap().push(used_up);
    world.expect_waiting(job, "EntryRefused").await;
    let other = world.accept().await;
    world.expect_encrypted(other).await;
    assert_eq!(world.chains.months.lock().unwrap().len(), 2);
}

fn subjects(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn file_of_another_or_of_several_patients_should_be_refused() {
    let one = || subjects(&["Patient/1"]);
    assert_eq!(one_subject(one(), None).unwrap(), Some("Patient/1".into()));
    assert!(one_subject(one(), Some("Patient/1")).is_ok());
    assert!(one_subject(one(), Some("Patient/2")).is_err());
    assert!(one_subject(subjects(&["Patient/1", "Patient/2"]), None).is_err());
    assert_eq!(one_subject(subjects(&[]), None).unwrap(), None);
}

/// Fault: the name of a patient was ignored if the file was about nobody.
#[tokio::test]
async fn file_about_nobody_should_be_refused_if_a_patient_is_named() {
    let world = world();
    let nobody = br#"{"resourceType":"Basic","id":"b"}"#;
    let refused = world.upload(nobody, Some("Patient/p")).await.unwrap_err();
    assert!(
        refused.to_string().contains("is about no patient"),
        "{refused}"
    );
    world.upload(nobody, None).await.unwrap();
    // Neither bound the account.
    world.upload(FILE, None).await.unwrap();
    let other = br#"{"resourceType":"Patient","id":"q"}"#;
    for (subject, fits) in [
        (None, false),
        (Some("Patient/p"), false),
        (Some("Patient/q"), true),
    ] {
        let taken = world.upload(other, subject).await;
        assert_eq!(taken.is_ok(), fits, "{subject:?}");
    }
}
