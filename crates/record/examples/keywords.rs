// SPDX-License-Identifier: Apache-2.0
//! Prints the coded keywords of FHIR files, record by record.
//!
//! The form is that of `tests/independent/fhir_keywords.py`. Usage:
//! `cargo run --release -p bspp-record --example keywords -- FILE_OR_FOLDER...`

use bspp_record::{split, Document};
use serde_json::{json, Value};
use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The records of one file.
fn file_report(name: &str, bytes: &[u8]) -> Result<Value> {
    let document = Document::parse(bytes)?;
    let records: Vec<Value> = split(&document, [0; 16], &mut rand::rngs::OsRng)
        .iter()
        .map(|record| {
            let keywords: Vec<[&str; 2]> =
                record.keywords.iter().map(|keyword| [keyword.system(), keyword.code()]).collect();
            let resources: Vec<u32> = record
                .payload
                .pieces
                .iter()
                .filter(|piece| piece.position % 2 == 1)
                .map(|piece| piece.position / 2)
                .collect();
            json!({ "record": record.payload.label(), "resources": resources, "keywords": keywords })
        })
        .collect();
    Ok(json!({ "file": name, "records": records }))
}

/// The names and paths of all `.json` files in and below `folder`.
///
/// A name is a path in `folder` with `/`.
pub fn files_in(folder: &Path) -> Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    let mut waiting = vec![(String::new(), folder.to_owned())];
    while let Some((prefix, folder)) = waiting.pop() {
        for item in fs::read_dir(folder)? {
            let path = item?.path();
            let name = path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned());
            let name = format!("{prefix}{}", name.unwrap_or_default());
            // The folder `field` has input that the reader does not handle yet.
            if path.is_dir() && name != "field" {
                waiting.push((format!("{name}/"), path));
            } else if name.ends_with(".json") {
                found.push((name, path));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Makes the report on files and folders.
pub fn report(arguments: &[PathBuf]) -> Result<Value> {
    let mut files = Vec::new();
    for argument in arguments {
        let named = if argument.is_dir() {
            files_in(argument)?
        } else {
            let name = argument
                .file_name()
                .map(|name| name.to_string_lossy().into_owned());
            vec![(name.unwrap_or_default(), argument.clone())]
        };
        for (name, path) in named {
            let bytes = fs::read(&path)?;
            files.push(file_report(&name, &bytes).map_err(|error| format!("{name}: {error}"))?);
        }
    }
    Ok(Value::Array(files))
}

#[allow(dead_code)] // Tests include this file for its report.
fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    match report(&arguments) {
        Ok(value) => {
            println!("{value}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
