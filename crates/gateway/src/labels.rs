// SPDX-License-Identifier: Apache-2.0
//! Label versions of patients: those of the chain, and rises that are on their way there.

use crate::{
    error::Result,
    outbox::{Forward, Outbox},
    ports::PatientRegistry,
};
use bspp_peks::LabelVersion;
use bspp_types::{Ed25519Key, LabelRise, LabelState, Moment};
use std::{collections::BTreeMap, sync::Arc};

/// A rise that waits for the chain.
struct Waiting {
    /// Grants that were issued before this time are revoked.
    revoke_before: Moment,
    /// The time at which the gateway took it.
    taken_on: Moment,
}

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

    /// The rises of a patient that wait for the chain, by version.
    fn waiting(&self, of: &Ed25519Key) -> Result<BTreeMap<LabelVersion, Waiting>> {
        let mut waiting = BTreeMap::new();
        for (_, wish) in self.outbox.forwards()? {
            let Forward::LabelVersion {
                account,
                version,
                revoke_before,
                taken_on,
                ..
            } = wish
            else {
                continue;
            };
            if account == *of {
                let rise = Waiting {
                    revoke_before,
                    taken_on,
                };
                waiting.insert(version, rise);
            }
        }
        Ok(waiting)
    }

    /// The label versions on the chain, and the rises that wait for it.
    ///
    /// A rise that leaves the outbox during the query was in it before.
    async fn both(
        &self,
        account: Ed25519Key,
    ) -> Result<(LabelState, BTreeMap<LabelVersion, Waiting>)> {
        let mut waiting = self.waiting(&account)?;
        let on_chain = self.patients.label_state(account).await?;
        waiting.append(&mut self.waiting(&account)?);
        Ok((on_chain, waiting))
    }

    /// The label versions of a patient, once no rise is on its way to the chain.
    ///
    /// `None` while one is: a record that is filed then would have a version whose month only the
    /// chain decides, and at the end of a month searches would miss it. The chain must take records
    /// too, so the pause costs nothing.
    ///
    /// # Errors
    /// `OutboxFailed`, and those of the chain.
    pub async fn settled(&self, account: Ed25519Key) -> Result<Option<LabelState>> {
        let (on_chain, waiting) = self.both(account).await?;
        let waits = waiting.keys().any(|version| *version > on_chain.version);
        Ok((!waits).then_some(on_chain))
    }

    /// The label versions of a patient in best state, with rises that wait for the chain.
    ///
    /// The `revoke_before` of a rise counts also if the chain gave its version to another rise: the
    /// gateway has acknowledged it.
    ///
    /// # Errors
    /// `OutboxFailed`, and those of the chain.
    pub async fn state(&self, account: Ed25519Key) -> Result<LabelState> {
        let (mut state, waiting) = self.both(account).await?;
        for (version, rise) in waiting {
            state.revoke_before = state.revoke_before.max(rise.revoke_before);
            if version <= state.version {
                continue;
            }
            state.version = version;
            if let Some(filing_month) = bspp_types::filing_month_at(rise.taken_on) {
                state.rises.retain(|rise| rise.filing_month != filing_month);
                state.rises.push(LabelRise {
                    filing_month,
                    version,
                    raised_on: rise.taken_on,
                });
            }
        }
        Ok(state)
    }
}
