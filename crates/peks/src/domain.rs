// SPDX-License-Identifier: Apache-2.0

//! All domain strings of the project.
//!
//! Each hash, KDF, signature and proof has its own domain string, so that the output of one use
//! cannot be presented as the output of another. No string is a prefix of another: the data that
//! follow a string cannot be read as a part of it. New strings are added only in this module.

macro_rules! domains {
    ($( $(#[$meta:meta])* pub const $name:ident: &[u8] = $value:literal; )*) => {
        $( $(#[$meta])* pub const $name: &[u8] = $value; )*

        /// All domain strings with their names.
        pub const ALL: &[(&str, &[u8])] = &[ $( (stringify!($name), $name) ),* ];
    };
}

domains! {
    /// HKDF salt of κ, the label key of a hospital and a patient (protocol section 3).
    pub const KAPPA: &[u8] = b"BSPP-V01-KAPPA";
    /// Extract salt of a search secret (section 5).
    pub const SEARCH: &[u8] = b"BSPP-V01-SEARCH";
    /// Extract salt of an open secret (section 5).
    pub const OPEN: &[u8] = b"BSPP-V01-OPEN";
    /// Expand info of a tag.
    pub const TAG: &[u8] = b"BSPP-V01-TAG";
    /// Expand info of a match key's seed.
    pub const MATCH: &[u8] = b"BSPP-V01-MATCH";
    /// Expand info of a key-encryption key.
    pub const KEK: &[u8] = b"BSPP-V01-KEK";
    /// Hash of a key commitment (section 6).
    pub const KEYCOM: &[u8] = b"BSPP-V01-KEYCOM";
    /// Hash of a record id.
    pub const RID: &[u8] = b"BSPP-V01-RID";
    /// Hash of the slots of an entry.
    pub const SLOTS: &[u8] = b"BSPP-V01-SLOTS";
    /// Hash of a payload's ciphertext.
    pub const PAYLOAD: &[u8] = b"BSPP-V01-PAYLOAD";
    /// Hash of a batch id (section 5).
    pub const BATCH: &[u8] = b"BSPP-V01-BATCH";
    /// Proof of knowledge of a batch's `r`.
    pub const BATCH_POK: &[u8] = b"BSPP-V01-POK-BATCH";
    /// Hash that hides an encryptor's name.
    pub const ENCRYPTOR: &[u8] = b"BSPP-V01-ENCRYPTOR";
    /// Ed25519 message of a match proof (section 7).
    pub const PROVE: &[u8] = b"BSPP-V01-PROVE";
    /// Hash of a patient bundle's keys.
    pub const BUNDLE: &[u8] = b"BSPP-V01-BUNDLE";
    /// Account signature over a whole bundle.
    pub const BUNDLE_SIGN: &[u8] = b"BSPP-V01-SIGN-BUNDLE";
    /// Proof of possession of `a_s`.
    pub const BUNDLE_POP_SEARCH: &[u8] = b"BSPP-V01-POP-SEARCH";
    /// Proof of possession of `a_o`.
    pub const BUNDLE_POP_OPEN: &[u8] = b"BSPP-V01-POP-OPEN";
    /// Hash-to-curve DST of search points (RFC 9380).
    pub const H2C_SEARCH: &[u8] = b"BSPP-V01-H2C-SEARCH-BLS12381G2_XMD:SHA-256_SSWU_RO_";
    /// Hash-to-curve DST of open points (RFC 9380).
    pub const H2C_OPEN: &[u8] = b"BSPP-V01-H2C-OPEN-BLS12381G2_XMD:SHA-256_SSWU_RO_";
    /// Challenge of an equality-of-logarithms proof.
    pub const DLEQ: &[u8] = b"BSPP-V01-DLEQ";
    /// Derivation of a Schnorr proof's one-time scalar.
    pub const SCHNORR_NONCE: &[u8] = b"BSPP-V01-NONCE-SCHNORR";
    /// Derivation of an equality proof's one-time scalar.
    pub const DLEQ_NONCE: &[u8] = b"BSPP-V01-NONCE-DLEQ";
    /// Seed to search scalar.
    pub const SEED_SEARCH: &[u8] = b"BSPP-V01-SEED-SEARCH";
    /// Seed to open scalar.
    pub const SEED_OPEN: &[u8] = b"BSPP-V01-SEED-OPEN";
    /// Seed to X25519 key.
    pub const SEED_X25519: &[u8] = b"BSPP-V01-SEED-X25519";
    /// Seed to account keys.
    pub const SEED_ACCOUNT: &[u8] = b"BSPP-V01-SEED-ACCOUNT";
    /// Merkle leaf of an index entry.
    pub const ENTRY_LEAF: &[u8] = b"BSPP-V01-ENTRY-LEAF";
    /// Inner Merkle node over index entries.
    pub const ENTRY_NODE: &[u8] = b"BSPP-V01-ENTRY-NODE";
    /// Running hash over the entry blocks.
    pub const ENTRY_CHAIN: &[u8] = b"BSPP-V01-ENTRY-CHAIN";
    /// Hash and account signature of a grant's header (section 8).
    pub const GRANT_HEADER: &[u8] = b"BSPP-V01-GRANT-HEADER";
    /// Signature by a grant's one-time key.
    pub const GRANT_KEY: &[u8] = b"BSPP-V01-GRANT-KEY";
    /// Commitment of a grant to its trapdoors.
    pub const GRANT_TRAPDOORS: &[u8] = b"BSPP-V01-GRANT-TRAPDOORS";
    /// Hash of a request's id.
    pub const REQUEST: &[u8] = b"BSPP-V01-REQUEST";
    /// Revocation by a grant's one-time key.
    pub const REVOKE: &[u8] = b"BSPP-V01-REVOKE";
    /// Closing of a request by a grant's one-time key.
    pub const CLOSE: &[u8] = b"BSPP-V01-CLOSE";
    /// Patient's consent to storing a record.
    pub const CONSENT: &[u8] = b"BSPP-V01-CONSENT";
    /// Patient's withdrawal of a consent.
    pub const CONSENT_WITHDRAW: &[u8] = b"BSPP-V01-WITHDRAW-CONSENT";
    /// Requester's signature over a hospital's fresh nonce.
    pub const DISCLOSE: &[u8] = b"BSPP-V01-DISCLOSE";
    /// Requester's receipt for a disclosed record.
    pub const RECEIPT: &[u8] = b"BSPP-V01-RECEIPT";
    /// Signature of a block author's attestation (section 9).
    pub const CONFORMANCE: &[u8] = b"BSPP-V01-CONFORMANCE";
    /// Commitment to the evidence of an attestation.
    pub const EVIDENCE: &[u8] = b"BSPP-V01-EVIDENCE";
    /// Merkle leaf of a registration on the consortium.
    ///
    /// The content digest of a block is the root of the tree of these leaves.
    pub const REGISTRATION_LEAF: &[u8] = b"BSPP-V01-REGISTRATION-LEAF";
    /// HPKE info of trapdoors sent to a requester.
    pub const HPKE_GRANT: &[u8] = b"BSPP-V01-HPKE-GRANT";
    /// HPKE info of a record sent to a requester.
    pub const HPKE_RECORD: &[u8] = b"BSPP-V01-HPKE-RECORD";
}

/// The prefix of every domain string.
pub const PREFIX: &[u8] = b"BSPP-V01-";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_should_begin_with_the_prefix() {
        for (name, value) in ALL {
            assert!(value.starts_with(PREFIX), "{name}");
            assert!(value.len() > PREFIX.len(), "{name}");
            assert!(value.len() <= 255, "{name} is too long for a DST");
        }
    }

    #[test]
    fn no_domain_should_be_a_prefix_of_another() {
        for (i, (a_name, a)) in ALL.iter().enumerate() {
            for (j, (b_name, b)) in ALL.iter().enumerate() {
                assert!(i == j || !a.starts_with(b), "{b_name} begins {a_name}");
            }
        }
    }
}
