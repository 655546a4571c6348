// SPDX-License-Identifier: Apache-2.0
//! Processes of a network: nodes, gateways, faulty nodes.

use crate::wait::seconds;
use anyhow::{anyhow, bail, ensure, Context, Result};
use nix::{
    sys::signal::{kill, Signal},
    unistd::Pid,
};
use std::{
    ffi::OsStr,
    fs::{self, File, OpenOptions},
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    sync::atomic::{AtomicU16, Ordering},
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

    /// Pauses the process, or lets it go on.
    pub fn pause(&self, paused: bool) {
        let signal = if paused {
            Signal::SIGSTOP
        } else {
            Signal::SIGCONT
        };
        if let Some(pid) = self.child.id().and_then(|id| i32::try_from(id).ok()) {
            send(pid, signal);
        }
    }

    /// The memory that the process has resident, in bytes.
    ///
    /// # Errors
    ///
    /// Fails if the process has ended or the system does not tell.
    pub fn resident(&self) -> Result<u64> {
        let pid = self.child.id().context("the process has ended")?;
        let path = format!("/proc/{pid}/status");
        let status = fs::read_to_string(&path).with_context(|| path.clone())?;
        resident(&status).with_context(|| format!("VmRSS in {path}"))
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

/// The resident memory in the text of `/proc/PID/status`, in bytes.
fn resident(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes.saturating_mul(1024))
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
            ours && arguments.iter().any(|argument| names(argument, &wanted))
        })
        .collect()
}

/// Whether an argument has a path or one below it, and not a longer name.
fn names(argument: &str, path: &str) -> bool {
    argument.match_indices(path).any(|(at, _)| {
        let rest = argument.get(at + path.len()..).unwrap_or_default();
        rest.is_empty() || rest.starts_with('/')
    })
}

/// Sends a signal to a process. Does nothing if the process has already ended.
pub fn send(pid: i32, signal: Signal) {
    let _ = kill(Pid::from_raw(pid), signal);
}

/// The first port that networks use.
///
/// The range is below the ports that the system gives to outgoing connections. A connection could
/// otherwise take the port of a node that has just stopped.
const FIRST_PORT: u16 = 20_000;
/// Number of ports of one process: enough for all tests of a binary.
const WINDOW: u16 = 600;
/// Number of windows.
///
/// Processes that run side by side have near identifiers, so they have different windows.
const WINDOWS: u16 = 20;

/// Free ports of the loopback interface.
///
/// Each port is given once in this process.
///
/// # Errors
///
/// Fails if the window of this process has no free port left.
pub fn free_ports<const N: usize>() -> Result<[u16; N]> {
    static GIVEN: AtomicU16 = AtomicU16::new(0);
    let window = u16::try_from(std::process::id() % u32::from(WINDOWS))?;
    let mut ports = [0; N];
    for port in &mut ports {
        *port = loop {
            let place = GIVEN.fetch_add(1, Ordering::Relaxed);
            ensure!(place < WINDOW, "no free port is left for this process");
            let candidate = FIRST_PORT + window * WINDOW + place;
            if TcpListener::bind(("127.0.0.1", candidate)).is_ok() {
                break candidate;
            }
        };
    }
    Ok(ports)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resident_memory_should_be_read_from_the_status() {
        let status = "Name:\tbspp-node\nVmHWM:\t  4096 kB\nVmRSS:\t  2048 kB\n";
        assert_eq!(resident(status), Some(2048 * 1024));
        assert_eq!(resident("Name:\tbspp-node\n"), None);
    }

    /// Fault: the test `equivocation` killed the nodes of the test `equivocation-rotated`.
    #[test]
    fn network_should_not_kill_the_processes_of_a_longer_name() {
        for ours in ["/n/a", "/n/a/alice", "--base-path=/n/a/alice"] {
            assert!(names(ours, "/n/a"), "{ours}");
        }
        for others in ["/n/a-b", "/n/a-b/alice", "/n/ab", "/m/a"] {
            assert!(!names(others, "/n/a"), "{others}");
        }
    }

    #[test]
    fn ports_should_be_given_once() -> Result<()> {
        let (one, other): ([u16; 3], [u16; 3]) = (free_ports()?, free_ports()?);
        assert!(one.iter().all(|port| !other.contains(port)));
        assert!(one.iter().all(|port| (FIRST_PORT..32_000).contains(port)));
        Ok(())
    }
}
