// SPDX-License-Identifier: Apache-2.0
#![allow(clippy::unwrap_used)]

use super::*;
use crate::shares::ShareStore;
use async_trait::async_trait;
use bspp_client::{ClientError, DispatchFailure, Result as ChainResult};
use bspp_peks::{BatchHeader, PatientKeys, Seed, X25519Secret};
use bspp_types::{Ed25519Signature, LabelState, Moment, X25519Key};
use rand::rngs::OsRng;
use std::sync::Mutex;

const CHAIN: H256 = H256([1; 32]);
const HOSPITAL: H256 = H256([2; 32]);
const CONSENT: H256 = H256([5; 32]);
const FILE: &[u8] = br#"{"resourceType":"Patient","id":"p"}"#;

/// Both chains.
///
/// The next batches are refused with `refusals`, and no consent is in force while `withdrawn` is set.
#[derive(Clone)]
struct Chains {
    bundle: bspp_peks::PatientBundle,
    key: X25519Key,
    refusals: Arc<Mutex<Vec<ClientError>>>,
    withdrawn: Arc<Mutex<bool>>,
}

#[async_trait]
impl BatchRegistry for Chains {
    async fn open_batch(&self, _: &BatchHeader, _: &[u8; 32]) -> ChainResult<()> {
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
        Ok(Some(bspp_types::Patient {
            bundle: self.bundle.clone(),
            enrolled_at: 1,
        }))
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
        _: FilingMonth,
    ) -> ChainResult<Option<ConsentId>> {
        Ok((!*self.withdrawn.lock().unwrap()).then_some(CONSENT))
    }
}

fn dispatch(name: &str) -> ClientError {
    ClientError::DispatchFailed {
        failure: DispatchFailure { name: name.into() },
        block: 1,
        extrinsic: 1,
    }
}

struct World {
    chains: Chains,
    ingest: Ingest<Chains, Chains>,
    outbox: Outbox,
    account: [u8; 32],
    _dir: tempfile::TempDir,
}

fn world() -> World {
    let dir = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(dir.path()).unwrap();
    let vault = Vault::open(&dir.path().join("vault")).unwrap();
    let folders = [dir.path().join("a"), dir.path().join("b")];
    let shares = ShareStore::open(&folders, vault.clone()).unwrap();
    let keys = PatientKeys::derive(&Seed::from_bytes([3; 32]), &CHAIN.0, &HOSPITAL.0, 0);
    let secret = X25519Secret::generate(&mut OsRng);
    let chains = Chains {
        bundle: keys.bundle(&mut OsRng),
        key: secret.public().0,
        refusals: Arc::default(),
        withdrawn: Arc::default(),
    };
    let minute = Duration::from_secs(60);
    let mut batches = Batches::new(
        chains.clone(),
        (outbox.clone(), shares),
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
    );
    ingest.pause = Duration::from_millis(1);
    World {
        chains,
        ingest,
        outbox,
        account: keys.account().public(),
        _dir: dir,
    }
}

impl World {
    async fn accept(&self) -> JobId {
        let upload = Upload {
            patient: self.account,
            consent: None,
            subject: None,
            file: Zeroizing::new(FILE.to_vec()),
        };
        self.ingest.accept(upload).await.unwrap().job
    }

    /// The job after a run, and whether plaintext of it still waits.
    async fn run(&self, job: JobId) -> (Job, bool) {
        self.ingest.run(job).await;
        let waits = self.outbox.next_pending(job).unwrap().is_some();
        (self.outbox.job(job).unwrap().unwrap(), waits)
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
        assert_eq!(world.outbox.jobs_with_work().unwrap(), [job]);
    }
    let (done, waits) = world.run(job).await;
    assert_eq!((done.phase, done.failure), (JobPhase::Encrypted, None));
    assert!(!waits);
    assert_eq!(world.outbox.records_of(job).unwrap().len(), 1);
}

#[tokio::test]
async fn withdrawn_consent_should_end_the_job_and_forget_its_plaintext() {
    let world = world();
    let job = world.accept().await;
    *world.chains.withdrawn.lock().unwrap() = true;
    let (failed, waits) = world.run(job).await;
    assert_eq!(failed.phase, JobPhase::Failed);
    assert!(failed.failure.unwrap().starts_with("ConsentNotFound"));
    assert!(!waits);
    assert!(world.outbox.jobs_with_work().unwrap().is_empty());
}

fn subjects(names: &[&str]) -> std::collections::BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn file_of_another_or_of_several_patients_should_be_refused() {
    let one = || subjects(&["Patient/1"]);
    assert_eq!(one_subject(one(), None).unwrap(), Some("Patient/1".into()));
    assert!(one_subject(one(), Some("Patient/1".into())).is_ok());
    assert!(one_subject(one(), Some("Patient/2".into())).is_err());
    assert!(one_subject(subjects(&["Patient/1", "Patient/2"]), None).is_err());
    assert_eq!(one_subject(subjects(&[]), None).unwrap(), None);
}
