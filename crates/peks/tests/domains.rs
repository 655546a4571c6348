// SPDX-License-Identifier: Apache-2.0

//! Every domain string is in use: no string of an earlier protocol stays behind.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use bspp_peks::domain;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// The folders of the project with Rust sources.
const ROOMS: [&str; 8] = [
    "cli",
    "crates",
    "network",
    "node",
    "pallets",
    "primitives",
    "runtime",
    "tools",
];

/// The Rust files below a folder that are sources and not tests or benchmarks.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !["tests", "benches", "examples", "target", "node_modules"].contains(&name.as_str())
            {
                sources(&path, found);
            }
        } else if name.ends_with(".rs")
            && name != "tests.rs"
            && !path.ends_with("peks/src/domain.rs")
        {
            found.push(path);
        }
    }
}

/// The names that code takes from the module, as `domain::NAME` or `domain::{NAME, …}`.
fn names(text: &str) -> Vec<String> {
    let code: String = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| [line, "\n"])
        .collect();
    let word = |text: &str| -> String {
        let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
        text[..end.unwrap_or(text.len())].to_owned()
    };
    code.match_indices("domain::")
        .flat_map(|(at, found)| {
            let rest = &code[at + found.len()..];
            match rest.strip_prefix('{') {
                Some(list) => list[..list.find('}').unwrap_or(0)]
                    .split(',')
                    .map(|name| word(name.trim()))
                    .collect(),
                None => vec![word(rest)],
            }
        })
        .collect()
}

#[test]
fn every_domain_should_be_used() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    for room in ROOMS {
        sources(&root.join(room), &mut files);
    }
    assert!(files.len() > 100, "the sources of the project were found");
    let used: BTreeSet<String> = files
        .iter()
        .flat_map(|file| names(&fs::read_to_string(file).unwrap()))
        .collect();
    let unused: Vec<_> = domain::ALL
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| !used.contains(*name))
        .collect();
    assert!(unused.is_empty(), "without use: {unused:?}");
}
