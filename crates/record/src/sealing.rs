// SPDX-License-Identifier: Apache-2.0
//! HPKE (RFC 9180) in base mode, for single messages.
//!
//! The suite is DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305.

use bspp_peks::X25519Secret;
use codec::{Decode, Encode};
use hpke::{
    aead::ChaCha20Poly1305, kdf::HkdfSha256, kem::X25519HkdfSha256, Deserializable, Kem, OpModeR,
    OpModeS, Serializable,
};
use zeroize::Zeroizing;

/// An HPKE message.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SealedBox {
    /// The encapsulated key, `enc` of RFC 9180.
    pub encapsulated: [u8; 32],
    /// The ciphertext with its tag.
    pub ciphertext: Vec<u8>,
}

/// The reasons for which a message cannot be sealed or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealingError {
    /// The receiver's key has small order.
    #[error("InvalidKey: the receiver's X25519 key is invalid")]
    InvalidKey,
    /// The message was changed, or is for another receiver or purpose.
    #[error("InvalidCiphertext: the message is not for this key and purpose, or was changed")]
    InvalidCiphertext,
}

/// Adapts a generator of one version of `rand_core` to the version that a library needs.
struct Adapter<'a, R: ?Sized>(&'a mut R);

impl<R: rand_core::RngCore + ?Sized> hpke::rand_core::RngCore for Adapter<'_, R> {
    fn next_u32(&mut self) -> u32 {
        self.0.next_u32()
    }

    fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.0.fill_bytes(bytes);
    }
}

impl<R: rand_core::CryptoRng + rand_core::RngCore + ?Sized> hpke::rand_core::CryptoRng
    for Adapter<'_, R>
{
}

/// Seals `plaintext` for one receiver and one purpose.
///
/// Only the holder of `receiver`'s secret can open it, and only with the same `info`.
pub fn seal<R: rand_core::RngCore + rand_core::CryptoRng + ?Sized>(
    receiver: &[u8; 32],
    info: &[u8],
    plaintext: &[u8],
    rng: &mut R,
) -> Result<SealedBox, SealingError> {
    let key = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(receiver)
        .map_err(|_| SealingError::InvalidKey)?;
    let (encapsulated, ciphertext) =
        hpke::single_shot_seal::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256, _>(
            &OpModeS::Base,
            &key,
            info,
            plaintext,
            &[],
            &mut Adapter(rng),
        )
        .map_err(|_| SealingError::InvalidKey)?;
    Ok(SealedBox {
        encapsulated: encapsulated.to_bytes().into(),
        ciphertext,
    })
}

/// Opens a message.
pub fn open(
    secret: &X25519Secret,
    info: &[u8],
    sealed: &SealedBox,
) -> Result<Zeroizing<Vec<u8>>, SealingError> {
    let invalid = |_| SealingError::InvalidCiphertext;
    let bytes = secret.to_bytes();
    let key = <X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(bytes.as_slice())
        .map_err(|_| SealingError::InvalidKey)?;
    let encapsulated = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(&sealed.encapsulated)
        .map_err(invalid)?;
    hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &key,
        &encapsulated,
        info,
        &sealed.ciphertext,
        &[],
    )
    .map(Zeroizing::new)
    .map_err(invalid)
}
