// SPDX-License-Identifier: Apache-2.0
//! JSON, reduced to the parts that the rules of this crate read: texts and nesting.

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::collections::BTreeMap;

/// A JSON value. Numbers, booleans and null are all `Other`: no rule here reads them.
pub(crate) enum Json {
    /// An object. No property occurs twice.
    Object(BTreeMap<String, Json>),
    /// An array.
    Array(Vec<Json>),
    /// A text.
    Text(String),
    /// A number, boolean or null.
    Other,
}

impl Json {
    /// Reads all of `text`.
    pub(crate) fn read(text: &str) -> Result<Self, serde_json::Error> {
        let mut reader = serde_json::Deserializer::from_str(text);
        let value = JsonVisitor.deserialize(&mut reader)?;
        reader.end()?;
        Ok(value)
    }

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

    /// The elements of an array; any other value is its own only element.
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
