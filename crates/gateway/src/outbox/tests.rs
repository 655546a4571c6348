// SPDX-License-Identifier: Apache-2.0
#![allow(clippy::unwrap_used)]

use super::*;
use bspp_test_kit::EntryBuilder;
use bspp_types::Record;
use sp_core::H256;
use std::sync::Arc;

fn encrypted(index: u32, payload: u8) -> EncryptedRecord {
    let entry = EntryBuilder::new(index as u8)
        .batch(H256([1; 32]))
        .index(index)
        .payload_hash(H256([payload; 32]))
        .build();
    EncryptedRecord {
        rid: entry.rid(),
        record: Record {
            entry,
            wraps: vec![[0; 48]; 8].try_into().unwrap(),
            patient: [4; 32],
            consent: H256([5; 32]),
        },
        payload: Arc::new(vec![payload; 10]),
    }
}

fn job() -> Job {
    Job {
        created: 1,
        phase: JobPhase::Encrypting,
        records_total: 2,
        failure: None,
    }
}

#[test]
fn push_should_survive_reopening_byte_for_byte() {
    let dir = tempfile::tempdir().unwrap();
    let records = [encrypted(0, 1), encrypted(1, 2)];
    let (job_id, ids) = {
        let outbox = Outbox::open(dir.path()).unwrap();
        let job_id = outbox.create_job(&job(), &[], None).unwrap();
        let ids = outbox.push((job_id, 0), &records, 7).unwrap();
        outbox
            .update(&ids[..1], |_, progress| {
                progress.stored = Some(Mark { block: 3, at: 8 })
            })
            .unwrap();
        (job_id, ids)
    };
    let outbox = Outbox::open(dir.path()).unwrap();
    let active = outbox.active().unwrap();
    assert_eq!(active.iter().map(|(id, _)| *id).collect::<Vec<_>>(), ids);
    for ((id, item), record) in active.iter().zip(&records) {
        assert_eq!(item.rid, record.rid);
        assert_eq!(item.record, record.record);
        assert_eq!(outbox.find(&record.rid).unwrap(), Some(*id));
    }
    assert_eq!(active[0].1.progress.stage(), "stored");
    assert_eq!(active[1].1.progress.stage(), "encrypted");
    assert_eq!(outbox.records_of(job_id).unwrap().len(), 2);
    // Numbers continue where they were.
    let next = outbox.push((job_id, 1), &[encrypted(2, 3)], 9).unwrap();
    assert!(next[0] > ids[1]);
}

#[test]
fn open_should_fail_when_another_gateway_has_the_folder() {
    let dir = tempfile::tempdir().unwrap();
    let _first = Outbox::open(dir.path()).unwrap();
    assert!(matches!(
        Outbox::open(dir.path()),
        Err(GatewayError::DataDirInUse(_))
    ));
}

#[test]
fn update_should_drop_records_when_over() {
    let dir = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(dir.path()).unwrap();
    let ids = outbox
        .push((0, 0), &[encrypted(0, 1), encrypted(1, 2)], 0)
        .unwrap();
    let mark = Some(Mark { block: 1, at: 1 });
    outbox
        .update(&ids[..1], |_, progress| progress.finalized = mark)
        .unwrap();
    assert_eq!(outbox.active().unwrap().len(), 2);
    outbox
        .update(&ids[..1], |_, progress| progress.searchable = mark)
        .unwrap();
    outbox
        .update(&ids[1..], |_, progress| progress.failure = Some("x".into()))
        .unwrap();
    assert!(outbox.active().unwrap().is_empty());
    let counts = outbox.counts().unwrap();
    assert_eq!((counts.searchable, counts.failed), (1, 1));
}

/// Revokes request `n`, and returns whether it was written.
fn revoke(outbox: &Outbox, n: u8, expiry: Day, account: Option<u8>, today: Day) -> bool {
    let revoked = Revoked {
        signature: [1; 64],
        expiry,
        account: account.map(|account| [account; 32]),
    };
    let wish = Forward::Revocation {
        request: H256([n; 32]),
        signature: [1; 64],
    };
    outbox
        .revoke(&H256([n; 32]), &revoked, (&[n; 32], &wish), (today, 2))
        .unwrap()
}

#[test]
fn revoke_should_survive_reopening() {
    let dir = tempfile::tempdir().unwrap();
    assert!(revoke(&Outbox::open(dir.path()).unwrap(), 9, 5, None, 1));
    let outbox = Outbox::open(dir.path()).unwrap();
    assert!(outbox.is_revoked(&H256([9; 32])).unwrap());
    assert!(!outbox.is_revoked(&H256([8; 32])).unwrap());
    assert_eq!(outbox.forwards().unwrap().len(), 1);
}

