// SPDX-License-Identifier: Apache-2.0
//! What a record's plaintext is: pieces of one file, each with its position in it.
//!
//! A file with n resources is 2n + 1 pieces. Those at odd positions are the resources; those at even positions are the bytes
//! before, between and after them. The frame record has every even piece and the resources of no encounter; an encounter's
//! record has that encounter's resources. All pieces in the order of their positions are the file.
//!
//! On the wire it is the SCALE encoding of [`Payload`]'s fields in their order.

use bspp_peks::blake2b_256;
use codec::{Decode, DecodeAll, Encode};
use core::fmt;
use std::collections::BTreeMap;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Version of the container.
pub const CONTAINER_VERSION: u8 = 1;

/// Identifies the file that records come from. Random.
pub type SourceId = [u8; 16];

/// A run of bytes of the file.
#[derive(Clone, PartialEq, Eq, Encode, Decode, Zeroize, ZeroizeOnDrop)]
pub struct Piece {
    /// Odd for a resource, even for bytes around resources.
    pub position: u32,
    /// Exactly as in the file.
    pub bytes: Vec<u8>,
}

/// What a record is of its file.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub enum PayloadKind {
    /// The bytes around the resources, and the resources of no encounter.
    #[codec(index = 0)]
    Frame {
        /// Resources of the whole file.
        resources: u32,
        /// BLAKE2b-256 of the whole file.
        file_hash: [u8; 32],
    },
    /// The resources of one encounter.
    #[codec(index = 1)]
    Encounter {
        /// `Encounter/<id>`, or the reference that names it.
        reference: String,
    },
}

/// Plaintext of a record. Erased when dropped; its `Debug` prints nothing of it.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct Payload {
    /// [`CONTAINER_VERSION`].
    pub version: u8,
    /// The file this record comes from.
    pub source: SourceId,
    /// What this record is of that file.
    pub kind: PayloadKind,
    /// Pieces by rising position.
    pub pieces: Vec<Piece>,
}

/// Why plaintext is no payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContainerError {
    /// The bytes are no SCALE encoding of a payload.
    #[error("InvalidContainer: the plaintext is no record of this project")]
    InvalidContainer,
    /// The container has a version that this program does not know.
    #[error("InvalidVersion: the record has container version {0}")]
    InvalidVersion(u8),
    /// Positions do not rise, or are not those that the kind of record has.
    #[error("InvalidPosition: piece {0} does not belong where it stands")]
    InvalidPosition(u32),
    /// A resource is not UTF-8.
    #[error("InvalidResource: the resource at position {0} is not UTF-8")]
    InvalidResource(u32),
}

/// Why records do not make up a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReassembleError {
    /// No record is the frame.
    #[error("NotFound: the frame record is missing")]
    FrameNotFound,
    /// A resource is in none of the records.
    #[error("NotFound: the piece at position {0} is in none of the records")]
    PieceNotFound(u32),
    /// Records come from different files.
    #[error("SourceMismatch: the records come from different files")]
    SourceMismatch,
    /// Two records differ about a piece, or one has a piece that the file has not.
    #[error("PieceMismatch: the piece at position {0} contradicts another record")]
    PieceMismatch(u32),
    /// The pieces are all there and are not the file.
    #[error("FileHashMismatch: the pieces do not make up the file that was stored")]
    FileHashMismatch,
}

impl Payload {
    /// SCALE encoding. Erased when dropped.
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
            let allowed = is_resource || matches!(self.kind, PayloadKind::Frame { .. });
            if position < least || position > last || !allowed {
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

/// Puts the records of one file together again, in whatever order they come. A record given twice does no harm.
pub fn reassemble<'a>(
    records: impl IntoIterator<Item = &'a Payload>,
) -> Result<Vec<u8>, ReassembleError> {
    let mut pieces: BTreeMap<u32, &[u8]> = BTreeMap::new();
    let mut source = None;
    let mut frame = None;
    for record in records {
        if *source.get_or_insert(record.source) != record.source {
            return Err(ReassembleError::SourceMismatch);
        }
        if let PayloadKind::Frame {
            resources,
            file_hash,
        } = record.kind
        {
            if *frame.get_or_insert((resources, file_hash)) != (resources, file_hash) {
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
    let (resources, file_hash) = frame.ok_or(ReassembleError::FrameNotFound)?;
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
    if blake2b_256(&file) != file_hash {
        return Err(ReassembleError::FileHashMismatch);
    }
    Ok(file)
}

impl Zeroize for Payload {
    fn zeroize(&mut self) {
        self.pieces.zeroize();
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
