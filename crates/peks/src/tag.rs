// SPDX-License-Identifier: Apache-2.0

//! Tags, label openings, match keys and key-encryption keys (protocol section 5).

use crate::{
    backend::PairingBackend,
    domain,
    ed25519::{Ed25519Secret, MatchKey},
    gt::GtBytes,
    hash::{blake2b_256_parts, expand, extract},
    label::MonthLabel,
    points::G1Point,
    share::HospitalShare,
    trapdoor::{OpenTrapdoor, SearchTrapdoor},
    RecordCore, Tag,
};
use alloc::{boxed::Box, vec::Vec};
use core::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The number of consecutive counters that must be absent before a search stops.
pub const GAP: u32 = 64;

/// Whether counter `n` may be assigned: `n ≤ f + GAP`.
///
/// `f` is the highest counter of the same batch, patient and label with an entry that is
/// finalized on the consortium (`None` counts as −1). A search might not find a larger counter.
pub fn counter_allowed(n: u32, highest_finalized: Option<u32>) -> bool {
    match highest_finalized {
        None => n < GAP,
        Some(f) => n <= f.saturating_add(GAP),
    }
}

/// `Extract(salt, gt(K) ‖ A ‖ R)`.
fn secret(salt: &[u8], k: &GtBytes, a: &G1Point, r: &G1Point) -> Box<[u8; 32]> {
    let mut ikm = Zeroizing::new(Vec::with_capacity(672));
    ikm.extend_from_slice(k.as_bytes());
    ikm.extend_from_slice(a.as_bytes());
    ikm.extend_from_slice(r.as_bytes());
    Box::new(*extract(salt, &ikm))
}

/// `s`: the secret that makes the tags and match keys of one batch, patient and label.
///
/// It is erased when dropped; its `Debug` prints nothing. It is boxed, so that a map of secrets
/// leaves none behind when the map grows.
#[derive(Clone)]
pub struct SearchSecret(Box<[u8; 32]>);

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

    /// `tag_n = Expand(s, BSPP-V02-TAG ‖ n)[..16]`.
    pub fn tag(&self, n: u32) -> Tag {
        *expand(&self.0, &[domain::TAG, &n.to_le_bytes()])
    }

    /// `l_n = Expand(s, BSPP-V02-LABEL ‖ n)`: opens the label of slot n, and of no other slot.
    pub fn label_opening(&self, n: u32) -> LabelOpening {
        LabelOpening(*expand(&self.0, &[domain::LABEL, &n.to_le_bytes()]))
    }

    /// The match key of slot n: [`LabelOpening::match_key`] of [`Self::label_opening`].
    pub fn match_key(&self, n: u32, label: &MonthLabel) -> MatchKey {
        self.label_opening(n).match_key(label)
    }
}

impl Drop for SearchSecret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl ZeroizeOnDrop for SearchSecret {}

impl fmt::Debug for SearchSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SearchSecret")
    }
}

/// `l_n`: shows which label the match key of one slot commits to.
///
/// A holder of `l_n` and the label has the match key of that slot, and of no other.
///
/// It is erased when dropped; its `Debug` prints nothing.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct LabelOpening([u8; 32]);

impl LabelOpening {
    /// Takes an opening that a requester sent.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The Ed25519 key of the seed `H(BSPP-V02-MATCH ‖ l_n ‖ filing_month ‖ kw)`.
    ///
    /// Its public part is `M_n`, which so commits to the label.
    pub fn match_key(&self, label: &MonthLabel) -> MatchKey {
        let seed = Zeroizing::new(blake2b_256_parts(&[
            domain::MATCH,
            &self.0,
            &label.filing_month.to_le_bytes(),
            label.kw.as_bytes(),
        ]));
        Ed25519Secret::from_seed(&seed)
    }
}

impl fmt::Debug for LabelOpening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LabelOpening")
    }
}

/// `o`: the secret that makes the key-encryption keys of one batch, patient and label.
///
/// It is erased when dropped; its `Debug` prints nothing. It is boxed, so that a map of secrets
/// leaves none behind when the map grows.
#[derive(Clone)]
pub struct OpenSecret(Box<[u8; 32]>);

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

    /// `kek_n = Expand(Extract(salt = hs, ikm = o), BSPP-V02-KEK ‖ n ‖ core)`.
    ///
    /// It takes the patient's secret and the hospital's share together.
    pub fn kek(&self, n: u32, core: &RecordCore, share: &HospitalShare) -> Zeroizing<[u8; 32]> {
        let prk = extract(share.as_bytes(), self.0.as_slice());
        expand(&prk, &[domain::KEK, &n.to_le_bytes(), core])
    }
}

impl Drop for OpenSecret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl ZeroizeOnDrop for OpenSecret {}

impl fmt::Debug for OpenSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OpenSecret")
    }
}
