# SPDX-License-Identifier: Apache-2.0
"""The files of a crate do not import each other, directly or in a ring.

The test leaves out the root of a crate (`lib.rs`, `main.rs`), because it re-exports names. A folder
counts as one file among its neighbours. An import is a `use crate::…` or `use super::…`. Imports in
the tests of a file do not count.
"""

import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
USE = re.compile(r"^\s*(?:pub(?:\([a-z]+\))?\s+)?use\s+((?:crate|super|self)\b[^;]*);", re.M)
# Mocks and tests may import everything else of a crate.
LEFT_OUT = {"tests", "mock", "testing"}


def sources():
    """The folders with the sources of the crates."""
    for manifest in sorted(ROOT.glob("**/Cargo.toml")):
        folder = manifest.parent / "src"
        if folder.is_dir() and "target" not in manifest.parts:
            yield folder


def module_of(path, folder):
    """The module path of a file, as a tuple."""
    parts = list(path.relative_to(folder).with_suffix("").parts)
    if parts[-1] == "mod":
        parts.pop()
    return tuple(parts)


def flat(tree):
    """The paths in a use tree: for `a::{b, c::d}` they are a::b and a::c::d."""
    tree = tree.strip()
    brace = tree.find("{")
    if brace < 0:
        yield tuple(part.split(" as ")[0].strip() for part in tree.split("::") if part.strip())
        return
    head = tuple(part.strip() for part in tree[:brace].split("::") if part.strip())
    depth, start, inner = 0, 0, tree[brace + 1: tree.rfind("}")]
    for at, letter in enumerate(inner + ","):
        depth += (letter == "{") - (letter == "}")
        if letter == "," and depth == 0:
            if inner[start:at].strip():
                for path in flat(inner[start:at]):
                    yield head + path
            start = at + 1


def without_tests(text):
    """The text of a file without its inline tests."""
    at = text.find("#[cfg(test)]\nmod ")
    while at >= 0:
        brace, end = text.find("{", at), text.find(";", at)
        text = text[:at] + (text[end + 1:] if 0 <= end < brace or brace < 0 else "")
        at = text.find("#[cfg(test)]\nmod ")
    return text


def imports(folder):
    """The modules that each module of a crate imports, and the same between rooms."""
    files = {module_of(path, folder): path for path in folder.glob("**/*.rs")}
    roots = {module for module, path in files.items() if path.name == "mod.rs" or module in {("lib",), ("main",)}}
    graph = {}
    for module, path in files.items():
        if module in {("lib",), ("main",)} or LEFT_OUT & set(module):
            continue
        found = set()
        for tree in USE.findall(without_tests(re.sub(r"//[^\n]*", "", path.read_text(encoding="utf-8")))):
            for parts in flat(tree):
                parts, base = list(parts), module
                if parts[0] == "crate":
                    base, parts = (), parts[1:]
                while parts and parts[0] in ("super", "self"):
                    base = base[:-1] if parts[0] == "super" else base
                    parts = parts[1:]
                whole = base + tuple(parts)
                for length in range(len(whole), 0, -1):
                    if whole[:length] in files:
                        found.add(whole[:length])
                        break
        graph[module] = {one for one in found if one != module and not LEFT_OUT & set(one)}
    without = {module: {one for one in found if one not in roots} for module, found in graph.items() if module not in roots}
    return without, rooms(graph)


def rooms(graph):
    """The imports between the files and folders directly below the root of a crate."""
    found = {}
    for module, others in graph.items():
        mine = found.setdefault(module[:1], set())
        mine |= {other[:1] for other in others if other[0] not in (module[0], "lib", "main")}
    return found


def rings(graph):
    """The sets of modules that import each other, directly or in a ring."""
    def reach(start):
        seen, todo = set(), [start]
        while todo:
            for following in graph.get(todo.pop(), ()):
                if following not in seen:
                    seen.add(following)
                    todo.append(following)
        return seen

    reached = {module: reach(module) for module in graph}
    found = set()
    for module in graph:
        if module in reached[module]:
            found.add(frozenset(other for other in reached[module] if module in reached.get(other, ())))
    return found


class Circles(unittest.TestCase):
    """The imports within a crate have no ring."""

    def test_files_should_not_import_each_other(self):
        for folder in sources():
            with self.subTest(crate=str(folder.parent.relative_to(ROOT))):
                for graph in imports(folder):
                    found = [sorted("::".join(module) for module in ring) for ring in rings(graph)]
                    self.assertEqual(found, [])

    def test_mocks_should_not_use_benchmarks(self):
        for path in sorted(ROOT.glob("pallets/*/src/mock.rs")) + sorted(ROOT.glob("pallets/*/src/mock/*.rs")):
            self.assertNotRegex(path.read_text(encoding="utf-8"), r"\b(crate|super)::benchmarking\b", str(path))

    def test_ring_should_be_found_when_there_is_one(self):
        self.assertEqual(rings({("a",): {("b",)}, ("b",): {("a",)}, ("c",): {("a",)}}), {frozenset({("a",), ("b",)})})
        self.assertEqual(rings({("a",): {("b",)}, ("b",): set()}), set())
        self.assertEqual(list(flat("crate::{a::B, c::{D, e::F}}")), [("crate", "a", "B"), ("crate", "c", "D"), ("crate", "c", "e", "F")])


if __name__ == "__main__":
    unittest.main()
