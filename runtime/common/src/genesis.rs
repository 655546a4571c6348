// SPDX-License-Identifier: Apache-2.0
//! The check of the session keys of a genesis.

use crate::SessionKeys;
use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::String,
};
use bspp_primitives::{genesis::DistinctFields, AccountId};
use codec::Encode;

/// Checks the session keys of a genesis against its validators.
///
/// `keys` is the field `session.keys`. `validators` are the accounts that author from the start,
/// each with the path of its field.
///
/// # Errors
///
/// A sentence with the path of the field: an account or a key occurs twice, a validator has no
/// session keys, or session keys belong to an account that is not a validator.
pub fn check_session_keys(
    keys: &[(AccountId, AccountId, SessionKeys)],
    validators: &BTreeMap<AccountId, String>,
) -> Result<(), String> {
    let mut accounts = DistinctFields::new();
    let mut seen = DistinctFields::new();
    for (n, (account, validator, keys)) in keys.iter().enumerate() {
        let path = format!("session.keys[{n}]");
        accounts.note(account, format!("{path}[0]"), "the account")?;
        if validator != account {
            return Err(format!("{path}[1]: the validator differs from the account"));
        }
        if !validators.contains_key(account) {
            return Err(format!("{path}[0]: the account is not a validator"));
        }
        let fields = [
            ("aura", keys.aura.encode()),
            ("grandpa", keys.grandpa.encode()),
            ("conf", keys.conf.encode()),
        ];
        for (field, key) in fields {
            // A validator may use one key for two purposes; two validators must not share one.
            seen.note((field, key), format!("{path}[2].{field}"), "the key")?;
        }
    }
    let with_keys: BTreeSet<&AccountId> = keys.iter().map(|(account, ..)| account).collect();
    for (account, path) in validators {
        if !with_keys.contains(account) {
            return Err(format!("{path}: the validator has no session keys"));
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::dev;
    use alloc::{vec, vec::Vec};

    type Keys = Vec<(AccountId, AccountId, SessionKeys)>;

    fn keys() -> Keys {
        ["Alice", "Bob"]
            .map(|name| {
                let account = dev::validator(name);
                (account.clone(), account, dev::session_keys(name))
            })
            .to_vec()
    }

    fn check(keys: &Keys) -> Result<(), String> {
        let validators = ["Alice", "Bob"]
            .map(|name| (dev::validator(name), format!("validators.{name}")))
            .into();
        check_session_keys(keys, &validators)
    }

    #[test]
    fn keys_should_be_accepted_when_every_validator_has_its_own() {
        assert_eq!(check(&keys()), Ok(()));
    }

    #[test]
    fn keys_should_be_refused_with_the_field_when_one_is_wrong() {
        let mut missing = keys();
        missing.pop();
        let mut shared = keys();
        shared[1].2.grandpa = shared[0].2.grandpa.clone();
        let mut twice = keys();
        twice.push(twice[0].clone());
        let mut other = keys();
        other[1].1 = dev::validator("Charlie");
        let mut stranger = keys();
        let charlie = dev::validator("Charlie");
        stranger.push((charlie.clone(), charlie, dev::session_keys("Charlie")));
        let cases = vec![
            (missing, "validators.Bob: the validator has no session keys"),
            (
                shared,
                "session.keys[1][2].grandpa: the key is also session.keys[0][2].grandpa",
            ),
            (
                twice,
                "session.keys[2][0]: the account is also session.keys[0][0]",
            ),
            (
                other,
                "session.keys[1][1]: the validator differs from the account",
            ),
            (
                stranger,
                "session.keys[2][0]: the account is not a validator",
            ),
        ];
        for (keys, expected) in cases {
            assert_eq!(check(&keys).unwrap_err(), expected);
        }
    }
}
