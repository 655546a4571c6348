// SPDX-License-Identifier: Apache-2.0
//! The node's own votes of the newest round, in a file that outlives the database.

use super::Target;
use bspp_primitives::Hash;
use codec::{Decode, DecodeAll, Encode};
use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

/// Name of the file in the keystore's folder.
///
/// The keystore ignores names that are not hexadecimal.
const NAME: &str = "finality-votes";
/// Version of the file's format.
const VERSION: u8 = 1;

/// A vote that GRANDPA wants to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vote {
    /// The proposal of the round's primary voter.
    Propose(Target),
    /// A prevote.
    Prevote(Target),
    /// A precommit.
    Precommit(Target),
}

/// The votes of a key in a round of a set.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Record {
    /// Genesis hash of the chain.
    pub genesis: Hash,
    /// Number of the set.
    pub set: u64,
    /// Number of the round.
    pub round: u64,
    /// The GRANDPA key.
    pub key: [u8; 32],
    /// The proposal, if the node made one.
    pub propose: Option<Target>,
    /// The prevote, if the node made one.
    pub prevote: Option<Target>,
    /// The precommit, if the node made one.
    pub precommit: Option<Target>,
}

/// Whether a vote may be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It may, after this record was stored.
    Store(Record),
    /// It may. The record already has it.
    Known,
    /// It may not: it would be a second vote, or belongs to an earlier round.
    Refuse,
}

impl Record {
    /// An empty record of a round.
    pub const fn new(genesis: Hash, set: u64, round: u64, key: [u8; 32]) -> Self {
        Self {
            genesis,
            set,
            round,
            key,
            propose: None,
            prevote: None,
            precommit: None,
        }
    }

    /// Judges a vote by the record of earlier ones.
    pub fn admit(
        before: Option<&Self>,
        genesis: Hash,
        key: [u8; 32],
        (set, round): (u64, u64),
        vote: Vote,
    ) -> Admission {
        let mut record = match before {
            Some(record) if (record.set, record.round) > (set, round) => return Admission::Refuse,
            Some(record) if (record.set, record.round) == (set, round) => {
                if record.key != key {
                    return Admission::Refuse;
                }
                record.clone()
            }
            _ => Self::new(genesis, set, round, key),
        };
        let (place, target) = match vote {
            Vote::Propose(target) => (&mut record.propose, target),
            Vote::Prevote(target) => (&mut record.prevote, target),
            Vote::Precommit(target) => (&mut record.precommit, target),
        };
        match place {
            Some(voted) if *voted == target => Admission::Known,
            Some(_) => Admission::Refuse,
            None => {
                *place = Some(target);
                Admission::Store(record)
            }
        }
    }
}

/// The file with the record.
#[derive(Clone, Debug)]
pub struct File {
    folder: PathBuf,
}

impl File {
    /// The file in a keystore's folder.
    pub fn new(keystore: &Path) -> Self {
        Self {
            folder: keystore.to_owned(),
        }
    }

    /// The path of the file.
    pub fn path(&self) -> PathBuf {
        self.folder.join(NAME)
    }

    /// Reads the record for the chain with this genesis hash.
    ///
    /// `None` if there is no file, or if it belongs to another chain.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be read, or is not in the format of this version.
    pub fn read(&self, genesis: Hash) -> io::Result<Option<Record>> {
        let bytes = match fs::read(self.path()) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let record = match bytes.split_first() {
            Some((&VERSION, mut rest)) => Record::decode_all(&mut rest).ok(),
            _ => None,
        };
        let record = record.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))?;
        Ok((record.genesis == genesis).then_some(record))
    }

    /// Stores the record. It is on the medium when the function returns.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be written.
    pub fn write(&self, record: &Record) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let new = self.folder.join(format!("{NAME}.new"));
        let mut file = fs::File::create(&new)?;
        file.write_all(&[VERSION])?;
        file.write_all(&record.encode())?;
        file.sync_all()?;
        fs::rename(&new, self.path())?;
        fs::File::open(&self.folder)?.sync_all()
    }
}
