// SPDX-License-Identifier: Apache-2.0
//! The plaintext of a record: pieces of one file, each with its position in the file.
//!
//! A file with n resources has 2n + 1 pieces. The pieces at odd positions are the resources; the
//! pieces at even positions are the bytes before, between and after them. The record of an encounter
//! has the resources of that encounter, and the bytes between two of them. The frame record has the
//! rest. All pieces in the order of their positions are the file.
//!
//! The frame record has a hash of the file, with a salt that is shared over all records of the file:
//! it is the XOR of the salt shares of all of them. So the hash confirms a guess of the file to
//! nobody who lacks one record.
//!
//! The encoded form is the SCALE encoding of [`Payload`]'s fields in their order.

use bspp_peks::{blake2b_256_parts, domain};
use codec::{Decode, DecodeAll, Encode};
use core::fmt;
use std::collections::{BTreeMap, BTreeSet};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The version of the container.
pub const CONTAINER_VERSION: u8 = 2;

/// The random identifier of the file that records come from.
pub type SourceId = [u8; 16];

/// A run of bytes of the file.
#[derive(Clone, PartialEq, Eq, Encode, Decode, Zeroize, ZeroizeOnDrop)]
pub struct Piece {
    /// Odd for a resource, even for the bytes around resources.
    pub position: u32,
    /// The bytes, exactly as in the file.
    pub bytes: Vec<u8>,
}

/// The part of its file that a record holds.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub enum PayloadKind {
    /// The bytes around the resources, and the resources of no encounter.
    #[codec(index = 0)]
    Frame {
        /// The number of resources of the whole file.
        resources: u32,
        /// The number of records of the file, this one included.
        records: u32,
        /// [`file_hash`] of the whole file.
        file_hash: [u8; 32],
    },
    /// The resources of one encounter.
    #[codec(index = 1)]
    Encounter {
        /// `Encounter/<id>`, or the reference that names it.
        reference: String,
    },
}

/// The plaintext of a record. It is erased when dropped; its `Debug` prints nothing of it.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct Payload {
    /// [`CONTAINER_VERSION`].
    pub version: u8,
    /// The file that this record comes from.
    pub source: SourceId,
    /// The share of this record in the salt of the file's hash.
    pub salt_share: [u8; 32],
    /// The part of that file that this record holds.
    pub kind: PayloadKind,
    /// The pieces in ascending order of their positions.
    pub pieces: Vec<Piece>,
}

/// The reasons for which plaintext is not a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContainerError {
    /// The bytes are not the SCALE encoding of a payload.
    #[error("InvalidContainer: the plaintext is not a record of this project")]
    InvalidContainer,
    /// The container has a version that this program does not know.
    #[error("InvalidVersion: the record has container version {0}")]
    InvalidVersion(u8),
    /// The positions are not ascending, or are not the positions of this kind of record.
    #[error("InvalidPosition: piece {0} is not in its place")]
    InvalidPosition(u32),
    /// A resource is not UTF-8.
    #[error("InvalidResource: the resource at position {0} is not UTF-8")]
    InvalidResource(u32),
}

/// The reasons for which records do not make up a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReassembleError {
    /// The frame record is missing.
    #[error("NotFound: the frame record is missing")]
    FrameNotFound,
    /// A record of the file is missing, though others have its pieces.
    #[error("NotFound: one of the records of the file is missing")]
    RecordNotFound,
    /// A resource is in none of the records.
    #[error("NotFound: the piece at position {0} is in none of the records")]
    PieceNotFound(u32),
    /// The records come from different files.
    #[error("SourceMismatch: the records come from different files")]
    SourceMismatch,
    /// Two records differ about a piece, or one has a piece that the file does not have.
    #[error("PieceMismatch: the piece at position {0} contradicts another record")]
    PieceMismatch(u32),
    /// All pieces are present, but they do not make up the file.
    #[error("FileHashMismatch: the pieces do not make up the file that was stored")]
    FileHashMismatch,
}

