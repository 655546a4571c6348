# SPDX-License-Identifier: Apache-2.0
"""The weight of each pallet call has a benchmark of the same name."""

import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CALL = re.compile(r"#\[pallet::weight(?:_of_authorize)?\((.*?)\)\]\s*(?=#\[|pub fn)", re.DOTALL)
WEIGHT = re.compile(r"T::WeightInfo::(\w+)\(")
SIZED = re.compile(r"\.weight::<T::WeightInfo>\(")
BENCHMARK = re.compile(r"#\[benchmark\]\s*fn (\w+)\(")


class Benchmarks(unittest.TestCase):
    def test_each_weight_of_a_call_should_have_a_benchmark(self):
        pallets = sorted(ROOT.glob("pallets/*/src/benchmarking.rs"))
        self.assertGreaterEqual(len(pallets), 8)
        for benchmarking in pallets:
            calls = benchmarking.with_name("lib.rs").read_text(encoding="utf-8")
            benchmarks = set(BENCHMARK.findall(benchmarking.read_text(encoding="utf-8")))
            weights = CALL.findall(calls)
            self.assertEqual(len(weights), len(re.findall(r"#\[pallet::weight", calls)), benchmarking)
            for weight in weights:
                names = WEIGHT.findall(weight)
                self.assertTrue(names or SIZED.search(weight), weight)
                for name in names:
                    self.assertIn(name, benchmarks, benchmarking.parent.parent.name)

    def test_each_pallet_with_calls_should_have_benchmarks(self):
        for lib in sorted(ROOT.glob("pallets/*/src/lib.rs")):
            if "#[pallet::call]" in lib.read_text(encoding="utf-8"):
                self.assertTrue(lib.with_name("benchmarking.rs").is_file(), lib)


if __name__ == "__main__":
    unittest.main()
