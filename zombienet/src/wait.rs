// SPDX-License-Identifier: Apache-2.0
//! Waiting, never for ever.

use anyhow::{anyhow, bail, Result};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// Length of a slot on all chains.
pub const SLOT: Duration = Duration::from_secs(3);

/// How often a condition is looked at.
const EVERY: Duration = Duration::from_millis(500);

/// Some slots.
pub fn slots(count: u32) -> Duration {
    SLOT.saturating_mul(count)
}

/// Some seconds.
pub const fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// Some minutes.
pub const fn minutes(count: u64) -> Duration {
    Duration::from_secs(count.saturating_mul(60))
}

/// Waits until the probe finds a value. What it cannot read now (a node that is just starting, say) it may read later: its errors
/// end nothing, but the last one is told.
///
/// # Errors
///
/// `what` was not found within `limit`.
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

/// As [`until`], for a condition.
///
/// # Errors
///
/// `what` did not come true within `limit`.
pub async fn until_true(
    what: &str,
    limit: Duration,
    mut probe: impl AsyncFnMut() -> Result<bool>,
) -> Result<()> {
    until(what, limit, async || Ok(probe().await?.then_some(()))).await
}

/// Looks again and again whether a condition holds, for the whole time.
///
/// # Errors
///
/// `what` did not hold at some moment, or could not be read.
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
