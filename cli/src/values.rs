// SPDX-License-Identifier: Apache-2.0
//! Values that people type: months, days, hashes, accounts, keywords.

use crate::error::{CliError, CliResult};
use bspp_record::Keyword;
use bspp_types::{limits::MAX_LABELS_PER_LEAF, Day, FilingMonth, Moment, PurposeOfUse, H256};
use chrono::NaiveDate;
use codec::DecodeAll;
use std::str::FromStr;

/// 32 bytes, typed as hex with or without `0x`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hex32(pub [u8; 32]);

impl FromStr for Hex32 {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut bytes = [0u8; 32];
        hex::decode_to_slice(text.trim_start_matches("0x"), &mut bytes)
            .map_err(|_| "expected 32 bytes as 64 hex digits".to_string())?;
        Ok(Self(bytes))
    }
}

impl Hex32 {
    /// The bytes as a hash.
    pub fn hash(self) -> H256 {
        H256(self.0)
    }
}

/// `0x` and the hex digits.
pub fn hex0x(bytes: impl AsRef<[u8]>) -> String {
    format!("0x{}", hex::encode(bytes))
}

/// Decodes SCALE in hex. `None` if it is not hex or not the type, or if bytes remain.
pub fn scale_hex<T: DecodeAll>(text: &str) -> Option<T> {
    let bytes = hex::decode(text.trim_start_matches("0x")).ok()?;
    T::decode_all(&mut bytes.as_slice()).ok()
}

/// A calendar month, typed as `YYYY-MM`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month(pub FilingMonth);

impl FromStr for Month {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "expected a month as YYYY-MM, 1970-01 or later".to_string();
        let (year, month) = text.split_once('-').ok_or_else(wrong)?;
        if year.len() != 4 || month.len() != 2 {
            return Err(wrong());
        }
        let year: u16 = year.parse().map_err(|_| wrong())?;
        let month: u16 = month.parse().map_err(|_| wrong())?;
        if !(1..=12).contains(&month) {
            return Err(wrong());
        }
        let years = year.checked_sub(1970).ok_or_else(wrong)?;
        years
            .checked_mul(12)
            .and_then(|months| months.checked_add(month - 1))
            .map(Self)
            .ok_or_else(wrong)
    }
}

/// A coded keyword, typed as `system|code`, as FHIR searches write a token.
///
/// Its `Debug` prints nothing of it: a keyword reveals something about a patient.
#[derive(Clone, PartialEq, Eq)]
pub struct KeywordToken {
    /// The code system.
    pub system: String,
    /// The code.
    pub code: String,
}

impl FromStr for KeywordToken {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.rsplit_once('|') {
            Some((system, code)) if !system.is_empty() && !code.is_empty() => Ok(Self {
                system: system.into(),
                code: code.into(),
            }),
            _ => Err("expected system|code, for example http://loinc.org|8302-2".into()),
        }
    }
}

impl core::fmt::Debug for KeywordToken {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("KeywordToken")
    }
}

impl KeywordToken {
    /// The keyword.
    pub fn keyword(&self) -> Keyword {
        Keyword::new(self.system.clone(), self.code.clone())
    }
}

/// Keywords that a record must all have, typed as `system|code$system|code`.
///
/// FHIR searches join the parts of a composite in the same way. Its `Debug` prints nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct KeywordGroup(Vec<KeywordToken>);

impl KeywordGroup {
    /// The keywords.
    pub fn keywords(&self) -> Vec<Keyword> {
        self.0.iter().map(KeywordToken::keyword).collect()
    }
}

impl FromStr for KeywordGroup {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut part = String::new();
        let mut letters = text.chars();
        while let Some(letter) = letters.next() {
            match letter {
                '\\' => match letters.next() {
                    Some(escaped @ ('$' | '\\')) => part.push(escaped),
                    _ => {
                        return Err(
                            "a backslash stands before a dollar sign or another backslash".into(),
                        )
                    }
                },
                '$' => parts.push(core::mem::take(&mut part)),
                _ => part.push(letter),
            }
        }
        parts.push(part);
        let mut tokens: Vec<KeywordToken> = Vec::with_capacity(parts.len());
        for part in parts {
            let token = part.parse()?;
            if tokens.contains(&token) {
                return Err("a group names a keyword twice".into());
            }
            tokens.push(token);
        }
        if tokens.len() > MAX_LABELS_PER_LEAF as usize {
            return Err(format!(
                "a group has a maximum of {MAX_LABELS_PER_LEAF} keywords"
            ));
        }
        Ok(Self(tokens))
    }
}

