// SPDX-License-Identifier: Apache-2.0
#![allow(clippy::unwrap_used)]

use super::*;
use crate::{ports::Standing, vault::Vault};
use async_trait::async_trait;
use bspp_client::{ClientError, Result as ChainResult};
use bspp_peks::{PatientKeys, Seed, X25519Secret};
use bspp_primitives::AccountId;
use bspp_record::{EncryptedRecord, GrantKey};
use bspp_test_kit::EntryBuilder;
use bspp_types::{
    day_of, payload_hash, seal_of, BatchId, ConsentId, FilingMonth, Match, Patient, Record,
    RecordId, RecordLocation, Request, RequestId, Wraps,
};
use rand::rngs::OsRng;
use std::sync::Mutex;

const CHAIN: H256 = H256([1; 32]);
const HOSPITAL: H256 = H256([2; 32]);

/// Both chains. They refuse everything while `down` is set.
#[derive(Default)]
struct Chains {
    enrolled: Option<Patient>,
    record: Option<(RecordLocation, Record)>,
    ciphertext: Vec<u8>,
    down: Mutex<bool>,
    opened: Mutex<Option<Request<AccountId>>>,
    /// Whether a wish that a block has is finalized.
    is_final: Mutex<bool>,
    revoked: Mutex<Vec<RequestId>>,
    /// The account whose rises the chain refuses.
    refused: Mutex<Option<[u8; 32]>>,
    version: Mutex<LabelVersion>,
    revoke_before: Mutex<Moment>,
    /// The consortium makes no blocks: what it is sent waits for ever.
    stands_still: Mutex<bool>,
    /// The account whose rises wait for ever.
    waits: Mutex<Option<[u8; 32]>>,
    /// Happens while a log entry waits for its block.
    while_logged: Mutex<Option<Box<dyn FnOnce() + Send>>>,
    filed: Mutex<Vec<Authority>>,
    logged: Mutex<Vec<DisclosureGround>>,
}

impl Chains {
    fn up(&self) -> ChainResult<()> {
        if *self.down.lock().unwrap() {
            return Err(ClientError::ConnectionLost {
                reason: "a test".into(),
            });
        }
        Ok(())
    }

    async fn consortium_blocks(&self) {
        let stands_still = *self.stands_still.lock().unwrap();
        if stands_still {
            std::future::pending::<()>().await;
        }
    }
}

#[async_trait]
impl RequestView for Chains {
    async fn finalized_time(&self) -> ChainResult<Moment> {
        Ok(0)
    }
    async fn best_time(&self) -> ChainResult<Moment> {
        Ok(0)
    }
    async fn finalized_request(
        &self,
        _: RequestId,
        _: RecordId,
    ) -> ChainResult<(Option<Request<AccountId>>, Option<Match>)> {
        Ok((None, None))
    }
    async fn finalized_standing(&self, _: &AccountId) -> ChainResult<Standing> {
        unreachable!("wishes do not ask for it")
    }
    async fn best_request(&self, id: RequestId) -> ChainResult<Option<Request<AccountId>>> {
        self.up()?;
        let opened = self.opened.lock().unwrap().clone();
        Ok(opened.filter(|request| messages::request_id(&request.authority) == id))
    }
    async fn claim_disclosure(&self, _: RequestId, _: RecordId) -> ChainResult<()> {
        Ok(())
    }
    async fn refuse_disclosure(&self, _: RequestId, _: RecordId) -> ChainResult<()> {
        Ok(())
    }
    async fn file_tombstone(
        &self,
        authority: &Authority,
        _: Day,
        _: Ed25519Signature,
    ) -> ChainResult<bool> {
        self.up()?;
        self.filed.lock().unwrap().push(*authority);
        self.consortium_blocks().await;
        Ok(true)
    }
    async fn forward_revocation(&self, id: RequestId, _: Ed25519Signature) -> ChainResult<bool> {
        self.up()?;
        self.revoked.lock().unwrap().push(id);
        self.consortium_blocks().await;
        Ok(*self.is_final.lock().unwrap())
    }
}

