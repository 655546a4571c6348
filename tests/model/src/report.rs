// SPDX-License-Identifier: Apache-2.0
//! Runs in a form that people read.

use crate::{
    consortium::Consortium,
    graph::Route,
    model::Action,
    state::{Call, Hospital, State, Tx, Verdict},
};
use std::fmt::Write;

/// Prints a run: each step, and the state after it.
pub fn print_route(model: &Consortium, route: &Route) {
    let number = route.steps.len();
    println!("  run of {number} steps:");
    let after = route.steps.iter().skip(1).map(|(state, _)| state);
    for ((before, action), state) in route.steps.iter().zip(after.chain([&route.last])) {
        println!(
            "    {:<34} {}",
            name(model, before, action),
            line(model, state)
        );
    }
}

fn name(model: &Consortium, before: &State, action: &Action) -> String {
    match action {
        Action::Slot(block) | Action::Turn { block, .. } => {
            let mut text = String::new();
            if let Action::Turn { make, .. } = action {
                if *make != 0 {
                    let _ = write!(text, "make {make:02b}, ");
                }
            }
            let kind = model.next_verdict(before);
            let _ = write!(text, "slot of {}, {kind:?}: {block:?}", before.turn);
            text
        }
        other => format!("{other:?}"),
    }
}

fn line(model: &Consortium, state: &State) -> String {
    let mut text = String::new();
    for hospital in model.hospitals(state) {
        let _ = write!(text, "[{}] ", describe(model, hospital));
    }
    if model.sizes.quota.is_some() {
        let _ = write!(text, "phase {}", state.phase);
    }
    text
}

fn describe(model: &Consortium, hospital: &Hospital) -> String {
    let mut text = match model.verdict(hospital) {
        Verdict::Full => String::new(),
        verdict => format!("{verdict:?}! "),
    };
    let _ = write!(text, "age {}", hospital.anchor_age);
    if hospital.fresh > 0 {
        let _ = write!(text, " fresh {}", hospital.fresh);
    }
    for wait in hospital.waits.iter() {
        let _ = write!(text, " waits {}", wait.clock);
        if model.sizes.watch > 0 {
            let _ = write!(text, "({})", wait.real);
        }
    }
    for tx in hospital.anchor.iter().chain(hospital.queue.iter()) {
        let _ = write!(text, " {}", describe_tx(model, tx));
    }
    if model.sizes.quota.is_some() {
        let _ = write!(text, " used {}", hospital.used);
        if model.rules.shares {
            let _ = write!(text, "+{}", hospital.used_by_delegate);
        }
    }
    if hospital.failed {
        text.push_str(" FAILED");
    }
    if hospital.wasted {
        text.push_str(" WASTED");
    }
    if hospital.ahead > 0 {
        text.push_str(" AHEAD");
    }
    text
}

fn describe_tx(model: &Consortium, tx: &Tx) -> String {
    let call = match tx.call {
        Call::Anchor { blocks } => format!("anchor+{blocks}"),
        Call::Register { from, len } => format!("register {from}..{}", from + len as i8),
    };
    let fate = if model.has_expired(tx) {
        ", expired"
    } else if tx.lost {
        ", lost"
    } else {
        ""
    };
    format!("<{call}{fate}>")
}
