// SPDX-License-Identifier: Apache-2.0
//! The output of a command: one JSON document for scripts, lines for people.

use crate::error::{CliError, CliResult};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

/// The form of the output.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    /// Whether the output is one JSON document on standard output instead of lines.
    pub json: bool,
}

impl Output {
    /// Prints the result: `value` as JSON, or `lines` for people.
    pub fn result(self, value: &impl Serialize, lines: &[String]) -> CliResult<()> {
        if self.json {
            println!(
                "{}",
                serde_json::to_string(value).map_err(CliError::failed)?
            );
        } else {
            for line in lines {
                println!("{line}");
            }
        }
        Ok(())
    }

    /// A progress bar on standard error. Hidden with `--json` and without a terminal.
    pub fn progress(self, length: u64, what: &'static str) -> ProgressBar {
        let target = if self.json {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        };
        let style = ProgressStyle::with_template("{msg} [{bar:32}] {pos}/{len} {elapsed}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        ProgressBar::with_draw_target(Some(length), target)
            .with_style(style)
            .with_message(what)
    }
}
