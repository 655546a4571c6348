# SPDX-License-Identifier: Apache-2.0
"""Sharing on real nodes: found and opened records equal the plaintext, and refusals work.

All tests use one network: the demo's story, the comparisons, the refusals, the crashes, and at the
end the scan for leaks in all output of the network. unittest runs the classes in the order of their
names.

`tests/independent/fhir_keywords.py` reads the plaintext. It shares no code with the FHIR reader of
the product.
"""

import hashlib
import os
import shutil
import signal
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "demo"))

from network import Network, wait_for  # noqa: E402
from plaintext import plaintext_records  # noqa: E402
from run import no_leaks, story  # noqa: E402
from scenario import Doctor, Patient, Timeline, month, opened_resources  # noqa: E402

SAMPLES = ROOT / "demo" / "patients"
FHIR = Path(os.environ.get("BSPP_FHIR_DIR") or SAMPLES)
BUNDLES = (
    "tests-denex1-EXM506-bundle.json",
    "Bundle-mii-exa-test-data-bundle-patho-1.json",
    "tests-denomexcl-CMS122-Patient-bundle.json",
    "Bundle-father.json",
    "Dino214_Parisian75_40d82b80-b682-cd8b-da6d-396809878641.json",
    "Bundle-mii-exa-test-data-bundle-pat-5.json",
)

NET = None
PATIENTS = []
DOCTOR = None
TOLD = None
# The slots are short, because this suite mostly waits for blocks.
SLOT_MILLIS = 1000


def files():
    """The available files of the six bundles. Without the FHIR folder only the samples are available."""
    places = [next((path for path in (FHIR / name, SAMPLES / name) if path.is_file()), None) for name in BUNDLES]
    return [path for path in places if path]


def setUpModule():  # noqa: N802 (unittest's name)
    global NET, DOCTOR
    # The processes of the network also end if this process receives SIGTERM.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    NET = Network(os.environ["BSPP_BINARIES"], os.environ["BSPP_NETWORK_DIR"], SLOT_MILLIS).__enter__()
    unittest.addModuleCleanup(NET.__exit__, None, None, None)
    DOCTOR = Doctor(NET, "doctor-of-tests", "b")
    DOCTOR.join()
    for path in files():
        patient = Patient(NET, hashlib.sha256(path.name.encode()).hexdigest()[:8], path)
        patient.plain = plaintext_records(path)
        patient.enrol("a")
        PATIENTS.append(patient)
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda patient: patient.ingest("a"), PATIENTS))


def share(patient, keywords, name, open_request=True):
    """Grants, requests and searches. Returns (grant file, matches file, search result, request id)."""
    grant, matches = NET.folder / f"{name}-grant.json", NET.folder / f"{name}-matches.json"
    request = patient.grant("a", DOCTOR, keywords, grant)["request"]
    if open_request:
        DOCTOR.request(grant)
    return grant, matches, DOCTOR.search(grant, matches), request


def by_plaintext(pieces):
    """The hashes of opened resources, which name a record without its identifier."""
    return tuple(sorted(hashlib.sha256(piece).hexdigest() for piece in pieces))


class Demonstration(unittest.TestCase):
    """The demo's story on this network."""

    def test_story_should_end_well(self):
        global TOLD
        TOLD = story(NET, Timeline(NET))


