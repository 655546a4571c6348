// SPDX-License-Identifier: Apache-2.0

//! Trapdoors: the keys that a patient gives to a requester (protocol section 4).

use crate::{
    backend::PairingBackend,
    keys::PatientKeys,
    label::{open_point, search_point, Context, KeywordLabel},
    points::{G1Point, G2Point, PointError},
};
use core::fmt;
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
    "`T_s = a_s·Q_s`: finds the records that carry one label."
);
trapdoor!(
    OpenTrapdoor,
    "`T_o = a_o·Q_o`: opens the records that carry one label."
);

impl PatientKeys {
    /// `T_s` of a label.
    pub fn search_trapdoor<B: PairingBackend>(
        &self,
        context: &Context,
        kw: &KeywordLabel,
    ) -> SearchTrapdoor {
        SearchTrapdoor(B::g2_mul(
            &search_point::<B>(context, self.search_public(), kw),
            self.search_scalar(),
        ))
    }

    /// `T_o` of a label.
    pub fn open_trapdoor<B: PairingBackend>(
        &self,
        context: &Context,
        kw: &KeywordLabel,
    ) -> OpenTrapdoor {
        OpenTrapdoor(B::g2_mul(
            &open_point::<B>(context, self.open_public(), kw),
            self.open_scalar(),
        ))
    }
}
