# SPDX-License-Identifier: Apache-2.0
"""One network of real nodes for all Python tests: `tests/network` and `tests/attacks`.

The first test module that calls `start` starts it; it ends with the process. The slots are short,
because these tests mostly wait for blocks. `BSPP_BINARIES` names the folder with the programs,
`BSPP_NETWORK_DIR` the folder of the network, and `BSPP_FHIR_DIR` one with more FHIR files.
"""

import atexit
import hashlib
import os
import signal
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "demo"))

from network import Network  # noqa: E402
from plaintext import plaintext_records  # noqa: E402
from scenario import Doctor, Patient  # noqa: E402

SAMPLES = ROOT / "demo" / "patients"
FHIR = Path(os.environ.get("BSPP_FHIR_DIR") or SAMPLES)
BUNDLES = (
    "tests-denex1-EXM506-bundle.json",
    "Bundle-mii-exa-test-data-bundle-patho-1.json",
    "Austin578_Mayer370_91a5bdc3-22ff-c577-debd-19ea6acf55b9.json",
    "Bundle-father.json",
    "Dino214_Parisian75_40d82b80-b682-cd8b-da6d-396809878641.json",
    "Bundle-mii-exa-test-data-bundle-pat-5.json",
)
# A file about two patients.
TWO_PATIENTS = FHIR / "tests-denomexcl-CMS122-Patient-bundle.json"
# The smallest sample, for tests that need a patient of their own.
SMALL = SAMPLES / "Dino214_Parisian75_40d82b80-b682-cd8b-da6d-396809878641.json"
SLOT_MILLIS = 1000


class World:
    """The network with a doctor of hospital B and patients of hospital A."""

    def __init__(self):
        self.net, self.doctor, self.patients, self.told = None, None, [], None

    def start(self):
        """Starts the network and fills it, the first time."""
        if self.net is not None:
            return self
        # The processes of the network also end if this process receives SIGTERM.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        self.net = Network(os.environ["BSPP_BINARIES"], os.environ["BSPP_NETWORK_DIR"], SLOT_MILLIS).__enter__()
        atexit.register(self.net.__exit__, None, None, None)
        self.doctor = Doctor(self.net, "doctor-of-tests", "b")
        self.doctor.join()
        self.patients = [self._enrolled(hashlib.sha256(path.name.encode()).hexdigest()[:8], path) for path in files()]
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda patient: patient.ingest("a"), self.patients))
        return self

    def _enrolled(self, label, path):
        patient = Patient(self.net, label, path)
        patient.plain = plaintext_records(path)
        patient.enrol("a")
        return patient

    def patient(self, label, path=SMALL):
        """A patient of the test's own, whose file is at hospital A."""
        patient = self._enrolled(label, path)
        patient.ingest("a")
        return patient

    def share(self, patient, keywords, name, doctor=None, open_request=True, **terms):
        """Grants, requests and searches. Returns (grant file, matches file, search result, request id)."""
        doctor = doctor or self.doctor
        grant, matches = self.net.folder / f"{name}-grant.json", self.net.folder / f"{name}-matches.json"
        request = patient.grant("a", doctor, keywords, grant, **terms)["request"]
        if open_request:
            doctor.request(grant)
        return grant, matches, doctor.search(grant, matches), request

    def matched(self, patient, keywords, name, doctor=None, **terms):
        """Grants, requests, searches and proves. Returns what `share` returns."""
        grant, matches, found, request = self.share(patient, keywords, name, doctor, **terms)
        (doctor or self.doctor).prove(grant, matches)
        return grant, matches, found, request


def files():
    """The available files of the six bundles. Without the FHIR folder only the samples are available."""
    places = [next((path for path in (FHIR / name, SAMPLES / name) if path.is_file()), None) for name in BUNDLES]
    return [path for path in places if path]


WORLD = World()


class NetworkTest(unittest.TestCase):
    """A test on the shared network."""

    @classmethod
    def setUpClass(cls):
        cls.world = WORLD.start()
        cls.net, cls.doctor, cls.patients = WORLD.net, WORLD.doctor, WORLD.patients

    def refused(self, wanted, *command):
        """Checks that a chain or a hospital refuses a command with this code."""
        code, error = self.net.cli_refused(*command)
        self.assertEqual((code, error["error"]), (3, wanted), error)
        return error

    def path(self, name):
        return self.net.folder / name