class EveryKeywordOfEveryRecord(unittest.TestCase):
    """A search has no false positive and no false negative, for every keyword."""

    def test_bundles_should_all_be_here(self):
        if len(files()) < len(BUNDLES):
            self.skipTest(f"{len(BUNDLES) - len(files())} of {len(BUNDLES)} FHIR bundles are not here; BSPP_FHIR_DIR names their folder")

    def test_matches_should_be_those_of_the_plaintext(self):
        everything = {k for patient in PATIENTS for record in patient.plain for k in record["keywords"]}
        for number, patient in enumerate(PATIENTS):
            with self.subTest(file=patient.path.name):
                # The identity keyword finds every record. The opened records show which identifier
                # belongs to which record.
                grant, matches, found, _ = share(patient, [None], f"identity-{number}")
                DOCTOR.prove(grant, matches)
                fetched, opened = NET.folder / f"fetched-{number}", NET.folder / f"opened-{number}"
                DOCTOR.fetch(grant, matches, "a", fetched)
                DOCTOR.open(grant, matches, fetched, opened)
                names = {rid: by_plaintext(pieces) for rid, pieces in opened_resources(opened).items()}
                wanted = {tuple(record["resources"]) for record in patient.plain}
                self.assertEqual(set(names.values()), wanted)
                self.assertEqual(len(found["matches"]), len(names))

                own = sorted({k for record in patient.plain for k in record["keywords"]})
                foreign = sorted(everything - set(own))[:20]
                asked = own + foreign
                for start in range(0, len(asked), 100):
                    part = asked[start:start + 100]
                    _, _, found, _ = share(patient, part, f"all-{number}-{start}", open_request=False)
                    self.assertEqual(found["pairings"], found["batches"])
                    for place, keyword in enumerate(part):
                        expected = {
                            tuple(record["resources"]) for record in patient.plain if keyword in record["keywords"]
                        }
                        got = {names[m["rid"]] for m in found["matches"] if m["keyword"] == place}
                        self.assertEqual(got, expected, "a keyword finds other records than the plaintext has")


class Refusals(unittest.TestCase):
    """The hospital or the chain refuses what the protocol forbids, on real nodes."""

    def matched(self, name, patient=None):
        patient = patient or PATIENTS[0]
        grant, matches, found, request = share(patient, [None], name)
        DOCTOR.prove(grant, matches)
        return grant, matches, found, request

    def refused(self, wanted, *command):
        code, error = NET.cli_refused(*command)
        self.assertEqual((code, error["error"]), (3, wanted), error)

    def test_disclosure_should_be_refused_when_revoked(self):
        grant, matches, _, request = self.matched("revoked")
        PATIENTS[0].revoke(request, "a")
        self.refused("RequestRevoked", *DOCTOR.fetch_command(grant, matches, "a", NET.folder / "no"))

    def test_match_proof_should_be_refused_when_replayed(self):
        grant, matches, _, _ = self.matched("replayed")
        self.refused(
            "PeksSearch.MatchAlreadyExists", "doctor", "prove", "--grant", grant, "--matches", matches, "--consortium",
            DOCTOR.consortium, "--key", DOCTOR.key, "--again",
        )

    def test_disclosure_should_be_refused_when_the_grant_is_of_another_patient(self):
        grant, _, _, _ = self.matched("own")
        _, others, _, _ = self.matched("other", PATIENTS[1])
        self.refused("MatchNotFound", *DOCTOR.fetch_command(grant, others, "a", NET.folder / "no"))

    def test_request_should_be_refused_when_sent_by_no_member(self):
        stranger = Doctor(NET, "stranger", "b")
        grant = NET.folder / "stranger-grant.json"
        PATIENTS[0].grant("a", stranger, [None], grant)
        self.refused(
            "NotMember", "doctor", "request", "--grant", grant, "--consortium", stranger.consortium, "--key", stranger.key
        )

    def test_request_should_be_refused_when_another_doctor_sends_it(self):
        thief = Doctor(NET, "thief", "b")
        thief.join()
        grant = NET.folder / "stolen-grant.json"
        PATIENTS[0].grant("a", DOCTOR, [None], grant)
        self.refused(
            "RequesterMismatch", "doctor", "request", "--grant", grant, "--consortium", thief.consortium, "--key", thief.key
        )

    def test_ingest_should_name_the_place_when_fhir_is_malformed(self):
        broken = NET.folder / "broken.json"
        broken.write_text('{"resourceType": "Bundle", "type": "batch", "entry": [{"resource": {"id": "x"}}]}')
        code, error = NET.cli_refused(
            "hospital", "ingest", "--gateway", NET.gateways["a"]["local"], "--patient",
            PATIENTS[0].accounts["a"], broken,
        )
        self.assertEqual((code, error["error"]), (3, "InvalidFhir"))
        self.assertIn("entry[0].resource", error["message"])

    def test_ingest_should_be_refused_without_consent(self):
        stranger = Patient(NET, "without-consent", PATIENTS[0].path)
        file = stranger.wallet / "enrolment.json"
        url = NET.hospital_node("a").url
        NET.cli("patient", "enrol", "--wallet", stranger.wallet, "--hospital", url, "--from", month(-5), "--until",
                month(-4), "--out", file)
        account = NET.cli("hospital", "enrol", "--hospital", url, "--key", "//HospitalA", "--enrolment", file)["account"]
        self.refused(
            "ConsentNotFound", "hospital", "ingest", "--gateway", NET.gateways["a"]["local"], "--patient", account,
            PATIENTS[0].path,
        )


