# SPDX-License-Identifier: Apache-2.0
"""Attacks by a lying node that serves a wallet, on real nodes.

The proofs that a wallet can check are attacked in `crates/client/src/proved/tests.rs`, and keys that a
node names in `tests/wallet_node.rs`.
"""

import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "network"))

from world import SMALL, NetworkTest  # noqa: E402

from scenario import Patient, month  # noqa: E402


class WalletNode(NetworkTest):
    """The node answers for another chain than the patient's."""

    def test_wallet_should_not_take_another_chain_from_a_node(self):
        """The node behind the address of the consortium belongs to another chain.

        Rests on the chain in the enrolment card. Revert: take the chain from the node, as version 1
        did.
        """
        target = self.patients[0]
        code, error = self.net.cli_refused(
            "patient", "grant", "--wallet", target.wallet, "--consortium", self.net.hospital_node("a").url,
            "--hospital-id", self.net.hospital_ids["a"], "--requester", self.doctor.account, "--identity", "--from",
            month(), "--to", month(), "--purpose", "TREAT", "--out", self.path("other-chain.json"),
        )
        self.assertNotEqual(code, 0, error)
        self.assertFalse(self.path("other-chain.json").exists())

    def test_wallet_should_keep_the_chain_of_the_first_card(self):
        """Somebody replaces the card by one that names another chain for the same hospital.

        Rests on the wallet, which keeps the chain of an enrolment. Revert: overwrite the card in
        `Wallet::add_hospital`.
        """
        patient = Patient(self.net, "two-cards", SMALL)
        patient.enrol("a")
        card = json.loads(self.net.card("a").read_text())
        forged = self.path("forged-card.json")
        forged.write_text(json.dumps({**card, "chain": "0x" + "11" * 32}))
        code, error = self.net.cli_refused(
            "patient", "enrol", "--wallet", patient.wallet, "--card", forged, "--from", month(), "--until", month(),
            "--out", self.path("two-cards.json"),
        )
        self.assertEqual(code, 2, error)
        self.assertIn("another consortium chain", error["message"])

    def test_patient_should_have_another_account_at_each_hospital(self):
        """Two hospitals compare the accounts of their patients.

        Rests on keys that follow from chain and hospital. Revert: leave the hospital out of
        `PatientKeys::derive`.
        """
        patient = Patient(self.net, "two-hospitals", SMALL)
        patient.enrol("a")
        patient.enrol("b")
        self.assertNotEqual(patient.accounts["a"], patient.accounts["b"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
