// SPDX-License-Identifier: Apache-2.0
//! Members of development chains. **Never use them for real data.**
//!
//! Everything here is publicly known. Accounts are sr25519 keys derived from the development phrase
//! by their name (`//HospitalA`). Session keys are derived in the same way (`//Alice`: sr25519 for
//! Aura and `conf`, ed25519 for GRANDPA). [`encryption_secret`] derives hospitals' X25519 secrets.

use crate::SessionKeys;
use alloc::format;
use bspp_peks::X25519Secret;
use bspp_primitives::{AccountId, ConformanceId};
use bspp_types::HospitalId;
use polkadot_sdk::{
    sp_consensus_aura::sr25519::AuthorityId as AuraId,
    sp_consensus_grandpa::AuthorityId as GrandpaId,
    sp_core::{crypto::get_public_from_string_or_panic, sr25519, H256},
    sp_io::hashing::blake2_256,
    sp_runtime::traits::{IdentifyAccount, Verify},
};

/// Domain of [`encryption_secret`].
pub const X25519_DOMAIN: &[u8] = b"bspp-dev-x25519";

/// Last slot of the genesis credentials of development hospital chains.
///
/// It is in the year 2100 with the shortest slots, and later with longer ones.
pub const CREDENTIALS_UNTIL: u64 = 4_102_444_800_000 / bspp_types::limits::MIN_SLOT_DURATION;

/// A hospital of development chains, with its accounts and keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DevHospital {
    /// Name. Its BLAKE2b-256 is the hospital's identifier.
    pub name: &'static str,
    /// Derivation path, without the slashes, of the operator's account.
    ///
    /// The account acts on both chains and is the admin of the hospital's own chain.
    pub operator: &'static str,
    /// Its validators on the consortium: session keys `//Name`, account `//Name//stash`.
    pub consortium_validators: &'static [&'static str],
    /// The validators of its own chain, with the same derivation.
    pub hospital_validators: &'static [&'static str],
    /// Its requesters on the consortium.
    pub requesters: &'static [&'static str],
}

/// Hospital A, which stores the records that the demonstration searches.
pub const HOSPITAL_A: DevHospital = DevHospital {
    name: "hospital-a",
    operator: "HospitalA",
    consortium_validators: &["Alice", "Bob"],
    hospital_validators: &["Alice"],
    requesters: &["DoctorA"],
};

/// Hospital B, where the searching doctor works.
pub const HOSPITAL_B: DevHospital = DevHospital {
    name: "hospital-b",
    operator: "HospitalB",
    consortium_validators: &["Charlie"],
    hospital_validators: &["Charlie"],
    requesters: &["DoctorB"],
};

/// The consortium's council.
pub const COUNCIL: [&str; 3] = ["CouncilOne", "CouncilTwo", "CouncilThree"];

impl DevHospital {
    /// Identifier: BLAKE2b-256 of the name.
    pub fn id(&self) -> HospitalId {
        blake2_256(self.name.as_bytes()).into()
    }

    /// X25519 public key of [`encryption_secret`].
    pub fn encryption_key(&self) -> H256 {
        H256(encryption_secret(&self.id()).public().0)
    }
}

/// X25519 secret of a hospital on development chains.
///
/// It is BLAKE2b-256 of `bspp-dev-x25519` and the hospital's identifier.
pub fn encryption_secret(hospital: &HospitalId) -> X25519Secret {
    let input = [X25519_DOMAIN, hospital.as_bytes()].concat();
    X25519Secret::from_bytes(blake2_256(&input))
}

/// Account `//name`.
pub fn account(name: &str) -> AccountId {
    <bspp_primitives::Signature as Verify>::Signer::from(get_public_from_string_or_panic::<
        sr25519::Public,
    >(name))
    .into_account()
}

/// Account `//name//stash`: the validator `name`.
pub fn validator(name: &str) -> AccountId {
    account(&format!("{name}//stash"))
}

/// Session keys `//name`.
pub fn session_keys(name: &str) -> SessionKeys {
    SessionKeys {
        aura: get_public_from_string_or_panic::<AuraId>(name),
        grandpa: get_public_from_string_or_panic::<GrandpaId>(name),
        conf: get_public_from_string_or_panic::<ConformanceId>(name),
    }
}

/// An account that can sign in WebAssembly without a keystore, for benchmarks.
#[cfg(feature = "runtime-benchmarks")]
pub mod benchmark_signer {
    use bspp_peks::Ed25519Secret;
    use bspp_primitives::{AccountId, Signature};
    use polkadot_sdk::sp_core::ed25519;

    fn key() -> Ed25519Secret {
        Ed25519Secret::from_seed(&[7; 32])
    }

    /// The account.
    pub fn account() -> AccountId {
        AccountId::new(key().public())
    }

    /// The account's signature over a message.
    pub fn sign(message: &[u8]) -> Signature {
        Signature::Ed25519(ed25519::Signature::from_raw(key().sign(message)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use polkadot_sdk::sp_core::crypto::Ss58Codec;

    #[test]
    fn validators_should_be_the_accounts_that_other_tools_derive() {
        // The well-known address of //Alice//stash.
        assert_eq!(
            validator("Alice").to_ss58check(),
            "5GNJqTPyNqANBkUVMN1LPPrxXnFouWXoe2wNSmmEoLctxiZY"
        );
    }

    #[test]
    fn encryption_key_should_belong_to_the_secret_and_differ_by_hospital() {
        let a = HOSPITAL_A.encryption_key();
        assert_eq!(a.0, encryption_secret(&HOSPITAL_A.id()).public().0);
        assert_ne!(a, HOSPITAL_B.encryption_key());
    }
}
