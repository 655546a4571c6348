# SPDX-License-Identifier: Apache-2.0
"""Attacks by a thief of a patient's 24 words, on real nodes.

`tests/seed_thief.rs` shows that the seed with a copy of the chains opens nothing.
"""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "network"))

from world import NetworkTest  # noqa: E402

from scenario import Patient, opened_resources  # noqa: E402


class SeedThief(NetworkTest):
    """The thief restores the patient's wallet."""

    def test_thief_should_not_read_what_the_hospital_has_erased(self):
        """The thief reads a record through the hospital, which logs it, and then an erased one.

        Rests on the hospital's share. Revert: derive `kek` from `o` alone. The first half shows what
        does not hold: the thief of a seed has the powers of the patient.
        """
        patient = self.world.patient("robbed")
        thief = Patient(self.net, "seed-thief", patient.path, words=patient.words)
        self.assertEqual(thief.recover("a")["account"], patient.accounts["a"])
        read, erased = thief.own_records("a")[:2]
        thief.own_record("a", read, self.path("seed-thief"))
        self.assertEqual(len(opened_resources(self.path("seed-thief"))), 1)
        self.net.erase("a", erased)
        self.refused("NotCovered", *thief.own_record_command("a", erased, self.path("no")))

    def test_erased_record_should_not_be_disclosed(self):
        """A doctor with a grant in force asks for a record that the hospital has erased.

        Rests on the share too: the hospital itself cannot give the record any more.
        """
        patient = self.world.patient("erased")
        grant, matches, found, _ = self.world.matched(patient, [None], "erased")
        for match in found["matches"]:
            self.net.erase("a", match["rid"])
        self.refused("ShareDeleted", *self.doctor.fetch_command(grant, matches, "a", self.path("no")))


if __name__ == "__main__":
    unittest.main(verbosity=2)
