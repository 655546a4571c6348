// SPDX-License-Identifier: Apache-2.0
//! Calls of a hospital runtime.

/// `pallet-hospital-admin`: admins, staff, nodes, credentials.
pub mod hospital_admin {
    use crate::Call;
    use bspp_primitives::AccountId;

    const PALLET: &str = "HospitalAdmin";

    /// Admin: sets the quota of staff in a session: picoseconds of computation, and bytes.
    pub fn set_quota(account: &AccountId, quota: Option<(u64, u64)>) -> Call {
        Call::new(PALLET, "set_quota", (account, quota))
    }

    /// Admin: adds an admin.
    pub fn add_admin(account: &AccountId) -> Call {
        Call::new(PALLET, "add_admin", account)
    }

    /// Admin: removes an admin. The last admin cannot be removed.
    pub fn remove_admin(account: &AccountId) -> Call {
        Call::new(PALLET, "remove_admin", account)
    }

    /// Admin: makes an account staff, for a clinician or the gateway.
    pub fn add_staff(account: &AccountId) -> Call {
        Call::new(PALLET, "add_staff", account)
    }

    /// Admin: removes an account from the staff.
    pub fn remove_staff(account: &AccountId) -> Call {
        Call::new(PALLET, "remove_staff", account)
    }

    /// Admin: adds a node's account.
    pub fn add_node(account: &AccountId) -> Call {
        Call::new(PALLET, "add_node", account)
    }

    /// Admin: removes the account of a node that is not a validator.
    pub fn remove_node(account: &AccountId) -> Call {
        Call::new(PALLET, "remove_node", account)
    }

    /// Admin: sets the nodes that author and finalize.
    pub fn set_validators(validators: &[AccountId]) -> Call {
        Call::new(PALLET, "set_validators", validators)
    }

    /// Admin: issues a credential to a node, valid until this slot. It replaces an older one.
    pub fn issue_credential(node: &AccountId, expires_at: u64) -> Call {
        Call::new(PALLET, "issue_credential", (node, expires_at))
    }

    /// Admin: revokes a node's credential.
    pub fn revoke_credential(node: &AccountId) -> Call {
        Call::new(PALLET, "revoke_credential", node)
    }

    /// Admin: dispatches a call as root. Only calls that the runtime lists are permitted.
    ///
    /// `ChainClient::encode_call` encodes the call.
    pub fn dispatch_as_root(encoded_call: &[u8]) -> Call {
        Call {
            pallet: PALLET,
            call: "dispatch_as_root",
            args: encoded_call.to_vec(),
        }
    }
}

/// `pallet-patients`: patients and consents.
pub mod patients {
    use crate::Call;
    use bspp_peks::{LabelVersion, PatientBundle};
    use bspp_types::{ConsentId, ConsentTerms, Ed25519Signature, Moment};

    const PALLET: &str = "Patients";

    /// Staff or admin: enrols a patient.
    pub fn enrol_patient(bundle: &PatientBundle) -> Call {
        Call::new(PALLET, "enrol_patient", bundle)
    }

    /// Staff or admin: registers a consent that the patient signed.
    pub fn register_consent(terms: &ConsentTerms, signature: Ed25519Signature) -> Call {
        Call::new(PALLET, "register_consent", (terms, signature))
    }

    /// Anyone with a signature of the patient, by `submit_authorized`: withdraws a consent.
    pub fn withdraw_consent(consent: ConsentId, signature: Ed25519Signature) -> Call {
        Call::new(PALLET, "withdraw_consent", (consent, signature))
    }

    /// Anyone with a signature of the patient, by `submit_authorized`: raises the label version.
    pub fn raise_label_version(
        account: [u8; 32],
        version: LabelVersion,
        revoke_before: Moment,
        signature: Ed25519Signature,
    ) -> Call {
        Call::new(
            PALLET,
            "raise_label_version",
            (account, version, revoke_before, signature),
        )
    }
}

/// `pallet-phi-records`: encrypted records and the disclosure log.
pub mod phi_records {
    use crate::Call;
    use bspp_peks::BatchHeader;
    use bspp_types::{DisclosureGround, RecordId, Records};
    use sp_core::H256;

    const PALLET: &str = "PhiRecords";

    /// Staff: stores records whose payloads are in the PHI store, each judged by itself.
    pub fn store_records(records: &Records) -> Call {
        Call::new(PALLET, "store_records", records)
    }

    /// Admin: writes off a payload that every store has lost.
    pub fn write_off(payload: H256) -> Call {
        Call::new(PALLET, "write_off", payload)
    }

    /// Staff: logs that a record was disclosed.
    pub fn log_disclosure(ground: DisclosureGround, record: RecordId, recipient: [u8; 32]) -> Call {
        Call::new(PALLET, "log_disclosure", (ground, record, recipient))
    }

    /// Staff: opens a batch. `salt` shows that the header names the sender.
    pub fn open_batch(header: &BatchHeader, salt: [u8; 32]) -> Call {
        Call::new(PALLET, "open_batch", (header, salt))
    }
}