impl core::fmt::Debug for KeywordGroup {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("KeywordGroup")
    }
}

/// A day in UTC, typed as `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(pub Day);

impl FromStr for Date {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "expected a day as YYYY-MM-DD, 1970-01-01 or later".to_string();
        if text.len() != 10 {
            return Err(wrong());
        }
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| wrong())?;
        let days = date.signed_duration_since(NaiveDate::default()).num_days();
        Day::try_from(days).map(Self).map_err(|_| wrong())
    }
}

impl core::fmt::Display for Date {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match NaiveDate::default().checked_add_days(chrono::Days::new(u64::from(self.0))) {
            Some(date) => write!(f, "{}", date.format("%Y-%m-%d")),
            None => write!(f, "day {}", self.0),
        }
    }
}

/// Reads an HL7 purpose of use.
pub fn purpose(text: &str) -> Result<PurposeOfUse, String> {
    PurposeOfUse::from_code(text).ok_or_else(|| {
        let known: Vec<_> = PurposeOfUse::ALL.iter().map(|(_, code)| *code).collect();
        format!("expected one of {}", known.join(", "))
    })
}

/// The time of this machine, in milliseconds since 1970.
pub fn now() -> CliResult<Moment> {
    let now = chrono::Utc::now().timestamp_millis();
    Moment::try_from(now).map_err(CliError::failed)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn month_should_count_from_1970() {
        assert_eq!("1970-01".parse(), Ok(Month(0)));
        assert_eq!("2026-11".parse(), Ok(Month(56 * 12 + 10)));
        for wrong in [
            "1969-12",
            "2026-13",
            "2026-00",
            "2026",
            "2026-1",
            "x-01",
            "9999-12-1",
        ] {
            assert!(wrong.parse::<Month>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn keyword_should_split_at_the_last_bar() {
        let token: KeywordToken = "urn:a|b|c".parse().unwrap();
        assert_eq!(
            (token.system.as_str(), token.code.as_str()),
            ("urn:a|b", "c")
        );
        for wrong in ["", "|", "a|", "|b", "ab"] {
            assert!(wrong.parse::<KeywordToken>().is_err());
        }
        assert_eq!(format!("{token:?}"), "KeywordToken");
    }

    #[test]
    fn group_should_split_at_dollar_signs() {
        let group: KeywordGroup = r"urn:a|1$urn:b|2\$3$urn:c|\\".parse().unwrap();
        let parts: Vec<_> = group
            .0
            .iter()
            .map(|token| (token.system.as_str(), token.code.as_str()))
            .collect();
        assert_eq!(parts, [("urn:a", "1"), ("urn:b", "2$3"), ("urn:c", "\\")]);
        assert_eq!(format!("{group:?}"), "KeywordGroup");
        let many: Vec<String> = (0..9).map(|code| format!("urn:a|{code}")).collect();
        assert!(many[..8].join("$").parse::<KeywordGroup>().is_ok());
        for wrong in [
            "",
            "$",
            "a|1$",
            "a|1$a|1",
            r"a|1\2",
            r"a|1\",
            &many.join("$"),
        ] {
            assert!(wrong.parse::<KeywordGroup>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn date_should_count_days_from_1970() {
        assert_eq!("1970-01-01".parse(), Ok(Date(0)));
        assert_eq!("2026-11-26".parse(), Ok(Date(20_783)));
        assert_eq!(Date(20_783).to_string(), "2026-11-26");
        for wrong in ["1969-12-31", "2026-02-29", "2026-1-01", "26-01-01", ""] {
            assert!(wrong.parse::<Date>().is_err(), "{wrong}");
        }
        assert!(!Date(Day::MAX).to_string().is_empty());
    }

    #[test]
    fn hex32_should_refuse_wrong_lengths() {
        assert!("0x00".parse::<Hex32>().is_err());
        assert_eq!("00".repeat(32).parse(), Ok(Hex32([0; 32])));
    }
}
