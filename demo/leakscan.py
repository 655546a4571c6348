# SPDX-License-Identifier: Apache-2.0
"""A scan for plaintext in block bodies, state, events, logs and files of a running network.

The scan looks for every secret word as UTF-8, as hex and as base64 (in all three alignments). Words
are identifiers and coded keywords of six or more characters from the plaintext files, and raw
secrets (seeds, scalars, trapdoors).

Canaries show that the scan works: `Scan.canary` registers a word that the scan must find in a named
source, and `Scan.verdict` lists the canaries that the scan did not find.
"""

import base64
import json
import re
from pathlib import Path

SHORTEST = 6
HEX_WORD = re.compile(rb"^[0-9a-fA-F]+$")
# Elements of resources whose text names or describes a person, with every identifier, id and code.
PERSONAL = {
    "family", "given", "text", "line", "city", "district", "postalCode", "birthDate", "value", "id", "display", "code",
    "fullUrl", "reference", "deceasedDateTime", "valueString", "data",
}
# Words of the FHIR format itself. They contain nothing about a patient, and software may print
# them.
FORMAT = re.compile(
    r"^(active|completed|finished|unknown|official|generated|transaction|collection|resolved|confirmed|final|laboratory"
    r"|encounter-diagnosis|vital-signs|female|husband|married|single|system|version|document|message|history|searchset"
    r"|request|response|patient|device|status|stopped|billing|general|private|public|community|treatment|provider"
    r"|outpatient|in-progress|inactive|recurrence|reported|external|internal|absent|present|invalid|refuted|normal|active)$",
    re.IGNORECASE,
)


def words_of(value, key=""):
    """The words of a FHIR document for which the scan looks."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from words_of(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from words_of(inner, key)
    elif isinstance(value, str) and key in PERSONAL and len(value) >= SHORTEST and not FORMAT.match(value):
        # The scan looks for the beginning of a long text, because a leak of the text contains it.
        yield value[:64]


def forms(word):
    """The forms in which a word may appear: UTF-8, hex, and base64 in each alignment."""
    raw = word.encode() if isinstance(word, str) else word
    yield "utf-8", raw
    yield "hex", raw.hex().encode()
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + raw)
        # Only these characters depend on the word alone.
        start = -(-shift * 8 // 6)
        end = (shift + len(raw)) * 8 // 6
        if end - start >= SHORTEST:
            yield "base64", coded[start:end]


class Scan:
    """Sources and words. `verdict` looks for each word in each source."""

    def __init__(self):
        self.words, self.canaries, self.sources = {}, [], {}

    def add_document(self, path):
        """Adds every identifier, name and code of a FHIR file."""
        for word in words_of(json.loads(Path(path).read_text(encoding="utf-8"))):
            self.words.setdefault(word, f"a word of {Path(path).name}")

    def add_secret(self, raw, what):
        """Adds a secret, given as bytes."""
        self.words.setdefault(bytes(raw), what)

    def canary(self, word, source, what):
        """Adds a word that the scan must find in a source. Otherwise the scan does not work."""
        self.canaries.append((word, source, what))

    def plant(self, word):
        """Plants a word in all its forms, each in a new source, where the scan must find it."""
        for form, pattern in forms(word):
            name = f"planted {form}"
            self.add_source(name, b"line before 0xab" + pattern + b"cd line after", text=True)
            self.canary(word, name, f"the canary planted as {form}")

    def add_source(self, name, data, text=False):
        """Adds bytes to scan. In text, hex digits inside a longer run of hex digits do not count."""
        self.sources.setdefault(name, [b"", text])
        self.sources[name][0] += data + b"\n"

    def add_logs(self, paths):
        """Adds logs, without the time stamps at the beginning of lines."""
        for path in paths:
            data = re.sub(rb"(?m)^\S{0,6}\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?", b"", path.read_bytes())
            self.add_source("logs", data, text=True)

    def add_chain(self, node, name):
        """Adds all block bodies, events and state of a chain, decoded from hex to bytes."""
        best = node.best()
        for number in range(best + 1):
            block_hash = node.rpc("chain_getBlockHash", number)
            block = node.rpc("chain_getBlock", block_hash)["block"]
            body = b"".join(bytes.fromhex(extrinsic[2:]) for extrinsic in block["extrinsics"])
            logs = b"".join(bytes.fromhex(item[2:]) for item in block["header"]["digest"]["logs"])
            self.add_source(f"{name} blocks", body + logs)
            events = node.rpc("state_getStorage", EVENTS_KEY, block_hash)
            self.add_source(f"{name} events", bytes.fromhex(events[2:]) if events else b"")
        start = None
        while True:
            keys = node.rpc("state_getKeysPaged", "0x", 500, start)
            if not keys:
                break
            start = keys[-1]
            for change in node.rpc("state_queryStorageAt", [key for key in keys if key != CODE_KEY]):
                for key, value in change["changes"]:
                    self.add_source(f"{name} state", bytes.fromhex(key[2:]) + bytes.fromhex((value or "0x")[2:]))

    def _find(self, word):
        for form, pattern in forms(word):
            for name, (data, text) in self.sources.items():
                at = data.find(pattern)
                while at >= 0:
                    around = data[max(0, at - 1): at] + data[at + len(pattern): at + len(pattern) + 1]
                    inside_hex = (
                        form == "utf-8" and text and HEX_WORD.match(pattern) and re.search(rb"[0-9a-fA-F]", around)
                    )
                    if not inside_hex:
                        yield name, form
                        break
                    at = data.find(pattern, at + 1)

    def verdict(self):
        """Returns (leaks, missed canaries), two lists of sentences. A leak never repeats the word."""
        leaks = []
        for word, what in self.words.items():
            leaks += [f"{what} appears as {form} in {name}" for name, form in self._find(word)]
        missed = []
        for word, source, what in self.canaries:
            if source not in {name for name, _ in self._find(word)}:
                missed.append(f"{what} was not found in {source}")
        return leaks, missed

    def size(self):
        """Returns (number of words, number of scanned bytes)."""
        return len(self.words), sum(len(data) for data, _ in self.sources.values())


# The key twox128("System") ++ twox128("Events").
EVENTS_KEY = "0x26aa394eea5630e07c48ae0c9558cef780d41e5e16056765bc8461851072c9d7"
# The key `:code`, which holds the runtime.
CODE_KEY = "0x3a636f6465"
