// SPDX-License-Identifier: Apache-2.0
//! Questions of requesters that arrived, with the answers to them.
//!
//! A hospital that a requester asks on the consortium must know whether the question ever arrived.

use super::*;
use bspp_peks::blake2b_256;
use sp_core::H256;

/// The answer of the hospital to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Answer {
    /// The hospital owes an answer.
    Owed,
    /// The hospital refused the disclosure.
    Refused,
    /// The hospital released the record.
    Released,
}

/// A question that arrived from the requester of a finalized match.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ArrivedQuestion {
    /// [`bspp_types::messages::ask_hash`] of the question.
    pub ask_hash: H256,
    /// The answer.
    pub answer: Answer,
    /// The time after which nobody can flag a missing answer.
    pub until: Moment,
}

/// The key of a match: the consortium has maximum one for a request and a record.
fn key(request: &RequestId, record: &RecordId) -> [u8; 32] {
    blake2b_256(&(request, record).encode())
}

impl Outbox {
    /// Writes the newest question for a record under a request, with its answer.
    ///
    /// A release stays: it answers every question for the record under the request.
    pub fn note_question(
        &self,
        request: &RequestId,
        record: &RecordId,
        question: &ArrivedQuestion,
    ) -> Result<()> {
        let id = key(request, record);
        let write = self.0.begin_write().map_err(failed)?;
        {
            let mut questions = write.open_table(QUESTIONS).map_err(failed)?;
            let known = match questions.get(id).map_err(failed)? {
                Some(bytes) => Some(decode::<ArrivedQuestion>(bytes.value())?),
                None => None,
            };
            if known.is_some_and(|known| known.answer == Answer::Released || known == *question) {
                return Ok(());
            }
            questions
                .insert(id, question.encode().as_slice())
                .map_err(failed)?;
        }
        write.commit().map_err(failed)
    }

    /// The newest question that arrived for a record under a request.
    pub fn question(
        &self,
        request: &RequestId,
        record: &RecordId,
    ) -> Result<Option<ArrivedQuestion>> {
        let read = self.0.begin_read().map_err(failed)?;
        let questions = read.open_table(QUESTIONS).map_err(failed)?;
        let known = questions.get(key(request, record)).map_err(failed)?;
        known.map(|bytes| decode(bytes.value())).transpose()
    }

    /// Forgets the questions about which nobody can complain any more.
    pub fn forget_questions(&self, now: Moment) -> Result<()> {
        let write = self.0.begin_write().map_err(failed)?;
        {
            let mut questions = write.open_table(QUESTIONS).map_err(failed)?;
            let mut over = Vec::new();
            for item in questions.iter().map_err(failed)? {
                let (id, bytes) = item.map_err(failed)?;
                if decode::<ArrivedQuestion>(bytes.value())?.until < now {
                    over.push(id.value());
                }
            }
            for id in over {
                questions.remove(id).map_err(failed)?;
            }
        }
        write.commit().map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const REQUEST: H256 = H256([1; 32]);
    const RECORD: H256 = H256([2; 32]);

    fn question(n: u8, answer: Answer) -> ArrivedQuestion {
        ArrivedQuestion {
            ask_hash: H256([n; 32]),
            answer,
            until: 100,
        }
    }

    #[test]
    fn newest_question_should_count_until_the_record_is_released() {
        let folder = tempfile::tempdir().unwrap();
        let outbox = Outbox::open(folder.path()).unwrap();
        assert_eq!(outbox.question(&REQUEST, &RECORD).unwrap(), None);
        for noted in [
            question(1, Answer::Owed),
            question(1, Answer::Refused),
            question(2, Answer::Owed),
            question(2, Answer::Released),
        ] {
            outbox.note_question(&REQUEST, &RECORD, &noted).unwrap();
            let known = outbox.question(&REQUEST, &RECORD).unwrap();
            assert_eq!(known, Some(noted));
        }
        let later = question(3, Answer::Refused);
        outbox.note_question(&REQUEST, &RECORD, &later).unwrap();
        let known = outbox.question(&REQUEST, &RECORD).unwrap();
        assert_eq!(known, Some(question(2, Answer::Released)));
        assert_eq!(outbox.question(&RECORD, &REQUEST).unwrap(), None);
    }

    #[test]
    fn questions_should_survive_a_restart_and_end_with_the_answer_period() {
        let folder = tempfile::tempdir().unwrap();
        let outbox = Outbox::open(folder.path()).unwrap();
        let owed = question(1, Answer::Owed);
        outbox.note_question(&REQUEST, &RECORD, &owed).unwrap();
        drop(outbox);
        let outbox = Outbox::open(folder.path()).unwrap();
        outbox.forget_questions(100).unwrap();
        assert_eq!(outbox.question(&REQUEST, &RECORD).unwrap(), Some(owed));
        outbox.forget_questions(101).unwrap();
        assert_eq!(outbox.question(&REQUEST, &RECORD).unwrap(), None);
    }
}
