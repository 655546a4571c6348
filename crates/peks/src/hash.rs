// SPDX-License-Identifier: Apache-2.0

//! BLAKE2b, HKDF-SHA256 and the length-prefixed encoding of protocol section 1.

use alloc::vec::Vec;
use blake2::{
    digest::{consts::U32, Digest},
    Blake2b, Blake2b512,
};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

/// H of protocol section 1: BLAKE2b without a key, with a 32-byte output.
pub fn blake2b_256(data: &[u8]) -> [u8; 32] {
    blake2b_256_parts(&[data])
}

/// [`blake2b_256`] of the concatenation of `parts`.
pub fn blake2b_256_parts(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Blake2b::<U32>::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// BLAKE2b of the concatenation of `parts`, with a 64-byte output.
///
/// Challenges are reduced from it.
pub(crate) fn blake2b_512_parts(parts: &[&[u8]]) -> [u8; 64] {
    let mut hasher = Blake2b512::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// Appends `lp(bytes)`: a u32 little-endian length, then the bytes.
///
/// No input of the project approaches 4 GiB. A longer input would be encoded with the largest
/// length.
pub fn put_lp(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend_from_slice(bytes);
}

/// HKDF-SHA256 Extract (RFC 5869 section 2.2).
pub(crate) fn extract(salt: &[u8], ikm: &[u8]) -> Zeroizing<[u8; 32]> {
    let (prk, _) = Hkdf::<Sha256>::extract(Some(salt), ikm);
    Zeroizing::new(prk.into())
}

/// HKDF-SHA256 Expand (RFC 5869 section 2.3), with a maximum of 255 · 32 bytes of output.
pub(crate) fn expand<const N: usize>(prk: &[u8; 32], info: &[&[u8]]) -> Zeroizing<[u8; N]> {
    const { assert!(N <= 255 * 32) };
    let mut out = Zeroizing::new([0u8; N]);
    // Neither call can fail: the key has the length of the hash, and N is within the limit checked
    // above.
    if let Ok(hkdf) = Hkdf::<Sha256>::from_prk(prk) {
        let _ = hkdf.expand_multi_info(info, out.as_mut_slice());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn put_lp_should_prefix_the_length() {
        let mut out = Vec::new();
        put_lp(&mut out, b"ab");
        assert_eq!(out, [2, 0, 0, 0, b'a', b'b']);
    }

    #[test]
    fn hkdf_should_match_rfc_5869_case_1() {
        let prk = extract(
            &hex::decode("000102030405060708090a0b0c").unwrap(),
            &[0x0b; 22],
        );
        let okm = expand::<42>(&prk, &[&hex::decode("f0f1f2f3f4f5f6f7f8f9").unwrap()]);
        assert_eq!(
            hex::encode(okm.as_slice()),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
        );
    }
}
