// SPDX-License-Identifier: Apache-2.0
//! Processes that zombienet does not start for us: gateways, a faulty node, a second node with the same keys.

use crate::wait::{seconds, until_true};
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

/// How long a process may take to end when asked to.
const GRACE: u64 = 20;

/// A running process whose output goes to a file. It is killed when this is dropped.
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
    /// When the file or the program cannot be opened.
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

    /// The file with its output.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Whether it still runs.
    ///
    /// # Errors
    ///
    /// It has ended by itself: waiting longer cannot help.
    pub fn check(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("{} ended: {status}; see {}", self.name, self.log.display()),
        }
    }

    /// Ends it in order, and waits until it has ended.
    ///
    /// # Errors
    ///
    /// When it does not end.
    pub async fn stop(mut self) -> Result<()> {
        self.end(Signal::SIGTERM).await
    }

    /// Ends it as a crash would.
    ///
    /// # Errors
    ///
    /// When it does not end.
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

/// Our own programs that were started with `path`, or something below it, in an argument.
pub fn find(path: &Path) -> Vec<i32> {
    let wanted = path.display().to_string();
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
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

/// Sends a signal. A process that is gone already is no error.
pub fn send(pid: i32, signal: Signal) {
    let _ = kill(Pid::from_raw(pid), signal);
}

/// Whether the process is gone, or only its entry is left to be collected.
pub fn is_gone(pid: i32) -> bool {
    let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else {
        return true;
    };
    stat.rsplit(')')
        .next()
        .is_some_and(|rest| rest.trim_start().starts_with('Z'))
}

/// Sends a signal to whatever of ours uses `path`, and waits until it has ended.
///
/// # Errors
///
/// When there is no such process, or it does not end.
pub async fn end(path: &Path, signal: Signal) -> Result<()> {
    let pids = find(path);
    if pids.is_empty() {
        bail!("nothing runs on {}", path.display());
    }
    for pid in &pids {
        send(*pid, signal);
    }
    let what = format!("the end of what runs on {}", path.display());
    until_true(&what, seconds(GRACE), async || {
        Ok(pids.iter().all(|pid| is_gone(*pid)))
    })
    .await
}

/// Ports of the loopback interface that nobody listens on now.
///
/// # Errors
///
/// When the system gives none.
pub async fn free_ports<const N: usize>() -> Result<[u16; N]> {
    let mut listeners = Vec::with_capacity(N);
    let mut ports = [0; N];
    for port in &mut ports {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        *port = listener.local_addr()?.port();
        // Kept open until all are chosen, so that none is given twice.
        listeners.push(listener);
    }
    Ok(ports)
}
