# SPDX-License-Identifier: Apache-2.0
"""The attack book: each defence can be removed, each named test exists, each attacker has a defence.

`make reverts` takes long. This test finds in seconds that a text or the name of a test has changed.
"""

import re
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "attacks"))

from defences import ATTACKERS, REVERTS  # noqa: E402
from defences.batches import batches  # noqa: E402
from defences.revert import Revert  # noqa: E402
from defences.run import Outcome  # noqa: E402
from defences.workspace import Workspace  # noqa: E402


def tables():
    """The two tables of attackers: for each its rows, as lists of cells."""
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    section = text.split("\n## 12. ")[1].split("\n## ")[0]
    found = []
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] == "Attacker":
            found.append([])
        elif line.startswith("| "):
            found[-1].append(cells)
    return found


class Reverts(unittest.TestCase):
    """The changes that remove defences."""

    @classmethod
    def setUpClass(cls):
        cls.workspace = Workspace(ROOT)

    def test_every_defence_should_be_removable_and_have_its_tests(self):
        for revert in REVERTS:
            with self.subTest(defence=revert.name):
                self.assertEqual(list(revert.faults(self.workspace)), [])

    def test_names_should_be_distinct(self):
        names = [revert.name for revert in REVERTS]
        self.assertEqual(len(names), len(set(names)))

    def test_drifted_revert_should_be_found(self):
        right = ATTACKERS["Hospital with a forked chain"][0]
        changed = Revert("text", right.file, f"{right.old}//", "", *right.tests)
        absent = Revert("test", right.file, right.old, right.new, "there_should_be_no_such_test")
        foreign = Revert("package", right.file, right.old, right.new, *right.tests, package="bspp-peks")
        for revert in (changed, absent, foreign):
            self.assertNotEqual(list(revert.faults(self.workspace)), [], revert.name)

    def test_changes_of_a_batch_should_not_reach_each_others_tests(self):
        plan = batches(REVERTS, self.workspace)
        self.assertCountEqual([revert.name for batch in plan for revert in batch], [revert.name for revert in REVERTS])
        for batch in plan:
            for revert in batch:
                built = self.workspace.built_for(revert.tested(self.workspace))
                reached = [other.name for other in batch if other.changed(self.workspace) in built]
                self.assertEqual(reached, [revert.name])

    def test_outcome_should_be_read_by_target_and_test(self):
        output = (
            "     Running src/lib.rs (/x/release/deps/unit_a-0123456789abcdef)\n"
            "test tests::one ... ok\ntest tests::two - should panic ... FAILED\n"
            "     Running tests/b.rs (/x/release/deps/b-0123456789abcdef)\ntest one ... FAILED\n"
        )
        outcome = Outcome(output, True)
        self.assertTrue(outcome.compiled)
        wanted = [("unit_a", "one"), ("unit_a", "two"), ("b", "one"), ("b", "two")]
        self.assertEqual([outcome.of(*one) for one in wanted], ["ok", "FAILED", "FAILED", None])
        self.assertFalse(Outcome("error: could not compile `a`\n", True).compiled)


class AttackBook(unittest.TestCase):
    """The tables of attackers in docs/security.md."""

    def test_every_attacker_of_the_constitution_should_have_a_defence_to_remove(self):
        first, second = ([row[0] for row in table] for table in tables())
        self.assertEqual(set(second) - set(ATTACKERS), set())
        self.assertEqual(set(ATTACKERS) - set(first) - set(second), set())

    def test_named_tests_should_exist(self):
        folders = ("cli", "crates", "network", "node", "pallets", "primitives", "runtime", "tests")
        files = [path for folder in folders for path in (ROOT / folder).glob("**/*.rs")]
        functions = set(re.findall(r"\bfn (\w+)\(", "\n".join(path.read_text(encoding="utf-8") for path in files)))
        scripts = {path.name for path in (ROOT / "tests").glob("**/*.py")}
        known = functions | scripts | {path.name for path in files} | {path.stem for path in files if "network" in path.parts}
        for table in tables():
            for row in table:
                named = set(re.findall(r"`([\w.]+)`", row[3]))
                with self.subTest(attacker=row[0]):
                    self.assertEqual(named - known, set())


if __name__ == "__main__":
    unittest.main()
