#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs the fuzz targets, each for some seconds, and prints the number of executions. It ends with an
# error if a target finds something.
#
#   fuzz.sh [SECONDS] [TARGET…]    default: 10 seconds for every target
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh
. scripts/env.sh

seconds="${1:-10}"
shift || true
# Another folder, because cargo-fuzz builds with flags of its own.
export CARGO_TARGET_DIR="$BSPP_CACHE/target-fuzz"
export PATH="$BSPP_CACHE/tools/bin:$PATH"
unset RUSTFLAGS
corpus="$BSPP_CACHE/fuzz"
have cargo-fuzz || fail "cargo-fuzz is not installed" "scripts/setup.sh --check-tools"

mkdir -p "$BSPP_CACHE/logs"
mapfile -t all < <(find fuzz/fuzz_targets -name '*.rs' -printf '%f\n' | sed 's/\.rs$//' | sort)
[ $# -gt 0 ] || set -- "${all[@]}"
cargo metadata --locked --format-version 1 --manifest-path fuzz/Cargo.toml >/dev/null
# No sanitizer: the code is safe Rust, and sanitizers need a nightly compiler.
cargo fuzz build --sanitizer none --fuzz-dir fuzz --release >/dev/null 2>"$BSPP_CACHE/logs/fuzz-build.log" \
    || fail "the fuzz targets do not build" "read $BSPP_CACHE/logs/fuzz-build.log"
# The build has made `seeds` too. A build of its own would compile all dependencies once more.
host="$(rustc -vV | sed -n 's/^host: //p')"
"$CARGO_TARGET_DIR/$host/release/seeds" "$corpus/seeds"
found=0
for target in "$@"; do
    mkdir -p "$corpus/corpus/$target" "$corpus/seeds/$target" "$corpus/artifacts/$target"
    log="$BSPP_CACHE/logs/fuzz-$target.log"
    status=0
    cargo fuzz run --sanitizer none --fuzz-dir fuzz --release "$target" \
        "$corpus/corpus/$target" "$corpus/seeds/$target" -- \
        -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 \
        -artifact_prefix="$corpus/artifacts/$target/" >"$log" 2>&1 || status=$?
    runs="$(sed -nE 's/^stat::number_of_executed_units: ([0-9]+)$/\1/p' "$log")"
    printf '%-18s %12s executions\n' "$target" "${runs:-0}"
    if [ "$status" -ne 0 ]; then
        found=$((found + 1))
        say "FOUND by $target: the input is in $corpus/artifacts/$target, the report in $log"
    fi
done
say "$# targets, $found with findings"
[ "$found" -eq 0 ]
