// SPDX-License-Identifier: Apache-2.0
//! Values that travel as the hex of their SCALE encoding: `#[serde(with = "scale_hex")]`.

use codec::{DecodeAll, Encode};
use serde::{de::Error as _, Deserialize, Deserializer, Serializer};

/// Writes `0x` and the hex of the encoding.
///
/// # Errors
///
/// Returns the serializer's errors.
pub fn serialize<T: Encode, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format!("0x{}", hex::encode(value.encode())))
}

/// Reads the hex, with or without `0x`, and decodes all of its bytes.
///
/// # Errors
///
/// Fails if the text is not hex, or if its bytes do not decode to exactly one value.
pub fn deserialize<'de, T: DecodeAll, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let text = String::deserialize(deserializer)?;
    let digits = text.strip_prefix("0x").unwrap_or(&text);
    let bytes = hex::decode(digits).map_err(D::Error::custom)?;
    T::decode_all(&mut bytes.as_slice()).map_err(D::Error::custom)
}
