// SPDX-License-Identifier: Apache-2.0
//! A seed as 24 words (BIP-39, English), whose entropy is the seed.

use crate::{
    error::{CliError, CliResult},
    files,
};
use bip39::{Language, Mnemonic};
use bspp_peks::Seed;
use std::{io::Read, path::Path};
use zeroize::{Zeroize, Zeroizing};

/// The number of words of 32 bytes.
const WORDS: usize = 24;
/// Maximum length of the typed words, in bytes.
const MAX_TEXT: u64 = 4096;

/// The words of a seed, with single spaces.
pub fn of(seed: &Seed) -> CliResult<Zeroizing<String>> {
    let words =
        Mnemonic::from_entropy_in(Language::English, seed.as_bytes()).map_err(CliError::failed)?;
    // Words have 8 letters or fewer.
    let mut text = Zeroizing::new(String::with_capacity(WORDS.saturating_mul(9)));
    for word in words.words() {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
    }
    Ok(text)
}

/// The seed of 24 words.
///
/// The error names the place of a wrong word, never the word.
pub fn seed(text: &str) -> CliResult<Seed> {
    let lower = Zeroizing::new(text.to_lowercase());
    let words = Mnemonic::parse_in_normalized(Language::English, &lower).map_err(|error| {
        CliError::Usage(match error {
            bip39::Error::UnknownWord(place) => format!(
                "word {} is not a word of the BIP-39 list",
                place.saturating_add(1)
            ),
            bip39::Error::InvalidChecksum => {
                "the words do not belong together: one of them is wrong, or their order".into()
            }
            _ => format!("expected the {WORDS} words of a seed"),
        })
    })?;
    let (mut entropy, length) = words.to_entropy_array();
    let seed = match (length, entropy.first_chunk::<32>()) {
        (32, Some(bytes)) => Ok(Seed::from_bytes(*bytes)),
        _ => Err(CliError::Usage(format!(
            "expected the {WORDS} words of a seed"
        ))),
    };
    entropy.zeroize();
    seed
}

/// Reads the typed words: from a file, from standard input for `-`, or else from a prompt.
pub fn read(source: Option<&Path>) -> CliResult<Zeroizing<String>> {
    let Some(path) = source else {
        return rpassword::prompt_password("The 24 words: ")
            .map(Zeroizing::new)
            .map_err(|_| {
                CliError::usage("there is no terminal to ask for the words; give --words FILE, or - for standard input")
            });
    };
    let mut text = Zeroizing::new(String::with_capacity(8192));
    if path.as_os_str() == "-" {
        std::io::stdin()
            .take(MAX_TEXT)
            .read_to_string(&mut text)
            .map_err(|_| CliError::usage("the words on standard input are not a text"))?;
        return Ok(text);
    }
    let bytes = files::read_secret(path)?;
    let read = core::str::from_utf8(&bytes)
        .map_err(|_| CliError::Usage(format!("{} is not a text", path.display())))?;
    text.push_str(read);
    Ok(text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn words_should_be_those_of_the_standard() {
        // The first and the last vector of 256 bits of BIP-39.
        let zero = of(&Seed::from_bytes([0; 32])).unwrap();
        assert_eq!(*zero, format!("{}art", "abandon ".repeat(23)));
        let ones = of(&Seed::from_bytes([0xff; 32])).unwrap();
        assert_eq!(*ones, format!("{}vote", "zoo ".repeat(23)));
    }

    #[test]
    fn seed_should_be_the_same_after_its_words() {
        for byte in 0..=u8::MAX {
            let bytes = core::array::from_fn(|place| byte.wrapping_mul(place as u8 | 1));
            let words = of(&Seed::from_bytes(bytes)).unwrap();
            assert_eq!(words.split(' ').count(), WORDS);
            let typed = format!("  {}\n", words.to_uppercase().replace(' ', "\n"));
            assert_eq!(seed(&typed).unwrap().as_bytes(), &bytes);
        }
    }

    #[test]
    fn words_should_be_refused_when_wrong_and_not_be_repeated() {
        let right = format!("{}art", "abandon ".repeat(23));
        for (wrong, reason) in [
            (right.replacen("abandon", "xylophone", 1), "word 1 "),
            (right.replace("art", "able"), "one of them is wrong"),
            // Twelve words are a mnemonic, but not a seed.
            (format!("{}about", "abandon ".repeat(11)), "24 words"),
            (String::new(), "24 words"),
        ] {
            let error = seed(&wrong).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
            assert!(!error.contains("xylophone") && !error.contains("abandon"));
        }
    }
}
