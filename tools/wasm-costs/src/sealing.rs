// SPDX-License-Identifier: Apache-2.0
//! A message for one X25519 key, with the operations of HPKE in base mode.
//!
//! `bspp-record` uses the crate `hpke`, which asks the host for random numbers. Here are its steps in the
//! same number: two X25519 operations to seal and one to open, the extractions and expansions of
//! DHKEM and of the key schedule, and one ChaCha20-Poly1305. The bytes differ from HPKE's.

use alloc::vec::Vec;
use bspp_peks::{X25519Public, X25519Secret};
use chacha20poly1305::{
    aead::{Aead, KeyInit},
    ChaCha20Poly1305, Nonce,
};
use hkdf::Hkdf;
use rand_core::{CryptoRng, RngCore};
use sha2::Sha256;

/// A sealed message.
pub struct Sealed {
    encapsulated: [u8; 32],
    ciphertext: Vec<u8>,
}

fn cipher(
    shared: &[u8; 32],
    encapsulated: &[u8; 32],
    receiver: &[u8; 32],
) -> Option<ChaCha20Poly1305> {
    let (mut secret, mut key) = ([0u8; 32], [0u8; 32]);
    Hkdf::<Sha256>::new(None, shared)
        .expand_multi_info(&[encapsulated, receiver], &mut secret)
        .ok()?;
    let (_, mode) = Hkdf::<Sha256>::extract(None, b"psk_id_hash");
    let (_, info) = Hkdf::<Sha256>::extract(None, b"info_hash");
    drop((mode, info));
    let schedule = Hkdf::<Sha256>::new(Some(&secret), b"secret");
    for name in [&b"exp"[..], b"base_nonce", b"key"] {
        schedule.expand(name, &mut key).ok()?;
    }
    Some(ChaCha20Poly1305::new((&key).into()))
}

/// Seals a message for a receiver.
pub fn seal<R: RngCore + CryptoRng>(
    receiver: &X25519Public,
    plain: &[u8],
    rng: &mut R,
) -> Option<Sealed> {
    let ephemeral = X25519Secret::generate(rng);
    let encapsulated = ephemeral.public().0;
    let shared = ephemeral.agree(receiver).ok()?;
    let cipher = cipher(&shared, &encapsulated, &receiver.0)?;
    Some(Sealed {
        encapsulated,
        ciphertext: cipher.encrypt(&Nonce::default(), plain).ok()?,
    })
}

/// Opens a message. HPKE computes the receiver's public key too.
pub fn open(secret: &X25519Secret, sealed: &Sealed) -> Option<Vec<u8>> {
    let shared = secret.agree(&X25519Public(sealed.encapsulated)).ok()?;
    let cipher = cipher(&shared, &sealed.encapsulated, &secret.public().0)?;
    cipher
        .decrypt(&Nonce::default(), sealed.ciphertext.as_slice())
        .ok()
}
