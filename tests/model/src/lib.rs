// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]

mod block;
mod check;
mod consortium;
mod gateway;
mod graph;
mod line;
mod model;
mod property;
mod report;
mod rules;
mod sizes;
mod state;

pub use block::{Block, Extra};
pub use check::{check, find, Checked};
pub use consortium::{Claim, Conduct, Consortium};
pub use graph::{Graph, Route};
pub use line::Line;
pub use model::Action;
pub use report::print_route;
pub use rules::Rules;
pub use sizes::{Quota, Sizes};
pub use state::{Call, Hospital, State, Tx, Verdict, Wait, AUTHORS, MAX_BACKLOG, MAX_QUEUE};
