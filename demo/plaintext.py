# SPDX-License-Identifier: Apache-2.0
"""The plaintext for comparisons: keywords by the independent scanner, and bytes of resources."""

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

SCANNER = Path(__file__).resolve().parent.parent / "tests" / "independent" / "fhir_keywords.py"
SPACE = re.compile(r"[ \t\r\n]*")
DECODER = json.JSONDecoder()


def members(text, at):
    """Yields (key, start, end) of each member of an object. `at` is the place of its brace."""
    at = SPACE.match(text, at + 1).end()
    while text[at] != "}":
        key, at = DECODER.raw_decode(text, at)
        at = SPACE.match(text, SPACE.match(text, at).end() + 1).end()
        _, end = DECODER.raw_decode(text, at)
        yield key, at, end
        at = SPACE.match(text, end).end()
        if text[at] == ",":
            at = SPACE.match(text, at + 1).end()


def elements(text, at):
    """Yields (start, end) of each element of an array. `at` is the place of its bracket."""
    at = SPACE.match(text, at + 1).end()
    while text[at] != "]":
        _, end = DECODER.raw_decode(text, at)
        yield at, end
        at = SPACE.match(text, end).end()
        if text[at] == ",":
            at = SPACE.match(text, at + 1).end()


def resource_bytes(path):
    """The exact bytes of each resource in the file, in order."""
    text = Path(path).read_bytes().decode("utf-8")
    start = SPACE.match(text).end()
    if json.loads(text).get("resourceType") != "Bundle":
        _, end = DECODER.raw_decode(text, start)
        return [text[start:end].encode()]
    found = []
    for key, begin, _ in members(text, start):
        if key == "entry":
            for element, _ in elements(text, begin):
                found += [text[s:e].encode() for k, s, e in members(text, element) if k == "resource"]
    return found


def plaintext_records(path):
    """The records of a FHIR file, each with its keywords and the hashes of its resources."""
    done = subprocess.run([sys.executable, SCANNER, path], capture_output=True, text=True, check=True)
    (file,) = json.loads(done.stdout)
    hashes = [hashlib.sha256(piece).hexdigest() for piece in resource_bytes(path)]
    return [
        {
            "keywords": [tuple(keyword) for keyword in record["keywords"]],
            "resources": sorted(hashes[number] for number in record["resources"]),
        }
        for record in file["records"]
    ]
