// SPDX-License-Identifier: Apache-2.0
//! Patients and their records, through the command line.

use crate::{
    accounts::Hospital,
    chain::Chain,
    cli::{bspp, text},
    environment::Environment,
    gateway::Gateway,
};
use anyhow::{Context, Result};
use std::{
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

/// A patient whom a hospital has enrolled.
#[derive(Clone, Debug)]
pub struct Patient {
    account: String,
}

impl Patient {
    /// Makes a patient and enrols the patient at a hospital, with the hospital's card.
    ///
    /// The consent is for this month and the next.
    ///
    /// # Errors
    ///
    /// Fails if the command line refuses.
    pub async fn enrol(
        environment: &Environment,
        label: &str,
        hospital: Hospital,
        (own, consortium): (&Chain, &Chain),
        gateway: &Gateway,
    ) -> Result<Self> {
        let wallet = environment.path(label);
        let file = wallet.join("enrolment.json");
        let card = wallet.join("card.json");
        let (from, until) = months()?;
        bspp(environment, &["patient", "new", "--wallet", text(&wallet)?]).await?;
        let own = own.url();
        let made = [
            "hospital",
            "card",
            "--hospital",
            own,
            "--consortium",
            consortium.url(),
            "--name",
            "Hospital",
            "--gateway",
            gateway.public(),
            "--out",
            text(&card)?,
        ];
        bspp(environment, &made).await?;
        let enrolment = [
            "patient",
            "enrol",
            "--wallet",
            text(&wallet)?,
            "--card",
            text(&card)?,
            "--from",
            &from,
            "--until",
            &until,
            "--out",
            text(&file)?,
        ];
        bspp(environment, &enrolment).await?;
        let done = bspp(
            environment,
            &[
                "hospital",
                "enrol",
                "--hospital",
                own,
                "--key",
                hospital.operator(),
                "--enrolment",
                text(&file)?,
            ],
        )
        .await?;
        let account = done["account"].as_str().context("the patient's account")?;
        Ok(Self {
            account: account.to_owned(),
        })
    }

    /// Ingests a FHIR file and waits until all its records are registered.
    ///
    /// Returns the number of records.
    ///
    /// # Errors
    ///
    /// Fails if the gateway refuses the file.
    pub async fn ingest(
        &self,
        environment: &Environment,
        gateway: &Gateway,
        file: &Path,
    ) -> Result<usize> {
        let token = gateway.token_path();
        let arguments = [
            "hospital",
            "ingest",
            "--gateway",
            gateway.local(),
            "--token-file",
            text(&token)?,
            "--patient",
            &self.account,
            text(file)?,
        ];
        let done = bspp(environment, &arguments).await?;
        Ok(done["records"].as_array().context("the records")?.len())
    }
}

/// The FHIR files of the first `N` sample patients of the demo.
///
/// # Errors
///
/// Fails if there are fewer than `N` files.
pub fn samples<const N: usize>() -> Result<[PathBuf; N]> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../demo/patients");
    let mut files = std::fs::read_dir(&folder)
        .with_context(|| folder.display().to_string())?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    files.retain(|file| {
        file.extension()
            .is_some_and(|extension| extension == "json")
    });
    files.sort();
    files.truncate(N);
    <[PathBuf; N]>::try_from(files)
        .ok()
        .context("too few samples")
}

/// This month and the next, in the form `YYYY-MM`.
fn months() -> Result<(String, String)> {
    let days = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs() / 86_400;
    let (year, month) = month_of(days);
    let next = if month == 12 {
        (year + 1, 1)
    } else {
        (year, month + 1)
    };
    let text = |(year, month)| format!("{year:04}-{month:02}");
    Ok((text((year, month)), text(next)))
}

/// Year and month of a day, which is counted from January 1, 1970.
fn month_of(days: u64) -> (u64, u64) {
    let leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let (mut year, mut left) = (1970, days);
    while left >= 365 + u64::from(leap(year)) {
        left -= 365 + u64::from(leap(year));
        year += 1;
    }
    let february = 28 + u64::from(leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if left < length {
            break;
        }
        left -= length;
        month += 1;
    }
    (year, month)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_should_be_those_of_the_calendar() {
        assert_eq!(month_of(0), (1970, 1));
        assert_eq!(month_of(59), (1970, 3));
        assert_eq!(month_of(11_016), (2000, 2));
        assert_eq!(month_of(20_453), (2025, 12));
        assert_eq!(month_of(20_454), (2026, 1));
    }
}
