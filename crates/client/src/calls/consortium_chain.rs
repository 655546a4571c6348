// SPDX-License-Identifier: Apache-2.0
//! Calls of the consortium runtime.

/// `pallet-consortium`: members, requesters, validators, keys.
pub mod consortium {
    use crate::Call;
    use bspp_primitives::{AccountId, Signature};
    use bspp_types::{FilingMonth, HospitalId, X25519Key};
    use codec::Encode;
    use sp_core::H256;

    const PALLET: &str = "Consortium";

    /// A group of calls that the council can pause.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Encode)]
    pub enum CallGroup {
        /// Hospitals register batches.
        Batches,
        /// Hospitals register entries.
        Registrations,
        /// Requesters open requests.
        Requests,
        /// Requesters prove matches.
        Matches,
        /// Claims, questions, answers and confirmations about disclosures.
        Disclosures,
        /// Operators add requesters, and requesters replace their keys.
        Requesters,
        /// Operators announce X25519 keys.
        EncryptionKeys,
        /// Operators propose validators.
        Proposals,
        /// Members write remarks.
        Remarks,
    }

    /// Council: pauses groups of calls.
    pub fn pause(groups: &[CallGroup]) -> Call {
        Call::new(PALLET, "pause", groups)
    }

    /// Council: ends the pause of groups of calls.
    pub fn unpause(groups: &[CallGroup]) -> Call {
        Call::new(PALLET, "unpause", groups)
    }

    /// Council: authorizes a runtime, which can be applied after the delay of upgrades.
    pub fn authorize_upgrade(code_hash: H256) -> Call {
        Call::new(PALLET, "authorize_upgrade", code_hash)
    }

    /// Council: raises the quota of a hospital's operator up to and including a session.
    ///
    /// `weight` is in picoseconds of computation for each session.
    pub fn grant_quota(hospital: HospitalId, weight: u64, bytes: u64, until: u32) -> Call {
        Call::new(PALLET, "grant_quota", (hospital, weight, bytes, until))
    }

    /// Council: admits a validator that its hospital proposed.
    ///
    /// `accept_share` accepts that the hospital may then have a third of the votes or more.
    pub fn admit_validator(
        hospital: HospitalId,
        validator: &AccountId,
        accept_share: bool,
    ) -> Call {
        Call::new(
            PALLET,
            "admit_validator",
            (hospital, validator, accept_share),
        )
    }

    /// Operator: withdraws the proposal of a validator.
    pub fn withdraw_validator(validator: &AccountId) -> Call {
        Call::new(PALLET, "withdraw_validator", validator)
    }

    /// Council: adds a hospital with its operator and X25519 key.
    pub fn add_hospital(
        hospital: HospitalId,
        operator: &AccountId,
        encryption_key: X25519Key,
    ) -> Call {
        Call::new(PALLET, "add_hospital", (hospital, operator, encryption_key))
    }

    /// Council: removes a hospital permanently.
    pub fn remove_hospital(hospital: HospitalId) -> Call {
        Call::new(PALLET, "remove_hospital", hospital)
    }

    /// Council: suspends a hospital.
    pub fn suspend_hospital(hospital: HospitalId) -> Call {
        Call::new(PALLET, "suspend_hospital", hospital)
    }

    /// Council: readmits a suspended hospital.
    pub fn readmit_hospital(hospital: HospitalId) -> Call {
        Call::new(PALLET, "readmit_hospital", hospital)
    }

    /// Council: changes the operator of a hospital.
    pub fn change_operator(hospital: HospitalId, operator: &AccountId) -> Call {
        Call::new(PALLET, "change_operator", (hospital, operator))
    }

    /// Council: replaces the council.
    pub fn set_council(members: &[AccountId], prime: Option<&AccountId>) -> Call {
        Call::new(PALLET, "set_council", (members, prime))
    }

    /// Council: dispatches a call, encoded by `ChainClient::encode_call`, as root.
    pub fn dispatch_as_root(encoded_call: &[u8]) -> Call {
        Call {
            pallet: PALLET,
            call: "dispatch_as_root",
            args: encoded_call.to_vec(),
        }
    }

    /// Operator: adds a requester of its hospital, with the X25519 key that it signed.
    pub fn add_requester(requester: &AccountId, key: X25519Key, signature: &Signature) -> Call {
        Call::new(PALLET, "add_requester", (requester, key, signature))
    }

