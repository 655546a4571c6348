#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs the benchmarks of every crate that has some.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh
. scripts/env.sh

benches="$(cargo metadata --no-deps --format-version 1 --locked | python3 -c '
import json, sys
for package in json.load(sys.stdin)["packages"]:
    for target in package["targets"]:
        if "bench" in target["kind"]:
            print(package["name"], target["name"])
')"
if [ -z "$benches" ]; then
    say "no crate has benchmarks yet; nothing was measured"
    exit 0
fi
say "benchmarks: $(wc -l <<<"$benches")"
while read -r package bench; do
    say "running $bench of $package"
    cargo bench --package "$package" --bench "$bench" --locked || fail "$bench of $package failed" "read the message above"
done <<<"$benches"
