// SPDX-License-Identifier: Apache-2.0
//! The environment of a test: its binaries, its folder, its time limit and its end.

use crate::{
    process,
    wait::{minutes, until},
};
use anyhow::{anyhow, bail, Context, Result};
use futures::FutureExt;
use nix::{
    errno::Errno,
    fcntl::{Flock, FlockArg},
    sys::signal::Signal,
};
use std::{
    env,
    fs::{self, File},
    future::Future,
    panic::AssertUnwindSafe,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};
use tokio::{
    select,
    signal::unix::{signal, SignalKind},
    time::{sleep, timeout},
};

/// Folder with the release binaries.
const BINARIES: &str = "BSPP_BINARIES";
/// Folder that contains a folder for each test.
const FOLDER: &str = "BSPP_NETWORK_DIR";
/// If this variable is set, the folders of successful tests stay as well.
const KEEP: &str = "BSPP_KEEP_LOGS";

/// The folder of a test and the folder of the binaries.
#[derive(Debug)]
pub struct Environment {
    folder: PathBuf,
    binaries: PathBuf,
}

impl Environment {
    /// Makes an environment in a folder.
    ///
    /// `BSPP_BINARIES` names the folder of the binaries. Without it the environment looks in the
    /// folders into which cargo and the project's scripts build.
    ///
    /// # Errors
    ///
    /// Fails if a binary is missing.
    pub fn new(folder: PathBuf) -> Result<Self> {
        let binaries = binaries()?;
        let environment = Self { folder, binaries };
        for binary in [environment.node(), environment.cli()] {
            if !binary.is_file() {
                bail!("{} is not there: build the release binaries, or name their folder in {BINARIES}", binary.display());
            }
        }
        Ok(environment)
    }

    /// The node.
    pub fn node(&self) -> PathBuf {
        self.binaries.join("bspp-node")
    }

    /// The node that misbehaves on request.
    pub fn faulty_node(&self) -> PathBuf {
        self.binaries.join("bspp-faulty-node")
    }

    /// The command line.
    pub fn cli(&self) -> PathBuf {
        self.binaries.join("bspp")
    }

    /// The test's own folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A path in the test's own folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Empties the folder, after it has killed the processes that an earlier network left in it.
    ///
    /// # Errors
    ///
    /// Fails if the folder cannot be emptied.
    pub fn clear(&self) -> Result<()> {
        self.sweep();
        if self.folder.exists() {
            fs::remove_dir_all(&self.folder).context("removing what an earlier run left")?;
        }
        fs::create_dir_all(&self.folder).with_context(|| self.folder.display().to_string())
    }

    /// Kills the processes that still use files of this folder.
    ///
    /// A test that was killed leaves such processes.
    fn sweep(&self) {
        for pid in process::find(&self.folder) {
            process::send(pid, Signal::SIGKILL);
        }
    }
}

/// Runs a test in an environment of its own, for a limited time.
///
/// The processes of the test end with it, whatever its outcome. If the test succeeds, its folder is
/// removed; otherwise the folder stays and its path is printed.
///
/// # Errors
///
/// The error of the test. Fails also if the test panics, exceeds its time limit, or the process
/// receives a signal to stop.
pub async fn run<F>(
    name: &str,
    limit: Duration,
    test: impl FnOnce(Arc<Environment>) -> F,
) -> Result<()>
where
    F: Future<Output = Result<()>>,
{
    let base = folder()?;
    let environment = Arc::new(Environment::new(base.join(name))?);
    let _turn = turn(&base, name).await?;
    environment.clear()?;
    say(format!("{name}: {}", environment.folder.display()));
    let begin = Instant::now();
    let outcome = {
        let body = AssertUnwindSafe(Box::pin(test(environment.clone()))).catch_unwind();
        select! {
            done = timeout(limit, body) => match done {
                Ok(Ok(result)) => result,
                Ok(Err(panic)) => Err(anyhow!("panicked: {}", words(&*panic))),
                Err(_) => Err(anyhow!("not done within {} s", limit.as_secs())),
            },
            stopped = told_to_stop() => stopped,
        }
    };
    // The values of the test are dropped, and its processes have ended with them.
    environment.sweep();
    let took = begin.elapsed().as_secs();
    let folder = environment.folder.display();
    match outcome {
        Ok(()) => {
            eprintln!("{name}: done in {took} s");
            if env::var_os(KEEP).is_some() {
                return Ok(());
            }
            // A node that has just been killed may still write. This is not a failure of the test.
            for _ in 0..20 {
                if fs::remove_dir_all(&environment.folder).is_ok() {
                    return Ok(());
                }
                sleep(Duration::from_millis(250)).await;
            }
            eprintln!("{name}: could not remove {folder}");
            Ok(())
        }
        Err(error) => {
            eprintln!("{name}: failed after {took} s; its logs are in {folder}");
            Err(error)
        }
    }
}

/// Prints a step of a test, with the seconds since the first step in this process.
pub fn say(step: impl core::fmt::Display) {
    static BEGIN: OnceLock<Instant> = OnceLock::new();
    let begin = BEGIN.get_or_init(Instant::now);
    eprintln!("{:6.1} s  {step}", begin.elapsed().as_secs_f32());
}

/// Waits until no other process runs the same test.
///
/// Otherwise each process would kill the processes of the other's test. The turn ends when the lock
/// is dropped.
async fn turn(base: &Path, name: &str) -> Result<Flock<File>> {
    fs::create_dir_all(base)?;
    let path = base.join(format!("{name}.lock"));
    until(
        "the end of another test",
        minutes(20),
        async || match Flock::lock(File::create(&path)?, FlockArg::LockExclusiveNonblock) {
            Ok(lock) => Ok(Some(lock)),
            Err((_, Errno::EWOULDBLOCK)) => Ok(None),
            Err((_, error)) => Err(error.into()),
        },
    )
    .await
    .with_context(|| format!("{} is taken", path.display()))
}

/// Waits until the process receives a signal to stop.
///
/// # Errors
///
/// Always fails, with the name of the signal.
pub async fn told_to_stop() -> Result<()> {
    let (mut interrupt, mut terminate) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    select! {
        _ = interrupt.recv() => bail!("interrupted"),
        _ = terminate.recv() => bail!("terminated"),
    }
}

fn words(panic: &(dyn core::any::Any + Send)) -> String {
    panic
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "without a message".to_owned())
}

fn cache() -> Result<PathBuf> {
    match env::var_os("BSPP_CACHE") {
        Some(path) => Ok(path.into()),
        None => {
            let home = env::var_os("HOME").ok_or_else(|| anyhow!("HOME is not set"))?;
            Ok(PathBuf::from(home).join(".cache/bspp"))
        }
    }
}

fn folder() -> Result<PathBuf> {
    match env::var_os(FOLDER) {
        Some(path) => Ok(path.into()),
        None => Ok(cache()?.join("networks")),
    }
}

/// The folder that the variable names, else cargo's target folder, else that of the scripts.
fn binaries() -> Result<PathBuf> {
    if let Some(path) = env::var_os(BINARIES) {
        return Ok(path.into());
    }
    let beside = env::var_os("CARGO_TARGET_DIR")
        .map(|target| PathBuf::from(target).join("release"))
        .filter(|path| path.join("bspp-node").is_file());
    match beside {
        Some(path) => path.canonicalize().context("the folder of the binaries"),
        None => Ok(cache()?.join("target/release")),
    }
}
