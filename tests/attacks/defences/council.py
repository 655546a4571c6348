# SPDX-License-Identifier: Apache-2.0
"""The defences against a minority of the council, and against calls that fill a block."""

from defences.revert import Revert

CONSORTIUM = "pallets/consortium/src"
ADMISSION = "runtime/consortium/src/configs/admission.rs"
MOTIONS_OF_USE = "motions_should_be_the_councils_and_of_calls_that_it_can_use"

ATTACKERS = {
    "Council minority": [
        Revert(
            "motions of calls that the council can use (propose(remark) fills a block)",
            ADMISSION,
            "                if alone || !is_councils(proposal) {",
            "                if alone {",
            MOTIONS_OF_USE,
        ),
        Revert(
            "motions of two members or more (one member's motion is dispatched at once)",
            ADMISSION,
            "                if alone || !is_councils(proposal) {",
            "                if !is_councils(proposal) {",
            MOTIONS_OF_USE,
        ),
        Revert(
            "the bounds of a close (a close with a huge bound fills a block)",
            ADMISSION,
            "            }) => within(*proposal_weight_bound, *length_bound),",
            "            }) => within(*proposal_weight_bound, *length_bound).or(Ok(())),",
            "bounds_of_motions_should_be_those_of_the_councils_calls",
        ),
        Revert(
            "a close only of a motion that is decided (a close that fails takes half a block)",
            ADMISSION,
            "            }) if !is_closable(",
            "            }) if false && !is_closable(",
            "close_should_enter_a_block_only_if_it_removes_the_motion",
        ),
        Revert(
            "the check of the state when a block takes a call (calls that fail take room)",
            f"{CONSORTIUM}/admission.rs",
            "        T::Calls::check_ready(call).map_err(refused)?;\n",
            "",
            "calls_that_would_fail_should_be_refused_by_the_block_only",
        ),
        Revert(
            "the delay of upgrades (the council upgrades at once)",
            f"{CONSORTIUM}/upgrades.rs",
            "        applies && !Self::is_upgrade_due()",
            "        applies && false",
            "authorize_upgrade_should_be_due_after_the_delay", "upgrade_should_not_be_due_when_another_way_authorized_it",
        ),
        Revert(
            "the time in an authorization (an upgrade is due when it is authorized)",
            f"{CONSORTIUM}/upgrades.rs",
            "        authorized && frame_system::Pallet::<T>::block_number() >= due",
            "        authorized && due == due",
            "authorize_upgrade_should_be_due_after_the_delay",
            "authorize_upgrade_should_begin_the_delay_again_when_it_is_repeated",
        ),
        Revert(
            "an authorization of the consortium pallet only (another way takes over an old delay)",
            f"{CONSORTIUM}/upgrades.rs",
            "            .is_some_and(|system| system.encode() == (code_hash, true).encode());",
            "            .is_some_and(|system| system.encode() != code_hash.encode());",
            "upgrade_should_not_be_due_when_another_way_authorized_it",
        ),
        Revert(
            "the short list of root calls (dispatch_as_root of any call fills a block)",
            f"{CONSORTIUM}/council.rs",
            "        ensure!(T::RootCalls::contains(&call), Error::<T>::NotRootCall);\n",
            "",
            "dispatch_as_root_should_fail_when_the_call_is_not_a_root_call",
        ),
        Revert(
            "root calls without code and storage (the council replaces the runtime as root)",
            "runtime/consortium/src/configs/governance.rs",
            "            RuntimeCall::Grandpa(Grandpa::note_stalled { .. })\n",
            "            RuntimeCall::System(_) | RuntimeCall::Grandpa(Grandpa::note_stalled { .. })\n",
            "root_calls_should_not_change_code_or_storage",
        ),
    ],
}
