# SPDX-License-Identifier: Apache-2.0
"""Attacks by a doctor with one grant on real nodes.

`tests/doctor_with_one_grant.rs` has the attacks that need code below the command line.
"""

import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "network"))

from world import NetworkTest  # noqa: E402


class DoctorWithOneGrant(NetworkTest):
    """A doctor has a grant in force, and wants more than it names."""

    def telling(self, patient):
        """A keyword that some records of a patient have, and some have not."""
        counts = {}
        for record in patient.plain:
            for keyword in record["keywords"]:
                counts[keyword] = counts.get(keyword, 0) + 1
        return sorted(keyword for keyword, count in counts.items() if count < len(patient.plain))[0]

    def test_doctor_should_not_read_with_a_find_only_grant(self):
        """The doctor may find the records and asks for their content.

        Rests on `may_open` in the leaf of the scope. Revert: leave out the check of
        `opening.leaf.may_open` in the gateway's `covered`; the doctor then has no trapdoor that opens.
        """
        grant, matches, found, _ = self.world.matched(self.patients[0], [None], "find-only", find_only=True)
        self.assertTrue(found["matches"])
        self.refused("OpenNotGranted", *self.doctor.fetch_command(grant, matches, "a", self.path("no")))

    def test_curious_doctor_should_not_tell_whose_a_record_is(self):
        """The doctor asks, under a grant of one patient, for other records of the patient and of others.

        This is the oracle of version 1, which said `MatchNotFound` for this patient's records and
        `PatientMismatch` for others'. Rests on the order of checks (the match, which is public, comes
        first) and on one refusal, `NotCovered`, after it. Revert: look up the record before the match
        in `Discloser::disclose_at`, with an error of its own.
        """
        target, other = self.patients[0], self.patients[1]
        keyword = self.telling(target)
        grant, matches, found, _ = self.world.matched(target, [keyword], "curious")
        covered = {match["rid"] for match in found["matches"]}
        self.assertTrue(covered)
        answers = set()
        for name, patient in (("own", target), ("other", other)):
            _, listed, everything, _ = self.world.share(patient, [None], f"curious-{name}", open_request=False)
            uncovered = [match for match in everything["matches"] if match["rid"] not in covered]
            self.assertTrue(uncovered, "the test needs a record that the grant does not cover")
            listed.write_text(json.dumps({"matches": [dict(uncovered[0], item=0, keyword=0)]}))
            code, error = self.net.cli_refused(*self.doctor.fetch_command(grant, listed, "a", self.path("no")))
            answers.add((code, error["error"]))
        self.assertEqual(answers, {(3, "MatchNotFound")})

    def test_doctor_should_not_prove_what_the_grant_does_not_find(self):
        """The doctor proves, under the grant, a match of a record that it found by another grant.

        Rests on the signature by the slot's match key. Revert: accept any signature in `prove_match`.
        """
        target = self.patients[0]
        keyword = self.telling(target)
        grant, _, found, _ = self.world.share(target, [keyword], "narrow")
        _, listed, everything, _ = self.world.share(target, [None], "wide", open_request=False)
        covered = {match["rid"] for match in found["matches"]}
        uncovered = [match for match in everything["matches"] if match["rid"] not in covered][:1]
        listed.write_text(json.dumps({"matches": [dict(match, item=0, keyword=0) for match in uncovered]}))
        self.refused(
            "PeksSearch.InvalidSignature", "doctor", "prove", "--grant", grant, "--matches", listed, "--consortium",
            self.doctor.consortium, "--key", self.doctor.key,
        )

    def test_match_proof_should_be_refused_when_replayed(self):
        """The doctor sends a match proof twice.

        Rests on the chain's note of each (request, record). Revert: remove `MatchAlreadyExists`.
        """
        grant, matches, _, _ = self.world.matched(self.patients[0], [None], "replayed")
        self.refused(
            "PeksSearch.MatchAlreadyExists", "doctor", "prove", "--grant", grant, "--matches", matches, "--consortium",
            self.doctor.consortium, "--key", self.doctor.key, "--again",
        )


if __name__ == "__main__":
    unittest.main(verbosity=2)
