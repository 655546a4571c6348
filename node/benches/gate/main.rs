// SPDX-License-Identifier: Apache-2.0
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]
//! The cost of the gate: block import with and without proof of conformance.
//!
//! The benchmark has two chains with the same members. One chain has the production runtime, and
//! the node's verifier checks its blocks. The other chain has the same runtime without the gate
//! (`runtime/variants`), and only Aura's verifier checks its blocks. The benchmark makes the blocks
//! first and does not time this. Each round imports both chains into new databases, in alternating
//! order. The time is that of a node that receives a block: verification, execution and import.
//!
//! `BSPP_BENCH_GATED_WASM` and `BSPP_BENCH_BASELINE_WASM` name the runtimes; `make bench` sets
//! them. `BSPP_BENCH_BLOCKS` and `BSPP_BENCH_ROUNDS` set the number of blocks and rounds.

mod chain;
mod import;

use chain::{Load, Side};
use std::{env, path::PathBuf, time::Duration};

fn number(name: &str, default: u32) -> u32 {
    env::var(name)
        .ok()
        .map_or(default, |text| text.parse().expect("a number"))
}

fn main() {
    let (Ok(gated), Ok(baseline)) = (
        env::var("BSPP_BENCH_GATED_WASM"),
        env::var("BSPP_BENCH_BASELINE_WASM"),
    ) else {
        println!("gate: not measured; run `make bench`, which builds the baseline's runtime");
        return;
    };
    let blocks = number("BSPP_BENCH_BLOCKS", 200);
    let rounds = number("BSPP_BENCH_ROUNDS", 5);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let handle = runtime.handle().clone();
    let sides = [
        Side::new(true, PathBuf::from(gated)),
        Side::new(false, PathBuf::from(baseline)),
    ];

    println!("block import with and without the gate: {blocks} blocks a round, {rounds} rounds, times per block");
    println!("load                          | with gate (median, min) | without (median, min)   | ratio of medians");
    for load in [Load::Empty, Load::Calls(20), Load::Calls(100)] {
        let chains: Vec<_> = sides
            .iter()
            .map(|side| runtime.block_on(chain::author(side, load, blocks, &handle)))
            .collect();
        let mut times: [Vec<Duration>; 2] = Default::default();
        for round in 0..rounds {
            let order = if round % 2 == 0 { [0, 1] } else { [1, 0] };
            for side in order {
                let time = runtime.block_on(import::import(&sides[side], &chains[side], &handle));
                times[side].push(time / blocks);
            }
        }
        for of_side in &mut times {
            of_side.sort();
        }
        let median = |side: usize| times[side][times[side].len() / 2].as_secs_f64() * 1e3;
        let least = |side: usize| times[side][0].as_secs_f64() * 1e3;
        println!(
            "{:<29} | {:>9.3} ms, {:>6.3} ms   | {:>9.3} ms, {:>6.3} ms   | {:.3}",
            load.to_string(),
            median(0),
            least(0),
            median(1),
            least(1),
            median(0) / median(1)
        );
    }
}
