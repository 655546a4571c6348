// SPDX-License-Identifier: Apache-2.0
//! The calls that each member may send, and those that keep the chain going.

use crate::{
    configs::{quota::operational_quota, system::MAX_BLOCK_BYTES, RootCalls},
    Runtime, RuntimeCall, System,
};
use alloc::vec::Vec;
use bspp_primitives::{quota::Quota, refusal, traits::CallRules, AccountId};
use bspp_runtime_common::is_authorized_upgrade;
use bspp_types::{BlockNumber, HospitalId};
use codec::{Decode, Encode};
use pallet_conformance::{Call as Gate, MAX_HEADER_BYTES};
use pallet_consortium::{Call as Members, Part, Sender};
use pallet_hospital_anchor::Call as Anchors;
use pallet_peks_search::Call as Search;
use pallet_phi_index::Call as Index;
use polkadot_sdk::{
    frame_support::{
        dispatch::GetDispatchInfo,
        traits::{Contains, Get},
        weights::Weight,
    },
    frame_system::{self, Call as SystemCall},
    pallet_collective::{self, Call as Motions, Instance1},
    pallet_grandpa::Call as Finality,
    pallet_session::Call as Keys,
    sp_core::H256,
    sp_runtime::traits::OpaqueKeys,
};

/// Maximum length of a call that a council member proposes, in bytes.
///
/// The longest ones start an anchor with its header and authorities.
const MAX_PROPOSAL_BYTES: u32 = 64 * 1024;
/// Maximum length of one header or proof of an anchor, in bytes.
const MAX_ANCHOR_PROOF_BYTES: u32 = 64 * 1024;
/// Maximum length of signature, account, extensions and small arguments, in bytes.
const ENVELOPE_BYTES: u32 = 2 * 1024;

/// Calls that keep the chain going.
///
/// Restricted blocks carry them. Admission refuses them of accounts that [`exempt`] does not name.
pub struct OperationalCalls;

impl Contains<RuntimeCall> for OperationalCalls {
    fn contains(call: &RuntimeCall) -> bool {
        match call {
            RuntimeCall::HospitalAnchor(_)
            | RuntimeCall::Council(_)
            | RuntimeCall::Session(_)
            | RuntimeCall::Grandpa(_)
            | RuntimeCall::Conformance(_) => true,
            // Only the code that the council has authorized is operational. Any other code would
            // fill blocks.
            RuntimeCall::System(SystemCall::apply_authorized_upgrade { code }) => {
                is_authorized_upgrade::<Runtime>(code)
            }
            // A new requester is not urgent, and requesters' calls must not fill restricted blocks.
            RuntimeCall::Consortium(call) => !matches!(
                call,
                Members::add_requester { .. } | Members::rotate_requester_key { .. }
            ),
            RuntimeCall::PeksSearch(call) => {
                matches!(
                    call,
                    Search::revoke_request { .. } | Search::close_request { .. }
                )
            }
            _ => false,
        }
    }
}

/// Whether a call of the consortium pallet is the operator's, by its origin.
fn is_operators(call: &Members<Runtime>) -> bool {
    matches!(
        call,
        Members::add_requester { .. }
            | Members::remove_requester { .. }
            | Members::rotate_encryption_key { .. }
            | Members::add_validator { .. }
            | Members::remove_validator { .. }
            | Members::withdraw_validator { .. }
            | Members::set_anchorer { .. }
    )
}

/// Whether an account in this part, of this hospital, may send an operational call.
///
/// The rule follows the origin of each call, so that a call that can only fail takes no room. Calls
/// that the council dispatches have no sender. [`OperationalCalls`] contains every such call.
pub fn exempt(part: Part, hospital: Option<&HospitalId>, call: &RuntimeCall) -> bool {
    match call {
        RuntimeCall::Council(
            Motions::propose { .. } | Motions::vote { .. } | Motions::close { .. },
        ) => part == Part::Council,
        RuntimeCall::Session(Keys::set_keys { .. }) => part == Part::Validator,
        // Other hospitals' anchors would be free for their relayer, and of no use to it.
        RuntimeCall::HospitalAnchor(Anchors::submit_finality_proof { hospital: of, .. }) => {
            matches!(part, Part::Operator | Part::Anchorer) && hospital == Some(of)
        }
        RuntimeCall::HospitalAnchor(Anchors::report_conflict { .. }) => {
            matches!(part, Part::Operator | Part::Anchorer)
        }
        RuntimeCall::Grandpa(Finality::report_equivocation { .. })
        | RuntimeCall::Conformance(Gate::report_double_authoring { .. }) => {
            matches!(part, Part::Operator | Part::Validator)
        }
        RuntimeCall::Consortium(call) => part == Part::Operator && is_operators(call),
        RuntimeCall::System(SystemCall::apply_authorized_upgrade { .. }) => {
            matches!(part, Part::Operator | Part::Council)
        }
        _ => false,
    }
}

