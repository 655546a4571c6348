#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs the benchmarks of every crate that has some. `make bench` builds the workspace first.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh
. scripts/env.sh

# The gate is measured against a runtime without it.
release="$CARGO_TARGET_DIR/release"
export BSPP_BENCH_GATED_WASM="$release/wbuild/bspp-consortium-runtime/bspp_consortium_runtime.wasm"
export BSPP_BENCH_BASELINE_WASM="$release/wbuild-variants/baseline-without-gate.wasm"
scripts/runtime-variant.sh baseline-without-gate "$BSPP_BENCH_BASELINE_WASM"

say "hardware: $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2 | xargs), $(nproc) cores, $(free -g | awk '/^Mem/ { print $2 }') GiB"
benches="$(cargo metadata --no-deps --format-version 1 --locked | python3 -c '
import json, sys
for package in json.load(sys.stdin)["packages"]:
    for target in package["targets"]:
        if "bench" in target["kind"]:
            print(target["name"])
')"
while read -r bench; do
    say "running $bench"
    # The selection is the whole workspace. With another selection of packages cargo would choose
    # other features and build the SDK again.
    cargo bench --workspace --bench "$bench" --locked || fail "$bench failed" "read the message above"
done <<<"$benches"
say "running the costs in WebAssembly"
scripts/wasm-costs.sh
