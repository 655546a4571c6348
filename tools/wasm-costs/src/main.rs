// SPDX-License-Identifier: Apache-2.0
//! Prints the native costs: the name of each operation and the median in microseconds.
//!
//! The argument is the number of rounds.

use bspp_wasm_costs::{rounds, World, OPERATIONS};
use std::{env, process::ExitCode, time::Instant};

fn main() -> ExitCode {
    let most = env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(40);
    let Some(mut world) = World::new() else {
        eprintln!("the parties cannot be made");
        return ExitCode::FAILURE;
    };
    for (operation, name) in OPERATIONS.iter().enumerate() {
        let mut times = Vec::new();
        for _ in 0..rounds(operation, most).max(1) {
            let start = Instant::now();
            let is_right = world.run(operation);
            times.push(start.elapsed());
            if !is_right {
                eprintln!("{name}: the result is wrong");
                return ExitCode::FAILURE;
            }
        }
        times.sort_unstable();
        let median = times[times.len() / 2].as_secs_f64() * 1e6;
        println!("{name}\t{median:.0}");
    }
    ExitCode::SUCCESS
}
