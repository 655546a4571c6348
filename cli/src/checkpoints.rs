// SPDX-License-Identifier: Apache-2.0
//! The newest checkpoint of each consortium chain that a person follows.
//!
//! A patient's wallet keeps them inside. A doctor's are in a file beside the key file: they are public,
//! and the first one comes with the card of the doctor's hospital.

use crate::{
    error::{CliError, CliResult},
    files,
    values::hex0x,
};
use bspp_client::proved::Checkpoint;
use bspp_types::H256;
use codec::{DecodeAll, Encode};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Checkpoints, one for each chain, as hex of their SCALE encoding.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Checkpoints(Vec<String>);

impl Checkpoints {
    fn decoded(&self) -> CliResult<Vec<Checkpoint>> {
        self.0
            .iter()
            .map(|text| {
                checkpoint_of(text).ok_or_else(|| CliError::failed("a kept checkpoint is damaged"))
            })
            .collect()
    }

    /// The checkpoint of a chain.
    pub fn of(&self, chain: &H256) -> CliResult<Option<Checkpoint>> {
        let known = self.decoded()?;
        Ok(known.into_iter().find(|known| known.chain == *chain))
    }

    /// Keeps a checkpoint if it is newer than the known one: trust never moves back.
    pub fn note(&mut self, checkpoint: &Checkpoint) -> CliResult<()> {
        let mut all = self.decoded()?;
        match all.iter_mut().find(|known| known.chain == checkpoint.chain) {
            Some(known) if known.number >= checkpoint.number => return Ok(()),
            Some(known) => *known = checkpoint.clone(),
            None => all.push(checkpoint.clone()),
        }
        self.0 = all.iter().map(|known| hex0x(known.encode())).collect();
        Ok(())
    }
}

/// Reads a checkpoint that was written as hex of its SCALE encoding.
pub fn checkpoint_of(text: &str) -> Option<Checkpoint> {
    let bytes = hex::decode(text.trim_start_matches("0x")).ok()?;
    Checkpoint::decode_all(&mut bytes.as_slice()).ok()
}

/// The checkpoints of a doctor.
pub struct DoctorCheckpoints {
    path: PathBuf,
    kept: Checkpoints,
}

impl DoctorCheckpoints {
    /// Reads the file beside a key file, `<key file>.checkpoints`. A missing file has none.
    pub fn read(key: &Path) -> CliResult<Self> {
        let mut path = key.as_os_str().to_owned();
        path.push(".checkpoints");
        let path = PathBuf::from(path);
        let kept = if path.exists() {
            files::read_json(&path)?
        } else {
            Checkpoints::default()
        };
        Ok(Self { path, kept })
    }

    /// The checkpoint of a chain.
    ///
    /// # Errors
    /// The doctor has none: it comes with the hospital's card.
    pub fn of(&self, chain: &H256) -> CliResult<Checkpoint> {
        self.kept.of(chain)?.ok_or_else(|| {
            CliError::NotFound(
                "the doctor has no checkpoint of this consortium; take it from the hospital's card \
                 with `bspp doctor requester-key --card`"
                    .into(),
            )
        })
    }

    /// Keeps a checkpoint in the file, if it is newer than the known one.
    pub fn keep(&mut self, checkpoint: &Checkpoint) -> CliResult<()> {
        self.kept.note(checkpoint)?;
        files::write_json(&self.path, &self.kept)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::card::tests::checkpoint;

    #[test]
    fn checkpoints_of_a_doctor_should_not_go_back_and_stay_by_chain() {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("doctor.age");
        let chain = H256([1; 32]);
        let mut kept = DoctorCheckpoints::read(&key).unwrap();
        let missing = kept.of(&chain).unwrap_err().to_string();
        assert!(missing.contains("requester-key --card"), "{missing}");
        for number in [10, 20, 15] {
            kept.keep(&checkpoint(1, number)).unwrap();
        }
        kept.keep(&checkpoint(2, 5)).unwrap();
        let kept = DoctorCheckpoints::read(&key).unwrap();
        assert_eq!(kept.of(&chain).unwrap().number, 20);
        assert_eq!(kept.of(&H256([2; 32])).unwrap().number, 5);
    }

    #[test]
    fn damaged_checkpoint_should_be_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("doctor.age");
        files::write_json(&folder.path().join("doctor.age.checkpoints"), &["0x00"]).unwrap();
        let kept = DoctorCheckpoints::read(&key).unwrap();
        assert!(kept.of(&H256([1; 32])).is_err());
    }
}