class ForeignNode(unittest.TestCase):
    """A search through a node that is not the doctor's own."""

    def test_search_should_find_the_same_when_the_node_is_foreign(self):
        for number, patient in enumerate(PATIENTS[:2]):
            keywords = sorted({k for record in patient.plain for k in record["keywords"]})[:6]
            grant, _, found, _ = share(patient, [None, *keywords], f"foreign-{number}", open_request=False)
            foreign = DOCTOR.search(grant, NET.folder / f"foreign-{number}-matches.json", "--foreign-node")
            key = lambda match: (match["query"], match["rid"], match["counter"], match["slot"])  # noqa: E731
            self.assertEqual(sorted(map(key, foreign["matches"])), sorted(map(key, found["matches"])))
            self.assertTrue(found["matches"])


class RemovedDoctor(unittest.TestCase):
    """The removal of a doctor reaches disclosure."""

    def test_disclosure_should_be_refused_when_the_doctor_was_removed(self):
        leaving = Doctor(NET, "leaving", "b")
        leaving.join()
        grant, matches = NET.folder / "leaving-grant.json", NET.folder / "leaving-matches.json"
        PATIENTS[0].grant("a", leaving, [None], grant)
        leaving.request(grant)
        leaving.search(grant, matches)
        leaving.prove(grant, matches)
        leaving.fetch(grant, matches, "a", NET.folder / "leaving-fetched")
        leaving.leave()
        code, error = NET.cli_refused(*leaving.fetch_command(grant, matches, "a", NET.folder / "no"))
        self.assertEqual((code, error["error"]), (3, "RequesterNotActive"), error)


class Resilience(unittest.TestCase):
    """Gateway and tag index recover from a crash."""

    def test_gateway_should_go_on_when_killed(self):
        NET.order("kill", "gateway-a")
        NET.order("start", "gateway-a")
        patient = Patient(NET, "after-crash", PATIENTS[0].path)
        patient.plain = PATIENTS[0].plain
        patient.enrol("a")
        self.assertEqual(len(patient.ingest("a")), len(patient.plain))

    def test_tag_index_should_be_the_same_when_rebuilt(self):
        node = NET.consortium_node("b")
        before = node.rpc("phi_indexStatus")["entries"]
        grant, _, found, _ = share(PATIENTS[0], [None], "before-rebuild", open_request=False)
        NET.order("stop", node.name)
        (index,) = node.data.glob("chains/*/tag-index")
        shutil.rmtree(index)
        NET.order("start", node.name)

        def rebuilt():
            status = node.rpc("phi_indexStatus")
            return status["ready"] and status["entries"] >= before

        wait_for("the rebuilt tag index", rebuilt, 90)
        again = DOCTOR.search(grant, NET.folder / "after-rebuild.json")
        self.assertEqual([m["rid"] for m in again["matches"]], [m["rid"] for m in found["matches"]])


class Secrecy(unittest.TestCase):
    """The output of the network in all tests above contains no secret."""

    def test_nothing_should_leak(self):
        self.assertIsNotNone(TOLD, "the story did not end")
        NET.check()
        no_leaks(NET, Timeline(NET), TOLD)


if __name__ == "__main__":
    unittest.main(verbosity=2)
