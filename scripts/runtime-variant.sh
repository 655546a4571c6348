#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the consortium runtime's wasm with one more cargo feature: runtime-variant.sh FEATURE OUTPUT.wasm
#
# Network tests upgrade to such a runtime, and benchmarks compare with one. The build shares everything but the runtime's own
# crate with the runtime that the workspace's build made, so that must have run before; it takes a minute. Neither optimised
# nor compressed: compare it with bspp_consortium_runtime.wasm of the same kind.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh
. scripts/env.sh

feature="${1:?a feature of bspp-consortium-runtime}"
output="${2:?where the wasm goes}"
crate=bspp-consortium-runtime
built="$CARGO_TARGET_DIR/release/wbuild/$crate"
[ -d "$built/target" ] || fail "the workspace's runtime is not built" "run: make build"

project="$CARGO_TARGET_DIR/release/wbuild-variants/$feature"
mkdir -p "$project/src" "$(dirname "$output")"
sed "s|^features = .*|features = [\"$feature\"]|" "$built/Cargo.toml" >"$project/Cargo.toml"
grep -q "features = \[\"$feature\"\]" "$project/Cargo.toml" || fail "the layout of $built/Cargo.toml is unknown" "look at substrate-wasm-builder's version"
cp "$built/src/lib.rs" "$project/src/lib.rs"
cp Cargo.lock "$project/Cargo.lock"

toolchain=()
[ -z "${WASM_BUILD_TOOLCHAIN:-}" ] || toolchain=("$WASM_BUILD_TOOLCHAIN")
say "building the runtime with feature $feature (about a minute)"
# The flags of substrate-wasm-builder: with others nothing would be shared.
flags="-C link-arg=--export-table -C link-arg=--export=__heap_base -C link-arg=--import-memory --cfg substrate_runtime "
if [ "${#toolchain[@]}" -gt 0 ]; then runner=(rustup run "${toolchain[0]}" cargo); else runner=(cargo); fi
env -u CARGO_ENCODED_RUSTFLAGS -u RUSTC -u RUSTC_WORKSPACE_WRAPPER \
    RUSTFLAGS="$flags" CARGO_TARGET_DIR="$built/target" SKIP_WASM_BUILD= \
    "${runner[@]}" rustc --target=wasm32v1-none --manifest-path="$project/Cargo.toml" --profile release \
    || fail "the variant $feature did not build" "read the first error above"
cp "$built/target/wasm32v1-none/release/${crate//-/_}.wasm" "$output"
say "built $output ($(wc -c <"$output") bytes)"
