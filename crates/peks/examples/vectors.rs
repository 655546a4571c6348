// SPDX-License-Identifier: Apache-2.0

//! Writes `tests/vectors/bspp-v2.json` again.
//!
//! The result is the same on every run; a difference means that the protocol's encodings changed.

#[path = "../tests/common/mod.rs"]
mod common;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let vectors = common::vectors::compute::<bspp_peks::ArkBackend>();
    std::fs::write(
        common::vectors::FILE,
        serde_json::to_string_pretty(&vectors)? + "\n",
    )?;
    println!("wrote {}", common::vectors::FILE);
    Ok(())
}
