// SPDX-License-Identifier: Apache-2.0
//! Calls of a hospital runtime.

/// `pallet-enrolment`: staff, nodes, patients, consents.
pub mod enrolment {
    use crate::Call;
    use bspp_primitives::{AccountId, ConsentId, ConsentTerms, Ed25519Signature, PatientBundle};

    const PALLET: &str = "Enrolment";

    /// Admin: adds an admin.
    pub fn add_admin(account: &AccountId) -> Call {
        Call::new(PALLET, "add_admin", account)
    }

    /// Admin: removes an admin, not the last one.
    pub fn remove_admin(account: &AccountId) -> Call {
        Call::new(PALLET, "remove_admin", account)
    }

    /// Admin: adds a clinician, or a gateway.
    pub fn add_clinician(account: &AccountId) -> Call {
        Call::new(PALLET, "add_clinician", account)
    }

    /// Admin: removes a clinician.
    pub fn remove_clinician(account: &AccountId) -> Call {
        Call::new(PALLET, "remove_clinician", account)
    }

    /// Admin: adds a node's account.
    pub fn add_node(account: &AccountId) -> Call {
        Call::new(PALLET, "add_node", account)
    }

    /// Admin: removes a node's account that is no validator.
    pub fn remove_node(account: &AccountId) -> Call {
        Call::new(PALLET, "remove_node", account)
    }

    /// Admin: says which nodes author and finalize.
    pub fn set_validators(validators: &[AccountId]) -> Call {
        Call::new(PALLET, "set_validators", validators)
    }

    /// Admin: gives a node a credential that is good until this slot. It replaces an older one.
    pub fn issue_credential(node: &AccountId, expires_at: u64) -> Call {
        Call::new(PALLET, "issue_credential", (node, expires_at))
    }

    /// Admin: takes a node's credential away.
    pub fn revoke_credential(node: &AccountId) -> Call {
        Call::new(PALLET, "revoke_credential", node)
    }

    /// Admin: dispatches a call, encoded by `ChainClient::encode_call`, as root. Only what the runtime lists.
    pub fn dispatch_as_root(encoded_call: &[u8]) -> Call {
        Call {
            pallet: PALLET,
            call: "dispatch_as_root",
            args: encoded_call.to_vec(),
        }
    }

    /// Clinician or admin: enrols a patient.
    pub fn enrol_patient(bundle: &PatientBundle) -> Call {
        Call::new(PALLET, "enrol_patient", bundle)
    }

    /// Clinician or admin: registers a consent that the patient signed.
    pub fn register_consent(terms: &ConsentTerms, signature: Ed25519Signature) -> Call {
        Call::new(PALLET, "register_consent", (terms, signature))
    }

    /// Anyone with the patient's signature, by `submit_authorized`: withdraws a consent.
    pub fn withdraw_consent(consent: ConsentId, signature: Ed25519Signature) -> Call {
        Call::new(PALLET, "withdraw_consent", (consent, signature))
    }
}

/// `pallet-phi-records`: encrypted records and the disclosure log.
pub mod phi_records {
    use crate::Call;
    use bspp_primitives::{Record, RecordId, RequestId};
    use sp_core::H256;

    const PALLET: &str = "PhiRecords";

    /// Staff: puts a chunk of ciphertext, at most 1 MiB, in the block body.
    pub fn store_chunk(data: &[u8]) -> Call {
        Call::new(PALLET, "store_chunk", data)
    }

    /// Staff: stores a record whose chunks are in block bodies.
    pub fn store_record(record: &Record) -> Call {
        Call::new(PALLET, "store_record", record)
    }

    /// Staff: gives up a chunk that no record named in time.
    pub fn drop_chunk(chunk: H256) -> Call {
        Call::new(PALLET, "drop_chunk", chunk)
    }

    /// Staff: logs that a record was disclosed.
    pub fn log_disclosure(request: RequestId, record: RecordId, requester: [u8; 32]) -> Call {
        Call::new(PALLET, "log_disclosure", (request, record, requester))
    }
}
