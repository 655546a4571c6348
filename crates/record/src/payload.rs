// SPDX-License-Identifier: Apache-2.0
//! Encryption of a record's plaintext (protocol section 6).
//!
//! ```text
//! ciphertext = header ‖ segment 0 ‖ segment 1 ‖ …
//! header     = "BSPP" ‖ version 1 (1 byte) ‖ nonce prefix (19 random bytes)
//! segment    = XChaCha20-Poly1305 of 64 KiB (the last one: of 1 byte to 64 KiB),
//!              16-byte tag at its end, associated data = header,
//!              nonce = prefix ‖ segment number (u32 BE) ‖ 1 if last, else 0
//! inside     = plaintext length (u32 LE) ‖ zstd length (u32 LE) ‖ zstd
//!              ‖ zeros up to the next Padmé length
//! ```
//!
//! Segments follow the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015): decryption
//! detects segments that were cut off, swapped or repeated. Padmé (Nikitin et al., PETS 2019)
//! reveals O(log log n) bits about the length.

use bspp_types::MAX_PAYLOAD_BYTES;
use chacha20poly1305::{
    aead::{
        stream::{DecryptorBE32, EncryptorBE32, Nonce, StreamBE32},
        KeyInit, Payload,
    },
    XChaCha20Poly1305,
};
use core::fmt;
use rand_core::{CryptoRng, RngCore};
use std::io::Read;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The size of a segment's plaintext, in bytes.
pub const SEGMENT_BYTES: usize = 64 * 1024;
/// Maximum size of a plaintext: 56 MiB.
pub const MAX_PLAINTEXT_BYTES: usize = 56 * 1024 * 1024;
/// Maximum size of a ciphertext.
pub const MAX_CIPHERTEXT_BYTES: usize = MAX_PAYLOAD_BYTES as usize;

const MAGIC: &[u8; 4] = b"BSPP";
const VERSION: u8 = 1;
const PREFIX_BYTES: usize = 19;
const HEADER_BYTES: usize = 5 + PREFIX_BYTES;
const TAG_BYTES: usize = 16;
const LENGTHS_BYTES: usize = 8;
const ZSTD_LEVEL: i32 = 3;
/// The largest window that a decoder allocates: 8 MiB, the maximum of this level.
const MAX_WINDOW_LOG: u32 = 23;

/// A record's data key. Erased when dropped; its `Debug` prints nothing.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct DataKey([u8; 32]);

impl DataKey {
    /// A fresh key.
    pub fn generate<R: RngCore + CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut key = Self([0; 32]);
        rng.fill_bytes(&mut key.0);
        key
    }

    pub(crate) fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey")
    }
}

/// The reasons for which a payload cannot be encrypted or decrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PayloadError {
    /// The plaintext is larger than [`MAX_PLAINTEXT_BYTES`], or declares a larger length.
    #[error("MaxPlaintextBytesExceeded: the plaintext has {0} bytes")]
    MaxPlaintextBytesExceeded(usize),
    /// The ciphertext is larger than [`MAX_CIPHERTEXT_BYTES`].
    #[error("MaxCiphertextBytesExceeded: the ciphertext has {0} bytes")]
    MaxCiphertextBytesExceeded(usize),
    /// The ciphertext is too short for a header and a segment, or begins with something else.
    #[error("InvalidHeader: this is not an encrypted record")]
    InvalidHeader,
    /// The header has a version that this program does not know.
    #[error("InvalidVersion: the ciphertext has version {0}")]
    InvalidVersion(u8),
    /// A segment was changed, moved or cut off, or the key belongs to another record.
    #[error("InvalidSegment: segment {0} does not decrypt")]
    InvalidSegment(usize),
    /// The lengths or the padding inside the ciphertext are wrong.
    #[error("InvalidPadding: lengths or padding inside the ciphertext are wrong")]
    InvalidPadding,
    /// The content is not a zstd frame of the declared length.
    #[error("InvalidCompression: the plaintext does not decompress to the length it says")]
    InvalidCompression,
    /// The encoder failed. No input is known to cause this.
    #[error("InvalidState: encryption failed")]
    InvalidState,
}

/// The next Padmé length: no more than 12 % larger, with O(log log n) bits of information.
pub fn padme(length: usize) -> usize {
    let Some(exponent) = length.checked_ilog2().filter(|exponent| *exponent > 0) else {
        return length;
    };
    let significant = exponent.ilog2().saturating_add(1);
    let mask = 1usize
        .checked_shl(exponent.saturating_sub(significant))
        .map_or(0, |bit| bit.saturating_sub(1));
    length.saturating_add(mask) & !mask
}

fn stream_nonce(
    prefix: &[u8],
) -> Result<Nonce<XChaCha20Poly1305, StreamBE32<XChaCha20Poly1305>>, PayloadError> {
    let prefix: [u8; PREFIX_BYTES] = prefix.try_into().map_err(|_| PayloadError::InvalidHeader)?;
    Ok(prefix.into())
}

