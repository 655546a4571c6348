# SPDX-License-Identifier: Apache-2.0
"""The dependency direction of docs/architecture.md, checked against `cargo metadata`."""

import json
import subprocess
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# For each crate of the project, the crates of the project that it may use. Tests and build scripts
# may also use the test kit.
MAY_USE = {
    "bspp-peks": set(),
    "bspp-help": set(),
    "bspp-types": {"bspp-peks"},
    "bspp-primitives": {"bspp-types", "bspp-peks"},
    "bspp-rpc-types": {"bspp-types", "bspp-peks"},
    "bspp-tag-index": {"bspp-types", "bspp-peks"},
    "bspp-record": {"bspp-types", "bspp-peks"},
    "bspp-phi-store": {"bspp-types", "bspp-peks"},
    "bspp-client": {"bspp-record", "bspp-rpc-types", "bspp-primitives", "bspp-types", "bspp-peks"},
    "bspp-gateway": {"bspp-client", "bspp-phi-store", "bspp-record", "bspp-primitives", "bspp-types", "bspp-peks"},
    "bspp-cli": {
        "bspp-gateway", "bspp-client", "bspp-record", "bspp-rpc-types", "bspp-primitives", "bspp-types", "bspp-peks",
        "bspp-help",
    },
    "bspp-runtime-common": {"bspp-primitives", "bspp-types", "bspp-peks", "pallet-slot-duration"},
    "bspp-consortium-runtime": {"bspp-runtime-common", "bspp-primitives", "bspp-types", "bspp-peks", "pallets"},
    "bspp-hospital-runtime": {"bspp-runtime-common", "bspp-primitives", "bspp-types", "bspp-peks", "pallets"},
    "bspp-node": {
        "bspp-consortium-runtime", "bspp-hospital-runtime", "bspp-phi-store", "bspp-rpc-types", "bspp-tag-index",
        "bspp-primitives",
        "bspp-types", "bspp-peks", "bspp-help",
    },
    "bspp-faulty-node": {"bspp-node", "bspp-primitives", "bspp-types"},
    # The launcher uses programs, RPC and metadata, but no code of the product, so that its tests
    # are independent.
    "bspp-network": set(),
    # The attack book attacks the protocol, not a chain.
    "bspp-attacks": {"bspp-record", "bspp-types", "bspp-peks"},
    "bspp-test-kit": {"bspp-runtime-common", "bspp-primitives", "bspp-types", "bspp-peks"},
    # The consortium's runtime with another release. Only tests and benchmarks build it.
    "bspp-runtime-variants": {"bspp-runtime-common", "bspp-primitives", "bspp-types", "bspp-peks", "pallets"},
}
PALLET = {"bspp-primitives", "bspp-types", "bspp-peks"}
# Crates that only tests and benchmarks may use, in addition to MAY_USE.
IN_TESTS = {
    # Tests of the index use real proofs of a hospital chain, and the benchmark of the gate uses
    # real runtimes.
    "pallet-phi-index": {"pallet-hospital-anchor", "pallet-phi-records"},
    "bspp-node": {"bspp-runtime-common", "pallets"},
}
# Crates that must not depend on parts of polkadot-sdk.
NO_SUBSTRATE = ("bspp-peks", "bspp-types", "bspp-record", "bspp-phi-store")


def workspace():
    """The packages of the workspace, by name."""
    command = ["cargo", "metadata", "--format-version", "1", "--no-deps", "--locked"]
    packages = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)["packages"]
    return {package["name"]: package for package in packages}


def allowed(name, ours):
    """The crates of the project that a crate may use."""
    may = set(PALLET if name.startswith("pallet-") else MAY_USE[name])
    if "pallets" in may:
        may |= {other for other in ours if other.startswith("pallet-")}
    return may


class Direction(unittest.TestCase):
    """Crates depend only on crates that they may use."""

    def setUp(self):
        self.packages = workspace()
        self.ours = set(self.packages)

    def used(self, name, kinds):
        found = self.packages[name]["dependencies"]
        return {one["name"] for one in found if one["kind"] in kinds and one["name"] in self.ours}

    def test_every_crate_should_have_its_place(self):
        homeless = {name for name in self.ours if not name.startswith("pallet-") and name not in MAY_USE}
        self.assertEqual(homeless, set(), "these crates are not in MAY_USE: say whom they may use")

    def test_crates_should_use_lower_floors_only(self):
        for name in self.packages:
            with self.subTest(crate=name):
                self.assertEqual(self.used(name, {None}) - allowed(name, self.ours), set())

    def test_tests_should_use_lower_floors_and_the_kit_only(self):
        for name in self.packages:
            extra = set(IN_TESTS.get(name, set())) | {"bspp-test-kit"}
            if "pallets" in extra:
                extra |= {other for other in self.ours if other.startswith("pallet-")}
            with self.subTest(crate=name):
                self.assertEqual(self.used(name, {"dev", "build"}) - allowed(name, self.ours) - extra, set())

    def test_pallets_and_runtimes_should_not_know_each_other(self):
        for name in self.packages:
            if name.startswith("pallet-"):
                self.assertFalse({one for one in self.used(name, {None}) if one.startswith("pallet-")}, name)
        self.assertNotIn("bspp-hospital-runtime", self.used("bspp-consortium-runtime", {None, "dev"}))
        self.assertNotIn("bspp-consortium-runtime", self.used("bspp-hospital-runtime", {None, "dev"}))

    def test_code_outside_chains_should_need_no_substrate(self):
        for name in NO_SUBSTRATE:
            found = {one["name"] for one in self.packages[name]["dependencies"] if one["kind"] is None}
            chain = {one for one in found if one.startswith(("sp-", "sc-", "frame-", "pallet-", "polkadot-sdk"))}
            self.assertEqual(chain, set(), name)

    def test_the_kit_should_be_in_no_product(self):
        for name in self.packages:
            self.assertNotIn("bspp-test-kit", self.used(name, {None, "build"}), name)


if __name__ == "__main__":
    unittest.main()
