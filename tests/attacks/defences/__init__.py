# SPDX-License-Identifier: Apache-2.0
"""The defences of the attack book, each with the change that removes it.

`ATTACKERS` has the defences by attacker. The names of the attackers are those of the tables in
docs/security.md, section 12.
"""

from defences import council, hospital_chain, members, outsiders, protocol

ATTACKERS = {
    **protocol.ATTACKERS,
    **members.ATTACKERS,
    **council.ATTACKERS,
    **outsiders.ATTACKERS,
    **hospital_chain.ATTACKERS,
}
REVERTS = [revert for reverts in ATTACKERS.values() for revert in reverts]
