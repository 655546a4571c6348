// SPDX-License-Identifier: Apache-2.0
//! JSON as this crate needs it: text, nesting, and raw slices of the source.

use super::error::{FhirError, Path, Position};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// A JSON value without what no rule here looks at: numbers, booleans and null are all `Other`.
pub(crate) enum Json {
    /// An object. No property stands twice.
    Object(BTreeMap<String, Json>),
    /// An array.
    Array(Vec<Json>),
    /// A text.
    Text(String),
    /// A number, boolean or null.
    Other,
}

impl Json {
    /// The property `name` of an object.
    pub(crate) fn get(&self, name: &str) -> Option<&Json> {
        match self {
            Self::Object(properties) => properties.get(name),
            _ => None,
        }
    }

    /// The text property `name` of an object.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some(Self::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The elements of an array; any other value stands for itself alone.
    pub(crate) fn elements(&self) -> &[Json] {
        match self {
            Self::Array(elements) => elements,
            other => core::slice::from_ref(other),
        }
    }
}

struct JsonVisitor;

impl<'de> DeserializeSeed<'de> for JsonVisitor {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut properties = BTreeMap::new();
        while let Some(name) = map.next_key::<String>()? {
            let value = map.next_value_seed(JsonVisitor)?;
            if properties.insert(name, value).is_some() {
                return Err(A::Error::custom("a property stands twice in this object"));
            }
        }
        Ok(Json::Object(properties))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = seq.next_element_seed(JsonVisitor)? {
            elements.push(element);
        }
        Ok(Json::Array(elements))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Json, E> {
        Ok(Json::Text(text))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Other)
    }
}

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

/// The source with what is needed to name places in it.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) text: &'a str,
}

impl<'a> Source<'a> {
    /// Bytes of the source before `part`, which must be a slice of it.
    pub(crate) fn offset_of(&self, part: &str) -> usize {
        (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize)
    }

    /// An error of FHIR at the beginning of `part`.
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
        let mut reader = serde_json::Deserializer::from_str(part);
        let value = JsonVisitor
            .deserialize(&mut reader)
            .map_err(|e| self.syntax(part, path, &e))?;
        reader.end().map_err(|e| self.syntax(part, path, &e))?;
        Ok(value)
    }

    /// The properties of the object `part` as slices of the source, or an error that `part` is no object.
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

/// Refuses nesting deeper than `max`, before anything recursive looks at the source.
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
