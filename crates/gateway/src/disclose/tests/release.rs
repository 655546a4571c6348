// SPDX-License-Identifier: Apache-2.0
//! The release: changes while the log entry waits for its block, and the answer.

use super::*;
use crate::outbox::Answer;

/// The outcome of a disclosure during which something happened.
struct Outcome {
    answer: Result<SealedBox, Refusal>,
    /// Whether the consortium was told a refusal.
    told: bool,
    /// The answer that the gateway has written.
    noted: Option<Answer>,
}

impl Outcome {
    fn code(&self) -> String {
        self.answer
            .as_ref()
            .err()
            .map(Refusal::code)
            .unwrap_or_default()
    }
}

/// Discloses a record, and lets `act` happen while the log entry waits for its block.
async fn meanwhile(act: impl FnOnce(&Discloser<View, Archive>, RecordId)) -> Outcome {
    let mut world = World::new();
    let block = Arc::new(Notify::new());
    world.block = Some(Arc::clone(&block));
    let refused = Arc::clone(&world.view.refused);
    let mut request = world.request([0; 32]);
    let doctor = world.doctor.clone();
    let (discloser, logged, _parts) = world.open();
    request.nonce = discloser.nonces.issue(&doctor.account_bytes(), NOW);
    sign(&mut request, &doctor);
    let (answer, ()) = tokio::join!(discloser.disclose_at(&request, NOW), async {
        while logged.lock().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        act(&discloser, request.record);
        block.notify_one();
    });
    // The refusal goes to the consortium in a task of its own.
    tokio::task::yield_now().await;
    let told = !refused.lock().unwrap().is_empty();
    let noted = discloser
        .outbox
        .question(&request.request, &request.record)
        .unwrap()
        .map(|question| question.answer);
    Outcome {
        answer,
        told,
        noted,
    }
}

#[tokio::test]
async fn disclose_should_release_when_nothing_changes_while_it_is_logged() {
    let outcome = meanwhile(|_, _| {}).await;
    assert_eq!(outcome.code(), "");
    assert_eq!(
        (outcome.told, outcome.noted),
        (false, Some(Answer::Released))
    );
}

#[tokio::test]
async fn disclose_should_fail_when_all_grants_are_revoked_here_while_it_is_logged() {
    let outcome = meanwhile(|discloser, _| {
        let wish = Forward::LabelVersion {
            account: patient(3).account().public(),
            version: 1,
            revoke_before: NOW,
            taken_on: NOW,
            signature: [0; 64],
        };
        discloser.outbox.add_forward(&[2; 32], &wish).unwrap();
    })
    .await;
    assert_eq!(outcome.code(), "GrantRevoked");
    assert_eq!((outcome.told, outcome.noted), (true, Some(Answer::Refused)));
}

#[tokio::test]
async fn disclose_should_fail_when_all_grants_are_revoked_on_chain_while_it_is_logged() {
    let outcome = meanwhile(|discloser, _| {
        discloser
            .holder
            .archive
            .labels
            .lock()
            .unwrap()
            .revoke_before = NOW;
    })
    .await;
    assert_eq!(outcome.code(), "GrantRevoked");
    assert_eq!((outcome.told, outcome.noted), (true, Some(Answer::Refused)));
}

#[tokio::test]
async fn disclose_should_fail_when_the_record_is_erased_while_it_is_logged() {
    let outcome =
        meanwhile(|discloser, record| discloser.holder.shares.delete(&record).unwrap()).await;
    assert_eq!(outcome.code(), "ShareDeleted");
    assert_eq!((outcome.told, outcome.noted), (true, Some(Answer::Refused)));
}

/// The answer that is written for a question after `change_world`, with the question's hash.
async fn noted(change_world: impl FnOnce(&mut World)) -> Option<Answer> {
    let mut world = World::new();
    change_world(&mut world);
    let mut request = world.request([0; 32]);
    let doctor = world.doctor.clone();
    let (discloser, _, _parts) = world.open();
    request.nonce = discloser.nonces.issue(&doctor.account_bytes(), NOW);
    sign(&mut request, &doctor);
    let _ = discloser.disclose_at(&request, NOW).await;
    let question = discloser
        .outbox
        .question(&request.request, &request.record)
        .unwrap()?;
    let (id, record) = (request.request, request.record);
    let hash = messages::ask_hash(&id, &record, &request.opening_hash);
    assert_eq!(question.ask_hash, hash);
    Some(question.answer)
}

#[tokio::test]
async fn question_should_have_arrived_when_its_match_is_final() {
    let released = noted(|_| {}).await;
    assert_eq!(released, Some(Answer::Released));
    let refused = noted(|world| world.share_deleted = true).await;
    assert_eq!(refused, Some(Answer::Refused));
    let unmatched = noted(|world| world.view.matched = false).await;
    assert_eq!(unmatched, None);
    let stale = noted(|world| world.view.time = NOW - 120_001).await;
    assert_eq!(stale, None);
}

/// The hospital has lost the share on all media: it owes an answer.
#[tokio::test]
async fn question_should_stay_owed_when_the_hospital_fails() {
    let owed = noted(|world| world.share_lost = true).await;
    assert_eq!(owed, Some(Answer::Owed));
}
