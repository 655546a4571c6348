// SPDX-License-Identifier: Apache-2.0
//! The envelope of a grant, and the grant that a requester receives from it.

use super::{
    key::verify_opening,
    supplement,
    trapdoors::{CheckedPackage, Package},
    GrantError, GrantHeader, GrantedItem, SignedSupplement, SupplementEnvelope,
};
use crate::sealing::{self, SealedBox};
use bspp_peks::{domain, G1Point, X25519Secret};
use bspp_types::{Ed25519Key, Ed25519Signature, Moment, OpenRequest, H256};
use codec::{Decode, DecodeAll, Encode};
use core::fmt;
use rand_core::{CryptoRng, RngCore};
use serde::{Deserialize, Serialize};

/// Maximum size of a grant as text: 8 MiB, which is more than the largest grant needs.
pub const MAX_ENVELOPE_TEXT: usize = 8 * 1024 * 1024;

/// A grant in the form in which it is sent to the requester.
///
/// The trapdoors in it are encrypted to the requester. The rest names neither patient nor keyword,
/// except the patient's pseudonymous account at that hospital.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct GrantEnvelope {
    /// The header that the patient signed.
    pub header: GrantHeader,
    /// The patient's account at the hospital.
    pub patient: Ed25519Key,
    /// That account's signature over [`GrantHeader::message`].
    pub patient_signature: Ed25519Signature,
    /// G's signature over [`bspp_types::messages::grant_key_message`].
    pub grant_signature: Ed25519Signature,
    /// The trapdoors, HPKE-encrypted with info `HPKE_GRANT ‖ H(h)`.
    pub sealed: SealedBox,
}

/// A grant that the requester has checked.
#[derive(Clone)]
pub struct ReceivedGrant {
    /// The header that the patient signed. The requester shows it to the hospital.
    pub header: GrantHeader,
    /// The patient's signature. The requester shows it to the hospital.
    pub patient_signature: Ed25519Signature,
    /// The data that open the request on the consortium chain.
    pub open_request: OpenRequest,
    /// `A_s`, which searches need.
    pub search_key: G1Point,
    /// `A_o`, which opening needs.
    pub open_key: G1Point,
    /// The patient's account at the hospital.
    pub patient: Ed25519Key,
    /// The granted items. The requester shows them to nobody.
    pub items: Vec<GrantedItem>,
    /// The supplement that the items come from, if they come from one.
    pub supplement: Option<SignedSupplement>,
}

impl ReceivedGrant {
    /// Takes the trapdoors of a supplement in the place of the present ones.
    ///
    /// # Errors
    /// `SupplementMismatch` (also if the supplement is older than the present one), and those of
    /// [`GrantEnvelope::receive`] about trapdoors.
    pub fn apply<R: RngCore + CryptoRng + ?Sized>(
        &mut self,
        envelope: &SupplementEnvelope,
        secret: &X25519Secret,
        rng: &mut R,
    ) -> Result<(), GrantError> {
        let signed = envelope.signed();
        signed.verify(&self.header, &self.patient)?;
        let newest = self.supplement.map(|known| known.supplement.issued_at);
        if newest.is_some_and(|newest| newest > signed.supplement.issued_at) {
            return Err(GrantError::SupplementMismatch);
        }
        let info = supplement::info(&signed.supplement);
        let package = sealing::open(secret, &info, &envelope.sealed)?;
        let checked = Package::check(
            &package,
            (&self.header.chain, &self.header.hospital),
            &signed.supplement.scope_root,
            rng,
        )?;
        if checked.search_key != self.search_key || checked.open_key != self.open_key {
            return Err(GrantError::SupplementMismatch);
        }
        self.items = checked.items;
        self.supplement = Some(signed);
        Ok(())
    }
}

impl fmt::Debug for ReceivedGrant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceivedGrant")
            .field("header", &self.header)
            .finish_non_exhaustive()
    }
}

pub(super) fn info(header: &GrantHeader) -> Vec<u8> {
    [domain::HPKE_GRANT, &header.hash().0].concat()
}

impl GrantEnvelope {
    /// Decrypts and checks the whole grant.
    ///
    /// It checks chain, requester, expiry, both signatures, the scope, and all trapdoors against
    /// their labels and keys. `rng` draws the factors of the common check.
    pub fn receive<R: RngCore + CryptoRng + ?Sized>(
        &self,
        chain: &H256,
        requester: &[u8; 32],
        secret: &X25519Secret,
        now: Moment,
        rng: &mut R,
    ) -> Result<ReceivedGrant, GrantError> {
        let header = &self.header;
        if header.chain != *chain {
            return Err(GrantError::ChainMismatch);
        }
        if header.requester.account() != requester {
            return Err(GrantError::RequesterMismatch);
        }
        if header.requester_key != secret.public().0 {
            return Err(GrantError::RequesterKeyMismatch);
        }
        header.check_expiry(now)?;
        header.verify(&self.patient_signature, &self.patient)?;
        verify_opening(header, &self.grant_signature)?;
        let package = sealing::open(secret, &info(header), &self.sealed)?;
        let CheckedPackage {
            search_key,
            open_key,
            items,
        } = Package::check(
            &package,
            (&header.chain, &header.hospital),
            &header.scope_root,
            rng,
        )?;
        Ok(ReceivedGrant {
            patient: self.patient,
            header: header.clone(),
            patient_signature: self.patient_signature,
            open_request: self.open_request(),
            search_key,
            open_key,
            items,
            supplement: None,
        })
    }

    /// The data that open the request on the consortium chain.
    pub fn open_request(&self) -> OpenRequest {
        OpenRequest {
            hospital: self.header.hospital,
            authority: self.header.authority,
            purpose: self.header.purpose,
            expiry: self.header.expiry,
            header_hash: self.header.hash(),
            signature: self.grant_signature,
        }
    }

    /// The grant as a JSON text, for a file or a message.
    pub fn to_text(&self) -> String {
        let armor = Armor {
            kind: Armor::KIND.to_owned(),
            version: Armor::VERSION,
            grant: hex::encode(self.encode()),
        };
        // Texts and a number can always be serialized.
        serde_json::to_string_pretty(&armor).unwrap_or_default()
    }

    /// Reads what [`Self::to_text`] wrote. Nothing about the grant is checked yet.
    pub fn from_text(text: &str) -> Result<Self, GrantError> {
        if text.len() > MAX_ENVELOPE_TEXT {
            return Err(GrantError::InvalidEnvelope("the text is too long"));
        }
        let armor: Armor = serde_json::from_str(text)
            .map_err(|_| GrantError::InvalidEnvelope("the text is not the JSON of a grant"))?;
        if armor.kind != Armor::KIND {
            return Err(GrantError::InvalidEnvelope(
                "the text is something else than a grant",
            ));
        }
        if armor.version != Armor::VERSION {
            return Err(GrantError::InvalidEnvelope("the grant has another version"));
        }
        let bytes = hex::decode(&armor.grant)
            .map_err(|_| GrantError::InvalidEnvelope("the grant is not hexadecimal"))?;
        Self::decode_all(&mut &bytes[..])
            .map_err(|_| GrantError::InvalidEnvelope("the grant is cut off or changed"))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Armor {
    #[serde(rename = "type")]
    kind: String,
    version: u32,
    grant: String,
}

impl Armor {
    const KIND: &'static str = "bspp-grant";
    const VERSION: u32 = 2;
}
