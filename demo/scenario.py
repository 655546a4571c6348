# SPDX-License-Identifier: Apache-2.0
"""The steps of patients, hospitals and doctors, with the `bspp` command on real nodes."""

import time
from datetime import datetime, timezone
from pathlib import Path

from network import wait_for


def month(offset=0):
    """The calendar month that is `offset` months from now, in UTC, in the form YYYY-MM."""
    now = datetime.now(timezone.utc)
    months = now.year * 12 + now.month - 1 + offset
    return f"{months // 12:04d}-{months % 12 + 1:02d}"


class Patient:
    """A patient: a wallet on disk, a plaintext file for comparison, and accounts at hospitals."""

    def __init__(self, net, label, path):
        self.net, self.label, self.path = net, label, Path(path)
        self.wallet = net.folder / "patients" / label
        self.accounts, self.records = {}, {}
        net.cli("patient", "new", "--wallet", self.wallet)

    def enrol(self, letter):
        """Enrols the patient at a hospital, with a consent for this month and the next."""
        url = self.net.hospital_node(letter).url
        file = self.wallet / f"enrolment-{letter}.json"
        self.net.cli(
            "patient", "enrol", "--wallet", self.wallet, "--hospital", url, "--from", month(), "--until", month(1),
            "--out", file,
        )
        done = self.net.cli(
            "hospital", "enrol", "--hospital", url, "--key", f"//Hospital{letter.upper()}", "--enrolment", file
        )
        self.accounts[letter] = done["account"]

    def ingest(self, letter):
        """Ingests the FHIR file at a hospital and waits until every record's registration is finalized."""
        self.records[letter] = self.net.cli(
            "hospital", "ingest", "--gateway", self.net.gateways[letter]["local"],
            "--patient", self.accounts[letter], self.path,
        )["records"]
        return self.records[letter]

    def grant(self, letter, doctor, keywords, out, valid_days="30", since=None, until=None):
        """Grants a doctor keywords, each (system, code), or None for the identity keyword."""
        wanted = []
        for keyword in keywords:
            wanted += ["--identity"] if keyword is None else ["--keyword", "|".join(keyword)]
        return self.net.cli(
            "patient", "grant", "--wallet", self.wallet, "--consortium", self.net.consortium_of(letter),
            "--hospital-id", self.net.hospital_ids[letter], "--requester", doctor.account,
            "--requester-key", doctor.x25519, *wanted, "--from", since or month(-1), "--until", until or month(),
            "--purpose", "TREAT", "--valid-days", valid_days, "--out", out,
        )

    def revoke(self, request, letter):
        return self.net.cli(
            "patient", "revoke", "--wallet", self.wallet, "--consortium", self.net.consortium_of(letter),
            "--request", request,
        )


class Doctor:
    """A doctor: keys on disk, and a node of the doctor's own hospital."""

    def __init__(self, net, label, letter):
        self.net, self.label, self.letter = net, label, letter
        self.key = net.folder / f"{label}.json"
        made = net.cli("doctor", "new", "--out", self.key)
        self.account, self.x25519 = made["account"], made["x25519"]

    def join(self):
        """Has the doctor's hospital add the doctor's account as a requester on the consortium."""
        self.net.cli(
            "hospital", "add-requester", "--consortium", self.consortium, "--key",
            f"//Hospital{self.letter.upper()}", "--account", self.account,
        )

    def leave(self):
        """Has the doctor's hospital remove the doctor's account from the consortium."""
        self._everywhere(self.net.cli(
            "hospital", "remove-requester", "--consortium", self.consortium, "--key",
            f"//Hospital{self.letter.upper()}", "--account", self.account,
        ))

    @property
    def consortium(self):
        return self.net.consortium_of(self.letter)

    def _with(self, *arguments):
        return (*arguments, "--consortium", self.consortium, "--key", self.key)

    def _everywhere(self, done):
        """Waits until hospital A's node has finalized the block, because A's gateway reads that node."""
        node = self.net.consortium_node("a")
        wait_for(f"block {done['block']} final at hospital A", lambda: node.finalized() >= done["block"], 60)
        return done

    def request(self, grant):
        return self._everywhere(self.net.cli(*self._with("doctor", "request", "--grant", grant)))

    def search(self, grant, out, *options):
        return self.net.cli(*self._with("doctor", "search", "--grant", grant, "--out", out, *options))

    def prove(self, grant, matches):
        return self._everywhere(
            self.net.cli(*self._with("doctor", "prove", "--grant", grant, "--matches", matches))
        )

    def fetch_command(self, grant, matches, letter, folder):
        return self._with(
            "doctor", "fetch", "--grant", grant, "--matches", matches, "--gateway",
            self.net.gateways[letter]["public"], "--out", folder,
        )

    def fetch(self, grant, matches, letter, folder):
        return self.net.cli(*self.fetch_command(grant, matches, letter, folder))

    def open(self, grant, matches, fetched, folder):
        return self.net.cli(
            *self._with("doctor", "open", "--grant", grant, "--matches", matches, "--in", fetched, "--out", folder)
        )


def opened_resources(folder):
    """The opened resources on disk: a list of bytes for each record identifier."""
    return {
        "0x" + record.name: [piece.read_bytes() for piece in sorted(record.glob("*.json"))]
        for record in sorted(Path(folder).iterdir())
        if record.is_dir()
    }



class Timeline:
    """Prints each step with the time since the start and the best block."""

    def __init__(self, network=None):
        self.start, self.network = time.monotonic(), network

    def say(self, text):
        blocks = ""
        if self.network and self.network.nodes:
            try:
                blocks = f"#{self.network.consortium_node('a').best():<4}"
            except OSError:
                blocks = ""
        print(f"  {time.monotonic() - self.start:6.1f} s  {blocks:6} {text}", flush=True)
