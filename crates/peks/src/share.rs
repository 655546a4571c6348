// SPDX-License-Identifier: Apache-2.0

//! The hospital's share of a record: the second secret that opening needs.
//!
//! Opening takes the patient's key and the share. A hospital that deletes the share makes every
//! copy of the record useless.

use crate::{domain, hash::blake2b_256_parts, RecordCore};
use core::fmt;
use rand_core::{CryptoRng, RngCore};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// `hs`: 32 random bytes of one record, kept by its hospital outside every chain.
///
/// It is erased when dropped; its `Debug` prints nothing.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct HospitalShare([u8; 32]);

impl HospitalShare {
    /// A fresh share.
    pub fn generate<R: RngCore + CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut share = Self([0; 32]);
        rng.fill_bytes(&mut share.0);
        share
    }

    /// Takes a share that was stored or disclosed.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, for storage in an encrypted file.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// `H(BSPP-V02-SHARE ‖ core ‖ hs)`: commits a record to its share.
    pub fn commitment(&self, core: &RecordCore) -> [u8; 32] {
        blake2b_256_parts(&[domain::SHARE, core, &self.0])
    }
}

impl PartialEq for HospitalShare {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for HospitalShare {}

impl fmt::Debug for HospitalShare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HospitalShare")
    }
}