/// Whether a requester may send a call, from its share of its hospital's quota.
fn is_requesters(call: &RuntimeCall) -> bool {
    matches!(
        call,
        RuntimeCall::PeksSearch(
            Search::open_request { .. }
                | Search::prove_match { .. }
                | Search::ask_disclosure { .. }
                | Search::confirm_disclosure { .. }
                | Search::contest_claim { .. }
                | Search::flag_unanswered { .. }
        ) | RuntimeCall::Consortium(Members::rotate_requester_key { .. })
    )
}

/// Whether the council can use a call, so that its members may propose it.
pub fn is_councils(call: &RuntimeCall) -> bool {
    match call {
        RuntimeCall::Consortium(Members::dispatch_as_root { call }) => RootCalls::contains(call),
        RuntimeCall::Consortium(call) => {
            !is_operators(call) && !matches!(call, Members::rotate_requester_key { .. })
        }
        RuntimeCall::HospitalAnchor(call) => !matches!(
            call,
            Anchors::submit_finality_proof { .. } | Anchors::report_conflict { .. }
        ),
        RuntimeCall::Conformance(call) => !matches!(call, Gate::report_double_authoring { .. }),
        _ => false,
    }
}

/// The rules of admission on the consortium.
pub struct ConsortiumCalls;

impl CallRules<AccountId, Sender, RuntimeCall> for ConsortiumCalls {
    fn is_operational(call: &RuntimeCall) -> bool {
        OperationalCalls::contains(call)
    }

    fn is_registration(call: &RuntimeCall) -> bool {
        matches!(
            call,
            RuntimeCall::PhiIndex(Index::register_blocks { .. } | Index::register_batch { .. })
        )
    }

    fn may_be_bare(call: &RuntimeCall) -> bool {
        use polkadot_sdk::{frame_system::Call as System, pallet_grandpa::Call as Grandpa};
        matches!(
            call,
            RuntimeCall::System(System::apply_authorized_upgrade { .. })
                | RuntimeCall::Grandpa(Grandpa::report_equivocation_unsigned { .. })
        )
    }

    fn exempt(sender: &Sender, call: &RuntimeCall) -> bool {
        exempt(sender.part, sender.hospital.as_ref(), call)
    }

    fn permitted(sender: &Sender, call: &RuntimeCall) -> bool {
        match sender.part {
            Part::Operator => true,
            Part::Requester => is_requesters(call),
            Part::Council | Part::Anchorer | Part::Validator => false,
        }
    }

    fn check_bounds(who: &AccountId, call: &RuntimeCall, len: u32) -> Result<(), u8> {
        if Self::is_operational(call) && len > max_length(call) {
            return Err(refusal::OUT_OF_BOUNDS);
        }
        match call {
            RuntimeCall::Council(Motions::propose {
                threshold,
                proposal,
                length_bound,
            }) => {
                // A call that one member carries alone is dispatched immediately. It can only
                // fail, unless the council has one member.
                let alone = *threshold < 2
                    && pallet_collective::Members::<Runtime, Instance1>::get().len() > 1;
                if alone || !is_councils(proposal) {
                    return Err(refusal::CALL_NOT_AUTHORIZED);
                }
                let weight = proposal.get_dispatch_info().call_weight;
                within(weight, *length_bound)
            }
            RuntimeCall::Council(Motions::close {
                proposal_weight_bound,
                length_bound,
                ..
            }) => within(*proposal_weight_bound, *length_bound),
            RuntimeCall::Session(Keys::set_keys { keys, proof }) => {
                if who.using_encoded(|owner| keys.ownership_proof_is_valid(owner, proof)) {
                    Ok(())
                } else {
                    Err(refusal::INVALID_KEY_PROOF)
                }
            }
            _ => Ok(()),
        }
    }

    fn check_ready(call: &RuntimeCall) -> Result<(), u8> {
        match call {
            RuntimeCall::Council(Motions::close {
                proposal_hash,
                index,
                proposal_weight_bound,
                length_bound,
            }) if !is_closable(proposal_hash, *index, *proposal_weight_bound, *length_bound) => {
                Err(refusal::MOTION_NOT_DECIDED)
            }
            _ => Ok(()),
        }
    }

