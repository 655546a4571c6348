// SPDX-License-Identifier: Apache-2.0
//! Label versions: the version of each month, and its rise after a revocation.

use super::rise::{rise, Place, Risen};
use crate::{
    chain,
    error::{CliError, CliResult},
    gateway_api::Gateway,
    wallet::{Enrolment, Scope, Wallet},
};
use bspp_client::{calls, proved::ProvedState, At};
use bspp_peks::{LabelVersion, PatientKeys};
use bspp_record::GrantItem;
use bspp_types::{messages, HospitalId, LabelState, Moment};
use clap::Args;
use std::time::Duration;

/// The way to the hospital.
#[derive(Args)]
pub struct HospitalArguments {
    /// Public address of the hospital's gateway. The default is that of the hospital's card.
    #[arg(long)]
    gateway: Option<String>,
    /// RPC address of a node of the hospital's chain, if the patient has access to one.
    #[arg(long)]
    hospital_node: Option<String>,
}

impl HospitalArguments {
    /// The hospital's gateway.
    pub fn gateway(&self, enrolment: &Enrolment) -> CliResult<Gateway> {
        Gateway::new(self.gateway.as_deref().unwrap_or(&enrolment.card.gateway))
    }

    /// The patient's label version, from the hospital's node or else from its gateway.
    pub async fn label_state(
        &self,
        enrolment: &Enrolment,
        account: &[u8; 32],
    ) -> CliResult<LabelState> {
        match &self.hospital_node {
            Some(url) => {
                let client = chain::hospital_of(url, &enrolment.card).await?;
                Ok(client.label_state(At::Best, *account).await?)
            }
            None => self.gateway(enrolment)?.label_state(account).await,
        }
    }

    /// Reads the patient's label version, and notes it in the wallet.
    pub async fn known_label_state(
        &self,
        wallet: &mut Wallet,
        hospital: &HospitalId,
    ) -> CliResult<LabelState> {
        let account = wallet.keys(hospital)?.account().public();
        let enrolment = wallet.enrolment(hospital)?.clone();
        let state = self.label_state(&enrolment, &account).await?;
        wallet.note_labels(hospital, &state)?;
        Ok(state)
    }

    /// Raises the label version, and waits until the hospital's chain shows it.
    ///
    /// `revoke_before` is the time before which grants are no longer valid at the hospital. `None`
    /// leaves the other grants valid.
    pub(super) async fn raise(
        &self,
        wallet: &mut Wallet,
        hospital: &HospitalId,
        revoke_before: Option<Moment>,
        patience: Duration,
    ) -> CliResult<Risen> {
        let mut place = Signed {
            way: self,
            keys: wallet.keys(hospital)?,
            enrolment: wallet.enrolment(hospital)?.clone(),
            wallet,
            hospital,
        };
        rise(&mut place, revoke_before, patience).await
    }
}

/// The hospital of a wallet, which signs the rises.
struct Signed<'a> {
    way: &'a HospitalArguments,
    wallet: &'a mut Wallet,
    hospital: &'a HospitalId,
    enrolment: Enrolment,
    keys: PatientKeys,
}

impl Place for Signed<'_> {
    async fn state(&mut self) -> CliResult<LabelState> {
        self.way.known_label_state(self.wallet, self.hospital).await
    }

    async fn send(&mut self, version: LabelVersion, revoke_before: Moment) -> CliResult<()> {
        let (card, account) = (&self.enrolment.card, self.keys.account());
        let message = messages::label_version_message(
            &card.chain()?,
            self.hospital,
            &account.public(),
            version,
            revoke_before,
        );
        let (account, signature) = (account.public(), account.sign(&message));
        match &self.way.hospital_node {
            Some(url) => {
                let call = calls::patients::raise_label_version(
                    account,
                    version,
                    revoke_before,
                    signature,
                );
                chain::hospital_of(url, card)
                    .await?
                    .submit_authorized(&call)
                    .await?
                    .in_block()
                    .await?;
                Ok(())
            }
            None => {
                self.way
                    .gateway(&self.enrolment)?
                    .raise_label_version(&account, version, revoke_before, &signature)
                    .await
            }
        }
    }
}

/// The time of a grant or supplement.
///
/// It is not before the last revocation of all grants: the clocks of two chains differ by some
/// seconds, and for the hospital a grant that is older than that is revoked.
pub fn issue_time(now: Moment, state: &LabelState) -> Moment {
    now.max(state.revoke_before)
}

/// Everything that a grant covers.
///
/// It is each group of keywords in each month, under each of the month's label versions.
pub async fn items(
    consortium: &ProvedState,
    hospital: HospitalId,
    state: &LabelState,
    scope: &Scope,
) -> CliResult<Vec<GrantItem>> {
    let groups = scope.groups();
    let mut items = Vec::new();
    for filing_month in scope.from..=scope.to {
        // A month before the hospital joined has neither a key nor records.
        let Some(hospital_key) = consortium.encryption_key(&hospital, filing_month).await? else {
            continue;
        };
        for version in state.versions_in(filing_month) {
            items.extend(groups.iter().map(|keywords| GrantItem {
                filing_month,
                hospital_key,
                version,
                keywords: keywords.clone(),
                may_open: scope.may_open,
            }));
        }
    }
    if items.is_empty() {
        return Err(CliError::NotFound(
            "the hospital has no key in any of these months".into(),
        ));
    }
    Ok(items)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grant_should_not_be_older_than_the_last_revocation_of_all() {
        let mut state = LabelState::default();
        assert_eq!(issue_time(100, &state), 100);
        state.revoke_before = 160;
        assert_eq!(issue_time(100, &state), 160);
        assert_eq!(issue_time(200, &state), 200);
    }
}
