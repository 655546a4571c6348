// SPDX-License-Identifier: Apache-2.0
//! Bytes of a fixed length that may be secret.

use serde::{de, ser::Error as _, Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use zeroize::Zeroizing;

/// `N` bytes that travel as hex. `Drop` erases them, and `Debug` prints only their number.
///
/// Text that is not hex of the right length becomes an empty value: the code that reads it then
/// names the wrong part, and no error message repeats the text.
#[derive(Clone)]
pub struct HexBytes<const N: usize>(Option<Zeroizing<[u8; N]>>);

impl<const N: usize> HexBytes<N> {
    /// The bytes; empty if the text was not hex of `N` bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_ref().map_or(&[], |bytes| bytes.as_slice())
    }
}

impl<const N: usize> From<Zeroizing<[u8; N]>> for HexBytes<N> {
    fn from(bytes: Zeroizing<[u8; N]>) -> Self {
        Self(Some(bytes))
    }
}

impl<const N: usize> From<&[u8; N]> for HexBytes<N> {
    fn from(bytes: &[u8; N]) -> Self {
        Self(Some(Zeroizing::new(*bytes)))
    }
}

impl<const N: usize> fmt::Debug for HexBytes<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HexBytes<{N}>")
    }
}

impl<const N: usize> Serialize for HexBytes<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes = self.as_bytes();
        let mut digits = Zeroizing::new(vec![0u8; bytes.len().saturating_mul(2)]);
        hex::encode_to_slice(bytes, &mut digits).map_err(S::Error::custom)?;
        let digits = std::str::from_utf8(&digits).map_err(S::Error::custom)?;
        serializer.collect_str(&format_args!("0x{digits}"))
    }
}

impl<'de, const N: usize> Deserialize<'de> for HexBytes<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<const N: usize>;

        impl<const N: usize> de::Visitor<'_> for Visitor<N> {
            type Value = HexBytes<N>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a string of {N} bytes in hex")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                let mut bytes = Zeroizing::new([0u8; N]);
                let digits = text.strip_prefix("0x").unwrap_or(text);
                let decoded = hex::decode_to_slice(digits, bytes.as_mut_slice());
                Ok(HexBytes(decoded.is_ok().then_some(bytes)))
            }
        }

        deserializer.deserialize_str(Visitor)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn hex_bytes_should_be_read_as_written() {
        let bytes = HexBytes::from(Zeroizing::new([0xab, 1, 2]));
        let json = serde_json::to_string(&bytes).unwrap();
        assert_eq!(json, r#""0xab0102""#);
        let read: HexBytes<3> = serde_json::from_str(&json).unwrap();
        assert_eq!(read.as_bytes(), [0xab, 1, 2]);
        let bare: HexBytes<3> = serde_json::from_str(r#""ab0102""#).unwrap();
        assert_eq!(bare.as_bytes(), [0xab, 1, 2]);
    }

    #[test]
    fn hex_bytes_should_be_empty_when_the_text_is_wrong() {
        for text in [r#""0xab01""#, r#""no hex""#, r#""""#] {
            let read: HexBytes<3> = serde_json::from_str(text).unwrap();
            assert!(read.as_bytes().is_empty(), "{text}");
        }
    }

    #[test]
    fn debug_should_not_print_the_bytes() {
        let bytes = HexBytes::from(&[0xab; 4]);
        assert_eq!(format!("{bytes:?}"), "HexBytes<4>");
    }
}
