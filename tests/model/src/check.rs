// SPDX-License-Identifier: Apache-2.0
//! Runs of the checker, with the counts that the tests print.

use crate::{
    consortium::{Claim, Consortium},
    graph::Route,
    report::print_route,
};
use stateright::{Checker, Model};
use std::time::Instant;

/// The result of a check.
#[derive(Debug)]
pub struct Checked {
    /// Number of different states.
    pub states: usize,
    /// The claims that do not hold, with a shortest run to a state that shows it.
    pub broken: Vec<(Claim, Route)>,
    /// The examples that were not found.
    pub missing: Vec<Claim>,
}

/// Checks these claims in all reachable states, and prints counts and time.
pub fn check(title: &str, model: &Consortium, claims: &[Claim]) -> Checked {
    let mut model = model.clone();
    model.claims = claims.to_vec();
    let started = Instant::now();
    // One thread, so that the shortest run is found and is the same in each run.
    let checker = model.clone().checker().threads(1).spawn_bfs().join();
    let mut checked = Checked {
        states: checker.unique_state_count(),
        broken: Vec::new(),
        missing: Vec::new(),
    };
    println!(
        "{title}: {} states, {} steps, depth {}, {:.1} s",
        checked.states,
        checker.state_count(),
        checker.max_depth(),
        started.elapsed().as_secs_f32()
    );
    for &claim in claims {
        match (claim.is_example(), checker.discovery(claim.name())) {
            (true, None) => checked.missing.push(claim),
            (true, Some(_)) => println!("  found     {}", claim.name()),
            (false, None) => println!("  holds     {}", claim.name()),
            (false, Some(path)) => {
                println!("  BROKEN    {}", claim.name());
                let mut steps = path.into_vec();
                let last = steps.pop().map(|(state, _)| state);
                let route = Route {
                    steps: steps
                        .into_iter()
                        .filter_map(|(state, action)| Some((state, action?)))
                        .collect(),
                    last: last.unwrap_or_default(),
                };
                checked.broken.push((claim, route));
            }
        }
    }
    checked
}

/// Looks for a run that breaks this claim, and prints it.
pub fn find(title: &str, model: &Consortium, claim: Claim) -> Option<Route> {
    let mut checked = check(title, model, &[claim]);
    let (_, route) = checked.broken.pop()?;
    print_route(model, &route);
    Some(route)
}
