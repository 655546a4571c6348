// SPDX-License-Identifier: Apache-2.0
//! Reasons that end a job, that park a record, and that let both wait.
//!
//! Plaintext is dropped only for a reason in the file, or for one that fresh finalized state of the
//! hospital chain shows while its time and this machine's clock agree.

use super::Ingest;
use crate::{
    error::{GatewayError, Result},
    ports::{BatchRegistry, PatientEvidence, PatientRegistry},
};
use bspp_record::EncryptError;
use bspp_types::{filing_month_at, ConsentId, FilingMonth, Moment};

/// A reason for which the run of a job stops.
pub(super) enum Halt {
    /// The job cannot go on, whatever the chains and the operator do.
    Ends(GatewayError),
    /// The records wait until the reason is mended.
    Waits(GatewayError),
}

/// Nothing ends a job unless it is shown to.
impl From<GatewayError> for Halt {
    fn from(error: GatewayError) -> Self {
        Self::Waits(error)
    }
}

/// The account, the named consent, and the month by which a record is judged.
type About = ([u8; 32], Option<ConsentId>, FilingMonth);

fn seconds(millis: u64) -> u64 {
    millis / 1000
}

/// Whether a reason lies in what a block shows of the patient.
fn is_of_the_patient(error: &GatewayError) -> bool {
    matches!(
        error,
        GatewayError::PatientNotFound
            | GatewayError::InvalidPatient(_)
            | GatewayError::ConsentNotFound(_)
    )
}

/// Whether a record cannot be encrypted as the file has it.
pub(super) fn is_of_the_file(error: &GatewayError) -> bool {
    matches!(
        error,
        GatewayError::Encrypt(EncryptError::MaxKeywordsExceeded(_) | EncryptError::Payload(_))
    )
}

/// Whether a failure is one of this record, so that others may go on.
///
/// A record that a batch refused needs another batch, which a chain may not take now.
pub(super) fn is_of_the_record(error: &GatewayError, was_refused: bool) -> bool {
    match error {
        GatewayError::Encrypt(_) => true,
        GatewayError::Chain(error) => was_refused && error.dispatch_name().is_some(),
        _ => false,
    }
}

impl<P: PatientRegistry + PatientEvidence, R: BatchRegistry> Ingest<P, R> {
    /// Decides whether a reason ends the job.
    ///
    /// A wrong clock, a node that synchronizes again and a block that is abandoned later show
    /// patients and consents as absent that are there.
    pub(super) async fn judge(&self, reason: GatewayError, about: About) -> Halt {
        if !is_of_the_patient(&reason) {
            return Halt::Waits(reason);
        }
        match self.confirm(&reason, about).await {
            Ok(()) => Halt::Ends(reason),
            Err(error) => Halt::Waits(error),
        }
    }

    /// Checks that fresh finalized state shows a reason against the patient or the consent.
    async fn confirm(
        &self,
        reason: &GatewayError,
        (account, named, filing_month): About,
    ) -> Result<()> {
        self.check_skew().await?;
        let found = self.patients.evidence(account, named, filing_month).await?;
        let age = (self.now)().abs_diff(found.time);
        if age > self.max_skew {
            return Err(GatewayError::StaleState(seconds(age)));
        }
        let holds = match reason {
            GatewayError::PatientNotFound => found.patient.is_none(),
            // A month that has not begun there may still be the clock's fault.
            GatewayError::ConsentNotFound(month) => {
                found.consent.is_none() && filing_month_at(found.time) >= Some(*month)
            }
            // The keys are those of the best block: they must be the final ones.
            _ => found.patient == self.patients.patient(account).await?,
        };
        if holds {
            Ok(())
        } else {
            Err(GatewayError::NotFinal(reason.to_string()))
        }
    }

    /// The times of this machine and of the hospital chain, and whether they are near.
    async fn times(&self) -> Result<(Moment, Moment, Result<()>)> {
        let chain = self.patients.best_time().await?;
        let clock = (self.now)();
        let skew = clock.abs_diff(chain);
        let near = if skew > self.max_skew {
            Err(GatewayError::ClockSkew(seconds(skew)))
        } else {
            Ok(())
        };
        Ok((clock, chain, near))
    }

    /// Refuses to go on while the clock and the hospital chain differ too much.
    async fn check_skew(&self) -> Result<()> {
        self.times().await?.2
    }

    /// The month of records that are filed now: the later one of clock and chain.
    ///
    /// At the end of a month one of the two is ahead, and a batch of the earlier month is closed.
    pub(super) async fn filing_month(&self) -> Result<FilingMonth> {
        let (clock, chain, near) = self.times().await?;
        near?;
        filing_month_at(clock.max(chain)).ok_or(GatewayError::InvalidTime)
    }

    /// Checks that the patient is enrolled, has usable keys, and has a consent in force.
    ///
    /// While the clock and the hospital chain differ too much, what is not found may be there.
    pub(super) async fn check_patient(
        &self,
        account: [u8; 32],
        named: Option<ConsentId>,
    ) -> Result<()> {
        let (clock, chain, near) = self.times().await?;
        let filing_month = filing_month_at(clock.max(chain)).ok_or(GatewayError::InvalidTime)?;
        let checked = async {
            self.prepare(account, filing_month).await?;
            self.consent(account, named, filing_month).await
        };
        match checked.await {
            Ok(_) => Ok(()),
            Err(reason) if is_of_the_patient(&reason) => near.and(Err(reason)),
            Err(error) => Err(error),
        }
    }
}