impl Payload {
    /// The SCALE encoding, erased when dropped.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(self.encoded_size()));
        self.encode_to(&mut *bytes);
        bytes
    }

    /// Decodes and checks a plaintext.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ContainerError> {
        match bytes.first() {
            Some(&CONTAINER_VERSION) => {}
            Some(&version) => return Err(ContainerError::InvalidVersion(version)),
            None => return Err(ContainerError::InvalidContainer),
        }
        let payload =
            Self::decode_all(&mut &bytes[..]).map_err(|_| ContainerError::InvalidContainer)?;
        payload.check()?;
        Ok(payload)
    }

    fn check(&self) -> Result<(), ContainerError> {
        let last = match self.kind {
            PayloadKind::Frame { resources, .. } => resources.saturating_mul(2),
            PayloadKind::Encounter { .. } => u32::MAX,
        };
        let mut least = 0u32;
        for piece in &self.pieces {
            let position = piece.position;
            let is_resource = position % 2 == 1;
            if position < least || position > last {
                return Err(ContainerError::InvalidPosition(position));
            }
            if is_resource && core::str::from_utf8(&piece.bytes).is_err() {
                return Err(ContainerError::InvalidResource(position));
            }
            least = position.saturating_add(1);
        }
        Ok(())
    }

    /// The record's FHIR resources, each as JSON exactly as in the file.
    pub fn resources(&self) -> impl Iterator<Item = &str> {
        self.pieces
            .iter()
            .filter(|piece| piece.position % 2 == 1)
            .filter_map(|piece| core::str::from_utf8(&piece.bytes).ok())
    }

    /// The encounter's reference, or `frame`.
    pub fn label(&self) -> &str {
        match &self.kind {
            PayloadKind::Frame { .. } => "frame",
            PayloadKind::Encounter { reference } => reference,
        }
    }
}

/// The salt of a file: the XOR of the salt shares of all its records.
pub fn salt<'a>(shares: impl IntoIterator<Item = &'a [u8; 32]>) -> [u8; 32] {
    shares.into_iter().fold([0; 32], |mut salt, share| {
        for (byte, other) in salt.iter_mut().zip(share) {
            *byte ^= other;
        }
        salt
    })
}

/// `H(FILE_HASH ‖ salt ‖ file)`.
pub fn file_hash(salt: &[u8; 32], file: &[u8]) -> [u8; 32] {
    blake2b_256_parts(&[domain::FILE_HASH, salt, file])
}

/// Reassembles a file from its records, in any order. Duplicate records are permitted.
pub fn reassemble<'a>(
    records: impl IntoIterator<Item = &'a Payload>,
) -> Result<Vec<u8>, ReassembleError> {
    let mut pieces: BTreeMap<u32, &[u8]> = BTreeMap::new();
    let mut source = None;
    let mut frame = None;
    let mut shares = BTreeSet::new();
    for record in records {
        shares.insert(record.salt_share);
        if *source.get_or_insert(record.source) != record.source {
            return Err(ReassembleError::SourceMismatch);
        }
        if let PayloadKind::Frame {
            resources,
            records,
            file_hash,
        } = record.kind
        {
            let facts = (resources, records, file_hash);
            if *frame.get_or_insert(facts) != facts {
                return Err(ReassembleError::SourceMismatch);
            }
        }
        for piece in &record.pieces {
            match pieces.insert(piece.position, &piece.bytes) {
                Some(known) if known != piece.bytes.as_slice() => {
                    return Err(ReassembleError::PieceMismatch(piece.position))
                }
                _ => {}
            }
        }
    }
    let (resources, count, file_hash) = frame.ok_or(ReassembleError::FrameNotFound)?;
    let last = resources.saturating_mul(2);
    if let Some((position, _)) = pieces.range(last.saturating_add(1)..).next() {
        return Err(ReassembleError::PieceMismatch(*position));
    }
    let mut file = Vec::with_capacity(pieces.values().map(|piece| piece.len()).sum());
    for position in 0..=last {
        let piece = pieces
            .get(&position)
            .ok_or(ReassembleError::PieceNotFound(position))?;
        file.extend_from_slice(piece);
    }
    // A record whose pieces others have too may be missing: then the salt is unknown.
    if u32::try_from(shares.len()) != Ok(count) {
        return Err(ReassembleError::RecordNotFound);
    }
    if self::file_hash(&salt(shares.iter()), &file) != file_hash {
        return Err(ReassembleError::FileHashMismatch);
    }
    Ok(file)
}

impl Zeroize for Payload {
    fn zeroize(&mut self) {
        self.pieces.zeroize();
        self.salt_share.zeroize();
        if let PayloadKind::Encounter { reference } = &mut self.kind {
            reference.zeroize();
        }
    }
}

impl Drop for Payload {
    fn drop(&mut self) {
        self.zeroize();
    }
}

impl ZeroizeOnDrop for Payload {}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Payload({} pieces)", self.pieces.len())
    }
}
