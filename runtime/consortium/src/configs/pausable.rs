// SPDX-License-Identifier: Apache-2.0
//! The calls that the council can pause.

use crate::RuntimeCall;
use pallet_consortium::{Call as Members, CallGroup, CallGroups};
use pallet_peks_search::Call as Search;
use pallet_phi_index::Call as Index;
use polkadot_sdk::frame_system::Call as System;

/// The group of each call; calls without a group can never be paused.
///
/// No group has the council's calls (also those that end a pause), anchors, session keys,
/// consensus, removals, and revocations of patients with the tombstones that carry them.
pub struct PausableCalls;

impl CallGroups<RuntimeCall> for PausableCalls {
    fn group_of(call: &RuntimeCall) -> Option<CallGroup> {
        match call {
            RuntimeCall::PhiIndex(Index::register_batch { .. }) => Some(CallGroup::Batches),
            RuntimeCall::PhiIndex(_) => Some(CallGroup::Registrations),
            RuntimeCall::PeksSearch(call) => match call {
                Search::open_request { .. } => Some(CallGroup::Requests),
                Search::prove_match { .. } => Some(CallGroup::Matches),
                Search::claim_disclosure { .. }
                | Search::confirm_disclosure { .. }
                | Search::flag_unanswered { .. }
                | Search::ask_disclosure { .. }
                | Search::refuse_disclosure { .. }
                | Search::contest_claim { .. } => Some(CallGroup::Disclosures),
                _ => None,
            },
            RuntimeCall::Consortium(call) => match call {
                Members::add_requester { .. } | Members::rotate_requester_key { .. } => {
                    Some(CallGroup::Requesters)
                }
                Members::rotate_encryption_key { .. } => Some(CallGroup::EncryptionKeys),
                Members::add_validator { .. } => Some(CallGroup::Proposals),
                _ => None,
            },
            RuntimeCall::System(System::remark { .. } | System::remark_with_event { .. }) => {
                Some(CallGroup::Remarks)
            }
            _ => None,
        }
    }
}
