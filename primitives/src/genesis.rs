// SPDX-License-Identifier: Apache-2.0
//! Checks of a genesis configuration, whose messages name the field.

use alloc::{collections::BTreeMap, format, string::String};

/// Values that must be distinct, with the path of the field of each.
pub struct DistinctFields<V>(BTreeMap<V, String>);

impl<V: Ord> DistinctFields<V> {
    /// No values.
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Notes the value of the field `path`.
    ///
    /// # Errors
    ///
    /// A sentence that names the field and the one with the same value. `noun` is the value's kind,
    /// such as "the account".
    pub fn note(&mut self, value: V, path: String, noun: &str) -> Result<(), String> {
        if let Some(first) = self.0.get(&value) {
            return Err(format!("{path}: {noun} is also {first}"));
        }
        self.0.insert(value, path);
        Ok(())
    }
}

impl<V: Ord> Default for DistinctFields<V> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn note_should_name_both_fields_when_a_value_occurs_twice() {
        let mut seen = DistinctFields::new();
        assert_eq!(seen.note(1, "a[0].b".into(), "the number"), Ok(()));
        assert_eq!(seen.note(2, "a[1].b".into(), "the number"), Ok(()));
        let error = seen.note(1, "a[2].b".into(), "the number");
        assert_eq!(error, Err("a[2].b: the number is also a[0].b".into()));
    }
}
