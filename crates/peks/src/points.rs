// SPDX-License-Identifier: Apache-2.0

//! Points of G1 and G2: bytes that are not validated yet, and validated points.
//!
//! The encoding is the compressed form of the ZCash specification, which all BLS12-381 libraries
//! share.

use ark_bls12_381::{G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;
use zeroize::Zeroize;

/// Length of a compressed point of G1.
pub const G1_LEN: usize = 48;
/// Length of a compressed point of G2.
pub const G2_LEN: usize = 96;

/// The reasons for which bytes are not a point.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Debug,
    Encode,
    Decode,
    DecodeWithMemTracking,
    TypeInfo,
    MaxEncodedLen,
)]
pub enum PointError {
    /// The length is wrong, or the flag bits do not say "compressed".
    Encoding,
    /// No point of the curve has this x.
    NotOnCurve,
    /// The point is on the curve and outside the subgroup of order q.
    NotInSubgroup,
    /// The identity, which is not a valid key, batch point or trapdoor.
    Identity,
    /// The bytes differ from the encoding of the point that they name.
    NonCanonical,
}

impl fmt::Display for PointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Encoding => "the bytes are not a compressed point",
            Self::NotOnCurve => "the point is not on the curve",
            Self::NotInSubgroup => "the point is not in the subgroup",
            Self::Identity => "the point is the identity",
            Self::NonCanonical => "the encoding is not canonical",
        })
    }
}

impl core::error::Error for PointError {}

fn write_hex(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

macro_rules! point {
    ($bytes:ident, $point:ident, $affine:ident, $len:ident, $group:literal) => {
        #[doc = concat!("Bytes that claim to be a point of ", $group, "; nothing about them is checked yet.")]
        #[derive(
            Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen,
        )]
        pub struct $bytes(pub [u8; $len]);

        impl $bytes {
            /// Decodes and validates the bytes. [`PointError`] lists the reasons for a refusal.
            pub fn validate(&self) -> Result<$point, PointError> {
                $point::from_bytes(&self.0)
            }
        }

        impl fmt::Debug for $bytes {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_hex(&self.0, f)
            }
        }

        impl fmt::Display for $bytes {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_hex(&self.0, f)
            }
        }

        impl AsRef<[u8]> for $bytes {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }

        impl From<[u8; $len]> for $bytes {
            fn from(bytes: [u8; $len]) -> Self {
                Self(bytes)
            }
        }

        impl From<&$point> for $bytes {
            fn from(point: &$point) -> Self {
                point.to_bytes()
            }
        }

        #[doc = concat!("A validated point of ", $group, ": on the curve, in the subgroup, not the identity.")]
        #[derive(Clone)]
        pub struct $point {
            bytes: [u8; $len],
            affine: $affine,
        }

        impl $point {
            /// Decodes a compressed point and refuses everything that [`PointError`] names.
            pub fn from_bytes(bytes: &[u8]) -> Result<Self, PointError> {
                let bytes: [u8; $len] = bytes.try_into().map_err(|_| PointError::Encoding)?;
                check_flags(&bytes)?;
                let affine = $affine::deserialize_compressed_unchecked(&bytes[..]).map_err(|_| PointError::NotOnCurve)?;
                if affine.is_zero() {
                    return Err(PointError::Identity);
                }
                if !affine.is_on_curve() {
                    return Err(PointError::NotOnCurve);
                }
                if !affine.is_in_correct_subgroup_assuming_on_curve() {
                    return Err(PointError::NotInSubgroup);
                }
                let point = Self::from_affine(affine).ok_or(PointError::Identity)?;
                if point.bytes != bytes {
                    return Err(PointError::NonCanonical);
                }
                Ok(point)
            }

            /// Wraps a result of group arithmetic. `None` for the identity.
            ///
            /// Such a result is in the subgroup by construction.
            pub(crate) fn from_affine(affine: $affine) -> Option<Self> {
                if affine.is_zero() {
                    return None;
                }
                let mut bytes = [0u8; $len];
                affine.serialize_compressed(&mut bytes[..]).ok()?;
                Some(Self { bytes, affine })
            }

            /// The standard generator.
            pub fn generator() -> Self {
                let affine = $affine::generator();
                let mut bytes = [0u8; $len];
                // A point always fits into an array of its own length.
                let _ = affine.serialize_compressed(&mut bytes[..]);
                Self { bytes, affine }
            }

            /// The compressed encoding.
            pub fn to_bytes(&self) -> $bytes {
                $bytes(self.bytes)
            }

            /// The compressed encoding, borrowed.
            pub fn as_bytes(&self) -> &[u8; $len] {
                &self.bytes
            }

            /// The point in the representation of arkworks.
            pub fn affine(&self) -> &$affine {
                &self.affine
            }
        }

        impl PartialEq for $point {
            fn eq(&self, other: &Self) -> bool {
                use subtle::ConstantTimeEq;
                self.bytes.ct_eq(&other.bytes).into()
            }
        }

        impl Eq for $point {}

        /// Prints nothing: some points are secrets. Print the encoding of public points.
        impl fmt::Debug for $point {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($point))
            }
        }

        impl Zeroize for $point {
            fn zeroize(&mut self) {
                self.bytes.zeroize();
                self.affine.zeroize();
            }
        }

        impl TryFrom<&$bytes> for $point {
            type Error = PointError;

            fn try_from(bytes: &$bytes) -> Result<Self, PointError> {
                bytes.validate()
            }
        }
    };
}

point!(G1Bytes, G1Point, G1Affine, G1_LEN, "G1");
point!(G2Bytes, G2Point, G2Affine, G2_LEN, "G2");

/// The modulus of the base field, big-endian.
const MODULUS: [u8; 48] = [
    0x1a, 0x01, 0x11, 0xea, 0x39, 0x7f, 0xe6, 0x9a, 0x4b, 0x1b, 0xa7, 0xb6, 0x43, 0x4b, 0xac, 0xd7,
    0x64, 0x77, 0x4b, 0x84, 0xf3, 0x85, 0x12, 0xbf, 0x67, 0x30, 0xd2, 0xa0, 0xf6, 0xb0, 0xf6, 0x24,
    0x1e, 0xab, 0xff, 0xfe, 0xb1, 0x53, 0xff, 0xff, 0xb9, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xaa, 0xab,
];

/// Checks flag bits and field elements before a library sees the bytes.
///
/// The libraries disagree about the unusual cases. The three top bits are: compressed, identity,
/// larger y (ZCash BLS12-381 encoding).
fn check_flags(bytes: &[u8]) -> Result<(), PointError> {
    let (&first, rest) = bytes.split_first().ok_or(PointError::Encoding)?;
    if first & 0x80 == 0 {
        return Err(PointError::Encoding);
    }
    if first & 0x40 != 0 {
        let zero = first & 0x3f == 0 && rest.iter().all(|byte| *byte == 0);
        return Err(if zero {
            PointError::Identity
        } else {
            PointError::NonCanonical
        });
    }
    for (i, element) in bytes.chunks_exact(48).enumerate() {
        let mut element: [u8; 48] = element.try_into().map_err(|_| PointError::Encoding)?;
        if i == 0 {
            element[0] &= 0x1f;
        }
        if element >= MODULUS {
            return Err(PointError::NonCanonical);
        }
    }
    Ok(())
}
