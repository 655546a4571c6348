// SPDX-License-Identifier: Apache-2.0
//! Development accounts: derived from names, publicly known, never for real data.

use anyhow::{anyhow, Context, Result};
use serde_json::{json, Value};
use std::str::FromStr;
use zombienet_sdk::{
    generators::generate_node_keys,
    subxt::{
        config::{substrate::BlakeTwo256, Hasher},
        utils::AccountId32,
    },
    subxt_signer::{sr25519::Keypair, SecretUri},
};

/// An account's raw bytes.
pub type Account = [u8; 32];

/// The council's members. Any two decide.
pub const COUNCIL: [&str; 3] = ["//CouncilOne", "//CouncilTwo", "//CouncilThree"];

/// A hospital of the development chains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hospital {
    /// Hospital A.
    A,
    /// Hospital B.
    B,
}

impl Hospital {
    /// Identifier: BLAKE2b-256 of its name.
    pub fn id(self) -> [u8; 32] {
        blake2_256(format!("hospital-{}", self.letter()).as_bytes())
    }

    /// The letter in names.
    pub const fn letter(self) -> char {
        match self {
            Self::A => 'a',
            Self::B => 'b',
        }
    }

    /// Key of the operator: also the admin, clinician and gateway of its own chain.
    pub const fn operator(self) -> &'static str {
        match self {
            Self::A => "//HospitalA",
            Self::B => "//HospitalB",
        }
    }

    /// Key of a second admin of its own chain. An admin's calls must not queue behind what the gateway cannot get in.
    pub const fn admin(self) -> &'static str {
        match self {
            Self::A => "//AdminA",
            Self::B => "//AdminB",
        }
    }

    /// Name of its chain's spec.
    pub const fn chain(self) -> &'static str {
        match self {
            Self::A => "hospital-a-local",
            Self::B => "hospital-b-local",
        }
    }

    /// Its place in the genesis of the consortium.
    pub const fn place(self) -> usize {
        match self {
            Self::A => 0,
            Self::B => 1,
        }
    }
}

/// BLAKE2b-256.
pub fn blake2_256(bytes: &[u8]) -> [u8; 32] {
    BlakeTwo256.hash(bytes).0
}

/// The key pair of a development name such as `//CouncilOne`.
///
/// # Errors
///
/// When the name is no derivation.
pub fn keypair(name: &str) -> Result<Keypair> {
    let uri = SecretUri::from_str(name).map_err(|error| anyhow!("{name}: {error}"))?;
    Keypair::from_uri(&uri).map_err(|error| anyhow!("{name}: {error}"))
}

/// The address of a development name.
///
/// # Errors
///
/// When the name is no derivation.
pub fn address(name: &str) -> Result<String> {
    Ok(AccountId32(keypair(name)?.public_key().0).to_string())
}

/// Derivation of a node's keys, as zombienet derives them from the node's name.
fn seed(node: &str) -> String {
    let mut letters = node.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    format!(
        "//{}{}",
        first.into_iter().collect::<String>(),
        letters.as_str()
    )
}

/// Derivation of a validator's account: its node's, then `//stash`.
pub fn stash_uri(node: &str) -> String {
    format!("{}//stash", seed(node))
}

/// Account of the validator that a node runs.
///
/// # Errors
///
/// When the name is no derivation.
pub fn stash(node: &str) -> Result<Account> {
    Ok(keypair(&stash_uri(node))?.public_key().0)
}

/// The validator's entry in a chain spec's `session.keys`.
///
/// # Errors
///
/// When the name is no derivation.
pub fn session_entry(node: &str) -> Result<Value> {
    let stash = address(&stash_uri(node))?;
    let keys = generate_node_keys(&seed(node)).map_err(|error| anyhow!("{node}: {error}"))?;
    let key = |scheme: &str| {
        let key = keys.get(scheme).context("a key scheme of zombienet's")?;
        Ok::<_, anyhow::Error>(key.address.clone())
    };
    let (sr, ed) = (key("sr")?, key("ed")?);
    Ok(json!([stash, stash, { "aura": sr, "grandpa": ed, "conf": sr }]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_should_be_those_that_the_runtime_derives() -> Result<()> {
        assert_eq!(
            address(&stash_uri("alice"))?,
            "5GNJqTPyNqANBkUVMN1LPPrxXnFouWXoe2wNSmmEoLctxiZY"
        );
        assert_eq!(
            hex::encode(Hospital::A.id()),
            "f8932aa7ca74a0a1fbc39b07abcab90db35d0dd90a908f60744c42f38e0a997d"
        );
        assert_eq!(
            session_entry("alice")?[2]["grandpa"],
            "5FA9nQDVg267DEd8m1ZypXLBnvN7SFxYwV7ndqSYGiN9TTpu"
        );
        Ok(())
    }
}