    /// Requester: replaces its own X25519 key.
    pub fn rotate_requester_key(key: X25519Key) -> Call {
        Call::new(PALLET, "rotate_requester_key", key)
    }

    /// Operator: names the account that sends anchors besides the operator, or none.
    pub fn set_anchorer(anchorer: Option<&AccountId>) -> Call {
        Call::new(PALLET, "set_anchorer", anchorer)
    }

    /// Operator: removes a requester.
    pub fn remove_requester(requester: &AccountId) -> Call {
        Call::new(PALLET, "remove_requester", requester)
    }

    /// Operator: announces the X25519 key that is in force from a later filing month on.
    pub fn rotate_encryption_key(from_filing_month: FilingMonth, key: X25519Key) -> Call {
        Call::new(PALLET, "rotate_encryption_key", (from_filing_month, key))
    }

    /// Operator: proposes a validator of its hospital. The council admits it.
    pub fn add_validator(validator: &AccountId) -> Call {
        Call::new(PALLET, "add_validator", validator)
    }

    /// Operator: removes a validator.
    pub fn remove_validator(validator: &AccountId) -> Call {
        Call::new(PALLET, "remove_validator", validator)
    }
}

/// `pallet-hospital-anchor`: heads of hospital chains with finality proofs.
pub mod hospital_anchor {
    use crate::{AuthoritySet, Call, FinalityProof};
    use bspp_primitives::Header;
    use bspp_types::HospitalId;

    const PALLET: &str = "HospitalAnchor";

    /// Council: starts a hospital's anchor at `header`; `set` signs after it.
    pub fn initialise_anchor(hospital: HospitalId, header: &Header, set: &AuthoritySet) -> Call {
        Call::new(
            PALLET,
            "initialise_anchor",
            (hospital, header, &set.authorities, set.id),
        )
    }

    /// Council: starts a hospital's anchor again.
    pub fn reinitialise_anchor(hospital: HospitalId, header: &Header, set: &AuthoritySet) -> Call {
        Call::new(
            PALLET,
            "reinitialise_anchor",
            (hospital, header, &set.authorities, set.id),
        )
    }

    /// Council: starts the anchor of a hospital's chain that was rebuilt from nothing.
    ///
    /// No voter of the set may be in the set of the former chain.
    pub fn start_incarnation(hospital: HospitalId, header: &Header, set: &AuthoritySet) -> Call {
        Call::new(
            PALLET,
            "start_incarnation",
            (hospital, header, &set.authorities, set.id),
        )
    }

    /// Operator or anchorer: moves a hospital's anchor to a newer head.
    ///
    /// The proof must be optimized (`verify_and_optimize`).
    pub fn submit_finality_proof(hospital: HospitalId, proof: &FinalityProof) -> Call {
        Call::new(
            PALLET,
            "submit_finality_proof",
            (hospital, &proof.header, &proof.justification),
        )
    }

    /// Council: halts a hospital's anchor.
    pub fn halt_anchor(hospital: HospitalId) -> Call {
        Call::new(PALLET, "halt_anchor", hospital)
    }

    /// Council: resumes a halted anchor.
    pub fn resume_anchor(hospital: HospitalId) -> Call {
        Call::new(PALLET, "resume_anchor", hospital)
    }

    /// Member: reports two headers of a hospital chain at one height, both justified.
    ///
    /// The call halts the anchor and suspends the hospital. The proofs must be optimized
    /// (`verify_and_optimize`).
    pub fn report_conflict(
        hospital: HospitalId,
        first: &FinalityProof,
        second: &FinalityProof,
    ) -> Call {
        Call::new(
            PALLET,
            "report_conflict",
            (
                hospital,
                &first.header,
                &first.justification,
                &second.header,
                &second.justification,
            ),
        )
    }
}

/// `pallet-phi-index`: batches and registration of entries.
pub mod phi_index {
    use crate::Call;
    use bspp_peks::BatchHeader;
    use bspp_types::EntryBlock;
    use sp_core::H256;

    const PALLET: &str = "PhiIndex";

    /// Operator: registers a batch before the encryptor uses it.
    pub fn register_batch(header: &BatchHeader) -> Call {
        Call::new(PALLET, "register_batch", header)
    }

    /// Operator: registers its hospital's next entry blocks with all their entries.
    ///
    /// `proof` shows the newest of them in the state of the anchored hospital block `head`.
    pub fn register_blocks(head: H256, proof: &[Vec<u8>], blocks: &[EntryBlock]) -> Call {
        Call::new(PALLET, "register_blocks", (head, proof, blocks))
    }
}

