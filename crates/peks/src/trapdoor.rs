// SPDX-License-Identifier: Apache-2.0

//! Trapdoors: the keys that a patient gives to a requester (protocol section 4).

use crate::{
    backend::PairingBackend,
    domain,
    hash::{expand, extract},
    keys::PatientKeys,
    label::{label_point, KeywordLabel},
    points::{G1Point, G2Point, PointError},
    FilingMonth,
};
use alloc::vec::Vec;
use core::fmt;
use rand_core::{CryptoRng, RngCore};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

macro_rules! trapdoor {
    ($name:ident, $doc:literal) => {
        #[doc = $doc]
        ///
        /// It never expires. It must never be written to a chain or a log, or pass through a node
        /// that does not belong to the requester. It is erased when dropped; its `Debug` prints
        /// nothing.
        #[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
        pub struct $name(G2Point);

        impl $name {
            /// Decodes and validates the 96 bytes of a trapdoor.
            ///
            /// [`Self::check`] shows whether it is the right trapdoor.
            pub fn from_bytes(bytes: &[u8]) -> Result<Self, PointError> {
                G2Point::from_bytes(bytes).map(Self)
            }

            /// The 96 bytes of a trapdoor.
            pub fn to_bytes(&self) -> Zeroizing<[u8; 96]> {
                Zeroizing::new(*self.0.as_bytes())
            }

            /// Whether this is the trapdoor of point `q` under key `a`. It costs two pairings.
            ///
            /// The check is `e(g1, T) = e(A, Q)`.
            pub fn check<B: PairingBackend>(&self, a: &G1Point, q: &G2Point) -> bool {
                B::pairing(&G1Point::generator(), &self.0) == B::pairing(a, q)
            }

            /// Whether each item is the trapdoor of its point under key `a`.
            ///
            /// It costs two pairings together: `e(g1, Σδ·T) = e(A, Σδ·Q)` with factors δ of 128
            /// bits. One wrong item passes with a probability of 2^-128. No items are right items.
            pub fn check_all<B: PairingBackend, R: RngCore + CryptoRng + ?Sized>(
                items: &[(&Self, &G2Point)],
                a: &G1Point,
                rng: &mut R,
            ) -> bool {
                let points: Vec<_> = items.iter().map(|(t, q)| (&t.0, *q)).collect();
                check_points::<B, R>(&points, a, rng)
            }

            /// Computes the part that all pairings with this trapdoor share.
            pub fn prepare<B: PairingBackend>(&self) -> B::Prepared {
                B::prepare(&self.0)
            }

            pub(crate) fn point(&self) -> &G2Point {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    };
}

trapdoor!(
    SearchTrapdoor,
    "`T_s = a_s·Q`: finds the records that carry one label."
);
trapdoor!(
    OpenTrapdoor,
    "`T_o = a_o·Q`: opens the records that carry one label."
);

/// A factor of a check: 128 bits, little-endian.
type Factor = [u8; 16];

/// The factors of a check of many trapdoors, one for each item.
///
/// They follow from fresh randomness and all items together, so that a weak random number generator
/// alone does not let a wrong item pass.
fn factors<R: RngCore + CryptoRng + ?Sized>(
    items: &[(&G2Point, &G2Point)],
    a: &G1Point,
    rng: &mut R,
) -> Vec<Zeroizing<Factor>> {
    let mut ikm = Zeroizing::new(Vec::with_capacity(
        items.len().saturating_mul(192).saturating_add(80),
    ));
    ikm.extend_from_slice(&[0; 32]);
    rng.fill_bytes(&mut ikm);
    ikm.extend_from_slice(a.as_bytes());
    for (t, q) in items {
        ikm.extend_from_slice(t.as_bytes());
        ikm.extend_from_slice(q.as_bytes());
    }
    let prk = extract(domain::TRAPDOOR_CHECK, &ikm);
    (0u64..)
        .take(items.len())
        .map(|i| expand(&prk, &[&i.to_le_bytes()]))
        .collect()
}

fn check_points<B: PairingBackend, R: RngCore + CryptoRng + ?Sized>(
    items: &[(&G2Point, &G2Point)],
    a: &G1Point,
    rng: &mut R,
) -> bool {
    if items.is_empty() {
        return true;
    }
    let factors = factors(items, a, rng);
    let sum = |points: Vec<&G2Point>| {
        let terms: Vec<_> = points
            .into_iter()
            .zip(&factors)
            .map(|(point, factor)| (point, &**factor))
            .collect();
        B::g2_sum(&terms)
    };
    let sums = (
        sum(items.iter().map(|(t, _)| *t).collect()),
        sum(items.iter().map(|(_, q)| *q).collect()),
    );
    // A sum is the identity with a probability of 2^-128.
    let (Some(mut t), Some(q)) = sums else {
        return false;
    };
    let right = B::pairing(&G1Point::generator(), &t) == B::pairing(a, &q);
    t.zeroize();
    right
}

impl PatientKeys {
    /// `Q` of a label of this patient.
    fn label_point<B: PairingBackend>(
        &self,
        filing_month: FilingMonth,
        kw: &KeywordLabel,
    ) -> G2Point {
        label_point::<B>(
            &self.context(filing_month),
            self.search_public(),
            self.open_public(),
            kw,
        )
    }

    /// `T_s` of a label.
    pub fn search_trapdoor<B: PairingBackend>(
        &self,
        filing_month: FilingMonth,
        kw: &KeywordLabel,
    ) -> SearchTrapdoor {
        let q = self.label_point::<B>(filing_month, kw);
        SearchTrapdoor(B::g2_mul(&q, self.search_scalar()))
    }

    /// `T_o` of a label.
    pub fn open_trapdoor<B: PairingBackend>(
        &self,
        filing_month: FilingMonth,
        kw: &KeywordLabel,
    ) -> OpenTrapdoor {
        let q = self.label_point::<B>(filing_month, kw);
        OpenTrapdoor(B::g2_mul(&q, self.open_scalar()))
    }

    /// `T_s` and `T_o` of a label, with one hash to the curve.
    pub fn trapdoors<B: PairingBackend>(
        &self,
        filing_month: FilingMonth,
        kw: &KeywordLabel,
    ) -> (SearchTrapdoor, OpenTrapdoor) {
        let q = self.label_point::<B>(filing_month, kw);
        (
            SearchTrapdoor(B::g2_mul(&q, self.search_scalar())),
            OpenTrapdoor(B::g2_mul(&q, self.open_scalar())),
        )
    }
}
