# SPDX-License-Identifier: Apache-2.0
"""Attacks by a doctor whose grant was revoked, and who keeps its trapdoors, on real nodes.

`tests/doctor_with_old_trapdoors.rs` has the attacks that need another time, or code below the command
line.
"""

import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "network"))

from world import NetworkTest  # noqa: E402


class DoctorWithOldTrapdoors(NetworkTest):
    """A doctor keeps the trapdoors of a grant that the patient has revoked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.patient = cls.world.patient("revoking")
        # The grant for the last test: a minute must pass before that test revokes it.
        cls.leaving = cls.world.patient("leaving")
        cls.kept = cls.world.matched(cls.leaving, [None], "kept")
        cls.made = time.monotonic()

    def found(self, grant, name):
        return {match["rid"] for match in self.doctor.search(grant, self.path(f"{name}.json"))["matches"]}

    def test_1_old_trapdoor_should_find_later_filings_when_the_patient_keeps_the_labels(self):
        """The attack without the defence: the patient revokes with --keep-labels.

        The trapdoor of version 1 of the protocol was in this state after every revocation.
        """
        grant, _, _, request = self.world.share(self.patient, [None], "kept-labels")
        before = self.found(grant, "kept-labels-before")
        self.patient.revoke(request, "a", keep_labels=True)
        later = {record["rid"] for record in self.patient.ingest("a")}
        self.assertEqual(self.found(grant, "kept-labels-after"), before | later)

    def test_2_old_trapdoor_should_not_find_what_is_filed_after_the_revocation(self):
        """The doctor searches again, after the patient has revoked and new records were filed.

        Rests on the label version in κ. Revert: leave the version out of `Kappa::derive`.
        """
        grant, matches, _, request = self.world.matched(self.patient, [None], "risen")
        before = self.found(grant, "risen-before")
        done = self.patient.revoke(request, "a")
        self.assertTrue(done["at_hospital"] and done["label_version"] >= 1, done)
        self.patient.ingest("a")
        self.assertEqual(self.found(grant, "risen-after"), before)
        self.refused("RequestRevoked", *self.doctor.fetch_command(grant, matches, "a", self.path("no")))

    def test_3_doctor_with_a_stale_grant_should_need_a_supplement(self):
        """The doctor uses a grant that is older than the rise, as if it covered everything.

        Rests on the version that the patient signed. Revert: leave out `check_currency` in the gateway.
        """
        stays, matches, _, request = self.world.matched(self.patient, [None], "stays")
        ends = self.path("ends-grant.json")
        ended = self.patient.grant("a", self.doctor, [None], ends)["request"]
        self.doctor.request(ends)
        done = self.patient.revoke(ended, "a")
        self.refused("Stale", *self.doctor.fetch_command(stays, matches, "a", self.path("no")))
        files = {written["request"]: written["file"] for written in done["supplements"]}
        self.assertNotIn(ended, files, "a supplement renews the revoked grant")
        self.doctor.search(stays, matches, supplement=files[request])
        self.doctor.prove(stays, matches, files[request])
        self.doctor.fetch(stays, matches, "a", self.path("renewed"), files[request])
        # The supplement is of another grant: it does not renew the revoked one.
        self.refused(
            "SupplementMismatch", "doctor", "search", "--grant", ends, "--supplement", files[request], "--consortium",
            self.doctor.consortium, "--key", self.doctor.key, "--out", self.path("no.json"),
        )

    def test_4_doctor_should_not_open_a_grant_that_was_revoked_unopened(self):
        """The doctor keeps the grant in a drawer, and opens its request after the revocation.

        Rests on tombstones, which the hospital files. Revert: take revocations of opened requests
        only, as version 1 did.
        """
        grant = self.path("drawer-grant.json")
        request = self.patient.grant("a", self.doctor, [None], grant)["request"]
        done = self.patient.revoke(request, "a", keep_labels=True)
        self.assertEqual(done["on_chain"], "tombstone", done)
        self.refused("PeksSearch.RequestRevoked", *self.doctor.request_command(grant))

    def test_5_doctor_should_get_nothing_after_the_patient_has_revoked_all_grants(self):
        """The doctor asks under an open request, with a proved match and trapdoors that still fit.

        Rests on `revoke_before`, which the hospital judges by the time in the patient's signature. Revert:
        leave out `check_currency` in the gateway.
        """
        grant, matches, _, _ = self.kept
        self.doctor.fetch(grant, matches, "a", self.path("before-all"))
        time.sleep(max(0, 62 - (time.monotonic() - self.made)))
        self.leaving.revoke_all("a")
        self.refused("GrantRevoked", *self.doctor.fetch_command(grant, matches, "a", self.path("no")))
        # A grant that is made afterwards holds.
        later, found, _, _ = self.world.matched(self.leaving, [None], "after-all")
        self.doctor.fetch(later, found, "a", self.path("after-all"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