/// Compresses, pads and encrypts.
pub fn seal<R: RngCore + CryptoRng + ?Sized>(
    key: &DataKey,
    plaintext: &[u8],
    rng: &mut R,
) -> Result<Vec<u8>, PayloadError> {
    if plaintext.len() > MAX_PLAINTEXT_BYTES {
        return Err(PayloadError::MaxPlaintextBytesExceeded(plaintext.len()));
    }
    let packed =
        zstd::bulk::compress(plaintext, ZSTD_LEVEL).map_err(|_| PayloadError::InvalidState)?;
    let packed = Zeroizing::new(packed);
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).map_err(|_| PayloadError::InvalidState);
    let size = padme(packed.len().saturating_add(LENGTHS_BYTES));
    let mut inside = Zeroizing::new(Vec::with_capacity(size));
    inside.extend_from_slice(&length(plaintext)?.to_le_bytes());
    inside.extend_from_slice(&length(&packed)?.to_le_bytes());
    inside.extend_from_slice(&packed);
    inside.resize(size, 0);

    let mut header = [0u8; HEADER_BYTES];
    rng.fill_bytes(&mut header);
    let (start, prefix) = header.split_at_mut(5);
    start.copy_from_slice(&[MAGIC[0], MAGIC[1], MAGIC[2], MAGIC[3], VERSION]);
    let nonce = stream_nonce(prefix)?;
    let mut stream = EncryptorBE32::from_aead(XChaCha20Poly1305::new((&key.0).into()), &nonce);
    let mut ciphertext = header.to_vec();
    let mut rest = inside.as_slice();
    while let Some((segment, after)) = rest
        .split_at_checked(SEGMENT_BYTES)
        .filter(|(_, after)| !after.is_empty())
    {
        let sealed = stream.encrypt_next(Payload {
            msg: segment,
            aad: &header,
        });
        ciphertext.extend(sealed.map_err(|_| PayloadError::InvalidState)?);
        rest = after;
    }
    let sealed = stream.encrypt_last(Payload {
        msg: rest,
        aad: &header,
    });
    ciphertext.extend(sealed.map_err(|_| PayloadError::InvalidState)?);
    if ciphertext.len() > MAX_CIPHERTEXT_BYTES {
        return Err(PayloadError::MaxCiphertextBytesExceeded(ciphertext.len()));
    }
    Ok(ciphertext)
}

/// Decrypts, checks and decompresses.
///
/// It never writes more than [`MAX_PLAINTEXT_BYTES`], whatever length the ciphertext declares.
pub fn open(key: &DataKey, ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>, PayloadError> {
    let inside = open_segments(key, ciphertext)?;
    let (lengths, rest) = inside
        .split_first_chunk::<LENGTHS_BYTES>()
        .ok_or(PayloadError::InvalidPadding)?;
    let [a, b, c, d, e, f, g, h] = *lengths;
    let length = u32::from_le_bytes([a, b, c, d]) as usize;
    let packed_length = u32::from_le_bytes([e, f, g, h]) as usize;
    if length > MAX_PLAINTEXT_BYTES {
        return Err(PayloadError::MaxPlaintextBytesExceeded(length));
    }
    let (packed, padding) = rest
        .split_at_checked(packed_length)
        .ok_or(PayloadError::InvalidPadding)?;
    let expected = padme(packed_length.saturating_add(LENGTHS_BYTES));
    if inside.len() != expected || padding.iter().any(|byte| *byte != 0) {
        return Err(PayloadError::InvalidPadding);
    }
    decompress(packed, length)
}

fn open_segments(key: &DataKey, ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>, PayloadError> {
    if ciphertext.len() > MAX_CIPHERTEXT_BYTES {
        return Err(PayloadError::MaxCiphertextBytesExceeded(ciphertext.len()));
    }
    let (header, mut rest) = ciphertext
        .split_at_checked(HEADER_BYTES)
        .ok_or(PayloadError::InvalidHeader)?;
    let (start, prefix) = header
        .split_at_checked(5)
        .ok_or(PayloadError::InvalidHeader)?;
    match start.split_at_checked(4) {
        Some((magic, [VERSION])) if magic == MAGIC => {}
        Some((magic, [version])) if magic == MAGIC => {
            return Err(PayloadError::InvalidVersion(*version))
        }
        _ => return Err(PayloadError::InvalidHeader),
    }
    let nonce = stream_nonce(prefix)?;
    let mut stream = DecryptorBE32::from_aead(XChaCha20Poly1305::new((&key.0).into()), &nonce);
    let mut inside = Zeroizing::new(Vec::with_capacity(rest.len()));
    let mut number = 0usize;
    let full = SEGMENT_BYTES.saturating_add(TAG_BYTES);
    while let Some((segment, after)) = rest
        .split_at_checked(full)
        .filter(|(_, after)| !after.is_empty())
    {
        let opened = stream.decrypt_next(Payload {
            msg: segment,
            aad: header,
        });
        let opened = Zeroizing::new(opened.map_err(|_| PayloadError::InvalidSegment(number))?);
        inside.extend_from_slice(&opened);
        number = number.saturating_add(1);
        rest = after;
    }
    let opened = stream.decrypt_last(Payload {
        msg: rest,
        aad: header,
    });
    let opened = Zeroizing::new(opened.map_err(|_| PayloadError::InvalidSegment(number))?);
    inside.extend_from_slice(&opened);
    Ok(inside)
}

fn decompress(packed: &[u8], length: usize) -> Result<Zeroizing<Vec<u8>>, PayloadError> {
    let failed = |_| PayloadError::InvalidCompression;
    let mut decoder = zstd::stream::read::Decoder::with_buffer(packed).map_err(failed)?;
    decoder.window_log_max(MAX_WINDOW_LOG).map_err(failed)?;
    // The buffer has one extra byte, so that reading never moves the plaintext and leaves a copy
    // behind.
    let limit = length.saturating_add(1);
    let mut plaintext = Zeroizing::new(vec![0u8; limit]);
    let mut filled = 0usize;
    while let Some(room) = plaintext.get_mut(filled..).filter(|room| !room.is_empty()) {
        match decoder.read(room).map_err(failed)? {
            0 => break,
            count => filled = filled.saturating_add(count),
        }
    }
    if filled != length {
        return Err(PayloadError::InvalidCompression);
    }
    plaintext.truncate(length);
    Ok(plaintext)
}
