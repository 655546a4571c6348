// SPDX-License-Identifier: Apache-2.0
//! Where a test finds the binaries and keeps its files, and how it is ended whatever happens.

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
/// Folder under which each test has its own.
const FOLDER: &str = "BSPP_NETWORK_DIR";
/// Set to anything, it keeps the folders of tests that succeed, too.
const KEEP: &str = "BSPP_KEEP_LOGS";

/// A test's surroundings.
#[derive(Debug)]
pub struct Environment {
    folder: PathBuf,
    binaries: PathBuf,
}

impl Environment {
    fn new(name: &str) -> Result<Self> {
        let folder = folder()?.join(name);
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

    /// Kills what still runs on files of this folder: processes of a test that was itself killed.
    fn sweep(&self) {
        for pid in process::find(&self.folder) {
            process::send(pid, Signal::SIGKILL);
        }
    }
}

/// Runs a test in an environment of its own, for a limited time. However it ends, its processes are gone afterwards. Its folder
/// is removed if it succeeds; otherwise it stays, and where it is is printed.
///
/// # Errors
///
/// The test's own error; a panic in it; the time being over; a signal to stop.
pub async fn run<F>(
    name: &str,
    limit: Duration,
    test: impl FnOnce(Arc<Environment>) -> F,
) -> Result<()>
where
    F: Future<Output = Result<()>>,
{
    let environment = Arc::new(Environment::new(name)?);
    let _turn = turn().await?;
    environment.sweep();
    if environment.folder.exists() {
        fs::remove_dir_all(&environment.folder).context("removing what an earlier run left")?;
    }
    fs::create_dir_all(&environment.folder)?;
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
    // Everything that the test held is dropped by now, and its processes with it.
    environment.sweep();
    let took = begin.elapsed().as_secs();
    let folder = environment.folder.display();
    match outcome {
        Ok(()) => {
            println!("{name}: done in {took} s");
            if env::var_os(KEEP).is_some() {
                return Ok(());
            }
            // A node that has just been killed may still be writing: that is no failure of what was tested.
            for _ in 0..20 {
                if fs::remove_dir_all(&environment.folder).is_ok() {
                    return Ok(());
                }
                sleep(Duration::from_millis(250)).await;
            }
            println!("{name}: could not remove {folder}");
            Ok(())
        }
        Err(error) => {
            println!("{name}: failed after {took} s; its logs are in {folder}");
            Err(error)
        }
    }
}

/// Says a step of a test, with the seconds since the process began its first one.
pub fn say(step: impl core::fmt::Display) {
    static BEGIN: OnceLock<Instant> = OnceLock::new();
    let begin = BEGIN.get_or_init(Instant::now);
    println!("{:6.1} s  {step}", begin.elapsed().as_secs_f32());
}

/// Waits until no other test runs in the same folder, in this process or another: each would clear away the other's processes.
/// The turn is over when the lock is dropped.
async fn turn() -> Result<Flock<File>> {
    let folder = folder()?;
    fs::create_dir_all(&folder)?;
    let path = folder.join("lock");
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

async fn told_to_stop() -> Result<()> {
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
        .unwrap_or_else(|| "without words".to_owned())
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
        None => Ok(cache()?.join("zombienet")),
    }
}

/// As given; else beside the folder that this crate is built in; else where the project's scripts build.
fn binaries() -> Result<PathBuf> {
    if let Some(path) = env::var_os(BINARIES) {
        return Ok(path.into());
    }
    let beside = env::var_os("CARGO_TARGET_DIR")
        .map(|target| PathBuf::from(target).join("../target/release"))
        .filter(|path| path.join("bspp-node").is_file());
    match beside {
        Some(path) => path.canonicalize().context("the folder of the binaries"),
        None => Ok(cache()?.join("target/release")),
    }
}
