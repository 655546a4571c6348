# SPDX-License-Identifier: Apache-2.0
"""The defences of a hospital chain against thieves of the keys of its staff and admins."""

from defences.revert import Revert

PALLET = "pallets/hospital-admin/src"
ADMISSION = "runtime/hospital/src/configs/admission.rs"
OTHERS_CALLS = "members_should_not_send_calls_of_others"

ATTACKERS = {
    "Thief of a workstation's key": [
        Revert(
            "a quota for each account of staff (a workstation's key writes without end)",
            f"{PALLET}/quotas.rs",
            "        if usage.is_within(&quota) {",
            "        if usage.is_within(&quota) || !operational {",
            "one_account_of_staff_should_use_its_quota_only",
        ),
        Revert(
            "the list of calls that staff may send (a workstation's key sends any call)",
            ADMISSION,
            "            RuntimeCall::Patients(_) => sender.staff || sender.admin,\n            _ => false,",
            "            RuntimeCall::Patients(_) => sender.staff || sender.admin,\n            _ => true,",
            OTHERS_CALLS,
        ),
    ],
    "Thief of an admin's key": [
        Revert(
            "the operational quota of an account (an admin's key fills blocks)",
            f"{PALLET}/quotas.rs",
            "        if usage.is_within(&quota) {",
            "        if usage.is_within(&quota) || operational {",
            "operational_calls_should_count_against_a_quota_of_their_own",
        ),
        Revert(
            "the short list of root calls (an admin dispatches any call as root)",
            f"{PALLET}/root.rs",
            "        ensure!(T::RootCalls::contains(&call), Error::<T>::NotAuthorized);\n",
            "",
            "dispatch_as_root_should_fail_when_the_call_is_not_among_the_few",
        ),
        Revert(
            "root calls are judged before a block (dispatch_as_root of a call that must fail fills a block)",
            ADMISSION,
            "                if !RootCalls::contains(call) =>",
            "                if false && !RootCalls::contains(call) =>",
            OTHERS_CALLS,
        ),
        Revert(
            "the last admin stays (one stolen key leaves the chain without admins)",
            f"{PALLET}/admins.rs",
            "            ensure!(!admins.is_empty(), Error::<T>::LastAdmin);\n",
            "",
            "remove_admin_should_fail_when_it_is_the_last_one",
        ),
    ],
}
