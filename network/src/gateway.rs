// SPDX-License-Identifier: Apache-2.0
//! The gateway of a hospital.
//!
//! It relays finality proofs and registrations, so that the hospital's validators have evidence.

use crate::{
    accounts::{Hospital, COUNCIL},
    chain::Chain,
    cli::{bspp, text},
    environment::Environment,
    logs::Log,
    process::{free_ports, Process},
    wait::{seconds, until_true},
};
use anyhow::{Context, Result};
use serde_json::json;
use std::{fs, path::PathBuf, sync::Arc};

/// A gateway, running or not. Its process is killed when this value is dropped.
pub struct Gateway {
    environment: Arc<Environment>,
    name: String,
    config: PathBuf,
    public: String,
    local: String,
    process: Option<Process>,
}

impl Gateway {
    /// Configures the gateway of a hospital. Starts nothing.
    ///
    /// The gateway connects a node of the consortium chain and a node of the hospital chain.
    ///
    /// After `anchor_every` milliseconds the gateway anchors a head even if nothing requires it.
    /// Without a value the gateway uses its default.
    ///
    /// # Errors
    ///
    /// Fails if the command line refuses the configuration.
    pub async fn configure(
        environment: &Arc<Environment>,
        hospital: Hospital,
        consortium: &Chain,
        own: &Chain,
        anchor_every: Option<u64>,
    ) -> Result<Self> {
        let name = format!("gateway-{}", hospital.letter());
        let [public, local] = free_ports()?.map(|port| format!("127.0.0.1:{port}"));
        let data = environment.path(&name);
        let arguments = [
            "gateway",
            "config",
            "--consortium",
            consortium.url(),
            "--hospital",
            own.url(),
            "--key",
            hospital.operator(),
            "--dev-x25519",
            "--data",
            text(&data)?,
            "--public",
            &public,
            "--local",
            &local,
        ];
        let mut settings = bspp(environment, &arguments).await?;
        if let Some(millis) = anchor_every {
            settings["tuning"]["anchor_every_ms"] = json!(millis);
        }
        let config = environment.path(&format!("{name}.json"));
        fs::write(&config, serde_json::to_vec_pretty(&settings)?)?;
        Ok(Self {
            environment: environment.clone(),
            name,
            config,
            public: format!("http://{public}"),
            local: format!("http://{local}"),
            process: None,
        })
    }

    /// Address for other hospitals.
    pub fn public(&self) -> &str {
        &self.public
    }

    /// The file with the token of the local address. The first start makes it.
    pub fn token_path(&self) -> PathBuf {
        self.environment.path(&self.name).join("local.token")
    }

    /// The file with its output.
    pub fn log_path(&self) -> PathBuf {
        self.environment.path(&format!("{}.log", self.name))
    }

    /// Address for the hospital's own systems.
    pub fn local(&self) -> &str {
        &self.local
    }

    /// Starts the gateway and waits until it answers.
    ///
    /// # Errors
    ///
    /// Fails if the gateway does not answer within a minute.
    pub async fn start(&mut self) -> Result<()> {
        let log = self.log_path();
        let arguments = ["gateway", "run", "--config", text(&self.config)?];
        let mut process = Process::start(&self.name, &self.environment.cli(), arguments, &[], log)?;
        let what = format!("an answer of {}", self.name);
        until_true(&what, seconds(60), async || {
            process.check()?;
            bspp(&self.environment, &["status", "--gateway", &self.public]).await?;
            Ok(true)
        })
        .await?;
        self.process = Some(process);
        Ok(())
    }

    /// Starts the gateway and waits until it ends by itself with this word in its output.
    ///
    /// # Errors
    ///
    /// Fails if the gateway runs on, or ends for another reason.
    pub async fn start_refused(&mut self, word: &str) -> Result<()> {
        // The gateway makes the file when it starts for the first time.
        let output = self.log_path();
        let log = if output.exists() {
            Log::from_now(output.clone())?
        } else {
            Log::whole(output.clone())
        };
        let arguments = ["gateway", "run", "--config", text(&self.config)?];
        let program = self.environment.cli();
        let mut process = Process::start(&self.name, &program, arguments, &[], output)?;
        let what = format!("the end of {}", self.name);
        until_true(&what, seconds(60), async || Ok(process.check().is_err())).await?;
        log.wait_for(&[word], seconds(5)).await?;
        Ok(())
    }

    /// Stops the gateway with SIGTERM.
    ///
    /// # Errors
    ///
    /// Fails if the process does not end.
    pub async fn stop(&mut self) -> Result<()> {
        match self.process.take() {
            Some(process) => process.stop().await,
            None => Ok(()),
        }
    }

    /// Kills the gateway, like a crash.
    ///
    /// # Errors
    ///
    /// Fails if the process does not end.
    pub async fn kill(&mut self) -> Result<()> {
        match self.process.take() {
            Some(process) => process.kill().await,
            None => Ok(()),
        }
    }

    /// Checks that the gateway still runs, if it was started and not ended.
    ///
    /// # Errors
    ///
    /// Fails if the process has ended by itself.
    pub fn check(&mut self) -> Result<()> {
        self.process.as_mut().map_or(Ok(()), Process::check)
    }
}

/// Has the council anchor the finalized head of a hospital chain.
///
/// Later finality proofs start from this head.
///
/// # Errors
///
/// Fails if the council's motion is not carried.
pub async fn initialise_anchor(
    environment: &Environment,
    consortium: &Chain,
    own: &Chain,
) -> Result<()> {
    start_anchor(environment, consortium, own, &[])
        .await
        .with_context(|| format!("the first anchor of {}'s chain", own.name()))
}

/// Has the council start the incarnation of a hospital chain that was rebuilt from nothing.
///
/// # Errors
///
/// Fails if the council's motion is not carried.
pub async fn start_incarnation(
    environment: &Environment,
    consortium: &Chain,
    own: &Chain,
) -> Result<()> {
    start_anchor(environment, consortium, own, &["--rebuilt"])
        .await
        .with_context(|| format!("the incarnation of {}'s chain", own.name()))
}

async fn start_anchor(
    environment: &Environment,
    consortium: &Chain,
    own: &Chain,
    options: &[&str],
) -> Result<()> {
    let mut arguments = vec![
        "council",
        "initialise-anchor",
        "--consortium",
        consortium.url(),
        "--hospital",
        own.url(),
    ];
    for member in COUNCIL {
        arguments.extend(["--key", member]);
    }
    arguments.extend_from_slice(options);
    bspp(environment, &arguments).await?;
    Ok(())
}
