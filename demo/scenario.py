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

    def __init__(self, net, label, path, words=None):
        """Makes a wallet with a new seed, or restores it from 24 words."""
        self.net, self.label, self.path = net, label, Path(path)
        self.wallet = net.folder / "patients" / label
        self.accounts, self.records = {}, {}
        if words is None:
            self.words = self._patient("new")["words"]
            return
        self.words = words
        paper = net.folder / f"{label}.words"
        paper.touch(mode=0o600)
        paper.write_text(words)
        self._patient("restore", "--words", paper)
        paper.unlink()

    def _patient(self, *arguments):
        return self.net.cli("patient", *arguments, "--wallet", self.wallet)

    def _there(self, letter):
        """The arguments that name a hospital and a node of the consortium."""
        return ("--consortium", self.net.consortium_of(letter), "--hospital-id", self.net.hospital_ids[letter])

    def enrol(self, letter, since=None, until=None):
        """Enrols the patient at a hospital, with a consent for this month and the next."""
        file = self.wallet / f"enrolment-{letter}.json"
        self._patient(
            "enrol", "--card", self.net.card(letter), "--from", since or month(), "--until", until or month(1),
            "--out", file,
        )
        done = self.net.cli(
            "hospital", "enrol", "--hospital", self.net.hospital_node(letter).url, "--key",
            f"//Hospital{letter.upper()}", "--enrolment", file,
        )
        self.accounts[letter] = done["account"]

    def recover(self, letter):
        """Takes the card of a hospital into a restored wallet. Returns what it found on the consortium."""
        found = self._patient("recover", "--card", self.net.card(letter), "--consortium", self.net.consortium_of(letter))
        self.accounts[letter] = found["account"]
        return found

    def ingest_command(self, letter, path=None):
        return (
            "hospital", "ingest", "--gateway", self.net.gateways[letter]["local"], "--token-file",
            self.net.token(letter), "--patient", self.accounts[letter], path or self.path,
        )

    def ingest(self, letter):
        """Ingests the FHIR file at a hospital and waits until every record's registration is finalized."""
        self.records[letter] = self.net.cli(*self.ingest_command(letter))["records"]
        return self.records[letter]

    def grant(self, letter, doctor, keywords, out, since=None, until=None, find_only=False):
        """Grants a doctor keywords, each (system, code), or None for the identity keyword."""
        wanted = ["--find-only"] if find_only else []
        for keyword in keywords:
            wanted += ["--identity"] if keyword is None else ["--keyword", "|".join(keyword)]
        return self._patient(
            "grant", *self._there(letter), "--requester", doctor.account, *wanted, "--from", since or month(-1), "--to",
            until or month(), "--purpose", "TREAT", "--out", out,
        )

    def revoke(self, request, letter, keep_labels=False):
        """Revokes a grant at both places, and raises the label version unless told not to."""
        keep = ["--keep-labels"] if keep_labels else []
        return self._patient("revoke", "--consortium", self.net.consortium_of(letter), "--request", request, *keep)

    def revoke_all(self, letter):
        """Revokes all grants of a hospital but those of the last minute."""
        return self._patient("revoke-all", "--hospital-id", self.net.hospital_ids[letter])

    def own_records(self, letter, since=None, until=None):
        """The identifiers of the patient's own records."""
        found = self._patient(
            "records", "list", *self._there(letter), "--from", since or month(-1), "--to", until or month()
        )
        return [record["rid"] for record in found["records"]]

    def own_record_command(self, letter, rid, folder):
        return ("patient", "records", "get", *self._there(letter), "--wallet", self.wallet, "--out", folder, rid)

    def own_record(self, letter, rid, folder):
        """Fetches an own record from the hospital and opens it."""
        return self.net.cli(*self.own_record_command(letter, rid, folder))

    def secrets(self):
        """The seed and the one-time keys of grants, as hex."""
        shown = self._patient("show", "--reveal")
        return shown["seed"], [grant["grant_key"] for grant in shown["grants"]]


class Doctor:
    """A doctor: keys on disk, and a node of the doctor's own hospital."""

    def __init__(self, net, label, letter):
        self.net, self.label, self.letter = net, label, letter
        self.key = net.folder / f"{label}.age"
        made = net.cli("doctor", "new", "--out", self.key)
        self.account, self.x25519 = made["account"], made["x25519"]

    def state_key(self):
        """Signs the statement of the doctor's X25519 key. The doctor then follows the card's consortium."""
        statement = self.net.folder / f"{self.label}-statement.json"
        self.net.cli(
            "doctor", "requester-key", "--key", self.key, "--card", self.net.card(self.letter), "--out", statement
        )
        return statement

    def join(self):
        """Has the doctor's hospital register the account with the X25519 key that the doctor signed."""
        statement = self.state_key()
        self._everywhere(self.net.cli(
            "hospital", "add-requester", "--consortium", self.consortium, "--key",
            f"//Hospital{self.letter.upper()}", "--statement", statement,
        ))

    def leave(self):
        """Has the doctor's hospital remove the doctor's account from the consortium."""
        self._everywhere(self.net.cli(
            "hospital", "remove-requester", "--consortium", self.consortium, "--key",
            f"//Hospital{self.letter.upper()}", "--account", self.account,
        ))

    @property
    def consortium(self):
        return self.net.consortium_of(self.letter)

    def _with(self, *arguments, supplement=None, consortium=None):
        more = ["--supplement", supplement] if supplement else []
        return (*arguments, "--consortium", consortium or self.consortium, "--key", self.key, *more)

    def _everywhere(self, done):
        """Waits until hospital A's node has finalized the block, because A's gateway reads that node."""
        node = self.net.consortium_node("a")
        wait_for(f"block {done['block']} final at hospital A", lambda: node.finalized() >= done["block"], 60)
        return done

    def request_command(self, grant):
        return self._with("doctor", "request", "--grant", grant)

    def request(self, grant):
        return self._everywhere(self.net.cli(*self.request_command(grant)))

    def search_command(self, grant, out, *options, supplement=None, consortium=None):
        return self._with(
            "doctor", "search", "--grant", grant, "--out", out, *options, supplement=supplement, consortium=consortium
        )

    def search(self, grant, out, *options, supplement=None, consortium=None):
        return self.net.cli(*self.search_command(grant, out, *options, supplement=supplement, consortium=consortium))

    def prove(self, grant, matches, supplement=None):
        return self._everywhere(self.net.cli(
            *self._with("doctor", "prove", "--grant", grant, "--matches", matches, supplement=supplement)
        ))

    def fetch_command(self, grant, matches, letter, folder, supplement=None):
        return self._with(
            "doctor", "fetch", "--grant", grant, "--matches", matches, "--gateway",
            self.net.gateways[letter]["public"], "--out", folder, supplement=supplement,
        )

    def fetch(self, grant, matches, letter, folder, supplement=None):
        return self.net.cli(*self.fetch_command(grant, matches, letter, folder, supplement))

    def open(self, grant, matches, fetched, folder, supplement=None):
        return self.net.cli(*self._with(
            "doctor", "open", "--grant", grant, "--matches", matches, "--in", fetched, "--out", folder,
            supplement=supplement,
        ))

    def trapdoors(self, grant):
        """The trapdoors of a grant with their secrets, as a thief of the doctor's disk and passphrase has them."""
        return self.net.cli("doctor", "inspect-grant", "--grant", grant, "--key", self.key, "--reveal")["trapdoors"]

    def secrets(self):
        """The secrets of the key file, as hex."""
        shown = self.net.cli("doctor", "whoami", "--key", self.key, "--reveal")
        return [shown["account_seed"], shown["x25519_secret"]]


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
