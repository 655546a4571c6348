// SPDX-License-Identifier: Apache-2.0

//! A patient's keys (protocol section 2).

use crate::{
    backend::{DefaultBackend, PairingBackend},
    bundle::{BundleKeys, PatientBundle},
    domain,
    ed25519::{AccountKey, Ed25519Secret},
    hash::{expand, extract},
    points::G1Point,
    scalar::Scalar,
    x25519::{X25519Public, X25519Secret},
    ChainId, HospitalId,
};
use core::fmt;
use rand_core::{CryptoRng, RngCore};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The 32 secret bytes from which all keys of a patient follow. Erased when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Seed([u8; 32]);

impl Seed {
    /// Takes 32 uniform bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A fresh seed.
    pub fn generate<R: RngCore + CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut seed = Self([0; 32]);
        rng.fill_bytes(&mut seed.0);
        seed
    }

    /// The bytes, for storage in an encrypted file.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed")
    }
}

/// A patient's keys. Each key follows from the seed.
///
/// The derivation is HKDF-SHA256 with the key's own domain string as the salt and the seed as the
/// input keying material.
///
/// The search and open scalars never sign anything; their only use is to make trapdoors.
pub struct PatientKeys {
    search: Scalar,
    open: Scalar,
    search_public: G1Point,
    open_public: G1Point,
    x25519: X25519Secret,
    account: Zeroizing<[u8; 32]>,
}

impl PatientKeys {
    /// Derives all keys.
    pub fn from_seed(seed: &Seed) -> Self {
        let search = Scalar::derive(domain::SEED_SEARCH, &seed.0, &[]);
        let open = Scalar::derive(domain::SEED_OPEN, &seed.0, &[]);
        let g1 = G1Point::generator();
        Self {
            search_public: DefaultBackend::g1_mul(&g1, &search),
            open_public: DefaultBackend::g1_mul(&g1, &open),
            search,
            open,
            x25519: X25519Secret::from_bytes(*expand(&extract(domain::SEED_X25519, &seed.0), &[])),
            account: extract(domain::SEED_ACCOUNT, &seed.0),
        }
    }

    /// `A_s`.
    pub fn search_public(&self) -> &G1Point {
        &self.search_public
    }

    /// `A_o`.
    pub fn open_public(&self) -> &G1Point {
        &self.open_public
    }

    /// `X`.
    pub fn x25519_public(&self) -> X25519Public {
        self.x25519.public()
    }

    /// The X25519 secret, from which label keys with hospitals are made.
    pub fn x25519(&self) -> &X25519Secret {
        &self.x25519
    }

    /// The account at a hospital.
    ///
    /// Each hospital has its own key, so that accounts of two hospital chains cannot be linked.
    pub fn account(&self, hospital: &HospitalId) -> AccountKey {
        Ed25519Secret::from_seed(&expand(&self.account, &[hospital]))
    }

    /// The public bundle for one hospital of one chain.
    pub fn bundle<R: RngCore + CryptoRng + ?Sized>(
        &self,
        chain: &ChainId,
        hospital: &HospitalId,
        rng: &mut R,
    ) -> PatientBundle {
        let keys = BundleKeys {
            search: (&self.search, &self.search_public),
            open: (&self.open, &self.open_public),
            x25519: self.x25519_public(),
            account: &self.account(hospital),
        };
        PatientBundle::create(&keys, chain, hospital, rng)
    }

    pub(crate) fn search_scalar(&self) -> &Scalar {
        &self.search
    }

    pub(crate) fn open_scalar(&self) -> &Scalar {
        &self.open
    }
}

impl fmt::Debug for PatientKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PatientKeys")
    }
}
