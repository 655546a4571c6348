// SPDX-License-Identifier: Apache-2.0
//! Processes of a network: nodes, gateways, faulty nodes.

use crate::wait::seconds;
use anyhow::{anyhow, bail, Context, Result};
use nix::{
    sys::signal::{kill, Signal},
    unistd::Pid,
};
use std::{
    ffi::OsStr,
    fs::{self, File, OpenOptions},
    path::{Path, PathBuf},
    process::Stdio,
};
use tokio::process::{Child, Command};

/// The maximum time in which a process must end after a signal, in seconds.
const GRACE: u64 = 20;

/// A running process that writes its output to a file.
///
/// The process is killed when this value is dropped.
#[derive(Debug)]
pub struct Process {
    name: String,
    log: PathBuf,
    child: Child,
}

impl Process {
    /// Starts a program. Its output is appended to `log`.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be opened or the program cannot be started.
    pub fn start(
        name: &str,
        program: &Path,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
        environment: &[(&str, &str)],
        log: PathBuf,
    ) -> Result<Self> {
        let out = open(&log)?;
        let child = Command::new(program)
            .args(arguments)
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(out.try_clone()?)
            .stderr(out)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("starting {name}: {}", program.display()))?;
        let name = name.to_owned();
        Ok(Self { name, log, child })
    }

    /// The file with the output of the process.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Checks that the process still runs.
    ///
    /// # Errors
    ///
    /// Fails if the process has ended by itself.
    pub fn check(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("{} ended: {status}; see {}", self.name, self.log.display()),
        }
    }

    /// Sends SIGTERM and waits until the process has ended.
    ///
    /// # Errors
    ///
    /// Fails if the process does not end.
    pub async fn stop(mut self) -> Result<()> {
        self.end(Signal::SIGTERM).await
    }

    /// Sends SIGKILL, like a crash, and waits until the process has ended.
    ///
    /// # Errors
    ///
    /// Fails if the process does not end.
    pub async fn kill(mut self) -> Result<()> {
        self.end(Signal::SIGKILL).await
    }

    async fn end(&mut self, signal: Signal) -> Result<()> {
        if let Some(pid) = self.child.id().and_then(|id| i32::try_from(id).ok()) {
            send(pid, signal);
        }
        tokio::time::timeout(seconds(GRACE), self.child.wait())
            .await
            .map_err(|_| anyhow!("{} did not end within {GRACE} s of {signal}", self.name))??;
        Ok(())
    }
}

fn open(log: &Path) -> Result<File> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(log)
        .with_context(|| log.display().to_string())
}

/// The project's processes that have `path`, or a path below it, in an argument.
pub fn find(path: &Path) -> Vec<i32> {
    let wanted = path.display().to_string();
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|pid: &i32| u32::try_from(*pid) != Ok(std::process::id()))
        .filter(|pid| {
            let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            let arguments: Vec<_> = line
                .split(|byte| *byte == 0)
                .map(String::from_utf8_lossy)
                .collect();
            let ours = arguments
                .first()
                .and_then(|program| Path::new(&**program).file_name())
                .is_some_and(|program| program.to_string_lossy().starts_with("bspp"));
            ours && arguments.iter().any(|argument| argument.contains(&wanted))
        })
        .collect()
}

/// Sends a signal to a process. Does nothing if the process has already ended.
pub fn send(pid: i32, signal: Signal) {
    let _ = kill(Pid::from_raw(pid), signal);
}

/// Free ports of the loopback interface.
///
/// # Errors
///
/// Fails if the system has no free port.
pub async fn free_ports<const N: usize>() -> Result<[u16; N]> {
    let mut listeners = Vec::with_capacity(N);
    let mut ports = [0; N];
    for port in &mut ports {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        *port = listener.local_addr()?.port();
        // The listeners stay open until all ports are chosen, so that all ports differ.
        listeners.push(listener);
    }
    Ok(ports)
}
