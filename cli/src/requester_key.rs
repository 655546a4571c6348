// SPDX-License-Identifier: Apache-2.0
//! A requester's statement of the X25519 key, which the hospital's operator registers.

use crate::{
    error::{CliError, CliResult},
    keys::DoctorKeys,
    values::{hex0x, scale_hex},
};
use bspp_primitives::Signature;
use bspp_types::{messages, HospitalId, X25519Key, H256};
use codec::Encode;
use serde::{Deserialize, Serialize};
use sp_core::crypto::AccountId32;
use sp_runtime::traits::Verify;

/// The statement as a file. It is public.
#[derive(Clone, Serialize, Deserialize)]
pub struct RequesterKeyFile {
    /// Genesis hash of the consortium chain.
    pub chain: String,
    /// The requester's hospital.
    pub hospital: String,
    /// The requester's account.
    pub account: String,
    /// The X25519 key.
    pub x25519: String,
    signature: String,
}

/// The decoded statement, whose signature is right.
pub struct RequesterKey {
    /// The requester's account.
    pub account: AccountId32,
    /// The X25519 key.
    pub key: X25519Key,
    /// The account's signature.
    pub signature: Signature,
}

fn decode<T: codec::DecodeAll>(text: &str, what: &str) -> CliResult<T> {
    scale_hex(text).ok_or_else(|| {
        CliError::Usage(format!(
            "the statement's {what} does not decode; ask the doctor for a new one"
        ))
    })
}

impl RequesterKeyFile {
    /// Signs the statement.
    pub fn sign(keys: &DoctorKeys, chain: &H256, hospital: &HospitalId) -> Self {
        let (account, key) = (keys.signer.account_bytes(), keys.x25519.public().0);
        let message = messages::requester_key_message(chain, hospital, &account, &key);
        Self {
            chain: hex0x(chain),
            hospital: hex0x(hospital),
            account: hex0x(account),
            x25519: hex0x(key),
            signature: hex0x(keys.signer.sign_bytes(&message).encode()),
        }
    }

    /// The statement as JSON, for people who copy it.
    pub fn lines(&self) -> CliResult<Vec<String>> {
        let json = serde_json::to_string_pretty(self).map_err(CliError::failed)?;
        Ok(vec![json])
    }

    /// Decodes the statement, and checks its hospital and its signature.
    pub fn verify(&self, chain: &H256, hospital: &HospitalId) -> CliResult<RequesterKey> {
        if decode::<H256>(&self.chain, "chain")? != *chain
            || decode::<H256>(&self.hospital, "hospital")? != *hospital
        {
            return Err(CliError::usage(
                "the statement is for another hospital or consortium",
            ));
        }
        let account: [u8; 32] = decode(&self.account, "account")?;
        let key: X25519Key = decode(&self.x25519, "X25519 key")?;
        let signature: Signature = decode(&self.signature, "signature")?;
        let message = messages::requester_key_message(chain, hospital, &account, &key);
        let account = AccountId32::new(account);
        if !signature.verify(message.as_slice(), &account) {
            return Err(CliError::usage(
                "the statement is not signed by its account",
            ));
        }
        Ok(RequesterKey {
            account,
            key,
            signature,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use bspp_client::{Scheme, Signer};
    use bspp_peks::X25519Secret;

    fn statement() -> RequesterKeyFile {
        let keys = DoctorKeys {
            signer: Signer::from_seed(&[1; 32], Scheme::Sr25519),
            x25519: X25519Secret::from_bytes([2; 32]),
        };
        RequesterKeyFile::sign(&keys, &H256([3; 32]), &H256([4; 32]))
    }

    #[test]
    fn statement_should_hold_for_its_hospital() {
        let read = statement().verify(&H256([3; 32]), &H256([4; 32])).unwrap();
        assert_eq!(read.key, X25519Secret::from_bytes([2; 32]).public().0);
        assert!(statement().verify(&H256([5; 32]), &H256([4; 32])).is_err());
        assert!(statement().verify(&H256([3; 32]), &H256([5; 32])).is_err());
    }

    #[test]
    fn hospital_should_not_put_its_own_key_into_a_statement() {
        let mut changed = statement();
        changed.x25519 = hex0x([9; 32]);
        assert!(changed.verify(&H256([3; 32]), &H256([4; 32])).is_err());
        let mut changed = statement();
        changed.account = hex0x([9; 32]);
        assert!(changed.verify(&H256([3; 32]), &H256([4; 32])).is_err());
        let mut changed = statement();
        changed.signature = "0x00".into();
        assert!(changed.verify(&H256([3; 32]), &H256([4; 32])).is_err());
    }
}