#[async_trait]
impl PatientRegistry for Chains {
    async fn patient(&self, account: [u8; 32]) -> ChainResult<Option<Patient>> {
        Ok(self
            .enrolled
            .clone()
            .filter(|patient| patient.bundle.account == account))
    }
    async fn label_state(&self, _: [u8; 32]) -> ChainResult<LabelState> {
        tokio::task::yield_now().await;
        Ok(LabelState {
            version: *self.version.lock().unwrap(),
            revoke_before: *self.revoke_before.lock().unwrap(),
            ..LabelState::default()
        })
    }
    async fn raise_label_version(
        &self,
        account: [u8; 32],
        version: LabelVersion,
        revoke_before: Moment,
        _: Ed25519Signature,
    ) -> ChainResult<bool> {
        self.up()?;
        let waits = *self.waits.lock().unwrap() == Some(account);
        if waits {
            std::future::pending::<()>().await;
        }
        if *self.refused.lock().unwrap() == Some(account) {
            return Err(ClientError::TransactionDropped {
                reason: "a test".into(),
            });
        }
        let mut known = self.version.lock().unwrap();
        let mut before = self.revoke_before.lock().unwrap();
        if version <= *known {
            return Ok(*before >= revoke_before);
        }
        assert_eq!(version, *known + 1, "the chain takes the next version only");
        *known = version;
        *before = revoke_before.max(*before);
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

#[async_trait]
impl RecordArchive for Chains {
    async fn record(&self, rid: RecordId) -> ChainResult<Option<(RecordLocation, Record)>> {
        Ok(self
            .record
            .clone()
            .filter(|(_, record)| record.entry.rid() == rid))
    }
    async fn batch_month(&self, _: BatchId) -> ChainResult<Option<FilingMonth>> {
        Ok(None)
    }
    async fn ciphertext(&self, _: &Record) -> ChainResult<Vec<u8>> {
        Ok(self.ciphertext.clone())
    }
    async fn log_disclosure(
        &self,
        ground: DisclosureGround,
        _: RecordId,
        _: [u8; 32],
    ) -> ChainResult<()> {
        self.logged.lock().unwrap().push(ground);
        let act = self.while_logged.lock().unwrap().take();
        if let Some(act) = act {
            act();
        }
        Ok(())
    }
}

fn keys(n: u8) -> PatientKeys {
    PatientKeys::derive(&Seed::from_bytes([n; 32]), &CHAIN.0, &HOSPITAL.0, 0)
}

struct World {
    chains: Arc<Chains>,
    wishes: Wishes<Chains, Chains>,
    outbox: Outbox,
    nonces: Arc<Nonces>,
    shares: ShareStore,
    rid: RecordId,
    _dir: tempfile::TempDir,
}

/// Patient 3 is enrolled and has a record.
fn world() -> World {
    let dir = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(dir.path()).unwrap();
    let vault = Vault::open(&dir.path().join("vault")).unwrap();
    let folders = [dir.path().join("a"), dir.path().join("b")];
    let shares = ShareStore::open(&folders, vault).unwrap();
    let ciphertext = b"ciphertext".to_vec();
    let share = bspp_peks::HospitalShare::generate(&mut OsRng);
    let wraps: Wraps = vec![[0; 48]; 8].try_into().unwrap();
    let mut entry = EntryBuilder::new(1)
        .payload_hash(payload_hash(&ciphertext))
        .build();
    entry.seal = seal_of(&entry.core(), &wraps, &share);
    let rid = entry.rid();
    shares.put(&[(rid, share)]).unwrap();
    let account = keys(3).account().public();
    let location = RecordLocation {
        patient: account,
        block: 1,
        extrinsic: 1,
        sequence: 0,
        leaf: 0,
    };
    let record = Record {
        entry,
        wraps,
        patient: account,
        consent: H256([5; 32]),
    };
    let chains = Arc::new(Chains {
        enrolled: Some(Patient {
            bundle: keys(3).bundle(&mut OsRng),
            enrolled_at: 1,
        }),
        record: Some((location, record)),
        ciphertext,
        ..Chains::default()
    });
    let nonces = Arc::new(Nonces::new(60_000, 10));
    let wishes = Wishes::new(
        (Arc::clone(&chains), Arc::clone(&chains)),
        LabelVersions::new(Arc::clone(&chains), outbox.clone()),
        (outbox.clone(), shares.clone()),
        Arc::clone(&nonces),
        (CHAIN, HOSPITAL),
    );
    World {
        chains,
        wishes,
        outbox,
        nonces,
        shares,
        rid,
        _dir: dir,
    }
}

fn signed_rise(keys: &PatientKeys, version: LabelVersion, before: Moment) -> [u8; 64] {
    let account = keys.account().public();
    let message = messages::label_version_message(&CHAIN, &HOSPITAL, &account, version, before);
    keys.account().sign(&message)
}

impl World {
    async fn raise(&self, keys: &PatientKeys, version: LabelVersion) -> Result<(), Refusal> {
        self.raise_before(keys, version, 0).await
    }

    async fn raise_before(
        &self,
        keys: &PatientKeys,
        version: LabelVersion,
        before: Moment,
    ) -> Result<(), Refusal> {
        let signature = signed_rise(keys, version, before);
        self.wishes
            .raise_label_version(keys.account().public(), version, before, signature)
            .await
    }

    async fn revoke_before(&self) -> Moment {
        let account = keys(3).account().public();
        let state = self.wishes.label_state(account).await.unwrap();
        state.revoke_before
    }

    async fn version(&self) -> LabelVersion {
        let account = keys(3).account().public();
        self.wishes.label_state(account).await.unwrap().version
    }

    async fn revoke_unopened(&self, keys: &PatientKeys, index: u32) -> Result<(), Refusal> {
        self.revoke_unopened_until(keys, index, day_of(clock::now()) + 5)
            .await
    }

    async fn revoke_unopened_until(
        &self,
        keys: &PatientKeys,
        index: u32,
        expiry: Day,
    ) -> Result<(), Refusal> {
        let grant = GrantKey::derive(keys, index);
        let (request, signature) = grant.tombstone(&CHAIN, expiry);
        let message = messages::unopened_message(&CHAIN, &HOSPITAL, &request);
        self.wishes
            .revoke_unopened(
                (keys.account().public(), keys.account().sign(&message)),
                Authority::GrantKey(grant.public()),
                expiry,
                signature,
            )
            .await
    }
}

#[tokio::test]
async fn rise_should_be_obeyed_before_it_reaches_the_chain_and_after_a_restart() {
    let world = world();
    *world.chains.down.lock().unwrap() = true;
    world.raise(&keys(3), 1).await.unwrap();
    assert_eq!(world.version().await, 1);
    let state = world
        .wishes
        .label_state(keys(3).account().public())
        .await
        .unwrap();
    assert_eq!(state.rises.len(), 1);
    assert!(world.wishes.forward().await.is_err());
    assert_eq!(world.version().await, 1);
    *world.chains.down.lock().unwrap() = false;
    // Records wait until the chain has decided the month of the rise.
    let account = keys(3).account().public();
    let settled = || world.wishes.versions.settled(account);
    assert_eq!(settled().await.unwrap(), None);
    world.wishes.forward().await.unwrap();
    assert_eq!(*world.chains.version.lock().unwrap(), 1);
    assert_eq!(settled().await.unwrap().unwrap().version, 1);
    assert!(world.outbox.forwards().unwrap().is_empty());
    // The same rise again is not an error.
    world.raise(&keys(3), 1).await.unwrap();
}

#[tokio::test]
async fn forged_or_wrong_rise_should_be_refused() {
    let world = world();
    let account = keys(3).account().public();
    let forged = world
        .wishes
        .raise_label_version(account, 1, 0, signed_rise(&keys(4), 1, 0))
        .await;
    assert!(matches!(forged, Err(Refusal::InvalidWish)));
    // Not the next version; not enrolled.
    assert!(matches!(
        world.raise(&keys(3), 2).await,
        Err(Refusal::WishRefused)
    ));
    assert!(matches!(
        world.raise(&keys(4), 1).await,
        Err(Refusal::WishRefused)
    ));
    assert_eq!(world.version().await, 0);
}

/// Attack: a thief of the account key exhausts the label versions while the chain is away.
#[tokio::test]
async fn stolen_key_should_not_exhaust_versions() {
    let world = world();
    *world.chains.down.lock().unwrap() = true;
    for version in 1..=MAX_LABEL_RISES_PER_MONTH {
        world.raise(&keys(3), version).await.unwrap();
    }
    let more = world.raise(&keys(3), MAX_LABEL_RISES_PER_MONTH + 1).await;
    assert!(matches!(more, Err(Refusal::WishRefused)));
}

#[tokio::test]
async fn unopened_grant_should_be_revoked_here_at_once_and_on_chain_when_it_answers() {
    let world = world();
    *world.chains.down.lock().unwrap() = true;
    world.revoke_unopened(&keys(3), 0).await.unwrap();
    let grant = Authority::GrantKey(GrantKey::derive(&keys(3), 0).public());
    assert!(world
        .outbox
        .is_revoked(&messages::request_id(&grant))
        .unwrap());
    assert!(world.wishes.forward().await.is_err());
    *world.chains.down.lock().unwrap() = false;
    world.wishes.forward().await.unwrap();
    assert_eq!(*world.chains.filed.lock().unwrap(), [grant]);
    world.wishes.forward().await.unwrap();
    assert_eq!(world.chains.filed.lock().unwrap().len(), 1);
}

/// Attack: strangers fill the hospital's quota with tombstones of grants that nobody made.
#[tokio::test]
async fn stranger_should_not_file_tombstones() {
    let world = world();
    assert!(matches!(
        world.revoke_unopened(&keys(4), 0).await,
        Err(Refusal::WishRefused)
    ));
    let (patient, thief) = (keys(3), keys(4));
    let grant = GrantKey::derive(&thief, 0);
    let expiry = day_of(clock::now()) + 5;
    let (request, signature) = grant.tombstone(&CHAIN, expiry);
    let message = messages::unopened_message(&CHAIN, &HOSPITAL, &request);
    let forged = world
        .wishes
        .revoke_unopened(
            (patient.account().public(), thief.account().sign(&message)),
            Authority::GrantKey(grant.public()),
            expiry,
            signature,
        )
        .await;
    assert!(matches!(forged, Err(Refusal::InvalidWish)));
    // A patient has few in force, whether they wait or are on the chain.
    for index in 0..MAX_UNOPENED_REVOCATIONS as u32 {
        world.revoke_unopened(&patient, index).await.unwrap();
        world.wishes.forward().await.unwrap();
    }
    assert!(matches!(
        world.revoke_unopened(&patient, 100).await,
        Err(Refusal::WishRefused)
    ));
    // The same one again is the same.
    world.revoke_unopened(&patient, 0).await.unwrap();
}

/// Attack: a patient files a tombstone that the chain refuses, and that stops all others.
#[tokio::test]
async fn tombstone_beyond_the_longest_grant_should_be_refused_at_the_door() {
    let world = world();
    let today = day_of(clock::now());
    let patient = keys(3);
    let far = world.revoke_unopened_until(&patient, 0, today + MAX_GRANT_DAYS + 1);
    assert!(matches!(far.await, Err(Refusal::WishRefused)));
    // One of an expired grant holds already.
    world
        .revoke_unopened_until(&keys(3), 0, today)
        .await
        .unwrap();
    assert!(world.outbox.forwards().unwrap().is_empty());
    let last = world.revoke_unopened_until(&patient, 0, today + MAX_GRANT_DAYS);
    last.await.unwrap();
}

/// Fault: the first wish that a chain refused held back the wishes of all patients.
#[tokio::test]
async fn wish_that_a_chain_refuses_should_not_hold_back_others() {
    let world = world();
    let patient = keys(3);
    world.raise(&patient, 1).await.unwrap();
    world.revoke_unopened(&patient, 0).await.unwrap();
    *world.chains.refused.lock().unwrap() = Some(patient.account().public());
    assert!(world.wishes.forward().await.is_err());
    assert_eq!(world.chains.filed.lock().unwrap().len(), 1);
    assert_eq!(world.outbox.forwards().unwrap().len(), 1);
    *world.chains.refused.lock().unwrap() = None;
    world.wishes.forward().await.unwrap();
    assert!(world.outbox.forwards().unwrap().is_empty());
}

/// Fault: a tombstone that waited for the consortium held back the rises of all patients.
#[tokio::test]
async fn rise_should_reach_its_chain_when_the_consortium_makes_no_blocks() {
    let world = world();
    *world.chains.stands_still.lock().unwrap() = true;
    world.revoke_unopened(&keys(3), 0).await.unwrap();
    let grant = GrantKey::derive(&keys(3), 1);
    *world.chains.opened.lock().unwrap() = Some(opened(&grant));
    let (id, signature) = grant.revocation(&CHAIN);
    let authority = Authority::GrantKey(grant.public());
    world
        .wishes
        .revoke(id, &authority, signature)
        .await
        .unwrap();
    world.wishes.forward().await.unwrap();
    // A rise that comes later does not wait for the round before it.
    world.raise(&keys(3), 1).await.unwrap();
    world.wishes.forward().await.unwrap();
    assert_eq!(*world.chains.version.lock().unwrap(), 1);
    // The others are not sent twice, and stay.
    assert_eq!(world.chains.filed.lock().unwrap().len(), 1);
    assert_eq!(world.chains.revoked.lock().unwrap().len(), 1);
    assert_eq!(world.outbox.forwards().unwrap().len(), 2);
}

/// Fault: the rise of one patient waited for its block, and those of all others behind it.
#[tokio::test]
async fn rise_that_waits_should_not_hold_back_another_patients() {
    let world = world();
    let other = keys(4).account().public();
    *world.chains.waits.lock().unwrap() = Some(other);
    let wish = Forward::LabelVersion {
        account: other,
        version: 1,
        revoke_before: 0,
        taken_on: clock::now(),
        signature: signed_rise(&keys(4), 1, 0),
    };
    let key = blake2b_256(&wish_key(&wish));
    world.outbox.add_forward(&key, &wish).unwrap();
    world.raise(&keys(3), 1).await.unwrap();
    world.wishes.forward().await.unwrap();
    assert_eq!(*world.chains.version.lock().unwrap(), 1);
    assert_eq!(world.outbox.forwards().unwrap(), [(key, wish)]);
}

/// Fault: a rise was acknowledged although another one had used its version.
#[tokio::test]
async fn used_version_should_be_acknowledged_only_when_its_revocation_holds() {
    let world = world();
    world.raise_before(&keys(3), 1, 50).await.unwrap();
    // The same one, and one that wants less.
    world.raise_before(&keys(3), 1, 50).await.unwrap();
    world.raise_before(&keys(3), 1, 40).await.unwrap();
    let used = world.raise_before(&keys(3), 1, 70).await.unwrap_err();
    assert_eq!(used.code(), "VersionUsed");
    assert_eq!(world.revoke_before().await, 50);
    world.raise_before(&keys(3), 2, 70).await.unwrap();
    assert_eq!(world.revoke_before().await, 70);
}

/// Fault: of two rises of one version at the same time, the second overwrote the first.
#[tokio::test]
async fn concurrent_rises_of_one_version_should_not_lose_a_revocation() {
    let world = world();
    let patient = keys(3);
    let (all, none) = tokio::join!(
        world.raise_before(&patient, 1, 70),
        world.raise_before(&patient, 1, 0)
    );
    all.unwrap();
    none.unwrap();
    assert_eq!(world.revoke_before().await, 70);
}

/// Fault: the chain gave the version away, and the gateway forgot its own rise.
#[tokio::test]
async fn rise_whose_version_the_chain_gave_away_should_still_be_obeyed() {
    let world = world();
    world.raise_before(&keys(3), 1, 70).await.unwrap();
    *world.chains.version.lock().unwrap() = 1;
    assert_eq!(world.revoke_before().await, 70);
    world.wishes.forward().await.unwrap();
    assert_eq!(world.revoke_before().await, 70);
    assert_eq!(world.outbox.forwards().unwrap().len(), 1);
    // A later rise brings the time to the chain.
    world.raise_before(&keys(3), 2, 70).await.unwrap();
    world.wishes.forward().await.unwrap();
    world.wishes.forward().await.unwrap();
    assert_eq!(*world.chains.revoke_before.lock().unwrap(), 70);
    assert!(world.outbox.forwards().unwrap().is_empty());
}

/// Fault: a later version went to the chain before an earlier one and blocked it for ever.
#[tokio::test]
async fn rises_should_go_to_the_chain_in_the_order_of_their_versions() {
    let world = world();
    *world.chains.down.lock().unwrap() = true;
    for version in 1..=MAX_LABEL_RISES_PER_MONTH {
        world.raise(&keys(3), version).await.unwrap();
    }
    *world.chains.down.lock().unwrap() = false;
    // The chain's double asserts the order.
    world.wishes.forward().await.unwrap();
    let raised = *world.chains.version.lock().unwrap();
    assert_eq!(raised, MAX_LABEL_RISES_PER_MONTH);
}

/// The opened request of a grant of patient 3.
fn opened(grant: &GrantKey) -> Request<AccountId> {
    Request {
        hospital: HOSPITAL,
        requester: AccountId::from([1; 32]),
        requester_hospital: HOSPITAL,
        authority: Authority::GrantKey(grant.public()),
        purpose: bspp_types::PurposeOfUse::Treatment,
        expiry: day_of(clock::now()) + 5,
        header_hash: H256([1; 32]),
        status: bspp_types::RequestStatus::Open,
        opened_at: 1,
        matches: 0,
    }
}

#[tokio::test]
async fn revocation_of_an_opened_request_should_go_to_the_chain_until_it_is_final() {
    let world = world();
    let grant = GrantKey::derive(&keys(3), 0);
    *world.chains.opened.lock().unwrap() = Some(opened(&grant));
    let (id, signature) = grant.revocation(&CHAIN);
    let authority = Authority::GrantKey(grant.public());
    world
        .wishes
        .revoke(id, &authority, signature)
        .await
        .unwrap();
    assert!(world.outbox.is_revoked(&id).unwrap());
    *world.chains.down.lock().unwrap() = true;
    assert!(world.wishes.forward().await.is_err());
    *world.chains.down.lock().unwrap() = false;
    // A block has it, and may be abandoned.
    world.wishes.forward().await.unwrap();
    assert_eq!(world.outbox.forwards().unwrap().len(), 1);
    *world.chains.is_final.lock().unwrap() = true;
    world.wishes.forward().await.unwrap();
    assert!(world.outbox.forwards().unwrap().is_empty());
    assert_eq!(*world.chains.revoked.lock().unwrap(), [id, id]);
}

/// Attack: the gateway keeps and forwards revocations of requests of all other hospitals.
#[tokio::test]
async fn revocation_of_another_hospitals_request_should_be_refused() {
    let world = world();
    let grant = GrantKey::derive(&keys(3), 0);
    let mut request = opened(&grant);
    request.hospital = H256([7; 32]);
    *world.chains.opened.lock().unwrap() = Some(request);
    let (id, signature) = grant.revocation(&CHAIN);
    let authority = Authority::GrantKey(grant.public());
    let refused = world.wishes.revoke(id, &authority, signature).await;
    assert_eq!(refused.unwrap_err().code(), "HospitalMismatch");
    assert!(!world.outbox.is_revoked(&id).unwrap());
    assert!(world.outbox.forwards().unwrap().is_empty());
}

/// Attack: a doctor opens requests with own keys, and fills the disk with revocations.
#[tokio::test]
async fn requester_should_have_a_limited_number_of_revocations() {
    let world = world();
    let grant = GrantKey::derive(&keys(3), 0);
    let (id, signature) = grant.revocation(&CHAIN);
    let request = opened(&grant);
    let filled = Revoked {
        signature,
        expiry: request.expiry,
        account: Some(request.requester.clone().into()),
    };
    *world.chains.opened.lock().unwrap() = Some(request.clone());
    for n in 0..MAX_OPENED_REVOCATIONS {
        let other = H256::from_low_u64_be(n as u64 + 1);
        let wish = Forward::Revocation {
            request: other,
            signature,
        };
        let key = blake2b_256(&wish_key(&wish));
        let limits = (0, usize::MAX);
        assert!(world
            .outbox
            .revoke(&other, &filled, (&key, &wish), limits)
            .unwrap());
    }
    let authority = Authority::GrantKey(grant.public());
    let refused = world.wishes.revoke(id, &authority, signature).await;
    assert_eq!(refused.unwrap_err().code(), "WishRefused");
    // Requests of others have a place of their own.
    *world.chains.opened.lock().unwrap() = Some(Request {
        requester: AccountId::from([2; 32]),
        ..request
    });
    world
        .wishes
        .revoke(id, &authority, signature)
        .await
        .unwrap();
    assert!(world.outbox.is_revoked(&id).unwrap());
}

#[tokio::test]
async fn forged_revocation_should_be_refused() {
    let world = world();
    let grant = GrantKey::derive(&keys(3), 0);
    *world.chains.opened.lock().unwrap() = Some(opened(&grant));
    let (id, mut signature) = grant.revocation(&CHAIN);
    let other = Authority::GrantKey(GrantKey::derive(&keys(3), 1).public());
    let refused = world.wishes.revoke(id, &other, signature).await;
    assert_eq!(refused.unwrap_err().code(), "RequestMismatch");
    signature[0] ^= 1;
    let authority = Authority::GrantKey(grant.public());
    let refused = world.wishes.revoke(id, &authority, signature).await;
    assert_eq!(refused.unwrap_err().code(), "InvalidSignature");
    assert!(!world.outbox.is_revoked(&id).unwrap());
}

/// Attack: a stranger fills the disk with revocations of requests that he made up.
#[tokio::test]
async fn stranger_should_write_nothing_with_keys_of_his_own() {
    let world = world();
    for index in 0..20 {
        let grant = GrantKey::derive(&keys(9), index);
        let (id, signature) = grant.revocation(&CHAIN);
        let authority = Authority::GrantKey(grant.public());
        let refused = world.wishes.revoke(id, &authority, signature).await;
        assert_eq!(refused.unwrap_err().code(), "RequestNotFound");
        assert!(!world.outbox.is_revoked(&id).unwrap());
    }
    assert!(world.outbox.forwards().unwrap().is_empty());
}

#[tokio::test]
async fn own_record_should_go_to_its_patient_only_and_be_logged() {
    let world = world();
    let ask = |keys: &PatientKeys, rid| {
        let account = keys.account().public();
        let nonce = world.nonces.issue(&account, clock::now());
        OwnRecordRequest::new(keys.account(), (&CHAIN, &HOSPITAL), rid, nonce)
    };
    let request = ask(&keys(3), world.rid);
    let sealed = world.wishes.own_record(&request).await.unwrap();
    let entry = &world.chains.record.as_ref().unwrap().1.entry;
    let package = OwnRecordRequest::open(
        &sealed,
        (&CHAIN, &HOSPITAL),
        (&world.rid, entry),
        keys(3).x25519(),
    )
    .unwrap();
    assert_eq!(package.ciphertext, b"ciphertext");
    assert!(OwnRecordRequest::open(
        &sealed,
        (&CHAIN, &HOSPITAL),
        (&world.rid, entry),
        &X25519Secret::generate(&mut OsRng),
    )
    .is_err());
    assert_eq!(
        *world.chains.logged.lock().unwrap(),
        [DisclosureGround::OwnRecord]
    );
    // The nonce is used up.
    let replayed = world.wishes.own_record(&request).await.unwrap_err();
    assert_eq!(replayed.code(), "NonceNotFound");
    // Another patient, an unknown record, and an erased one have one refusal.
    let mut refusals = Vec::new();
    for request in [ask(&keys(4), world.rid), ask(&keys(3), H256([9; 32]))] {
        refusals.push(world.wishes.own_record(&request).await.unwrap_err().code());
    }
    let erased = ask(&keys(3), world.rid);
    world.shares.delete(&world.rid).unwrap();
    refusals.push(world.wishes.own_record(&erased).await.unwrap_err().code());
    assert_eq!(refusals, ["NotCovered"; 3]);
    let mut forged = ask(&keys(3), world.rid);
    forged.signature[0] ^= 1;
    let refused = world.wishes.own_record(&forged).await.unwrap_err();
    assert_eq!(refused.code(), "InvalidSignature");
}

#[tokio::test]
async fn own_record_should_not_be_given_when_it_is_erased_while_it_is_logged() {
    let world = world();
    let (shares, rid) = (world.shares.clone(), world.rid);
    *world.chains.while_logged.lock().unwrap() =
        Some(Box::new(move || shares.delete(&rid).unwrap()));
    let account = keys(3).account().public();
    let nonce = world.nonces.issue(&account, clock::now());
    let request = OwnRecordRequest::new(keys(3).account(), (&CHAIN, &HOSPITAL), rid, nonce);
    let refused = world.wishes.own_record(&request).await.unwrap_err();
    assert_eq!(refused.code(), "NotCovered");
    assert_eq!(world.chains.logged.lock().unwrap().len(), 1);
}

#[test]
fn encrypted_record_should_be_the_archives_record() {
    // The package of an own record has the ciphertext as one chunk.
    let world = world();
    let (_, record) = world.chains.record.clone().unwrap();
    let encrypted = EncryptedRecord {
        rid: world.rid,
        record,
        payload: Arc::new(world.chains.ciphertext.clone()),
    };
    assert_eq!(encrypted.payload.as_slice(), b"ciphertext");
}
