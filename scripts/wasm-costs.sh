#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures the protocol's steps natively and in WebAssembly, and prints both side by side.
#
#     scripts/wasm-costs.sh [ROUNDS]
#
# The code of tools/wasm-costs is built three times: natively with blst, natively with arkworks, and for
# WebAssembly with arkworks. The last module runs under Node.js.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh
. scripts/env.sh

rounds="${1:-${BSPP_BENCH_ROUNDS:-40}}"
have node || fail "Node.js is missing" "install it: apt-get install nodejs"
manifest=tools/wasm-costs/Cargo.toml
out="$(mktemp -d)"
trap 'rm -rf "$out"' EXIT

# native FOLDER OPTION…: builds the native program and runs it. Other features need a folder of their own.
native() {
    local target="${CARGO_TARGET_DIR}-wasm-costs/$1"
    CARGO_TARGET_DIR="$target" cargo build --release --locked --quiet --manifest-path "$manifest" "${@:2}"
    "$target/release/bspp-wasm-costs" "$rounds" >"$out/$1"
}

# wasm_cargo ARG…: runs the cargo that also builds the runtimes.
wasm_cargo() {
    if [ -n "${WASM_BUILD_TOOLCHAIN:-}" ]; then rustup run "$WASM_BUILD_TOOLCHAIN" cargo "$@"; else cargo "$@"; fi
}

say "building the costs natively and for $BSPP_WASM_TARGET"
native blst --features blst
native arkworks
module="${CARGO_TARGET_DIR}-wasm-costs/wasm"
CARGO_TARGET_DIR="$module" wasm_cargo build --release --locked --quiet --lib --manifest-path "$manifest" \
    --target "$BSPP_WASM_TARGET"
node tools/wasm-costs/run.mjs "$module/$BSPP_WASM_TARGET/release/bspp_wasm_costs.wasm" "$rounds" >"$out/wasm"

say "µs, median of $rounds rounds (grants: an eighth); Node.js $(node --version)"
paste "$out/blst" <(cut -f 2 "$out/arkworks") "$out/wasm" | awk -F '\t' '
    BEGIN { printf "%-60s %12s %16s %12s %8s\n", "operation", "native, blst", "native, arkworks", "WebAssembly", "ratio" }
    { printf "%-60s %12d %16d %12d %8.1f\n", $1, $2, $3, $4, $4 / ($2 > 0 ? $2 : 1) }'
