# SPDX-License-Identifier: Apache-2.0
"""Attacks by a thief of a grant and its trapdoors, on real nodes.

`tests/trapdoor_thief.rs` has the attacks that need code below the command line.
"""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "network"))

from world import NetworkTest  # noqa: E402

from scenario import Doctor  # noqa: E402


class TrapdoorThief(NetworkTest):
    """The thief is a member: a doctor of the same hospital."""

    def test_thief_should_not_use_the_grant_of_another_doctor(self):
        """The thief opens a request with a stolen grant, and asks under the request of its owner.

        Rests on the requester in the header and in G's signature. Revert: leave the requester out of
        `grant_key_message` and `GrantHeader`.
        """
        thief = Doctor(self.net, "thief", "b")
        thief.join()
        grant, matches, _, _ = self.world.matched(self.patients[0], [None], "stolen")
        self.refused("RequesterMismatch", *thief.request_command(grant))
        self.refused("RequesterMismatch", *thief.fetch_command(grant, matches, "a", self.path("no")))

    def test_thief_should_find_no_trapdoor_in_files_of_the_doctor(self):
        """The thief reads the doctor's files, without the passphrase.

        Rests on HPKE and on the encrypted key file. Revert: write key files in the clear.
        """
        grant, matches, _, _ = self.world.share(self.patients[0], [None], "on-disk", open_request=False)
        content = b"".join(path.read_bytes() for path in (grant, matches, self.doctor.key)).lower()
        secrets = [part for trapdoor in self.doctor.trapdoors(grant) for part in (trapdoor["search"], trapdoor["open"])]
        for secret in secrets + self.doctor.secrets():
            self.assertNotIn(secret[2:].encode(), content)
            self.assertNotIn(bytes.fromhex(secret[2:]), content)


if __name__ == "__main__":
    unittest.main(verbosity=2)
