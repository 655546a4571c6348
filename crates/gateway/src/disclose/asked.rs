// SPDX-License-Identifier: Apache-2.0
//! Questions that requesters asked on the consortium, and that nobody answered there.
//!
//! A requester can write the hash of a question that it never sends. The hospital then refuses in
//! time, so that nobody can flag it as silent.

use crate::{
    error::Result,
    outbox::{Answer, Outbox},
    ports::{AskedQuestion, AskedQuestions, RequestView},
};
use bspp_types::{
    limits::{ANSWER_PERIOD_MS, MINUTE_MS},
    Moment,
};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// The time after which the hospital refuses a question that did not arrive.
///
/// The other half of the answer period is for a consortium that is slow or out of reach.
const REFUSED_AFTER_MS: Moment = ANSWER_PERIOD_MS / 2;
/// The interval at which the gateway reads the questions of the consortium.
const INTERVAL: Duration = Duration::from_millis(10 * MINUTE_MS);

/// Answers the questions on the consortium that have no answer there.
pub struct AskedWatch<V> {
    view: Arc<V>,
    outbox: Outbox,
    last: Mutex<Option<Instant>>,
}

impl<V: RequestView + AskedQuestions> AskedWatch<V> {
    /// Makes the watch.
    pub fn new(view: Arc<V>, outbox: Outbox) -> Self {
        Self {
            view,
            outbox,
            last: Mutex::new(None),
        }
    }

    /// [`Self::step`], if the last one that had no failure was long enough ago.
    ///
    /// # Errors
    /// Those of [`Self::step`].
    pub async fn poll(&self) -> Result<()> {
        let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_some_and(|last| last.elapsed() < INTERVAL) {
            return Ok(());
        }
        self.step().await?;
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        Ok(())
    }

    /// Answers what is due.
    ///
    /// A question whose answer did not reach the consortium is answered again. One that did not arrive
    /// is refused when half of the answer period is over. One that arrived and that the hospital could
    /// not judge stays open: the hospital owes an answer.
    ///
    /// # Errors
    /// `OutboxFailed`, and the first one of the consortium, after all questions were tried.
    pub async fn step(&self) -> Result<()> {
        let (now, asked) = self.view.asked().await?;
        let mut first = None;
        for question in asked {
            if let Err(error) = self.answer(&question, now).await {
                first.get_or_insert(error);
            }
        }
        self.outbox.forget_questions(now)?;
        first.map_or(Ok(()), Err)
    }

    async fn answer(&self, asked: &AskedQuestion, now: Moment) -> Result<()> {
        let AskedQuestion {
            request, record, ..
        } = *asked;
        let answer = self
            .outbox
            .question(&request, &record)?
            .filter(|known| known.ask_hash == asked.ask_hash || known.answer == Answer::Released)
            .map(|known| known.answer);
        match answer {
            Some(Answer::Released) => self.view.claim_disclosure(request, record).await?,
            Some(Answer::Refused) => self.view.refuse_disclosure(request, record).await?,
            Some(Answer::Owed) => {}
            None if now >= asked.asked_on.saturating_add(REFUSED_AFTER_MS) => {
                tracing::info!("a question on the consortium did not arrive here and is refused");
                self.view.refuse_disclosure(request, record).await?;
            }
            None => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
