// SPDX-License-Identifier: Apache-2.0
//! The keystore that GRANDPA's voter gets: it signs no second vote.

use super::{Guard, Vote};
use crate::anchor::Watch;
use bspp_primitives::Header;
use codec::DecodeAll;
use polkadot_sdk::{
    sc_consensus_grandpa::Message,
    sp_core::{
        crypto::{key_types, KeyTypeId},
        ecdsa, ed25519, sr25519,
    },
    sp_keystore::{Error, Keystore, KeystorePtr},
};
use std::sync::Arc;

/// A message of this chain's voters.
type VoterMessage = Message<Header>;

/// A keystore under the guard.
///
/// While the node may not vote it has no GRANDPA key, so that the voter only follows the others. It
/// may not while the guard is silent, or while its chain lacks the hospital's anchor.
pub struct VotingKeystore {
    inner: KeystorePtr,
    guard: Arc<Guard>,
    anchor: Option<Arc<Watch>>,
}

impl VotingKeystore {
    /// Puts a keystore under the guard, and under the watch of a hospital's node.
    pub fn new(inner: KeystorePtr, guard: Arc<Guard>, anchor: Option<Arc<Watch>>) -> Arc<Self> {
        Arc::new(Self {
            inner,
            guard,
            anchor,
        })
    }

    /// Whether the voter may vote in the round that begins.
    fn may_begin(&self) -> bool {
        // The guard is asked in any case, because it reports its silence.
        let guarded = self.guard.may_begin();
        guarded
            && self
                .anchor
                .as_ref()
                .is_none_or(|anchor| anchor.check().is_ok())
    }

    /// Whether the guard admits the payload that a voter wants to sign.
    fn admits(&self, public: &ed25519::Public, payload: &[u8]) -> bool {
        let decoded = <(VoterMessage, u64, u64)>::decode_all(&mut &payload[..]);
        let Ok((message, round, set)) = decoded else {
            return false;
        };
        let vote = match message {
            VoterMessage::PrimaryPropose(vote) => {
                Vote::Propose((vote.target_hash, vote.target_number))
            }
            VoterMessage::Prevote(vote) => Vote::Prevote((vote.target_hash, vote.target_number)),
            VoterMessage::Precommit(vote) => {
                Vote::Precommit((vote.target_hash, vote.target_number))
            }
        };
        self.guard.admit(public.0, (set, round), vote)
    }
}

impl Keystore for VotingKeystore {
    fn sr25519_public_keys(&self, key_type: KeyTypeId) -> Vec<sr25519::Public> {
        self.inner.sr25519_public_keys(key_type)
    }

    fn sr25519_generate_new(
        &self,
        key_type: KeyTypeId,
        seed: Option<&str>,
    ) -> Result<sr25519::Public, Error> {
        self.inner.sr25519_generate_new(key_type, seed)
    }

    fn sr25519_sign(
        &self,
        key_type: KeyTypeId,
        public: &sr25519::Public,
        msg: &[u8],
    ) -> Result<Option<sr25519::Signature>, Error> {
        self.inner.sr25519_sign(key_type, public, msg)
    }

    fn sr25519_vrf_sign(
        &self,
        key_type: KeyTypeId,
        public: &sr25519::Public,
        data: &sr25519::vrf::VrfSignData,
    ) -> Result<Option<sr25519::vrf::VrfSignature>, Error> {
        self.inner.sr25519_vrf_sign(key_type, public, data)
    }

    fn sr25519_vrf_pre_output(
        &self,
        key_type: KeyTypeId,
        public: &sr25519::Public,
        input: &sr25519::vrf::VrfInput,
    ) -> Result<Option<sr25519::vrf::VrfPreOutput>, Error> {
        self.inner.sr25519_vrf_pre_output(key_type, public, input)
    }

    fn ed25519_public_keys(&self, key_type: KeyTypeId) -> Vec<ed25519::Public> {
        self.inner.ed25519_public_keys(key_type)
    }

    fn ed25519_generate_new(
        &self,
        key_type: KeyTypeId,
        seed: Option<&str>,
    ) -> Result<ed25519::Public, Error> {
        self.inner.ed25519_generate_new(key_type, seed)
    }

    fn ed25519_sign(
        &self,
        key_type: KeyTypeId,
        public: &ed25519::Public,
        msg: &[u8],
    ) -> Result<Option<ed25519::Signature>, Error> {
        if key_type == key_types::GRANDPA && !self.admits(public, msg) {
            return Ok(None);
        }
        self.inner.ed25519_sign(key_type, public, msg)
    }

    fn ecdsa_public_keys(&self, key_type: KeyTypeId) -> Vec<ecdsa::Public> {
        self.inner.ecdsa_public_keys(key_type)
    }

    fn ecdsa_generate_new(
        &self,
        key_type: KeyTypeId,
        seed: Option<&str>,
    ) -> Result<ecdsa::Public, Error> {
        self.inner.ecdsa_generate_new(key_type, seed)
    }

    fn ecdsa_sign(
        &self,
        key_type: KeyTypeId,
        public: &ecdsa::Public,
        msg: &[u8],
    ) -> Result<Option<ecdsa::Signature>, Error> {
        self.inner.ecdsa_sign(key_type, public, msg)
    }

    fn ecdsa_sign_prehashed(
        &self,
        key_type: KeyTypeId,
        public: &ecdsa::Public,
        msg: &[u8; 32],
    ) -> Result<Option<ecdsa::Signature>, Error> {
        self.inner.ecdsa_sign_prehashed(key_type, public, msg)
    }

    fn insert(&self, key_type: KeyTypeId, suri: &str, public: &[u8]) -> Result<(), ()> {
        self.inner.insert(key_type, suri, public)
    }

    fn keys(&self, key_type: KeyTypeId) -> Result<Vec<Vec<u8>>, Error> {
        self.inner.keys(key_type)
    }

    fn has_keys(&self, public_keys: &[(Vec<u8>, KeyTypeId)]) -> bool {
        let votes = public_keys
            .iter()
            .any(|(_, kind)| *kind == key_types::GRANDPA);
        self.inner.has_keys(public_keys) && (!votes || self.may_begin())
    }
}
