# SPDX-License-Identifier: Apache-2.0
"""Sharing on real nodes: found and opened records equal the plaintext, and refusals work.

The tests use the shared network of `world.py`: the demo's story, the comparisons, the refusals and
the crashes. unittest runs the classes in the order of their names.

`tests/independent/fhir_keywords.py` reads the plaintext. It shares no code with the FHIR reader of
the product.
"""

import hashlib
import shutil
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from world import BUNDLES, TWO_PATIENTS, WORLD, NetworkTest, files  # noqa: E402

from network import wait_for  # noqa: E402
from run import story  # noqa: E402
from scenario import Patient, Timeline, month, opened_resources  # noqa: E402


def by_plaintext(pieces):
    """The hashes of opened resources, which name a record without its identifier."""
    return tuple(sorted(hashlib.sha256(piece).hexdigest() for piece in pieces))


class Demonstration(NetworkTest):
    """The demo's story on this network."""

    def test_story_should_end_well(self):
        WORLD.told = story(self.net, Timeline(self.net))


class EveryKeywordOfEveryRecord(NetworkTest):
    """A search has no false positive and no false negative, for every keyword."""

    def test_bundles_should_all_be_here(self):
        if len(files()) < len(BUNDLES):
            self.skipTest(f"{len(BUNDLES) - len(files())} of {len(BUNDLES)} FHIR bundles are not here; BSPP_FHIR_DIR names their folder")

    def test_matches_should_be_those_of_the_plaintext(self):
        everything = {k for patient in self.patients for record in patient.plain for k in record["keywords"]}
        for number, patient in enumerate(self.patients):
            with self.subTest(file=patient.path.name):
                # The identity keyword finds every record. The opened records show which identifier
                # belongs to which record.
                grant, matches, found, _ = self.world.matched(patient, [None], f"identity-{number}")
                fetched, opened = self.path(f"fetched-{number}"), self.path(f"opened-{number}")
                self.doctor.fetch(grant, matches, "a", fetched)
                self.doctor.open(grant, matches, fetched, opened)
                names = {rid: by_plaintext(pieces) for rid, pieces in opened_resources(opened).items()}
                wanted = {tuple(record["resources"]) for record in patient.plain}
                self.assertEqual(set(names.values()), wanted)
                self.assertEqual(len(found["matches"]), len(names))

                own = sorted({k for record in patient.plain for k in record["keywords"]})
                foreign = sorted(everything - set(own))[:20]
                asked = own + foreign
                for start in range(0, len(asked), 100):
                    part = asked[start:start + 100]
                    _, _, found, _ = self.world.share(patient, part, f"all-{number}-{start}", open_request=False)
                    self.assertEqual(found["pairings"], found["batches"])
                    for place, keyword in enumerate(part):
                        expected = {
                            tuple(record["resources"]) for record in patient.plain if keyword in record["keywords"]
                        }
                        got = {names[m["rid"]] for m in found["matches"] if m["keyword"] == place}
                        self.assertEqual(got, expected, "a keyword finds other records than the plaintext has")

    def test_patients_should_find_and_read_their_own_records(self):
        for number, patient in enumerate(self.patients[:2]):
            with self.subTest(file=patient.path.name):
                own = patient.own_records("a")
                self.assertEqual(len(own), len(patient.records["a"]))
                folder = self.path(f"own-{number}")
                patient.own_record("a", own[0], folder)
                (pieces,) = opened_resources(folder).values()
                self.assertIn(by_plaintext(pieces), {tuple(record["resources"]) for record in patient.plain})


class Refusals(NetworkTest):
    """The hospital or the chain refuses what the protocol forbids, on real nodes."""

    def test_disclosure_should_be_refused_when_revoked(self):
        grant, matches, _, request = self.world.matched(self.patients[0], [None], "revoked")
        self.patients[0].revoke(request, "a", keep_labels=True)
        self.refused("RequestRevoked", *self.doctor.fetch_command(grant, matches, "a", self.path("no")))

    def test_ingest_should_name_the_place_when_fhir_is_malformed(self):
        broken = self.path("broken.json")
        broken.write_text('{"resourceType": "Bundle", "type": "batch", "entry": [{"resource": {"id": "x"}}]}')
        error = self.refused("InvalidFhir", *self.patients[0].ingest_command("a", broken))
        self.assertIn("entry[0].resource", error["message"])

    def test_ingest_should_be_refused_without_consent(self):
        stranger = Patient(self.net, "without-consent", self.patients[0].path)
        stranger.enrol("a", since=month(-5), until=month(-4))
        self.refused("ConsentNotFound", *stranger.ingest_command("a"))

    def test_ingest_should_be_refused_when_the_file_is_about_another_patient(self):
        self.refused("SubjectMismatch", *self.patients[0].ingest_command("a", self.patients[1].path))

    def test_ingest_should_be_refused_when_the_file_is_about_two_patients(self):
        if not TWO_PATIENTS.is_file():
            self.skipTest("1 FHIR bundle is not here; BSPP_FHIR_DIR names its folder")
        self.refused("SubjectMismatch", *self.patients[0].ingest_command("a", TWO_PATIENTS))

    def test_records_should_be_refused_after_the_withdrawal_of_the_consent(self):
        patient = Patient(self.net, "withdrawing", self.patients[0].path)
        patient.enrol("a")
        (consent,) = self.net.cli("patient", "show", "--wallet", patient.wallet)["hospitals"][0]["consents"]
        withdrawal = self.path("withdrawal.json")
        self.net.cli(
            "patient", "withdraw-consent", "--wallet", patient.wallet, "--hospital-id", self.net.hospital_ids["a"],
            "--consent", consent, "--out", withdrawal,
        )
        self.net.cli(
            "hospital", "withdraw-consent", "--hospital", self.net.hospital_node("a").url, "--withdrawal", withdrawal
        )
        self.refused("ConsentNotFound", *patient.ingest_command("a"))

    def test_secrets_should_be_refused_when_others_can_read_them(self):
        key = self.path("open.age")
        key.write_bytes(self.doctor.key.read_bytes())
        key.chmod(0o644)
        code, error = self.net.cli_refused("doctor", "whoami", "--key", key)
        self.assertEqual(code, 2)
        self.assertIn("chmod 600", error["message"])


class Resilience(NetworkTest):
    """Gateway and tag index recover from a crash."""

    def test_gateway_should_go_on_when_killed(self):
        self.net.order("kill", "gateway-a")
        self.net.order("start", "gateway-a")
        patient = self.world.patient("after-crash")
        self.assertEqual(len(patient.records["a"]), len(patient.plain))

    def test_tag_index_should_be_the_same_when_rebuilt(self):
        node = self.net.consortium_node("b")
        before = node.rpc("phi_indexStatus")["entries"]
        grant, _, found, _ = self.world.share(self.patients[0], [None], "before-rebuild", open_request=False)
        self.net.order("stop", node.name)
        (index,) = node.data.glob("chains/*/tag-index")
        shutil.rmtree(index)
        self.net.order("start", node.name)

        def rebuilt():
            status = node.rpc("phi_indexStatus")
            return status["ready"] and status["entries"] >= before

        wait_for("the rebuilt tag index", rebuilt, 90)
        again = self.doctor.search(grant, self.path("after-rebuild.json"))
        self.assertEqual([m["rid"] for m in again["matches"]], [m["rid"] for m in found["matches"]])


if __name__ == "__main__":
    unittest.main(verbosity=2)
