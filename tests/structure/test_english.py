# SPDX-License-Identifier: Apache-2.0
"""The English of documents and comments, as far as a script can check it.

The rules are in CONTRIBUTING.md: subject, verb, object; no sentence that begins with What, Who or
Whoever; "not a" instead of "is no"; "maximum X" instead of "X at most"; a first doc line shorter
than 90 characters.
"""

import re
import subprocess
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START = re.compile(r"(?:^|[.!?:]\s+)(What|Who|Whoever|Whom|Whose)\b(?![^.!?]*\?)")
PHRASES = (
    (re.compile(r"(?<!here )(?<!re there )\b(?:is|are|was|were|be) no\b(?! (?:longer|more|less|fewer|later|earlier|older|newer|larger|smaller|other))"), 'write "not a"'),
    (re.compile(r"\bat most\b(?=[.,;:)]|$)"), 'write "maximum"'),
    (re.compile(r"\b(?:knows?|transacts?|goes|go|comes?|stands?|says?|gets?|takes?) not\b"), "use plain word order"),
    (re.compile(r"\bnone of (?:ours|theirs|its)\b"), "use plain word order"),
)
LONGEST = 90


def tracked(*patterns):
    """The files of the project, including those that are not committed yet."""
    command = ["git", "ls-files", "-co", "--exclude-standard", *patterns]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return [ROOT / name for name in sorted(set(names)) if (ROOT / name).is_file()]


def comments(path):
    """For each comment line of a Rust file: number, text, and whether it begins a doc comment."""
    before = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        found = re.match(r"^\s*(//[/!]?)\s?(.*)$", line)
        kind = found.group(1) if found else ""
        if found and "SPDX" not in line:
            yield number, found.group(2), kind in ("///", "//!") and before != kind
        before = kind


def faults_of(text):
    """The faults of a piece of prose."""
    prose = re.sub(r"`[^`]*`", "`x`", text)
    if START.search(prose):
        yield "a sentence begins with What, Who or Whoever"
    for pattern, advice in PHRASES:
        if pattern.search(prose):
            yield f"{pattern.search(prose).group(0)!r}: {advice}"


class English(unittest.TestCase):
    """Documents and comments are in plain technical English."""

    def faults(self):
        for path in tracked("*.rs"):
            for number, text, first in comments(path):
                for fault in faults_of(text):
                    yield f"{path.relative_to(ROOT)}:{number}: {fault}: {text.strip()}"
                if first and len(text) >= LONGEST:
                    yield f"{path.relative_to(ROOT)}:{number}: a first doc line of {len(text)} characters"
        for path in tracked("*.md"):
            fenced = False
            for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                fenced ^= text.startswith("```")
                if not fenced:
                    for fault in faults_of(text.lstrip("#*|->0123456789. ")):
                        yield f"{path.relative_to(ROOT)}:{number}: {fault}: {text.strip()}"

    def test_prose_should_be_plain(self):
        found = list(self.faults())
        self.assertEqual(found, [], f"{len(found)} places:\n" + "\n".join(found))

    def test_rules_should_see_what_they_forbid(self):
        for text in ("What it holds.", "Fine. Who asks is told.", "It is no member.", "Votes at most.", "Patients transact not."):
            self.assertTrue(list(faults_of(text)), text)
        for text in ("The account is no longer a member.", "It is not a member.", "What is it?", "Maximum number of votes."):
            self.assertFalse(list(faults_of(text)), text)


if __name__ == "__main__":
    unittest.main()
