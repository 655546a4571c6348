# SPDX-License-Identifier: Apache-2.0
"""Attacks by an outsider: nobody's member, with the network's addresses and a stolen file."""

import json
import secrets
import sys
import unittest
import urllib.error
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "network"))

from world import NetworkTest  # noqa: E402

from scenario import Doctor  # noqa: E402


class Outsider(NetworkTest):
    """An outsider has keys of its own, but no membership."""

    def ask(self, path, body):
        """Sends JSON to the public address of gateway A. Returns (status, code)."""
        request = urllib.request.Request(
            self.net.gateways["a"]["public"] + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            return refused.code, json.load(refused)["code"]

    def test_outsider_should_not_open_a_request(self):
        """A patient is talked into a grant for an account that is no requester.

        Rests on the registered key of requesters: the wallet finds no key for a stranger. Revert:
        give `bspp patient grant` the key as an argument again.
        """
        stranger = Doctor(self.net, "stranger", "b")
        code, error = self.net.cli_refused(
            "patient", "grant", "--wallet", self.patients[0].wallet, "--consortium", self.net.consortium_of("a"),
            "--hospital-id", self.net.hospital_ids["a"], "--requester", stranger.account, "--identity", "--from",
            "2026-01", "--to", "2026-01", "--purpose", "TREAT", "--out", self.path("stranger-grant.json"),
        )
        self.assertEqual((code, error["error"]), (5, "NotFound"), error)

    def test_outsider_should_not_use_a_stolen_grant(self):
        """An outsider copies the file of a grant on its way to the doctor.

        Rests on HPKE to the requester's key, and on the requester's account in G's signature. Revert:
        send the trapdoors in the clear.
        """
        thief = Doctor(self.net, "outside-thief", "b")
        thief.state_key()
        grant = self.path("copied-grant.json")
        self.patients[0].grant("a", self.doctor, [None], grant)
        self.refused("RequesterMismatch", *thief.request_command(grant))
        self.refused("RequesterMismatch", "doctor", "inspect-grant", "--grant", grant, "--key", thief.key, "--reveal")

    def test_outsider_should_not_send_wishes_of_a_patient(self):
        """An outsider revokes grants and raises label versions in the name of a patient.

        Rests on the signatures by the account and by G. Revert: remove `verify_strict` from
        `patients.rs` of the gateway.
        """
        account, random = self.patients[0].accounts["a"], lambda size: "0x" + secrets.token_hex(size)
        rise = {"account": account, "version": 1, "revokeBefore": 0, "signature": random(64)}
        self.assertEqual(self.ask("/v1/label-versions", rise), (401, "InvalidSignature"))
        unopened = {
            "account": account, "accountSignature": random(64), "grantKey": random(32), "expiry": 30000,
            "signature": random(64),
        }
        self.assertEqual(self.ask("/v1/revocations/unopened", unopened), (401, "InvalidSignature"))

    def test_outsider_should_get_one_answer_for_every_record(self):
        """An outsider asks for own records in the name of a patient, whose they are and others.

        Rests on the order of checks: the signature comes first. Revert: look for the record before
        the signature is checked in `Wishes::own_record`.
        """
        account = self.patients[0].accounts["a"]
        answers = set()
        for rid in (self.patients[0].records["a"][0]["rid"], self.patients[1].records["a"][0]["rid"], "0x" + "00" * 32):
            # The SCALE encoding: record, patient, nonce, signature.
            encoded = "0x" + rid[2:] + account[2:] + secrets.token_hex(32) + secrets.token_hex(64)
            answers.add(self.ask("/v1/own-records", {"request": encoded}))
        self.assertEqual(answers, {(401, "InvalidSignature")})


if __name__ == "__main__":
    unittest.main(verbosity=2)
