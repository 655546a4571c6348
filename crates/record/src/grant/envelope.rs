// SPDX-License-Identifier: Apache-2.0
//! The envelope of a grant, and the grant that a requester receives from it.

use super::{
    key::verify_opening,
    trapdoors::{CheckedPackage, Package},
    GrantError, GrantHeader, GrantedKeyword,
};
use crate::sealing::{self, SealedBox};
use bspp_peks::{domain, G1Point, X25519Secret};
use bspp_types::{Ed25519Key, Ed25519Signature, Moment, OpenRequest, H256};
use codec::{Decode, DecodeAll, Encode};
use core::fmt;
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
    /// The trapdoors, HPKE-encrypted with info `BSPP-V01-HPKE-GRANT ‖ H(h)`.
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
    /// The granted keywords. The requester shows them to nobody.
    pub keywords: Vec<GrantedKeyword>,
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
    /// It checks chain, requester, expiry, both signatures, the commitment to the trapdoors, and
    /// each trapdoor against its label and key (two pairings for each check).
    pub fn receive(
        &self,
        chain: &H256,
        requester: &[u8; 32],
        secret: &X25519Secret,
        now: Moment,
    ) -> Result<ReceivedGrant, GrantError> {
        let header = &self.header;
        if header.chain != *chain {
            return Err(GrantError::ChainMismatch);
        }
        if header.requester != *requester {
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
            keywords,
        } = Package::check(&package, header)?;
        Ok(ReceivedGrant {
            header: header.clone(),
            patient_signature: self.patient_signature,
            open_request: self.open_request(),
            search_key,
            open_key,
            keywords,
        })
    }

    /// The data that open the request on the consortium chain.
    pub fn open_request(&self) -> OpenRequest {
        OpenRequest {
            hospital: self.header.hospital,
            grant_key: self.header.grant_key,
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
    const VERSION: u32 = 1;
}
