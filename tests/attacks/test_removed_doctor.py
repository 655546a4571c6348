# SPDX-License-Identifier: Apache-2.0
"""Attacks by a doctor whom the hospital has removed, on real nodes."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "network"))

from world import NetworkTest  # noqa: E402

from scenario import Doctor  # noqa: E402


class RemovedDoctor(NetworkTest):
    """A removed doctor has an open request with matches that were proved in time."""

    def test_removed_doctor_should_not_get_records_under_old_matches(self):
        """The doctor asks again for a record that it has matched and received before.

        Rests on the standing, which the gateway reads from final state at each disclosure. Revert:
        leave out `check_standing` in `Discloser::disclose_at`.
        """
        leaving = Doctor(self.net, "leaving", "b")
        leaving.join()
        grant, matches, _, _ = self.world.matched(self.patients[0], [None], "leaving", leaving)
        leaving.fetch(grant, matches, "a", self.path("leaving-fetched"))
        leaving.leave()
        self.refused("RequesterNotActive", *leaving.fetch_command(grant, matches, "a", self.path("no")))


if __name__ == "__main__":
    unittest.main(verbosity=2)
