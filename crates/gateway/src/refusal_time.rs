// SPDX-License-Identifier: Apache-2.0
//! The time of a refusal that must not tell how far the checks came.

use std::time::Duration;
use tokio::time::Instant;

/// A refusal is due at a multiple of this time after the arrival of its request.
///
/// It is longer than the look-up of a record. A slower look-up is rounded up.
pub(crate) const REFUSAL_TIME: Duration = Duration::from_millis(500);

/// The next time at which a refusal is due for a request that arrived at `arrival`.
fn due(arrival: Instant) -> Instant {
    let steps = arrival.elapsed().as_millis() / REFUSAL_TIME.as_millis();
    let steps = u32::try_from(steps).unwrap_or(u32::MAX).saturating_add(1);
    arrival + REFUSAL_TIME.saturating_mul(steps)
}

/// Waits until a refusal is due.
pub(crate) async fn wait(arrival: Instant) {
    tokio::time::sleep_until(due(arrival)).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Attack: the time of a refusal shows how long the look-up of a large record took.
    #[test]
    fn refusals_should_be_due_at_whole_multiples_of_the_refusal_time() {
        for (past, steps) in [(0, 1), (400, 1), (600, 2), (1100, 3)] {
            let arrival = Instant::now() - Duration::from_millis(past);
            assert_eq!(due(arrival) - arrival, REFUSAL_TIME * steps, "{past} ms");
        }
    }
}
