// SPDX-License-Identifier: Apache-2.0
//! A hospital's gateway: relays finality proofs and registrations, and so keeps the hospital's validators' evidence good.

use crate::{
    accounts::{Hospital, COUNCIL},
    chain::Chain,
    cli::{bspp, text},
    environment::Environment,
    process::{free_ports, Process},
    wait::{seconds, until_true},
};
use anyhow::{Context, Result};
use serde_json::json;
use std::{fs, path::PathBuf, sync::Arc};

/// After how many hospital blocks a head is anchored although nothing needs it. Small, as evidence grows old soon in tests.
const ANCHOR_EVERY: u32 = 2;

/// A gateway, running or not. It is killed when this is dropped.
pub struct Gateway {
    environment: Arc<Environment>,
    name: String,
    config: PathBuf,
    public: String,
    local: String,
    process: Option<Process>,
}

impl Gateway {
    /// Configures the gateway of a hospital between a consortium node and a node of its own chain. Starts nothing.
    ///
    /// # Errors
    ///
    /// When the command line refuses.
    pub async fn configure(
        environment: &Arc<Environment>,
        hospital: Hospital,
        consortium: &Chain,
        own: &Chain,
    ) -> Result<Self> {
        let name = format!("gateway-{}", hospital.letter());
        let [public, local] = free_ports().await?.map(|port| format!("127.0.0.1:{port}"));
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
        settings["tuning"]["anchor_every"] = json!(ANCHOR_EVERY);
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

    /// Address for the hospital's own systems.
    pub fn local(&self) -> &str {
        &self.local
    }

    /// Starts it, and waits until it answers.
    ///
    /// # Errors
    ///
    /// When it does not within a minute.
    pub async fn start(&mut self) -> Result<()> {
        let log = self.environment.path(&format!("{}.log", self.name));
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

    /// Ends it in order.
    ///
    /// # Errors
    ///
    /// When it does not end.
    pub async fn stop(&mut self) -> Result<()> {
        match self.process.take() {
            Some(process) => process.stop().await,
            None => Ok(()),
        }
    }
}

/// Has the council name the hospital chain's final head, from which finality proofs go on.
///
/// # Errors
///
/// When the council's motion does not get through.
pub async fn initialise_anchor(
    environment: &Environment,
    consortium: &Chain,
    own: &Chain,
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
    bspp(environment, &arguments)
        .await
        .with_context(|| format!("the first anchor of {}'s chain", own.name()))?;
    Ok(())
}
