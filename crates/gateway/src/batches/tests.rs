// SPDX-License-Identifier: Apache-2.0
#![allow(clippy::unwrap_used)]

use super::*;
use crate::{outbox::Job, ports::Payloads, shares::Kept, vault::Vault};
use async_trait::async_trait;
use bspp_client::{ClientError, DispatchFailure, Result as ChainResult};
use bspp_peks::{BatchHeader, Context, PatientKeys, Seed, X25519Secret};
use bspp_record::{random_source, split, Document};
use bspp_types::X25519Key;
use rand::rngs::OsRng;

const CHAIN: H256 = H256([1; 32]);
const HOSPITAL: H256 = H256([2; 32]);
const FILING_MONTH: FilingMonth = 600;
const ACCOUNT: [u8; 32] = [7; 32];
const GAP: usize = bspp_peks::GAP as usize;

/// Accepts a number of batches.
///
/// The second number counts answers that are lost: the consortium has the batch, and the gateway does
/// not learn it. The name is that of a refusal, if batches are refused.
#[derive(Clone)]
struct Registrations(
    Arc<Mutex<(Vec<BatchHeader>, usize)>>,
    Arc<Mutex<usize>>,
    Arc<Mutex<Option<&'static str>>>,
);

#[async_trait]
impl BatchRegistry for Registrations {
    async fn open_batch(&self, header: &BatchHeader, salt: &[u8; 32]) -> ChainResult<()> {
        assert_eq!(header.enc, encryptor_id(&ACCOUNT, salt));
        if let Some(name) = *self.2.lock().unwrap() {
            return Err(refused(name));
        }
        let mut state = self.0.lock().unwrap();
        if !state.0.contains(header) {
            if state.0.len() >= state.1 {
                return Err(refused("PhiIndex::MaxBatchesPerFilingMonthExceeded"));
            }
            header.verify(&CHAIN.0).unwrap();
            state.0.push(header.clone());
        }
        let mut lost = self.1.lock().unwrap();
        if *lost > 0 {
            *lost -= 1;
            return Err(ClientError::TransactionExpired { blocks: 64 });
        }
        Ok(())
    }

    async fn encryption_key(&self, _: FilingMonth) -> ChainResult<Option<X25519Key>> {
        Ok(None)
    }
}

fn refused(name: &str) -> ClientError {
    ClientError::DispatchFailed {
        failure: DispatchFailure { name: name.into() },
        block: 1,
        extrinsic: 1,
    }
}

struct World {
    payloads: Arc<Payloads>,
    batches: Arc<Batches<Registrations>>,
    registrations: Registrations,
    outbox: Outbox,
    shares: ShareStore,
    patient: Patient,
    plain: Arc<PlainRecord>,
    job: JobId,
    _dir: tempfile::TempDir,
}

fn world(max_batches: usize, patience: Duration) -> World {
    let dir = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(dir.path()).unwrap();
    let registrations = Registrations(
        Arc::new(Mutex::new((Vec::new(), max_batches))),
        Arc::default(),
        Arc::default(),
    );
    let vault = Vault::open(&dir.path().join("vault")).unwrap();
    let folders = [dir.path().join("a"), dir.path().join("b")];
    let shares = ShareStore::open(&folders, vault).unwrap();
    let payloads = Arc::new(Payloads::default());
    let mut batches = Batches::new(
        registrations.clone(),
        (outbox.clone(), shares.clone(), payloads.clone()),
        (CHAIN, HOSPITAL),
        &ACCOUNT,
        patience,
        Duration::from_secs(3600),
    )
    .unwrap();
    batches.pause = Duration::from_millis(1);
    let keys = PatientKeys::derive(&Seed::from_bytes([3; 32]), &CHAIN.0, &HOSPITAL.0, 0);
    let bundle = keys.bundle(&mut OsRng);
    let context = Context {
        chain: CHAIN.0,
        hospital: HOSPITAL.0,
        filing_month: FILING_MONTH,
    };
    let patient = Patient::new(&bundle, context, 0, &X25519Secret::generate(&mut OsRng)).unwrap();
    let file = br#"{"resourceType":"Patient","id":"p"}"#;
    let document = Document::parse(file).unwrap();
    let plain = split(&document, random_source(&mut OsRng), &mut OsRng).remove(0);
    let job = Job {
        created: 0,
        phase: JobPhase::Queued,
        records_total: 1,
        failure: None,
    };
    let job = outbox.create_job(&job, &[], None).unwrap();
    World {
        payloads,
        batches: Arc::new(batches),
        registrations,
        outbox,
        shares,
        patient,
        plain: Arc::new(plain),
        job,
        _dir: dir,
    }
}

