// SPDX-License-Identifier: Apache-2.0
//! The plaintext of opened records on disk.
//!
//! There is one folder for each record, and one file for each resource.

use crate::{error::CliResult, files};
use bspp_record::Payload;
use serde::Serialize;
use std::path::Path;

/// A record that was written.
#[derive(Serialize)]
pub struct Written {
    rid: String,
    resources: usize,
    bytes: usize,
    folder: String,
}

/// Writes the resources of a record. Only the owner can read them.
pub fn write(out: &Path, rid: &str, payload: &Payload) -> CliResult<Written> {
    let folder = out.join(rid.trim_start_matches("0x"));
    let mut written = Written {
        rid: rid.into(),
        resources: 0,
        bytes: 0,
        folder: folder.display().to_string(),
    };
    // Resources have odd positions; the bytes between them have even ones.
    for piece in payload
        .pieces
        .iter()
        .filter(|piece| piece.position % 2 == 1)
    {
        files::write_private(
            &folder.join(format!("{:06}.json", piece.position)),
            &piece.bytes,
        )?;
        written.resources = written.resources.saturating_add(1);
        written.bytes = written.bytes.saturating_add(piece.bytes.len());
    }
    Ok(written)
}
