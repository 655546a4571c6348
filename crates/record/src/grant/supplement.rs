// SPDX-License-Identifier: Apache-2.0
//! Supplements: they renew a grant after a rise of the patient's label version.

use super::{GrantError, GrantHeader, MAX_ENVELOPE_TEXT};
use crate::sealing::SealedBox;
use bspp_peks::{domain, verify_strict, LabelVersion};
use bspp_types::{Ed25519Key, Ed25519Signature, Moment, H256};
use codec::{Decode, DecodeAll, Encode};
use serde::{Deserialize, Serialize};

/// The new scope of a grant, which the patient's account signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Supplement {
    /// `H(h)` of the grant that it renews.
    pub header_hash: H256,
    /// The root of the new scope, which takes the place of the old one.
    pub scope_root: H256,
    /// The time of the supplement, in milliseconds since 1970.
    pub issued_at: Moment,
    /// The highest label version of the new scope.
    pub version: LabelVersion,
}

impl Supplement {
    /// The message that the patient's account signs: `SUPPLEMENT ‖` the SCALE encoding.
    pub fn message(&self) -> Vec<u8> {
        let mut message = domain::SUPPLEMENT.to_vec();
        self.encode_to(&mut message);
        message
    }
}

/// A supplement with its signature, as a requester shows it to the hospital.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SignedSupplement {
    /// The supplement.
    pub supplement: Supplement,
    /// The account's signature over [`Supplement::message`].
    pub signature: Ed25519Signature,
}

impl SignedSupplement {
    /// Checks that it renews the grant with this header, and that the patient signed it.
    ///
    /// # Errors
    /// `SupplementMismatch`.
    pub fn verify(&self, header: &GrantHeader, patient: &Ed25519Key) -> Result<(), GrantError> {
        let renews = self.supplement.header_hash == header.hash()
            && self.supplement.issued_at >= header.issued_at;
        if !renews || verify_strict(patient, &self.supplement.message(), &self.signature).is_err() {
            return Err(GrantError::SupplementMismatch);
        }
        Ok(())
    }
}

/// A supplement in the form in which it is sent to the requester.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SupplementEnvelope {
    /// The supplement.
    pub supplement: Supplement,
    /// The account's signature over [`Supplement::message`].
    pub signature: Ed25519Signature,
    /// The trapdoors, HPKE-encrypted with info `HPKE_SUPPLEMENT ‖ H(h) ‖ root`.
    pub sealed: SealedBox,
}

pub(super) fn info(supplement: &Supplement) -> Vec<u8> {
    [
        domain::HPKE_SUPPLEMENT,
        &supplement.header_hash.0,
        &supplement.scope_root.0,
    ]
    .concat()
}

impl SupplementEnvelope {
    /// The part that a requester shows to the hospital.
    pub fn signed(&self) -> SignedSupplement {
        SignedSupplement {
            supplement: self.supplement,
            signature: self.signature,
        }
    }

    /// The supplement as a JSON text, for a file or a message.
    pub fn to_text(&self) -> String {
        let armor = Armor {
            kind: Armor::KIND.to_owned(),
            version: Armor::VERSION,
            supplement: hex::encode(self.encode()),
        };
        // Texts and a number can always be serialized.
        serde_json::to_string_pretty(&armor).unwrap_or_default()
    }

    /// Reads what [`Self::to_text`] wrote. Nothing about the supplement is checked yet.
    ///
    /// # Errors
    /// `InvalidEnvelope`.
    pub fn from_text(text: &str) -> Result<Self, GrantError> {
        if text.len() > MAX_ENVELOPE_TEXT {
            return Err(GrantError::InvalidEnvelope("the text is too long"));
        }
        let armor: Armor = serde_json::from_str(text)
            .map_err(|_| GrantError::InvalidEnvelope("the text is not the JSON of a supplement"))?;
        if armor.kind != Armor::KIND || armor.version != Armor::VERSION {
            return Err(GrantError::InvalidEnvelope(
                "the text is something else than a supplement of this version",
            ));
        }
        let bytes = hex::decode(&armor.supplement)
            .map_err(|_| GrantError::InvalidEnvelope("the supplement is not hexadecimal"))?;
        Self::decode_all(&mut &bytes[..])
            .map_err(|_| GrantError::InvalidEnvelope("the supplement is cut off or changed"))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Armor {
    #[serde(rename = "type")]
    kind: String,
    version: u32,
    supplement: String,
}

impl Armor {
    const KIND: &'static str = "bspp-supplement";
    const VERSION: u32 = 2;
}