impl World {
    fn with(&self) -> Encryption<'_> {
        Encryption {
            patient: &self.patient,
            filing_month: FILING_MONTH,
            consent: H256([5; 32]),
            job: self.job,
            plain: 0,
            refused_by: None,
        }
    }

    async fn encrypt(&self) -> Result<Vec<OutboxId>> {
        self.batches
            .encrypt(&self.with(), Arc::clone(&self.plain))
            .await
    }

    fn batch_of_last(&self) -> BatchId {
        let records = self.outbox.records_of(self.job).unwrap();
        records.last().unwrap().record.entry.batch
    }

    fn registered(&self) -> usize {
        self.registrations.0.lock().unwrap().0.len()
    }
}

#[tokio::test]
async fn encrypt_should_open_one_batch_and_write_rising_indices() {
    let world = world(1, Duration::from_secs(60));
    for _ in 0..3 {
        world.encrypt().await.unwrap();
    }
    assert_eq!(world.registered(), 1);
    let indices: Vec<u32> = world
        .outbox
        .records_of(world.job)
        .unwrap()
        .iter()
        .map(|item| item.record.entry.index)
        .collect();
    assert_eq!(indices, [0, 1, 2]);
}

#[tokio::test]
async fn encrypt_should_open_another_batch_when_finality_takes_too_long() {
    let world = world(2, Duration::ZERO);
    for _ in 0..GAP {
        world.encrypt().await.unwrap();
    }
    assert_eq!(world.registered(), 1);
    world.encrypt().await.unwrap();
    assert_eq!(world.registered(), 2);
    let records = world.outbox.records_of(world.job).unwrap();
    let (last, before) = (&records[GAP].record.entry, &records[GAP - 1].record.entry);
    assert_ne!(last.batch, before.batch);
    assert_eq!(last.index, 0);
}

#[tokio::test]
async fn encrypt_should_wait_for_finality_when_no_more_batches_are_taken() {
    let world = world(1, Duration::from_millis(1));
    for _ in 0..GAP {
        world.encrypt().await.unwrap();
    }
    let mut waiting = Box::pin(world.encrypt());
    let early = tokio::time::timeout(Duration::from_millis(300), &mut waiting).await;
    assert!(early.is_err(), "a counter beyond the gap must not be spent");
    let first = [world.outbox.records_of(world.job).unwrap()[0].rid];
    // Both run at the same time: the waiting one may hold the lock that the other needs.
    let (_, encrypted) = tokio::join!(
        world.batches.note_finalized(&first),
        tokio::time::timeout(Duration::from_secs(10), waiting)
    );
    encrypted.unwrap().unwrap();
    assert_eq!(world.registered(), 1);
}

#[tokio::test]
async fn encrypt_should_fail_when_the_first_batch_is_refused() {
    let world = world(0, Duration::ZERO);
    assert!(matches!(world.encrypt().await, Err(GatewayError::Chain(_))));
    assert!(world.outbox.records_of(world.job).unwrap().is_empty());
}

/// Fault: a record that its batch refuses went to the same batch in every attempt.
#[tokio::test]
async fn refused_record_should_go_to_another_batch() {
    let world = world(2, Duration::from_secs(60));
    world.encrypt().await.unwrap();
    let refused_by = Some(world.batch_of_last());
    let again = Encryption {
        refused_by,
        ..world.with()
    };
    let plain = || Arc::clone(&world.plain);
    world.batches.encrypt(&again, plain()).await.unwrap();
    assert_eq!(world.registered(), 2);
    assert_ne!(Some(world.batch_of_last()), refused_by);
    // The batch after it serves the next refused record too.
    world.batches.encrypt(&again, plain()).await.unwrap();
    assert_eq!(world.registered(), 2);
}

/// Fault: one refused record closed the batch of all others.
#[tokio::test]
async fn batch_should_stay_open_for_others_until_its_successor_is_open() {
    let world = world(1, Duration::from_secs(60));
    world.encrypt().await.unwrap();
    let again = Encryption {
        refused_by: Some(world.batch_of_last()),
        ..world.with()
    };
    let refused = world
        .batches
        .encrypt(&again, Arc::clone(&world.plain))
        .await;
    assert!(matches!(refused, Err(GatewayError::Chain(_))));
    world.encrypt().await.unwrap();
    assert_eq!(world.outbox.records_of(world.job).unwrap().len(), 2);
}

