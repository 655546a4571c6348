// SPDX-License-Identifier: Apache-2.0
//! Waits with time limits.

use anyhow::{anyhow, bail, Result};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// Length of a slot in tests, in milliseconds.
pub const SLOT_MILLIS: u64 = 1_000;

/// Factor by which a limit exceeds the time that an idle machine needs.
const PATIENCE: u32 = 3;

/// Time between two checks of a condition.
const EVERY: Duration = Duration::from_millis(250);

/// The limit for a step that takes `count` slots on an idle machine.
pub fn slots(count: u32) -> Duration {
    exactly(count).saturating_mul(PATIENCE)
}

/// The exact length of some slots.
pub fn exactly(slots: u32) -> Duration {
    Duration::from_millis(SLOT_MILLIS).saturating_mul(slots)
}

/// A time in seconds.
pub const fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// A time in minutes.
pub const fn minutes(count: u64) -> Duration {
    Duration::from_secs(count.saturating_mul(60))
}

/// Waits until the probe finds a value.
///
/// An error of the probe does not end the wait, because a later attempt may succeed, for example
/// when a node has just started. If the time is over, the error contains the last error of the
/// probe.
///
/// # Errors
///
/// Fails if the probe finds no value within `limit`. `what` names the value in the error.
pub async fn until<T>(
    what: &str,
    limit: Duration,
    mut probe: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let begin = Instant::now();
    loop {
        let error = match probe().await {
            Ok(Some(value)) => return Ok(value),
            Ok(None) => None,
            Err(error) => Some(error),
        };
        if begin.elapsed() >= limit {
            let reason =
                error.map_or_else(String::new, |error| format!(" (last error: {error:#})"));
            return Err(anyhow!("{what}: not within {} s{reason}", limit.as_secs()));
        }
        sleep(EVERY).await;
    }
}

/// Waits until a condition holds. See [`until`].
///
/// # Errors
///
/// Fails if the condition does not hold within `limit`. `what` names it in the error.
pub async fn until_true(
    what: &str,
    limit: Duration,
    mut probe: impl AsyncFnMut() -> Result<bool>,
) -> Result<()> {
    until(what, limit, async || Ok(probe().await?.then_some(()))).await
}

/// Checks repeatedly that a condition holds, for the whole time.
///
/// # Errors
///
/// Fails if the condition does not hold at a check, or the probe fails. `what` names the condition.
pub async fn throughout(
    what: &str,
    time: Duration,
    mut probe: impl AsyncFnMut() -> Result<bool>,
) -> Result<()> {
    let begin = Instant::now();
    while begin.elapsed() < time {
        if !probe().await? {
            bail!("{what}: no longer so after {} s", begin.elapsed().as_secs());
        }
        sleep(EVERY).await;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn until_should_name_what_and_why_when_the_time_is_over() {
        let never = until(
            "the moon",
            Duration::ZERO,
            async || -> Result<Option<()>> { bail!("cloudy") },
        );
        let error = never.await.err().map(|e| e.to_string());
        assert_eq!(
            error.as_deref(),
            Some("the moon: not within 0 s (last error: cloudy)")
        );
    }

    #[tokio::test]
    async fn until_should_give_the_value_when_there_is_one() {
        let mut tries = 0;
        let found = until("three", seconds(5), async || {
            tries += 1;
            Ok((tries == 3).then_some(tries))
        });
        assert_eq!(found.await.ok(), Some(3));
    }

    #[tokio::test]
    async fn throughout_should_fail_when_the_condition_breaks() {
        let mut left = 2;
        let held = throughout("calm", seconds(60), async || {
            left -= 1;
            Ok(left > 0)
        });
        assert!(held.await.is_err());
    }
}
