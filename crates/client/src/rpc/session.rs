// SPDX-License-Identifier: Apache-2.0
//! Keys in a node's keystore. The node answers only if unsafe RPC methods are allowed.

use crate::{chain::*, error::*};
use bspp_primitives::AccountId;
use codec::Encode;
use serde::Deserialize;
use sp_core::Bytes;

/// Public session keys that a node has just made, and the proof that it has their secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionKeys {
    /// The SCALE-encoded public keys, in the runtime's order.
    pub keys: Vec<u8>,
    /// The signatures of these keys over the owner's account.
    pub proof: Vec<u8>,
}

#[derive(Deserialize)]
struct WireKeys {
    keys: Bytes,
    #[serde(default)]
    proof: Option<Bytes>,
}

impl TryFrom<WireKeys> for SessionKeys {
    type Error = ClientError;

    fn try_from(wire: WireKeys) -> Result<Self> {
        let proof = wire.proof.ok_or_else(|| ClientError::InvalidAnswer {
            what: ROTATE.into(),
            reason: "the runtime gives no proof of ownership".into(),
        })?;
        Ok(Self {
            keys: wire.keys.0,
            proof: proof.0,
        })
    }
}

const ROTATE: &str = "author_rotateKeysWithOwner";

impl ChainClient {
    /// Makes the node generate session keys in its keystore.
    ///
    /// `owner` registers them with `session.set_keys`. The current keys stay in the keystore.
    ///
    /// # Errors
    /// `RpcRefused` if unsafe methods are not allowed, `InvalidAnswer`, and those of [`Self::rpc`].
    pub async fn rotate_session_keys(&self, owner: &AccountId) -> Result<SessionKeys> {
        let made: WireKeys = self.rpc(ROTATE, params![Bytes(owner.encode())]).await?;
        made.try_into()
    }

    /// Whether the node's keystore has the secret of a public key of this type.
    ///
    /// An example of a type is `conf`.
    ///
    /// # Errors
    /// `RpcRefused` if unsafe methods are not allowed, and those of [`Self::rpc`].
    pub async fn has_key(&self, public: &[u8], key_type: &str) -> Result<bool> {
        self.rpc("author_hasKey", params![Bytes(public.to_vec()), key_type])
            .await
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn session_keys_should_be_read_from_the_nodes_answer() {
        let wire: WireKeys = serde_json::from_str(r#"{"keys":"0x0102","proof":"0x03"}"#).unwrap();
        let expected = SessionKeys {
            keys: vec![1, 2],
            proof: vec![3],
        };
        assert_eq!(SessionKeys::try_from(wire).unwrap(), expected);
    }

    #[test]
    fn session_keys_should_be_refused_when_the_proof_is_missing() {
        let wire: WireKeys = serde_json::from_str(r#"{"keys":"0x0102"}"#).unwrap();
        assert!(matches!(
            SessionKeys::try_from(wire),
            Err(ClientError::InvalidAnswer { .. })
        ));
    }
}
