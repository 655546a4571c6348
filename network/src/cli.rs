// SPDX-License-Identifier: Apache-2.0
//! Calls of the command line, as operators make them.

use crate::{environment::Environment, wait::minutes};
use anyhow::{anyhow, bail, Context, Result};
use serde_json::Value;
use std::{path::Path, process::Stdio};
use tokio::{process::Command, time::timeout};

/// The variable and the passphrase of wallets and key files.
///
/// The networks use development keys: the passphrase protects nothing.
const PASSPHRASE: (&str, &str) = ("BSPP_PASSPHRASE", "development only");

/// Runs `bspp --json …` to its end and returns the JSON that it prints.
///
/// The process is killed when the future is dropped.
///
/// # Errors
///
/// Fails if the command fails, with its message, or takes more than five minutes.
pub async fn bspp(environment: &Environment, arguments: &[&str]) -> Result<Value> {
    let all = [&["--json"], arguments].concat();
    let printed = output(&environment.cli(), &all).await?;
    if printed.trim().is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_str(&printed).with_context(|| format!("what bspp printed: {printed}"))
}

/// Runs a program to its end and returns the text that it prints.
///
/// # Errors
///
/// Fails if the program fails or takes more than five minutes.
pub async fn output(program: &Path, arguments: &[&str]) -> Result<String> {
    let run = Command::new(program)
        .args(arguments)
        .env(PASSPHRASE.0, PASSPHRASE.1)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let shown = || {
        let words = arguments
            .iter()
            .take(4)
            .copied()
            .collect::<Vec<_>>()
            .join(" ");
        format!("{} {words} …", program.display())
    };
    let done = timeout(minutes(5), run)
        .await
        .map_err(|_| anyhow!("{}: not done within five minutes", shown()))?
        .with_context(shown)?;
    if !done.status.success() {
        bail!(
            "{}: {}",
            shown(),
            String::from_utf8_lossy(&done.stderr).trim()
        );
    }
    Ok(String::from_utf8(done.stdout)?)
}

/// A path as an argument.
///
/// # Errors
///
/// Fails if the path is not valid UTF-8.
pub fn text(path: &Path) -> Result<&str> {
    path.to_str()
        .ok_or_else(|| anyhow!("{} is not valid UTF-8", path.display()))
}