/// Attack: a patient fills the disk with revocations of requests that nobody opened.
#[test]
fn account_should_have_few_revocations_in_force() {
    let dir = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(dir.path()).unwrap();
    assert!(revoke(&outbox, 1, 10, Some(1), 1));
    assert!(revoke(&outbox, 2, 10, Some(1), 1));
    assert!(!revoke(&outbox, 3, 10, Some(1), 1));
    assert!(!outbox.is_revoked(&H256([3; 32])).unwrap());
    // The same one again, another account's, and one of an opened request are not counted.
    assert!(revoke(&outbox, 1, 10, Some(1), 1));
    assert!(revoke(&outbox, 4, 10, Some(2), 1));
    assert!(revoke(&outbox, 5, 10, None, 1));
    // Those of expired grants make room.
    assert!(revoke(&outbox, 3, 20, Some(1), 11));
    assert!(!outbox.is_revoked(&H256([1; 32])).unwrap());
}

#[test]
fn numbers_should_never_repeat_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let first = Outbox::open(dir.path())
        .unwrap()
        .next_batch_number()
        .unwrap();
    let outbox = Outbox::open(dir.path()).unwrap();
    assert!(outbox.next_batch_number().unwrap() > first);
    let salt = outbox.encryptor_salt(|| [1; 32]).unwrap();
    assert_eq!(outbox.encryptor_salt(|| [2; 32]).unwrap(), salt);
}

#[test]
fn job_should_go_on_after_a_stop_and_keep_plaintext_until_its_entries_are_final() {
    let dir = tempfile::tempdir().unwrap();
    let id = {
        let outbox = Outbox::open(dir.path()).unwrap();
        outbox
            .create_job(&job(), &[vec![1; 4], vec![2; 4]], None)
            .unwrap()
    };
    let outbox = Outbox::open(dir.path()).unwrap();
    assert_eq!(outbox.jobs_with_work(0).unwrap(), [id]);
    let first = outbox.next_pending(id, 0).unwrap().unwrap();
    assert_eq!(
        (first.plain, first.attempt, first.sealed),
        (0, 0, vec![1; 4])
    );
    let made = encrypted(0, 1);
    let ids = outbox
        .push((id, 0), core::slice::from_ref(&made), 1)
        .unwrap();
    assert_eq!(outbox.next_pending(id, 0).unwrap().unwrap().plain, 1);

    // A chain refuses the entry: the record is encrypted again.
    assert!(outbox.redo((id, 0), "refused", 1).unwrap());
    assert_eq!(outbox.record(ids[0]).unwrap(), None);
    assert_eq!(outbox.find(&made.rid).unwrap(), None);
    assert!(outbox.records_of(id).unwrap().is_empty());
    assert!(outbox.active().unwrap().is_empty());
    let again = outbox.next_pending(id, 1).unwrap().unwrap();
    assert_eq!((again.plain, again.attempt), (0, 1));
    assert_eq!(again.refused_by, Some(made.record.entry.batch));

    // Its next entry is final: the plaintext goes.
    let made = encrypted(1, 2);
    let ids = outbox
        .push((id, 0), core::slice::from_ref(&made), 2)
        .unwrap();
    assert!(outbox.redo((id, 0), "refused", 2).unwrap(), "not final yet");
    let ids_again = outbox
        .push((id, 0), core::slice::from_ref(&made), 3)
        .unwrap();
    assert_ne!(ids, ids_again);
    outbox
        .update(&ids_again, |_, progress| progress.searchable = MARK)
        .unwrap();
    assert!(!outbox.redo((id, 0), "refused", 3).unwrap());
    outbox.drop_plains(id).unwrap();
    assert!(outbox.jobs_with_work(3).unwrap().is_empty());
}

const MARK: Option<Mark> = Some(Mark { block: 1, at: 1 });

/// The number of plain records that the outbox keeps.
fn kept(outbox: &Outbox) -> usize {
    let read = outbox.0.begin_read().unwrap();
    let plains = read.open_table(PLAINS).unwrap();
    plains.iter().unwrap().count()
}

/// Fault: the plaintext of a record whose entry was refused for good stayed for ever.
#[test]
fn plaintext_should_go_when_no_entry_makes_progress() {
    let dir = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(dir.path()).unwrap();
    let plains = [vec![1; 4], vec![2; 4]];
    let id = outbox.create_job(&job(), &plains, None).unwrap();
    let ids = outbox
        .push((id, 0), &[encrypted(0, 1), encrypted(1, 1)], 1)
        .unwrap();
    outbox
        .update(&ids[..1], |_, progress| progress.failure = Some("x".into()))
        .unwrap();
    assert_eq!(
        kept(&outbox),
        2,
        "another entry of the record is on its way"
    );
    outbox
        .update(&ids[1..], |_, progress| progress.searchable = MARK)
        .unwrap();
    assert_eq!(kept(&outbox), 1, "the other record still waits");
    assert!(outbox.next_pending(id, 1).unwrap().is_some());
}