/// Fault: a header that the consortium refuses was sent again for the lifetime of a batch.
#[tokio::test]
async fn refused_header_should_not_be_sent_again() {
    let world = world(1, Duration::from_secs(60));
    for (name, keeps) in [
        ("PhiIndex::FilingMonthMismatch", false),
        ("PhiIndex::InvalidBatchProof", false),
        ("PhiIndex::MaxBatchesPerFilingMonthExceeded", true),
        // The consortium has it: a new one would use up another batch of the month.
        ("PhiRecords::NotAuthorized", true),
    ] {
        *world.registrations.2.lock().unwrap() = Some(name);
        assert!(world.encrypt().await.is_err());
        let kept = world.batches.state.lock().await.opening.is_some();
        assert_eq!(kept, keeps, "{name}");
    }
    *world.registrations.2.lock().unwrap() = None;
    world.encrypt().await.unwrap();
}

/// Fault: each attempt while a chain was away registered one more batch of the month.
#[tokio::test]
async fn failed_attempts_should_not_use_up_the_batches_of_the_month() {
    let world = world(1, Duration::from_secs(60));
    *world.registrations.1.lock().unwrap() = 3;
    for _ in 0..3 {
        assert!(world.encrypt().await.is_err());
    }
    world.encrypt().await.unwrap();
    assert_eq!(world.registered(), 1);
    assert_eq!(world.outbox.records_of(world.job).unwrap().len(), 1);
}

#[tokio::test]
async fn replace_should_wait_on_when_the_batch_got_into_no_block() {
    let world = world(1, Duration::from_secs(60));
    *world.registrations.1.lock().unwrap() = 1;
    let mut state = world.batches.state.lock().await;
    assert!(!world
        .batches
        .replace(&mut state, &world.with())
        .await
        .unwrap());
    assert!(state.open.is_none());
    assert!(world
        .batches
        .replace(&mut state, &world.with())
        .await
        .unwrap());
    assert_eq!(world.registered(), 1);
}

/// Attack: a thief of an idle gateway's memory takes the secret of an ended batch.
#[tokio::test]
async fn secret_of_a_batch_should_not_outlive_its_month_or_lifetime() {
    let mut world = world(3, Duration::from_secs(60));
    world.encrypt().await.unwrap();
    for month in [FILING_MONTH, FILING_MONTH - 1] {
        world.batches.erase_ended(month).await;
        assert!(world.batches.state.lock().await.open.is_some());
    }
    world.batches.erase_ended(FILING_MONTH + 1).await;
    assert!(world.batches.state.lock().await.open.is_none());
    // One that is not open yet has a secret too.
    *world.registrations.1.lock().unwrap() = 1;
    assert!(world.encrypt().await.is_err());
    assert!(world.batches.state.lock().await.opening.is_some());
    world.batches.erase_ended(FILING_MONTH + 1).await;
    assert!(world.batches.state.lock().await.opening.is_none());
    world.encrypt().await.unwrap();
    let batches = Arc::get_mut(&mut world.batches).unwrap();
    batches.lifetime = Duration::ZERO;
    world.batches.erase_ended(FILING_MONTH).await;
    assert!(world.batches.state.lock().await.open.is_none());
}

/// A stop between share and record leaves no record without its share.
#[tokio::test]
async fn every_record_in_the_outbox_should_have_its_share() {
    let world = world(1, Duration::from_secs(60));
    world.encrypt().await.unwrap();
    for item in world.outbox.records_of(world.job).unwrap() {
        let kept = world.shares.get(&item.rid).unwrap();
        let Kept::Share(share) = kept else {
            panic!("{kept:?}");
        };
        assert!(item.record.entry.check_seal(&item.record.wraps, &share));
    }
}

#[tokio::test]
async fn batch_should_close_after_its_lifetime_and_not_when_it_is_idle() {
    let mut world = world(2, Duration::from_secs(60));
    world.encrypt().await.unwrap();
    tokio::time::sleep(Duration::from_millis(5)).await;
    world.encrypt().await.unwrap();
    assert_eq!(world.registered(), 1);
    let batches = Arc::get_mut(&mut world.batches).unwrap();
    batches.lifetime = Duration::from_millis(1);
    world.encrypt().await.unwrap();
    assert_eq!(world.registered(), 2);
}

#[tokio::test]
async fn record_should_wait_when_its_payload_cannot_be_stored() {
    use std::sync::atomic::Ordering;
    let world = world(4, Duration::from_secs(60));
    world.payloads.broken.store(true, Ordering::Relaxed);
    world.encrypt().await.unwrap_err();
    // Nothing is sent whose ciphertext is not durable.
    assert!(world.outbox.records_of(world.job).unwrap().is_empty());
    world.payloads.broken.store(false, Ordering::Relaxed);
    world.encrypt().await.unwrap();
    let records = world.outbox.records_of(world.job).unwrap();
    let hash = records[0].record.entry.payload_hash;
    assert_eq!(*world.payloads.stored.lock().unwrap(), vec![hash]);
}
