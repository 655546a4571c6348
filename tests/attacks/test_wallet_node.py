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
sys.path.insert(0, str(Path(__file__).resolve().parent))

from liar import LyingNode  # noqa: E402
from world import SMALL, NetworkTest  # noqa: E402

from scenario import Patient, month  # noqa: E402


def unhex(text):
    return bytes.fromhex(text[2:])


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

    def log(self, patient, url=None):
        """The command for the log of a patient's grants, through a node."""
        url = url or self.net.consortium_of("a")
        return "patient", "log", "--wallet", patient.wallet, "--consortium", url

    def test_log_should_not_hide_or_invent_a_match(self):
        """The node leaves a match out of the patient's log, adds one, or shows another record in its place.

        Rests on the number of matches in the proved request, and on the proof of each match
        (`ConsortiumClient::proved_matches`). Revert: show the answer of `PeksSearchApi_matches`.
        """
        patient = self.world.patient("reads-the-log")
        _, _, found, request = self.world.matched(patient, [None], "logged")
        rids = {match["rid"] for match in found["matches"]}
        (line,) = self.net.cli(*self.log(patient))
        self.assertEqual((line["request"], line["status"]), (request, "open"))
        self.assertEqual({record["rid"] for record in line["records"]}, rids)
        self.assertLess(len(rids), 63, "the length is no longer one byte of SCALE")

        def told_as(changed):
            """Changes the answer, a list of matches, as its SCALE items."""

            def lie(method, params, result):
                if method != "state_call" or params[0] != "PeksSearchApi_matches":
                    return result
                data = unhex(result)
                size = (len(data) - 1) // (data[0] >> 2)
                items = changed([data[place:place + size] for place in range(1, len(data), size)])
                return "0x" + (bytes([len(items) << 2]) + b"".join(items)).hex()

            return lie

        def another(item):
            return b"\x11" * 32 + item[32:]

        def no_proof(method, params, result):
            return {**result, "proof": []} if method == "state_getReadProof" else result

        lies = {
            "hides all": told_as(lambda items: []),
            "hides one": told_as(lambda items: items[1:]),
            "invents one": told_as(lambda items: [*items, another(items[0])]),
            "repeats one": told_as(lambda items: [items[0], *items]),
            "shows another": told_as(lambda items: [another(items[0]), *items[1:]]),
            "proves nothing": no_proof,
        }
        for name, lie in lies.items():
            with self.subTest(lie=name), LyingNode(self.net.consortium_of("a"), lie) as node:
                _, error = self.net.cli_refused(*self.log(patient, node.url))
                self.assertIn("InvalidStateProof", error["message"])
                self.assertGreater(node.lies, 0)


class RestoredWallet(NetworkTest):
    """The 24 words make a wallet again; the lost one made grants that nobody has opened."""

    def test_restored_wallet_should_not_use_the_key_of_an_unopened_grant(self):
        """Two grants with one key: the revocation of one revokes the other, and one request opens for both.

        Rests on the day in the number of a grant (`cli/src/grant_numbers.rs`). Revert: begin with
        number 0 in `Wallet::restore` and in `recover`.
        """
        patient = Patient(self.net, "lost-wallet", SMALL)
        patient.enrol("a")
        patient.grant("a", self.doctor, [None], self.path("unopened.json"))
        again = Patient(self.net, "restored-wallet", SMALL, words=patient.words)
        self.assertEqual(again.recover("a")["requests"], [])
        code, error = self.net.cli_refused(
            "patient", "grant", "--wallet", again.wallet, "--consortium", self.net.consortium_of("a"), "--hospital-id",
            self.net.hospital_ids["a"], "--requester", self.doctor.account, "--identity", "--from", month(), "--to",
            month(), "--purpose", "TREAT", "--out", self.path("same-key.json"),
        )
        self.assertEqual(code, 2, error)
        self.assertIn("(UTC)", error["message"])
        self.assertFalse(self.path("same-key.json").exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
