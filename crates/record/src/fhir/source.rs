// SPDX-License-Identifier: Apache-2.0
//! The source file: raw slices of it, and places in it for errors.

use super::error::{FhirError, Path, Position};
use crate::json::Json;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// An object whose property values stay slices of the source.
struct RawObjectVisitor;

impl<'de> Visitor<'de> for RawObjectVisitor {
    type Value = Option<Vec<(String, &'de RawValue)>>;

    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut names = std::collections::BTreeSet::new();
        let mut properties = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            let value = map.next_value::<&'de RawValue>()?;
            if !names.insert(name.clone()) {
                return Err(A::Error::custom("a property stands twice in this object"));
            }
            properties.push((name, value));
        }
        Ok(Some(properties))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

/// The source, with the data that is needed to name places in it.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) text: &'a str,
}

impl<'a> Source<'a> {
    /// The number of bytes of the source before `part`, which must be a slice of it.
    pub(crate) fn offset_of(&self, part: &str) -> usize {
        (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize)
    }

    /// Makes a FHIR error at the beginning of `part`.
    pub(crate) fn invalid(&self, part: &str, path: &Path, reason: &'static str) -> FhirError {
        FhirError::InvalidFhir {
            position: Position::at(self.text.as_bytes(), self.offset_of(part)),
            path: path.clone(),
            reason,
        }
    }

    fn syntax(&self, part: &str, path: &Path, error: &serde_json::Error) -> FhirError {
        let line_start = part
            .split_inclusive('\n')
            .take(error.line().saturating_sub(1))
            .map(str::len)
            .fold(0usize, usize::saturating_add);
        let inside = line_start
            .saturating_add(error.column().saturating_sub(1))
            .min(part.len());
        let offset = self.offset_of(part).saturating_add(inside);
        let message = error.to_string();
        let reason = message
            .split(" at line ")
            .next()
            .unwrap_or("not JSON")
            .to_owned();
        FhirError::InvalidJson {
            position: Position::at(self.text.as_bytes(), offset),
            path: path.clone(),
            reason,
        }
    }

    /// Reads all of `part`.
    pub(crate) fn json(&self, part: &str, path: &Path) -> Result<Json, FhirError> {
        Json::read(part).map_err(|e| self.syntax(part, path, &e))
    }

    /// The properties of the object `part` as slices of the source.
    ///
    /// It is an error if `part` is not an object.
    pub(crate) fn object(
        &self,
        part: &'a str,
        path: &Path,
    ) -> Result<Vec<(String, &'a RawValue)>, FhirError> {
        let mut reader = serde_json::Deserializer::from_str(part);
        let properties = reader
            .deserialize_any(RawObjectVisitor)
            .map_err(|e| self.syntax(part, path, &e))?;
        reader.end().map_err(|e| self.syntax(part, path, &e))?;
        properties.ok_or_else(|| self.invalid(part, path, "must be an object"))
    }

    /// The elements of the array `part` as slices of the source.
    pub(crate) fn array(&self, part: &'a str, path: &Path) -> Result<Vec<&'a RawValue>, FhirError> {
        if !part.starts_with('[') {
            return Err(self.invalid(part, path, "must be an array"));
        }
        serde_json::from_str(part).map_err(|e| self.syntax(part, path, &e))
    }
}

/// Refuses nesting deeper than `max`, before recursive code reads the source.
pub(crate) fn check_depth(bytes: &[u8], max: usize) -> Result<(), FhirError> {
    let (mut depth, mut in_text, mut escaped) = (0usize, false, false);
    for (offset, byte) in bytes.iter().enumerate() {
        match (in_text, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => in_text = !in_text,
            (false, b'{' | b'[') => {
                depth = depth.saturating_add(1);
                if depth > max {
                    let position = Position::at(bytes, offset);
                    return Err(FhirError::MaxDepthExceeded { position, max });
                }
            }
            (false, b'}' | b']') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}
