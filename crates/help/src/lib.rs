// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used))]

use clap::{Arg, Command};

/// The help of a command and of all its subcommands, as one Markdown page.
///
/// The page leaves out hidden commands and options, `help` and `version`. It lists a global option
/// once, under the command that has it.
pub fn markdown(mut command: Command) -> String {
    command.build();
    let mut page = String::new();
    section(&command, command.get_name(), 1, &mut page);
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

/// Writes one command at a heading level, and its subcommands below it.
fn section(command: &Command, name: &str, level: usize, page: &mut String) {
    page.push_str(&format!("{} {name}\n\n", "#".repeat(level.min(6))));
    if let Some(about) = command.get_long_about().or(command.get_about()) {
        page.push_str(&format!("{}\n\n", text(&about.to_string())));
    }
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim();
    page.push_str(&format!("```text\n{usage}\n```\n\n"));
    let mut arguments = String::new();
    for argument in command.get_arguments() {
        let inherited = level > 1 && argument.is_global_set();
        let builtin = ["help", "version"].contains(&argument.get_id().as_str());
        if !(inherited || builtin || argument.is_hide_set()) {
            arguments.push_str(&item(argument));
        }
    }
    if !arguments.is_empty() {
        page.push_str(&format!("{arguments}\n"));
    }
    for subcommand in command.get_subcommands() {
        let below = subcommand.get_name();
        if below != "help" && !subcommand.is_hide_set() {
            section(subcommand, &format!("{name} {below}"), level + 1, page);
        }
    }
}

/// An argument or option as an item of a list.
fn item(argument: &Arg) -> String {
    let listed = |values: Vec<String>| format!("`{}`", values.join("`, `"));
    let mut parts = vec![format!("* `{argument}`:")];
    if let Some(help) = argument.get_long_help().or(argument.get_help()) {
        // The paragraphs of a long help stay within the item.
        parts.push(text(&help.to_string()).replace('\n', "\n  "));
    }
    let possible: Vec<String> = argument
        .get_possible_values()
        .iter()
        .filter(|value| !value.is_hide_set())
        .map(|value| value.get_name().to_owned())
        .collect();
    if !possible.is_empty() {
        parts.push(format!("Possible values: {}.", listed(possible)));
    }
    let default: Vec<String> = argument
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy().into_owned())
        .filter(|value| !value.is_empty())
        .collect();
    if argument.get_action().takes_values() && !default.is_empty() {
        parts.push(format!("Default: {}.", listed(default)));
    }
    if let Some(variable) = argument.get_env() {
        parts.push(format!("Environment: `{}`.", variable.to_string_lossy()));
    }
    format!("{}\n", parts.join(" "))
}

/// Plain text as Markdown, which ends as a sentence and whose angle brackets are not tags.
fn text(plain: &str) -> String {
    let plain = plain.trim();
    let end = if plain.is_empty() || plain.ends_with(['.', ':', '!', '?']) {
        ""
    } else {
        "."
    };
    format!("{}{end}", plain.replace('<', "\\<"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ArgAction;

    fn tool() -> Command {
        let json = Arg::new("json")
            .long("json")
            .help("Print JSON")
            .action(ArgAction::SetTrue)
            .global(true);
        let count = Arg::new("count")
            .long("count")
            .help("How many <things>")
            .default_value("3");
        let color = Arg::new("color")
            .long("color")
            .required(true)
            .value_parser(["red", "blue"]);
        let secret = Arg::new("secret").long("secret").hide(true);
        Command::new("tool")
            .about("Does things.")
            .version("1")
            .arg(json)
            .subcommand(
                Command::new("run")
                    .about("Runs")
                    .args([count, color, secret]),
            )
            .subcommand(Command::new("internal").hide(true))
    }

    #[test]
    fn page_should_hold_every_command_with_usage_and_arguments() {
        let page = markdown(tool());
        assert!(page.starts_with("# tool\n\nDoes things.\n"), "{page}");
        for part in [
            "\n## tool run\n\nRuns.\n",
            "\n```text\ntool run [OPTIONS] --color <color>\n```\n",
            "\n* `--json`: Print JSON.\n",
            "\n* `--count <count>`: How many \\<things>. Default: `3`.\n",
            "\n* `--color <color>`: Possible values: `red`, `blue`.\n",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert_eq!(page.matches("--json").count(), 1, "{page}");
    }

    #[test]
    fn page_should_leave_out_what_is_hidden_or_built_in() {
        let page = markdown(tool());
        for hidden in ["secret", "internal", "--help", "--version", "tool help"] {
            assert!(!page.contains(hidden), "{hidden}: {page}");
        }
    }
}
