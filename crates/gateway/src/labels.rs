// SPDX-License-Identifier: Apache-2.0
//! Label versions of patients: those of the chain, and rises that are on their way there.

use crate::{
    outbox::{Forward, Outbox},
    ports::PatientRegistry,
};
use bspp_types::{LabelRise, LabelState};
use std::sync::Arc;

/// Label versions of patients: those of the chain, and rises that are on their way there.
pub struct LabelVersions<P> {
    patients: Arc<P>,
    outbox: Outbox,
}

impl<P> Clone for LabelVersions<P> {
    fn clone(&self) -> Self {
        Self {
            patients: Arc::clone(&self.patients),
            outbox: self.outbox.clone(),
        }
    }
}

impl<P: PatientRegistry> LabelVersions<P> {
    /// Makes the view.
    pub fn new(patients: Arc<P>, outbox: Outbox) -> Self {
        Self { patients, outbox }
    }

    /// The label versions of a patient, once no rise is on its way to the chain.
    ///
    /// `None` while one is: a record that is filed then would have a version whose month only the
    /// chain decides, and at the end of a month searches would miss it. The chain must take records
    /// too, so the pause costs nothing.
    ///
    /// # Errors
    /// `OutboxFailed`, and those of the chain.
    pub async fn settled(&self, account: [u8; 32]) -> crate::error::Result<Option<LabelState>> {
        let on_chain = self.patients.label_state(account).await?;
        let waits = self.outbox.forwards()?.iter().any(|(_, wish)| {
            matches!(
                wish,
                Forward::LabelVersion { account: of, version, .. }
                    if *of == account && *version > on_chain.version
            )
        });
        Ok((!waits).then_some(on_chain))
    }

    /// The label versions of a patient in best state, with rises that wait for the chain.
    ///
    /// # Errors
    /// `OutboxFailed`, and those of the chain.
    pub async fn state(&self, account: [u8; 32]) -> crate::error::Result<LabelState> {
        let mut state = self.patients.label_state(account).await?;
        for (_, wish) in self.outbox.forwards()? {
            let Forward::LabelVersion {
                account: of,
                version,
                revoke_before,
                taken_on,
                ..
            } = wish
            else {
                continue;
            };
            if of != account || version <= state.version {
                continue;
            }
            state.version = version;
            state.revoke_before = state.revoke_before.max(revoke_before);
            if let Some(filing_month) = bspp_types::filing_month_at(taken_on) {
                state.rises.retain(|rise| rise.filing_month != filing_month);
                state.rises.push(LabelRise {
                    filing_month,
                    version,
                    raised_on: taken_on,
                });
            }
        }
        Ok(state)
    }
}
