// SPDX-License-Identifier: Apache-2.0

//! A patient's keys (protocol section 2).

use crate::{
    backend::{DefaultBackend, PairingBackend},
    bundle::{keys_hash, BundleKeys, PatientBundle},
    domain,
    ed25519::{AccountKey, Ed25519Secret},
    hash::{expand, extract},
    label::Context,
    points::G1Point,
    scalar::Scalar,
    x25519::{X25519Public, X25519Secret},
    ChainId, FilingMonth, HospitalId,
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

/// A patient's keys at one hospital of one chain. Each key follows from the seed.
///
/// The derivation is HKDF-SHA256 with the key's own domain string as the salt, the seed as the
/// input keying material, and chain, hospital and generation as info. No key is the same at two
/// hospitals, so that hospitals cannot join their patients.
///
/// The search and open scalars never sign anything; their only use is to make trapdoors.
pub struct PatientKeys {
    chain: ChainId,
    hospital: HospitalId,
    generation: u32,
    search: Scalar,
    open: Scalar,
    search_public: G1Point,
    open_public: G1Point,
    x25519: X25519Secret,
    account: AccountKey,
    grant_prk: Zeroizing<[u8; 32]>,
}

impl PatientKeys {
    /// Derives all keys of a generation.
    ///
    /// Chain and hospital come from the hospital's enrolment card, never from a node. The first
    /// generation is 0; a patient who enrols again takes the next.
    pub fn derive(seed: &Seed, chain: &ChainId, hospital: &HospitalId, generation: u32) -> Self {
        let number = generation.to_le_bytes();
        let info: [&[u8]; 3] = [chain, hospital, &number];
        let search = Scalar::derive(domain::SEED_SEARCH, &seed.0, &info);
        let open = Scalar::derive(domain::SEED_OPEN, &seed.0, &info);
        let g1 = G1Point::generator();
        Self {
            chain: *chain,
            hospital: *hospital,
            generation,
            search_public: DefaultBackend::g1_mul(&g1, &search),
            open_public: DefaultBackend::g1_mul(&g1, &open),
            search,
            open,
            x25519: X25519Secret::from_bytes(*expand(
                &extract(domain::SEED_X25519, &seed.0),
                &info,
            )),
            account: Ed25519Secret::from_seed(&expand(
                &extract(domain::SEED_ACCOUNT, &seed.0),
                &info,
            )),
            grant_prk: extract(domain::SEED_GRANT, &seed.0),
        }
    }

    /// Genesis hash of the consortium chain.
    pub fn chain(&self) -> &ChainId {
        &self.chain
    }

    /// The hospital.
    pub fn hospital(&self) -> &HospitalId {
        &self.hospital
    }

    /// The generation of the keys.
    pub fn generation(&self) -> u32 {
        self.generation
    }

    /// Chain, hospital and a filing month, as label points use them.
    pub fn context(&self, filing_month: FilingMonth) -> Context {
        Context {
            chain: self.chain,
            hospital: self.hospital,
            filing_month,
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

    /// The X25519 secret, from which label keys are made.
    pub fn x25519(&self) -> &X25519Secret {
        &self.x25519
    }

    /// The account at the hospital.
    pub fn account(&self) -> &AccountKey {
        &self.account
    }

    /// `G_i`, the one-time key of a grant. A restored seed gives it again.
    pub fn grant_key(&self, index: u32) -> Ed25519Secret {
        Ed25519Secret::from_seed(&expand(
            &self.grant_prk,
            &[
                &self.chain,
                &self.hospital,
                &self.generation.to_le_bytes(),
                &index.to_le_bytes(),
            ],
        ))
    }

    /// The public bundle.
    pub fn bundle<R: RngCore + CryptoRng + ?Sized>(&self, rng: &mut R) -> PatientBundle {
        let keys = BundleKeys {
            search: (&self.search, &self.search_public),
            open: (&self.open, &self.open_public),
            x25519: self.x25519_public(),
            account: &self.account,
        };
        PatientBundle::create(&keys, &self.chain, &self.hospital, rng)
    }

    /// The hash of the bundle's keys: [`crate::ValidBundle::hash`].
    pub fn bundle_hash(&self) -> [u8; 32] {
        keys_hash(
            &self.chain,
            &self.hospital,
            &self.search_public.to_bytes(),
            &self.open_public.to_bytes(),
            &self.x25519_public(),
            &self.account.public(),
        )
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
