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
    /// HKDF salt of κ, the label key of a hospital and a patient.
    pub const KAPPA: &[u8] = b"BSPP-V02-KAPPA";
    /// Extract salt of a search secret.
    pub const SEARCH: &[u8] = b"BSPP-V02-SEARCH";
    /// Extract salt of an open secret.
    pub const OPEN: &[u8] = b"BSPP-V02-OPEN";
    /// Expand info of a tag.
    pub const TAG: &[u8] = b"BSPP-V02-TAG";
    /// Expand info of a label opening.
    pub const LABEL: &[u8] = b"BSPP-V02-LABEL";
    /// Hash of a label opening and its label to a match key's seed.
    pub const MATCH: &[u8] = b"BSPP-V02-MATCH";
    /// Expand info of a key-encryption key.
    pub const KEK: &[u8] = b"BSPP-V02-KEK";
    /// Hash of a key commitment.
    pub const KEYCOM: &[u8] = b"BSPP-V02-KEYCOM";
    /// Commitment to a hospital's share.
    pub const SHARE: &[u8] = b"BSPP-V02-SHARE";
    /// Hash of the wraps of a record.
    pub const WRAPS: &[u8] = b"BSPP-V02-WRAPS";
    /// Hash of a record's core.
    pub const CORE: &[u8] = b"BSPP-V02-CORE";
    /// Hash of a record's seal.
    pub const SEAL: &[u8] = b"BSPP-V02-SEAL";
    /// Hash of a record id.
    pub const RID: &[u8] = b"BSPP-V02-RID";
    /// Hash of the slots of an entry.
    pub const SLOTS: &[u8] = b"BSPP-V02-SLOTS";
    /// Hash of a payload's length and Merkle root.
    pub const PAYLOAD: &[u8] = b"BSPP-V02-PAYLOAD";
    /// Merkle leaf of a payload's ciphertext.
    pub const PAYLOAD_LEAF: &[u8] = b"BSPP-V02-LEAF-PAYLOAD";
    /// Inner Merkle node of a payload's ciphertext.
    pub const PAYLOAD_NODE: &[u8] = b"BSPP-V02-NODE-PAYLOAD";
    /// Salted hash of the file that a record comes from.
    pub const FILE_HASH: &[u8] = b"BSPP-V02-FILE";
    /// Hash of a batch id.
    pub const BATCH: &[u8] = b"BSPP-V02-BATCH";
    /// Proof of knowledge of a batch's `r`.
    pub const BATCH_POK: &[u8] = b"BSPP-V02-POK-BATCH";
    /// Hash that hides an encryptor's name.
    pub const ENCRYPTOR: &[u8] = b"BSPP-V02-ENCRYPTOR";
    /// Ed25519 message of a match proof.
    pub const PROVE: &[u8] = b"BSPP-V02-PROVE";
    /// Hash of a patient bundle's keys.
    pub const BUNDLE: &[u8] = b"BSPP-V02-BUNDLE";
    /// Account signature over a whole bundle.
    pub const BUNDLE_SIGN: &[u8] = b"BSPP-V02-SIGN-BUNDLE";
    /// Proof of possession of `a_s`.
    pub const BUNDLE_POP_SEARCH: &[u8] = b"BSPP-V02-POP-SEARCH";
    /// Proof of possession of `a_o`.
    pub const BUNDLE_POP_OPEN: &[u8] = b"BSPP-V02-POP-OPEN";
    /// Hash-to-curve DST of label points (RFC 9380).
    pub const H2C_LABEL: &[u8] = b"BSPP-V02-H2C-LABEL-BLS12381G2_XMD:SHA-256_SSWU_RO_";
    /// Derivation of a Schnorr proof's one-time scalar.
    pub const SCHNORR_NONCE: &[u8] = b"BSPP-V02-NONCE-SCHNORR";
    /// Challenge of an opening for a panel.
    pub const OPENING_PROOF: &[u8] = b"BSPP-V02-PROOF-OPENING";
    /// Derivation of the one-time scalar of an opening for a panel.
    pub const OPENING_NONCE: &[u8] = b"BSPP-V02-NONCE-OPENING";
    /// Derivation of the factors of a check of many trapdoors.
    pub const TRAPDOOR_CHECK: &[u8] = b"BSPP-V02-CHECK-TRAPDOORS";
    /// Seed to search scalar.
    pub const SEED_SEARCH: &[u8] = b"BSPP-V02-SEED-SEARCH";
    /// Seed to open scalar.
    pub const SEED_OPEN: &[u8] = b"BSPP-V02-SEED-OPEN";
    /// Seed to X25519 key.
    pub const SEED_X25519: &[u8] = b"BSPP-V02-SEED-X25519";
    /// Seed to account key.
    pub const SEED_ACCOUNT: &[u8] = b"BSPP-V02-SEED-ACCOUNT";
    /// Seed to the one-time keys of grants.
    pub const SEED_GRANT: &[u8] = b"BSPP-V02-SEED-GRANT";
    /// Merkle leaf of an index entry.
    pub const ENTRY_LEAF: &[u8] = b"BSPP-V02-ENTRY-LEAF";
    /// Inner Merkle node over index entries.
    pub const ENTRY_NODE: &[u8] = b"BSPP-V02-ENTRY-NODE";
    /// Running hash over the entry blocks.
    pub const ENTRY_CHAIN: &[u8] = b"BSPP-V02-ENTRY-CHAIN";
    /// Account signature over a grant's header.
    pub const GRANT_HEADER: &[u8] = b"BSPP-V02-SIGN-GRANT-HEADER";
    /// Hash of a grant's header.
    pub const GRANT_HEADER_HASH: &[u8] = b"BSPP-V02-HASH-GRANT-HEADER";
    /// Merkle leaf of a grant's scope.
    pub const GRANT_LEAF: &[u8] = b"BSPP-V02-GRANT-LEAF";
    /// Inner Merkle node of a grant's scope.
    pub const GRANT_NODE: &[u8] = b"BSPP-V02-GRANT-NODE";
    /// Leaf that stands for an absent one in a grant's scope.
    pub const GRANT_FILL: &[u8] = b"BSPP-V02-GRANT-FILL";
    /// Signature by a grant's one-time key that opens its request.
    pub const GRANT_KEY: &[u8] = b"BSPP-V02-GRANT-KEY";
    /// Hash of a request's id.
    pub const REQUEST: &[u8] = b"BSPP-V02-REQUEST";
    /// Revocation by a grant's one-time key.
    pub const REVOKE: &[u8] = b"BSPP-V02-REVOKE";
    /// Closing of a request by a grant's one-time key.
    pub const CLOSE: &[u8] = b"BSPP-V02-CLOSE";
    /// Revocation by a grant's one-time key before its request is open.
    pub const TOMBSTONE: &[u8] = b"BSPP-V02-TOMBSTONE";
    /// Account signature over a header that is revoked before its request is open.
    pub const UNOPENED: &[u8] = b"BSPP-V02-UNOPENED";
    /// Account signature over a supplement of a grant.
    pub const SUPPLEMENT: &[u8] = b"BSPP-V02-SUPPLEMENT";
    /// Patient's consent to storing a record.
    pub const CONSENT: &[u8] = b"BSPP-V02-CONSENT";
    /// Hash that names a consent.
    pub const CONSENT_ID: &[u8] = b"BSPP-V02-ID-CONSENT";
    /// Patient's withdrawal of a consent.
    pub const CONSENT_WITHDRAW: &[u8] = b"BSPP-V02-WITHDRAW-CONSENT";
    /// Account signature that raises a label version.
    pub const LABEL_VERSION: &[u8] = b"BSPP-V02-VERSION-LABEL";
    /// Requester's signature over a request to disclose.
    pub const DISCLOSE: &[u8] = b"BSPP-V02-DISCLOSE";
    /// Hash of the opening of a grant's scope for a record.
    pub const SCOPE_OPENING: &[u8] = b"BSPP-V02-SCOPE-OPENING";
    /// Hash of an ask for a record on the consortium.
    pub const ASK: &[u8] = b"BSPP-V02-ASK";
    /// Hash of a disclosed package.
    pub const PACKAGE_HASH: &[u8] = b"BSPP-V02-HASH-PACKAGE";
    /// Hospital's signature over a disclosed package.
    pub const PACKAGE: &[u8] = b"BSPP-V02-PACKAGE";
    /// Account signature that asks for an own record.
    pub const OWN_RECORD: &[u8] = b"BSPP-V02-OWN-RECORD";
    /// Requester's signature over an X25519 key.
    pub const REQUESTER_KEY: &[u8] = b"BSPP-V02-KEY-REQUESTER";
    /// Gateway's MAC that makes its nonces.
    pub const NONCE: &[u8] = b"BSPP-V02-GATEWAY-NONCE";
    /// Signature of a block author's attestation.
    pub const CONFORMANCE: &[u8] = b"BSPP-V02-CONFORMANCE";
    /// Commitment to the evidence of an attestation.
    pub const EVIDENCE: &[u8] = b"BSPP-V02-EVIDENCE";
    /// Seed of the proofs of storage of a session.
    pub const STORAGE_SEED: &[u8] = b"BSPP-V02-STORAGE-SEED";
    /// Draw of a slot for a proof of storage.
    pub const STORAGE_DRAW: &[u8] = b"BSPP-V02-STORAGE-DRAW";
    /// Commitment to a proof of storage in an attestation.
    pub const STORAGE_RESPONSE: &[u8] = b"BSPP-V02-STORAGE-RESPONSE";
    /// Merkle leaf of a registration on the consortium.
    ///
    /// The content digest of a block is the root of the tree of these leaves.
    pub const REGISTRATION_LEAF: &[u8] = b"BSPP-V02-REGISTRATION-LEAF";
    /// Inner Merkle node over registrations on the consortium.
    pub const REGISTRATION_NODE: &[u8] = b"BSPP-V02-REGISTRATION-NODE";
    /// HPKE info of trapdoors sent to a requester.
    pub const HPKE_GRANT: &[u8] = b"BSPP-V02-HPKE-GRANT";
    /// HPKE info of a supplement's trapdoors sent to a requester.
    pub const HPKE_SUPPLEMENT: &[u8] = b"BSPP-V02-HPKE-SUPPLEMENT";
    /// HPKE info of a scope's opening sent to a hospital.
    pub const HPKE_OPENING: &[u8] = b"BSPP-V02-HPKE-OPENING";
    /// HPKE info of a record sent to a requester.
    pub const HPKE_RECORD: &[u8] = b"BSPP-V02-HPKE-RECORD";
    /// HPKE info of an own record sent to a patient.
    pub const HPKE_OWN_RECORD: &[u8] = b"BSPP-V02-HPKE-OWN-RECORD";
}

/// The prefix of every domain string.
pub const PREFIX: &[u8] = b"BSPP-V02-";

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;

    #[test]
    fn domains_should_begin_with_the_prefix() {
        for (name, value) in ALL {
            assert!(value.starts_with(PREFIX), "{name}");
            assert!(value.len() > PREFIX.len(), "{name}");
            assert!(value.len() <= 255, "{name} is too long for a DST");
        }
    }

    #[test]
    fn domains_should_be_unique() {
        let names: BTreeSet<_> = ALL.iter().map(|(name, _)| name).collect();
        let values: BTreeSet<_> = ALL.iter().map(|(_, value)| value).collect();
        assert_eq!((names.len(), values.len()), (ALL.len(), ALL.len()));
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