/// `pallet-peks-search`: requests, match proofs, revocation, disclosure log.
pub mod peks_search {
    use crate::Call;
    use bspp_types::{
        Authority, Day, Ed25519Signature, MatchProof, OpenRequest, RecordId, RequestId,
    };
    use sp_core::H256;

    const PALLET: &str = "PeksSearch";

    /// Requester: opens a request under a grant's one-time key.
    pub fn open_request(open: &OpenRequest) -> Call {
        Call::new(PALLET, "open_request", open)
    }

    /// Requester: proves that a registered record matches.
    pub fn prove_match(proof: &MatchProof) -> Call {
        Call::new(PALLET, "prove_match", proof)
    }

    /// Anyone with a signature of the grant key, by `submit_authorized`: revokes a request.
    pub fn revoke_request(request: RequestId, signature: Ed25519Signature) -> Call {
        Call::new(PALLET, "revoke_request", (request, signature))
    }

    /// Anyone with a signature of the grant key, by `submit_authorized`: closes a request.
    pub fn close_request(request: RequestId, signature: Ed25519Signature) -> Call {
        Call::new(PALLET, "close_request", (request, signature))
    }

    /// Operator of the request's hospital: claims that a matched record was disclosed.
    pub fn claim_disclosure(request: RequestId, record: RecordId) -> Call {
        Call::new(PALLET, "claim_disclosure", (request, record))
    }

    /// Requester: confirms that the record arrived completely.
    pub fn confirm_disclosure(request: RequestId, record: RecordId) -> Call {
        Call::new(PALLET, "confirm_disclosure", (request, record))
    }

    /// Requester: asks for a matched record, which starts the answer period.
    pub fn ask_disclosure(request: RequestId, record: RecordId, ask_hash: H256) -> Call {
        Call::new(PALLET, "ask_disclosure", (request, record, ask_hash))
    }

    /// Operator of the request's hospital: refuses a disclosure that was asked for.
    pub fn refuse_disclosure(request: RequestId, record: RecordId) -> Call {
        Call::new(PALLET, "refuse_disclosure", (request, record))
    }

    /// Operator: files the revocation of a request, opened or not.
    pub fn file_tombstone(authority: &Authority, expiry: Day, signature: Ed25519Signature) -> Call {
        Call::new(PALLET, "file_tombstone", (authority, expiry, signature))
    }

    /// Requester: contests the hospital's claim that it disclosed a record.
    pub fn contest_claim(request: RequestId, record: RecordId) -> Call {
        Call::new(PALLET, "contest_claim", (request, record))
    }

    /// Requester: flags a match that the hospital did not answer.
    pub fn flag_unanswered(request: RequestId, record: RecordId) -> Call {
        Call::new(PALLET, "flag_unanswered", (request, record))
    }
}

/// The council (`pallet-collective`).
pub mod council {
    use crate::Call;
    use codec::{Compact, Encode};
    use sp_core::H256;
    use sp_io::hashing::blake2_256;

    const PALLET: &str = "Council";

    /// The identifier of a proposal: the hash of the encoded call.
    pub fn proposal_hash(encoded_call: &[u8]) -> H256 {
        blake2_256(encoded_call).into()
    }

    fn length(encoded_call: &[u8]) -> Compact<u32> {
        Compact(u32::try_from(encoded_call.len()).unwrap_or(u32::MAX))
    }

    /// Council member: proposes a call that `ChainClient::encode_call` encoded.
    ///
    /// With threshold 1 the call is dispatched immediately.
    pub fn propose(threshold: u32, encoded_call: &[u8]) -> Call {
        let mut args = Compact(threshold).encode();
        args.extend_from_slice(encoded_call);
        length(encoded_call).encode_to(&mut args);
        Call {
            pallet: PALLET,
            call: "propose",
            args,
        }
    }

    /// Council member: votes.
    pub fn vote(proposal: H256, index: u32, approve: bool) -> Call {
        Call::new(PALLET, "vote", (proposal, Compact(index), approve))
    }

    /// Council member: closes a decided vote and dispatches the proposal.
    ///
    /// `weight` is the maximum (ref time, proof size).
    pub fn close(encoded_call: &[u8], index: u32, weight: (u64, u64)) -> Call {
        Call::new(
            PALLET,
            "close",
            (
                proposal_hash(encoded_call),
                Compact(index),
                (Compact(weight.0), Compact(weight.1)),
                length(encoded_call),
            ),
        )
    }
}
