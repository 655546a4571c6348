// SPDX-License-Identifier: Apache-2.0
//! Development accounts: their keys derive from names and are publicly known.
//!
//! Never use them with real data.

use anyhow::{anyhow, Result};
use blake2::{digest::consts::U32, Blake2b, Digest};
use serde_json::{json, Value};
use sp_core::{crypto::Ss58Codec, ed25519, sr25519, Pair};
use subxt::{
    tx::Signer,
    utils::{AccountId32, MultiSignature},
    SubstrateConfig,
};

/// An account's raw bytes.
pub type Account = [u8; 32];

/// The members of the council. Any two of them can carry a motion.
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
    /// The hospital's identifier: BLAKE2b-256 of its name.
    pub fn id(self) -> [u8; 32] {
        blake2_256(format!("hospital-{}", self.letter()).as_bytes())
    }

    /// The hospital's letter in names.
    pub const fn letter(self) -> char {
        match self {
            Self::A => 'a',
            Self::B => 'b',
        }
    }

    /// Name of the operator's key.
    ///
    /// The same key is an admin of the hospital chain and the gateway's key.
    pub const fn operator(self) -> &'static str {
        match self {
            Self::A => "//HospitalA",
            Self::B => "//HospitalB",
        }
    }

    /// Name of the key of a second admin of the hospital chain.
    ///
    /// The calls of this admin do not queue behind calls of the gateway that wait for a block.
    pub const fn admin(self) -> &'static str {
        match self {
            Self::A => "//AdminA",
            Self::B => "//AdminB",
        }
    }

    /// Name of the key of the account that sends the hospital's anchors besides the operator.
    ///
    /// Only a plan with anchorers makes it a member.
    pub const fn anchorer(self) -> &'static str {
        match self {
            Self::A => "//AnchorerA",
            Self::B => "//AnchorerB",
        }
    }

    /// Name of the key of the hospital's requester.
    pub const fn requester(self) -> &'static str {
        match self {
            Self::A => "//DoctorA",
            Self::B => "//DoctorB",
        }
    }

    /// Name of the chain spec of the hospital chain.
    pub const fn chain(self) -> &'static str {
        match self {
            Self::A => "hospital-a-local",
            Self::B => "hospital-b-local",
        }
    }

    /// The hospital's index in the list of hospitals in the consortium's genesis.
    pub const fn place(self) -> usize {
        match self {
            Self::A => 0,
            Self::B => 1,
        }
    }
}

/// BLAKE2b-256.
pub fn blake2_256(bytes: &[u8]) -> [u8; 32] {
    Blake2b::<U32>::digest(bytes).into()
}

/// The key pair of a development account.
pub struct Keypair(sr25519::Pair);

impl Signer<SubstrateConfig> for Keypair {
    fn account_id(&self) -> AccountId32 {
        AccountId32(self.0.public().0)
    }

    fn sign(&self, payload: &[u8]) -> MultiSignature {
        MultiSignature::Sr25519(self.0.sign(payload).0)
    }
}

/// The key pair of a development name such as `//CouncilOne`.
///
/// # Errors
///
/// Fails if a key cannot be derived from the name.
pub fn keypair(name: &str) -> Result<Keypair> {
    Ok(Keypair(pair(name)?))
}

/// The address of a development name.
///
/// # Errors
///
/// Fails if a key cannot be derived from the name.
pub fn address(name: &str) -> Result<String> {
    Ok(pair::<sr25519::Pair>(name)?.public().to_ss58check())
}

/// The account of a development name.
///
/// # Errors
///
/// Fails if a key cannot be derived from the name.
pub fn account(name: &str) -> Result<Account> {
    Ok(pair::<sr25519::Pair>(name)?.public().0)
}

fn pair<P: Pair>(name: &str) -> Result<P> {
    P::from_string(name, None).map_err(|error| anyhow!("{name}: {error}"))
}

/// The derivation path of a node's keys.
///
/// zombienet derives it from the node's name in the same way.
pub fn seed(node: &str) -> String {
    let mut letters = node.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    format!(
        "//{}{}",
        first.into_iter().collect::<String>(),
        letters.as_str()
    )
}

/// The derivation path of a validator's account: that of its node, then `//stash`.
pub fn stash_uri(node: &str) -> String {
    format!("{}//stash", seed(node))
}

/// The account of the validator that a node runs.
///
/// # Errors
///
/// Fails if a key cannot be derived from the name.
pub fn stash(node: &str) -> Result<Account> {
    account(&stash_uri(node))
}

/// The public session keys of a node.
#[derive(Clone, Copy, Debug)]
pub struct SessionKeys {
    /// The key for Aura and for `conf`.
    pub sr25519: [u8; 32],
    /// The key for GRANDPA.
    pub ed25519: [u8; 32],
}

/// The session keys of the validator that a node runs.
///
/// # Errors
///
/// Fails if a key cannot be derived from the name.
pub fn session_keys(node: &str) -> Result<SessionKeys> {
    let seed = seed(node);
    Ok(SessionKeys {
        sr25519: pair::<sr25519::Pair>(&seed)?.public().0,
        ed25519: pair::<ed25519::Pair>(&seed)?.public().0,
    })
}

/// The node key, in hexadecimal digits, and the peer identifier of a name.
pub fn identity(name: &str) -> (String, String) {
    let secret = blake2_256(name.as_bytes());
    let public = ed25519::Pair::from_seed(&secret).public().0;
    // An identity multihash of the libp2p protobuf of an Ed25519 key.
    let peer = [&[0x00, 0x24, 0x08, 0x01, 0x12, 0x20], &public[..]].concat();
    (hex::encode(secret), bs58::encode(peer).into_string())
}

/// The validator's entry in a chain spec's `session.keys`.
///
/// # Errors
///
/// Fails if a key cannot be derived from the name.
pub fn session_entry(node: &str) -> Result<Value> {
    let stash = address(&stash_uri(node))?;
    let keys = session_keys(node)?;
    let sr = sr25519::Public::from_raw(keys.sr25519).to_ss58check();
    let ed = ed25519::Public::from_raw(keys.ed25519).to_ss58check();
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