    fn operational_quota(sender: &Sender) -> Quota {
        operational_quota(sender.part)
    }

    fn weight(call: &RuntimeCall) -> Weight {
        /// Verification of the three signatures of a proof of session keys: 1 ms.
        const KEY_PROOF: u64 = 1_000_000_000;
        /// Decoding and measuring of the longest motion: 300 µs.
        const MOTION: u64 = 300_000_000;
        /// Hashing of a byte of a runtime, three times.
        const CODE_BYTE: u64 = 6_000;

        let db = <Runtime as frame_system::Config>::DbWeight::get();
        match call {
            RuntimeCall::Session(Keys::set_keys { .. }) => Weight::from_parts(KEY_PROOF, 0),
            // Reads: the members.
            RuntimeCall::Council(Motions::propose { .. }) => {
                Weight::from_parts(MOTION, 2_000).saturating_add(db.reads(1))
            }
            // Reads: the votes, the members, the proposal.
            RuntimeCall::Council(Motions::close { .. }) => {
                Weight::from_parts(MOTION, 70_000).saturating_add(db.reads(3))
            }
            RuntimeCall::System(SystemCall::apply_authorized_upgrade { code }) => {
                let bytes = u64::try_from(code.len()).unwrap_or(u64::MAX);
                Weight::from_parts(CODE_BYTE.saturating_mul(bytes), 0).saturating_add(db.reads(1))
            }
            _ => Weight::zero(),
        }
    }
}

/// Maximum length of a transaction with an operational call, in bytes.
fn max_length(call: &RuntimeCall) -> u32 {
    let arguments = match call {
        RuntimeCall::Council(Motions::propose { .. }) => MAX_PROPOSAL_BYTES,
        // The header and its proof; a conflict has two of each.
        RuntimeCall::HospitalAnchor(Anchors::submit_finality_proof { .. }) => {
            2 * MAX_ANCHOR_PROOF_BYTES
        }
        RuntimeCall::HospitalAnchor(Anchors::report_conflict { .. }) => 4 * MAX_ANCHOR_PROOF_BYTES,
        RuntimeCall::Conformance(Gate::report_double_authoring { .. }) => {
            u32::try_from(MAX_HEADER_BYTES)
                .unwrap_or(u32::MAX)
                .saturating_mul(2)
        }
        RuntimeCall::System(SystemCall::apply_authorized_upgrade { .. }) => MAX_BLOCK_BYTES,
        _ => ENVELOPE_BYTES,
    };
    arguments.saturating_add(ENVELOPE_BYTES)
}

/// Refuses a motion whose weight or length is beyond that of the council's calls.
fn within(weight: Weight, length: u32) -> Result<(), u8> {
    type MaxWeight = <Runtime as pallet_collective::Config<Instance1>>::MaxProposalWeight;

    if weight.all_lte(<MaxWeight as Get<Weight>>::get()) && length <= MAX_PROPOSAL_BYTES {
        Ok(())
    } else {
        Err(refusal::OUT_OF_BOUNDS)
    }
}

/// Whether closing a motion in this block removes it.
///
/// Closing fails for a motion that is not decided, and for bounds below those of its proposal. The
/// failed call would still take the room that its bounds reserve.
fn is_closable(hash: &H256, index: u32, weight: Weight, length: u32) -> bool {
    /// The fields of a motion's votes, which only their encoding shows.
    type Votes = (u32, u32, Vec<AccountId>, Vec<AccountId>, BlockNumber);

    let votes = pallet_collective::Voting::<Runtime, Instance1>::get(hash)
        .and_then(|votes| Votes::decode(&mut &votes.encode()[..]).ok());
    let Some((number, threshold, ayes, nays, end)) = votes else {
        return false;
    };
    let count = |accounts: &Vec<AccountId>| u32::try_from(accounts.len()).unwrap_or(u32::MAX);
    let seats = count(&pallet_collective::Members::<Runtime, Instance1>::get());
    let decided = count(&ayes) >= threshold
        || seats.saturating_sub(count(&nays)) < threshold
        || System::block_number() >= end;
    let fits =
        pallet_collective::ProposalOf::<Runtime, Instance1>::get(hash).is_some_and(|proposal| {
            proposal.encoded_size() <= usize::try_from(length).unwrap_or(usize::MAX)
                && proposal.get_dispatch_info().call_weight.all_lte(weight)
        });
    number == index && decided && fits
}