/// Fault: a refusal after an erasure brought the erased record back.
#[test]
fn plaintext_of_an_erased_record_should_go() {
    let dir = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(dir.path()).unwrap();
    let id = outbox.create_job(&job(), &[vec![1; 4]], None).unwrap();
    let made = encrypted(0, 1);
    outbox
        .push((id, 0), core::slice::from_ref(&made), 1)
        .unwrap();
    outbox.erase(&encrypted(5, 5).rid).unwrap();
    assert_eq!(kept(&outbox), 1);
    outbox.erase(&made.rid).unwrap();
    assert_eq!(kept(&outbox), 0);
    assert!(!outbox.redo((id, 0), "refused", 1).unwrap());
    outbox.erase(&made.rid).unwrap();
}

/// Fault: rows of an earlier version, whose entries had all ended, stayed for ever.
#[test]
fn open_should_forget_plaintext_whose_entries_have_ended() {
    let dir = tempfile::tempdir().unwrap();
    {
        let outbox = Outbox::open(dir.path()).unwrap();
        let id = outbox
            .create_job(&job(), &[vec![1; 4], vec![2; 4]], None)
            .unwrap();
        let ids = outbox.push((id, 0), &[encrypted(0, 1)], 1).unwrap();
        outbox
            .update(&ids, |_, progress| progress.searchable = MARK)
            .unwrap();
        assert_eq!(kept(&outbox), 1);
        let write = outbox.0.begin_write().unwrap();
        write
            .open_table(PLAINS)
            .unwrap()
            .insert((id, 0), [1u8; 4].as_slice())
            .unwrap();
        write.commit().unwrap();
        assert_eq!(kept(&outbox), 2);
    }
    assert_eq!(kept(&Outbox::open(dir.path()).unwrap()), 1);
}

#[test]
fn refused_record_should_be_parked_for_a_growing_time() {
    let dir = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(dir.path()).unwrap();
    let id = outbox.create_job(&job(), &[vec![1; 4]], None).unwrap();
    let (mut now, mut pauses) = (1_000_000_000_000, Vec::new());
    for attempt in 1..=MAX_ATTEMPTS + 8 {
        let waits = outbox.next_pending(id, now).unwrap().unwrap();
        assert_eq!(waits.attempt, attempt - 1);
        outbox.push((id, 0), &[encrypted(attempt, 1)], now).unwrap();
        assert!(outbox
            .redo((id, 0), "PhiRecords::InvalidIndex", now)
            .unwrap());
        if attempt < MAX_ATTEMPTS {
            assert_eq!(outbox.jobs_with_work(now).unwrap(), [id]);
            continue;
        }
        assert!(outbox.next_pending(id, now).unwrap().is_none());
        assert!(outbox.jobs_with_work(now).unwrap().is_empty());
        let waiting = outbox.waiting(id, now).unwrap();
        assert_eq!((waiting.records, waiting.parked), (1, 1));
        assert_eq!(waiting.reason.unwrap(), "PhiRecords::InvalidIndex");
        // A clock that was moved back by a year does not park it for a year.
        assert_eq!(outbox.jobs_with_work(now / 2).unwrap(), [id]);
        let start = now;
        while outbox.jobs_with_work(now).unwrap().is_empty() {
            now += 60_000;
        }
        pauses.push((now - start) / 60_000);
    }
    assert_eq!(pauses, [5, 10, 20, 40, 80, 160, 320, 360, 360]);
    // An index is not a fault of the batch.
    assert_eq!(
        outbox.next_pending(id, now).unwrap().unwrap().refused_by,
        None
    );
}

fn binding(account: u8, subject: u8, renew: bool) -> Option<Binding> {
    Some(Binding {
        account: [account; 32],
        subject: [subject; 32],
        renew,
    })
}

#[test]
fn subject_should_be_bound_to_an_account_once() {
    let dir = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(dir.path()).unwrap();
    for (account, subject, renew, fits) in [
        (1, 7, false, true),
        (1, 7, false, true),
        (1, 8, false, false),
        (2, 8, false, true),
        (1, 8, true, true),
        (1, 7, false, false),
    ] {
        let made = outbox.create_job(&job(), &[], binding(account, subject, renew).as_ref());
        match made {
            Ok(_) => assert!(fits),
            Err(error) => {
                assert!(!fits);
                assert!(matches!(error, GatewayError::Subject(_)), "{error}");
            }
        }
    }
}

/// Fault: a job that could not be written bound the account to the subject of its file.
#[test]
fn failed_job_should_bind_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(dir.path()).unwrap();
    let set_next = |number: u64| {
        let write = outbox.0.begin_write().unwrap();
        write
            .open_table(META)
            .unwrap()
            .insert(NEXT_JOB, number.encode().as_slice())
            .unwrap();
        write.commit().unwrap();
    };
    set_next(u64::MAX);
    let failed = outbox.create_job(&job(), &[vec![1]], binding(1, 7, false).as_ref());
    assert!(matches!(failed, Err(GatewayError::Outbox(_))));
    assert_eq!(kept(&outbox), 0);
    set_next(0);
    outbox
        .create_job(&job(), &[vec![1]], binding(1, 8, false).as_ref())
        .unwrap();
}
