// SPDX-License-Identifier: Apache-2.0
//! Gives the node the name of its commit, if it is built in a git checkout.

use std::process::Command;

fn main() {
    // If the file did not exist, cargo would rerun this script at every build.
    let head = "../.git/HEAD";
    if std::path::Path::new(head).exists() {
        println!("cargo:rerun-if-changed={head}");
    } else {
        println!("cargo:rerun-if-changed=build.rs");
    }
    let commit = Command::new("git")
        .args(["rev-parse", "--short=11", "HEAD"])
        .output()
        .ok()
        .filter(|output| output.status.success())
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
        .unwrap_or_else(|| "unknown".into());
    println!("cargo:rustc-env=BSPP_COMMIT={commit}");
}
