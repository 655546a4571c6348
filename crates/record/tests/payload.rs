// SPDX-License-Identifier: Apache-2.0
//! Payload encryption: lengths, tampering, and hostile content of a sender with the key.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod common;

use bspp_record::payload::{
    open, padme, seal, DataKey, PayloadError, MAX_CIPHERTEXT_BYTES, MAX_PLAINTEXT_BYTES,
    SEGMENT_BYTES,
};
use chacha20poly1305::{
    aead::{
        stream::{EncryptorBE32, Nonce, StreamBE32},
        KeyInit, Payload,
    },
    XChaCha20Poly1305,
};
use common::rng;
use proptest::prelude::*;
use rand::RngCore;

/// A key whose bytes the tests know.
struct Fixed(u8);

impl RngCore for Fixed {
    fn next_u32(&mut self) -> u32 {
        u32::from_le_bytes([self.0; 4])
    }
    fn next_u64(&mut self) -> u64 {
        u64::from_le_bytes([self.0; 8])
    }
    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        bytes.fill(self.0);
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand::Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl rand::CryptoRng for Fixed {}

fn key() -> DataKey {
    DataKey::generate(&mut Fixed(4))
}

/// Encrypts any content as a holder of the key could, honest or not.
fn craft(inside: &[u8]) -> Vec<u8> {
    let mut header = b"BSPP\x01".to_vec();
    header.extend([6; 19]);
    let nonce: [u8; 19] = [6; 19];
    let nonce: Nonce<XChaCha20Poly1305, StreamBE32<XChaCha20Poly1305>> = nonce.into();
    let mut stream = EncryptorBE32::from_aead(XChaCha20Poly1305::new(&[4; 32].into()), &nonce);
    let mut ciphertext = header.clone();
    let segments: Vec<&[u8]> = inside.chunks(SEGMENT_BYTES).collect();
    let (last, before) = segments.split_last().unwrap();
    for segment in before {
        ciphertext.extend(
            stream
                .encrypt_next(Payload {
                    msg: segment,
                    aad: &header,
                })
                .unwrap(),
        );
    }
    ciphertext.extend(
        stream
            .encrypt_last(Payload {
                msg: last,
                aad: &header,
            })
            .unwrap(),
    );
    ciphertext
}

fn inside(length: u32, packed: &[u8]) -> Vec<u8> {
    let mut inside = length.to_le_bytes().to_vec();
    inside.extend(u32::try_from(packed.len()).unwrap().to_le_bytes());
    inside.extend(packed);
    inside.resize(padme(inside.len()), 0);
    inside
}

fn noise(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    rng(1).fill_bytes(&mut bytes);
    bytes
}

#[test]
fn open_should_return_the_plaintext() {
    // Lengths around the borders of segments; noise does not compress.
    for length in [0, 1, 7, 1000, 65_500, 65_536, 65_537, 131_072, 400_000] {
        let plaintext = noise(length);
        let ciphertext = seal(&key(), &plaintext, &mut rng(2)).unwrap();
        assert!(*open(&key(), &ciphertext).unwrap() == plaintext, "{length}");
    }
}

#[test]
fn seal_should_hide_small_differences_of_length() {
    let lengths: std::collections::BTreeSet<usize> = (100_000..100_400)
        .map(|n| seal(&key(), &noise(n), &mut rng(2)).unwrap().len())
        .collect();
    assert!(lengths.len() <= 2, "{lengths:?}");
}

#[test]
fn padme_should_match_the_paper() {
    // Nikitin et al., section 4: a length has as many significant bits as the length of its
    // exponent.
    for (length, padded) in [
        (0, 0),
        (1, 1),
        (2, 2),
        (8, 8),
        (9, 10),
        (15, 16),
        (17, 18),
        (1000, 1024),
        (1025, 1088),
        (100_000, 100_352),
    ] {
        assert_eq!(padme(length), padded, "{length}");
    }
}

#[test]
fn open_should_fail_when_a_byte_is_tampered_with() {
    let ciphertext = seal(&key(), &noise(150_000), &mut rng(2)).unwrap();
    for place in [24, 100, 65_550, ciphertext.len() - 1] {
        let mut tampered = ciphertext.clone();
        tampered[place] ^= 1;
        let segment = (place - 24) / (SEGMENT_BYTES + 16);
        assert_eq!(
            open(&key(), &tampered).unwrap_err(),
            PayloadError::InvalidSegment(segment)
        );
    }
    let mut magic = ciphertext.clone();
    magic[0] ^= 1;
    assert_eq!(
        open(&key(), &magic).unwrap_err(),
        PayloadError::InvalidHeader
    );
    let mut version = ciphertext.clone();
    version[4] = 2;
    assert_eq!(
        open(&key(), &version).unwrap_err(),
        PayloadError::InvalidVersion(2)
    );
    let mut nonce = ciphertext;
    nonce[5] ^= 1;
    assert_eq!(
        open(&key(), &nonce).unwrap_err(),
        PayloadError::InvalidSegment(0)
    );
}

#[test]
fn open_should_fail_when_segments_are_cut_off_or_swapped() {
    let ciphertext = seal(&key(), &noise(150_000), &mut rng(2)).unwrap();
    let border = 24 + SEGMENT_BYTES + 16;
    assert_eq!(
        open(&key(), &ciphertext[..border]).unwrap_err(),
        PayloadError::InvalidSegment(0)
    );
    let second = border + SEGMENT_BYTES + 16;
    let swapped = [
        &ciphertext[..24],
        &ciphertext[border..second],
        &ciphertext[24..border],
        &ciphertext[second..],
    ]
    .concat();
    assert_eq!(
        open(&key(), &swapped).unwrap_err(),
        PayloadError::InvalidSegment(0)
    );
    for length in [0, 3, 23] {
        assert_eq!(
            open(&key(), &ciphertext[..length]).unwrap_err(),
            PayloadError::InvalidHeader
        );
    }
    assert_eq!(
        open(&key(), &ciphertext[..24]).unwrap_err(),
        PayloadError::InvalidSegment(0)
    );
}

#[test]
fn open_should_fail_when_the_key_is_another_records() {
    let ciphertext = seal(&key(), b"text", &mut rng(2)).unwrap();
    let other = DataKey::generate(&mut Fixed(5));
    assert_eq!(
        open(&other, &ciphertext).unwrap_err(),
        PayloadError::InvalidSegment(0)
    );
}

#[test]
fn open_should_stop_when_the_inside_is_a_decompression_bomb() {
    let huge = vec![0u8; MAX_PLAINTEXT_BYTES + 1];
    let packed = zstd::bulk::compress(&huge, 3).unwrap();
    let honest = craft(&inside(u32::try_from(huge.len()).unwrap(), &packed));
    assert_eq!(
        open(&key(), &honest).unwrap_err(),
        PayloadError::MaxPlaintextBytesExceeded(MAX_PLAINTEXT_BYTES + 1)
    );
    // The declared length is wrong.
    let lying = craft(&inside(1000, &packed));
    assert_eq!(
        open(&key(), &lying).unwrap_err(),
        PayloadError::InvalidCompression
    );
    let short = craft(&inside(1000, &zstd::bulk::compress(&[0; 999], 3).unwrap()));
    assert_eq!(
        open(&key(), &short).unwrap_err(),
        PayloadError::InvalidCompression
    );
    assert_eq!(
        open(&key(), &craft(&inside(4, b"nozstd"))).unwrap_err(),
        PayloadError::InvalidCompression
    );
}

#[test]
fn open_should_fail_when_the_padding_is_wrong() {
    let packed = zstd::bulk::compress(&noise(100), 3).unwrap();
    let right = inside(100, &packed);
    assert_eq!(*open(&key(), &craft(&right)).unwrap(), noise(100));
    let mut marked = right.clone();
    *marked.last_mut().unwrap() = 1;
    assert_eq!(
        open(&key(), &craft(&marked)).unwrap_err(),
        PayloadError::InvalidPadding
    );
    let mut longer = right.clone();
    longer.push(0);
    assert_eq!(
        open(&key(), &craft(&longer)).unwrap_err(),
        PayloadError::InvalidPadding
    );
    let mut beyond = right;
    beyond[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(
        open(&key(), &craft(&beyond)).unwrap_err(),
        PayloadError::InvalidPadding
    );
    assert_eq!(
        open(&key(), &craft(&[1; 7])).unwrap_err(),
        PayloadError::InvalidPadding
    );
}

#[test]
fn seal_and_open_should_fail_when_sizes_exceed_their_bounds() {
    let large = vec![0; MAX_PLAINTEXT_BYTES + 1];
    assert_eq!(
        seal(&key(), &large, &mut rng(2)).unwrap_err(),
        PayloadError::MaxPlaintextBytesExceeded(large.len())
    );
    let large = vec![0; MAX_CIPHERTEXT_BYTES + 1];
    assert_eq!(
        open(&key(), &large).unwrap_err(),
        PayloadError::MaxCiphertextBytesExceeded(large.len())
    );
}

#[test]
fn seal_should_stay_within_the_maximum_when_nothing_compresses() {
    let ciphertext = seal(&key(), &noise(MAX_PLAINTEXT_BYTES), &mut rng(2)).unwrap();
    assert!(ciphertext.len() <= MAX_CIPHERTEXT_BYTES);
}

proptest! {
    #![proptest_config(common::regressions(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/regressions/payload.txt")))]

    #[test]
    fn padme_should_add_at_most_an_eighth(length in 1usize..1 << 40) {
        let padded = padme(length);
        prop_assert!(padded >= length && padded - length <= length / 8 + 1);
        prop_assert_eq!(padme(padded), padded);
    }

    #[test]
    fn open_should_never_panic_on_any_inside(bytes in prop::collection::vec(any::<u8>(), 1..200)) {
        let _ = open(&key(), &craft(&bytes));
        let _ = open(&key(), &bytes);
    }
}
