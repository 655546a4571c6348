# SPDX-License-Identifier: Apache-2.0
"""Sharing on real nodes: what is found and opened is compared with the plaintext, and what must be refused is.

The plaintext side is `tests/independent/fhir_keywords.py`, which shares nothing with the product's own FHIR reader.
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
from scenario import Doctor, Patient, month, opened_resources  # noqa: E402

FHIR = Path(os.environ.get("BSPP_FHIR_DIR") or ROOT.parent / "shared" / "fhir")
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


def files():
    """Six bundles of the shared folder, or the project's own samples where that folder is not there."""
    return [FHIR / name for name in BUNDLES] if FHIR.is_dir() else sorted((ROOT / "demo" / "patients").glob("*.json"))


def setUpModule():  # noqa: N802 (unittest's name)
    global NET, DOCTOR
    # Ends the network's processes also when this one is told to stop.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    NET = Network(os.environ["BSPP_BINARIES"], os.environ["BSPP_NETWORK_DIR"]).__enter__()
    unittest.addModuleCleanup(NET.__exit__, None, None, None)
    NET.start_chains()
    NET.anchor_hospitals()
    for letter in "ab":
        NET.start_gateway(letter)
    DOCTOR = Doctor(NET, "doctor-b", "b")
    DOCTOR.join()
    for path in files():
        patient = Patient(NET, hashlib.sha256(path.name.encode()).hexdigest()[:8], path)
        patient.plain = plaintext_records(path)
        patient.enrol("a")
        PATIENTS.append(patient)
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda patient: patient.ingest("a"), PATIENTS))


def share(patient, keywords, name, open_request=True):
    """Grant, request, search. Returns (grant file, matches file, what the search said, request id)."""
    grant, matches = NET.folder / f"{name}-grant.json", NET.folder / f"{name}-matches.json"
    request = patient.grant("a", DOCTOR, keywords, grant)["request"]
    if open_request:
        DOCTOR.request(grant)
    return grant, matches, DOCTOR.search(grant, matches), request


def by_plaintext(pieces):
    """Hashes of opened resources: names a record without knowing its identifier."""
    return tuple(sorted(hashlib.sha256(piece).hexdigest() for piece in pieces))


class EveryKeywordOfEveryRecord(unittest.TestCase):
    """No false positive and no false negative, keyword by keyword."""

    def test_matches_should_be_those_of_the_plaintext(self):
        everything = {k for patient in PATIENTS for record in patient.plain for k in record["keywords"]}
        for number, patient in enumerate(PATIENTS):
            with self.subTest(file=patient.path.name):
                # The identity keyword finds every record; opening them tells which identifier is which record.
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
    """What a hospital or a chain must refuse, on real nodes."""

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
        self.refused("PatientMismatch", *DOCTOR.fetch_command(grant, others, "a", NET.folder / "no"))

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
            "hospital", "ingest", "--gateway", NET.gateways["gateway-a"]["local"], "--patient",
            PATIENTS[0].accounts["a"], broken,
        )
        self.assertEqual((code, error["error"]), (3, "InvalidFhir"))
        self.assertIn("entry[0].resource", error["message"])

    def test_ingest_should_be_refused_without_consent(self):
        stranger = Patient(NET, "without-consent", PATIENTS[0].path)
        file = stranger.wallet / "enrolment.json"
        url = NET.nodes["hospital-a"].url
        NET.cli("patient", "enrol", "--wallet", stranger.wallet, "--hospital", url, "--from", month(-5), "--until",
                month(-4), "--out", file)
        account = NET.cli("hospital", "enrol", "--hospital", url, "--key", "//HospitalA", "--enrolment", file)["account"]
        self.refused(
            "ConsentNotFound", "hospital", "ingest", "--gateway", NET.gateways["gateway-a"]["local"], "--patient", account,
            PATIENTS[0].path,
        )


class Resilience(unittest.TestCase):
    """What survives a crash."""

    def test_gateway_should_go_on_when_killed(self):
        gateway = NET.gateways["gateway-a"]
        gateway["process"].stop(kill=True)
        NET.start_gateway("a")
        patient = Patient(NET, "after-crash", PATIENTS[0].path)
        patient.plain = PATIENTS[0].plain
        patient.enrol("a")
        self.assertEqual(len(patient.ingest("a")), len(patient.plain))

    def test_tag_index_should_be_the_same_when_rebuilt(self):
        node = NET.nodes["consortium-b1"]
        before = node.rpc("phi_indexStatus")["entries"]
        grant, _, found, _ = share(PATIENTS[0], [None], "before-rebuild", open_request=False)
        node.process.stop()
        (index,) = node.base.glob("chains/*/tag-index")
        shutil.rmtree(index)
        NET.start_node("consortium-b1", None, "charlie")

        def rebuilt():
            status = node.rpc("phi_indexStatus")
            return status["ready"] and status["entries"] >= before

        wait_for("the rebuilt tag index", rebuilt, 90)
        again = DOCTOR.search(grant, NET.folder / "after-rebuild.json")
        self.assertEqual([m["rid"] for m in again["matches"]], [m["rid"] for m in found["matches"]])


if __name__ == "__main__":
    unittest.main(verbosity=2)
