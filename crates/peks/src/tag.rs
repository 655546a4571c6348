// SPDX-License-Identifier: Apache-2.0

//! Tags, match keys and key-encryption keys (protocol section 5).

use crate::{
    backend::PairingBackend,
    domain,
    ed25519::{Ed25519Secret, MatchKey},
    gt::GtBytes,
    hash::{expand, extract},
    points::G1Point,
    trapdoor::{OpenTrapdoor, SearchTrapdoor},
    Rid, Tag,
};
use alloc::vec::Vec;
use core::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The number of consecutive counters that must be absent before a search stops.
pub const GAP: u32 = 64;

/// Whether counter `n` may be assigned: `n ≤ f + GAP`.
///
/// `f` is the highest counter of the same batch, patient and keyword with an entry that is
/// finalized on the consortium (`None` counts as −1). A search might not find a larger counter.
pub fn counter_allowed(n: u32, highest_finalized: Option<u32>) -> bool {
    match highest_finalized {
        None => n < GAP,
        Some(f) => n <= f.saturating_add(GAP),
    }
}

/// `Extract(salt, gt(K) ‖ A ‖ R)`.
fn secret(salt: &[u8], k: &GtBytes, a: &G1Point, r: &G1Point) -> [u8; 32] {
    let mut ikm = Zeroizing::new(Vec::with_capacity(672));
    ikm.extend_from_slice(k.as_bytes());
    ikm.extend_from_slice(a.as_bytes());
    ikm.extend_from_slice(r.as_bytes());
    *extract(salt, &ikm)
}

/// `s`: the secret that makes the tags and match keys of one batch, patient and keyword.
///
/// It is erased when dropped; its `Debug` prints nothing.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SearchSecret([u8; 32]);

impl SearchSecret {
    pub(crate) fn extract(k: &GtBytes, a_s: &G1Point, r: &G1Point) -> Self {
        Self(secret(domain::SEARCH, k, a_s, r))
    }

    /// `s` from a trapdoor: `K_s = e(R, T_s)`. It costs one pairing.
    pub fn from_trapdoor<B: PairingBackend>(
        r: &G1Point,
        trapdoor: &SearchTrapdoor,
        a_s: &G1Point,
    ) -> Self {
        Self::extract(&B::pairing(r, trapdoor.point()), a_s, r)
    }

    /// `s` from a prepared trapdoor. It costs one pairing, which is cheaper.
    pub fn from_trapdoor_prepared<B: PairingBackend>(
        r: &G1Point,
        trapdoor: &B::Prepared,
        a_s: &G1Point,
    ) -> Self {
        Self::extract(&B::pairing_prepared(r, trapdoor), a_s, r)
    }

    /// `tag_n = Expand(s, BSPP-V01-TAG ‖ n)[..16]`.
    pub fn tag(&self, n: u32) -> Tag {
        *expand(&self.0, &[domain::TAG, &n.to_le_bytes()])
    }

    /// The Ed25519 key of the seed `Expand(s, BSPP-V01-MATCH ‖ n)`; its public part is `M_n`.
    pub fn match_key(&self, n: u32) -> MatchKey {
        Ed25519Secret::from_seed(&expand(&self.0, &[domain::MATCH, &n.to_le_bytes()]))
    }
}

impl fmt::Debug for SearchSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SearchSecret")
    }
}

/// `o`: the secret that makes the key-encryption keys of one batch, patient and keyword.
///
/// It is erased when dropped; its `Debug` prints nothing.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct OpenSecret([u8; 32]);

impl OpenSecret {
    pub(crate) fn extract(k: &GtBytes, a_o: &G1Point, r: &G1Point) -> Self {
        Self(secret(domain::OPEN, k, a_o, r))
    }

    /// `o` from a trapdoor: `K_o = e(R, T_o)`. It costs one pairing.
    pub fn from_trapdoor<B: PairingBackend>(
        r: &G1Point,
        trapdoor: &OpenTrapdoor,
        a_o: &G1Point,
    ) -> Self {
        Self::extract(&B::pairing(r, trapdoor.point()), a_o, r)
    }

    /// `o` from a prepared trapdoor. It costs one pairing, which is cheaper.
    pub fn from_trapdoor_prepared<B: PairingBackend>(
        r: &G1Point,
        trapdoor: &B::Prepared,
        a_o: &G1Point,
    ) -> Self {
        Self::extract(&B::pairing_prepared(r, trapdoor), a_o, r)
    }

    /// `kek_n = Expand(o, BSPP-V01-KEK ‖ n ‖ rid)`.
    pub fn kek(&self, n: u32, rid: &Rid) -> Zeroizing<[u8; 32]> {
        expand(&self.0, &[domain::KEK, &n.to_le_bytes(), rid])
    }
}

impl fmt::Debug for OpenSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OpenSecret")
    }
}
