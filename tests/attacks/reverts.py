# SPDX-License-Identifier: Apache-2.0
"""Removes one defence at a time, and checks that the attack that it stops succeeds then.

Each revert is a change of one place in a copy of the tree. The tests that play the attack must pass
before and fail with it: a test that still passes does not defend anything. The real tree is not
touched. Changes that cannot disturb each other share a build.

    python3 tests/attacks/reverts.py [--list] [NAME…]
"""

import argparse
import os
import sys
import time
from pathlib import Path

from defences import ATTACKERS, REVERTS
from defences.batches import batches
from defences.run import cargo_test
from defences.seed import seed
from defences.tree import Tree
from defences.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]


def say(text):
    """Prints a line at once."""
    print(text, flush=True)


def faults(reverts, workspace):
    """The faults of changes, as lines."""
    return [f"{revert.name}: {fault}" for revert in reverts for fault in revert.faults(workspace)]


class Bench:
    """The copy of the tree with its target folder, and the verdicts."""

    def __init__(self, workspace, log):
        cache = Path(os.environ.get("BSPP_CACHE", Path.home() / ".cache" / "bspp"))
        main = Path(os.environ.get("CARGO_TARGET_DIR", cache / "target"))
        self.workspace, self.log = workspace, log
        self.tree, self.target = Tree(workspace, cache / "reverts"), cache / "target-reverts"
        self.tree.refresh()
        say(f"the build begins with {seed(self.target, main, workspace)}")

    def test(self, reverts):
        """Runs the tests of some changes in the copy as it is."""
        targets = {revert.test_target(self.workspace) for revert in reverts}
        tests = {test for revert in reverts for test in revert.tests}
        return cargo_test(self.tree.folder, self.target, targets, tests, self.log)

    def without(self, reverts):
        """Runs the tests of some changes with their defences removed."""
        kept = self.tree.remove(reverts)
        try:
            return self.test(reverts)
        finally:
            self.tree.restore(kept)

    def results(self, revert, outcome):
        """The result of each test of a change."""
        target = revert.test_target(self.workspace)
        return {test: outcome.of(target, test) for test in revert.tests}

    def judge(self, revert, outcome):
        """None if the attack succeeds. Otherwise the reason, and whether the tests still pass."""
        if not outcome.ended:
            return "its tests do not end without it", False
        if not outcome.compiled:
            return "the tree without it does not compile", False
        results = self.results(revert, outcome)
        passed = [test for test, result in results.items() if result == "ok"]
        if passed:
            return f"{', '.join(passed)} still passes", True
        absent = [test for test, result in results.items() if result is None]
        return (f"{', '.join(absent)} did not run", False) if absent else None

    def verdicts(self, batch):
        """The verdicts of a batch. If it does not compile, each change is tried alone."""
        outcome = self.without(batch)
        if len(batch) > 1 and not (outcome.ended and outcome.compiled):
            say("       the batch does not build: each change alone")
            return [self.judge(revert, self.without([revert])) for revert in batch]
        return [self.judge(revert, outcome) for revert in batch]


def run(wanted, workspace, log):
    """Tests all changes. Returns the exit code."""
    bench, begun = Bench(workspace, log), time.monotonic()
    say(f"with every defence: the tests of {len(wanted)} attacks must pass (the build is in {log.name})")
    outcome = bench.test(wanted)
    if not outcome.compiled:
        say("the tree does not build, or its tests do not end")
        return 1
    red = sorted({test for one in wanted for test, result in bench.results(one, outcome).items() if result != "ok"})
    if red:
        say(f"these tests do not pass with the defences: {', '.join(red)}")
        return 1
    say(f"       ok ({time.monotonic() - begun:.0f} s)")
    passing, unjudged, plan = [], [], batches(wanted, workspace)
    for number, batch in enumerate(plan, 1):
        say(f"[{number}/{len(plan)}] without {len(batch)} defence{'s' * (len(batch) > 1)}")
        since = time.monotonic()
        for revert, wrong in zip(batch, bench.verdicts(batch)):
            say(f"       {'ok' if wrong is None else 'WRONG: ' + wrong[0]}: {revert.name}")
            if wrong is not None:
                (passing if wrong[1] else unjudged).append(revert.name)
        say(f"       {time.monotonic() - since:.0f} s")
    success = len(wanted) - len(passing) - len(unjudged)
    say(f"{len(wanted)} defences removed in {(time.monotonic() - begun) / 60:.0f} min; {success} attacks succeed without them")
    for names, text in ((passing, "still pass their tests"), (unjudged, "could not be judged")):
        if names:
            say(f"{len(names)} {text}: {'; '.join(names)}")
    return 1 if passing or unjudged else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="parts of names of defences or attackers; without any, all")
    parser.add_argument("--list", action="store_true", help="list the defences, and check that each can be removed")
    arguments = parser.parse_args()
    workspace = Workspace(ROOT)
    chosen = [
        revert for attacker, reverts in ATTACKERS.items() for revert in reverts
        if not arguments.names or any(name in revert.name or name in attacker for name in arguments.names)
    ]
    if arguments.list:
        for attacker, reverts in ATTACKERS.items():
            print(attacker)
            for revert in reverts:
                if revert in chosen:
                    print(f"    {revert.name}: {revert.test_target(workspace)}")
        print(f"{len(chosen)} of {len(REVERTS)} defences, in {len(batches(chosen, workspace))} builds")
    if not chosen:
        print("no defence has such a name; --list tells the names")
        return 2
    drifted = faults(chosen, workspace)
    if drifted:
        print("\n".join(drifted))
        return 1
    if arguments.list:
        return 0
    logs = Path(os.environ.get("BSPP_CACHE", Path.home() / ".cache" / "bspp")) / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    with open(logs / "reverts.log", "w", encoding="utf-8") as log:
        return run(chosen, workspace, log)


if __name__ == "__main__":
    sys.exit(main())
