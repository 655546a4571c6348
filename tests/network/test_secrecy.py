# SPDX-License-Identifier: Apache-2.0
"""The scan for leaks in all output of the shared network. It runs after all other tests.

It looks for the secrets of the demo's story, which `test_sharing.py` tells, in the output of that
story, of the other tests, and of the attacks.
"""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from world import WORLD, NetworkTest  # noqa: E402

from run import no_leaks  # noqa: E402
from scenario import Timeline  # noqa: E402


class Secrecy(NetworkTest):
    """The output of the network contains no secret."""

    def test_nothing_should_leak(self):
        self.assertIsNotNone(WORLD.told, "the story did not end; run test_sharing.py before")
        self.net.check()
        no_leaks(self.net, Timeline(self.net), WORLD.told)


if __name__ == "__main__":
    unittest.main(verbosity=2)
